/** `JsonService`: a small JSON program behind the gate, such as hello and world. */
import { Construct } from 'constructs';
import { invalid } from '../errors.js';
import type { Image, IPlatform, IWorkload, ResourceSpec } from '../platform/platform.js';
import { Duration, Size } from '../quantities.js';

const PORT = 8080;

export interface JsonServiceProps {
  readonly platform: IPlatform;
  readonly image: Image;
  /** Name of the service; its path behind the gate is `/<name>`. */
  readonly name: string;
  /** What it says in the field `message`. */
  readonly message: string;
  readonly replicas: number;
  readonly resources: ResourceSpec;
  /**
   * How long a stopping replica still answers, so that callers can notice that it leaves.
   *
   * At most 60 seconds.
   *
   * @default Duration.seconds(3)
   */
  readonly drain?: Duration;
}

/** Replicas of the JSON program, told apart by the field `replica` of their answers. */
export class JsonService extends Construct {
  readonly name: string;
  readonly port = PORT;
  readonly workload: IWorkload;

  /** @throws PortcullisError when `drain` is over a minute */
  constructor(scope: Construct, id: string, props: JsonServiceProps) {
    super(scope, id);
    this.name = props.name;
    const drain = props.drain ?? Duration.seconds(3);
    if (drain.toSeconds() > 60) {
      throw invalid(
        'drain',
        'be at most 60 seconds',
        drain.toSeconds(),
        'leave it out for 3 seconds',
        this.node.path,
      );
    }
    this.workload = props.platform.workload(this, 'Workload', {
      name: props.name,
      image: props.image,
      environment: {
        SERVICE_NAME: props.name,
        SERVICE_MESSAGE: props.message,
        PORT: String(PORT),
        DRAIN_MILLISECONDS: String(drain.toMilliseconds()),
      },
      user: { uid: 10001, gid: 10001 },
      resources: props.resources,
      scratch: [{ path: '/tmp', size: Size.mebibytes(16) }],
      listeners: [{ name: 'http', port: PORT }],
      readiness: {
        command: ['/probe', String(PORT), '/health/ready'],
        http: { port: PORT, path: '/health/ready' },
        interval: Duration.seconds(2),
        timeout: Duration.seconds(2),
        failures: 3,
        startup: Duration.seconds(30),
      },
      replicas: props.replicas,
      stop: { signal: 'SIGTERM', grace: Duration.seconds(drain.toSeconds() + 10) },
    });
  }
}
