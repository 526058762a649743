/** `JsonService`: a small JSON program behind the gate, such as hello and world. */
import { Construct } from 'constructs';
import { Mistakes } from '../mistakes.js';
import type { Image, IPlatform, IWorkload, ResourceSpec } from '../platform/platform.js';
import { Duration } from '../quantities.js';
import type { SignedIdentity } from './signed-identity.js';
import { webWorkload } from './web-service.js';

const PORT = 8080;
const HEALTH = '/health/ready';

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
  /**
   * Every request, but those for health, then needs a token that is signed for this service: its name
   * is the audience. The answer says in `subject` whose it is.
   *
   * @default - requests need no identity
   */
  readonly identity?: SignedIdentity;
}

/** Replicas of the JSON program, told apart by the field `replica` of their answers. */
export class JsonService extends Construct {
  readonly name: string;
  readonly port = PORT;
  readonly health = HEALTH;
  readonly workload: IWorkload;

  /** @throws PortcullisError when `drain` is over a minute, or a property breaks its rule */
  constructor(scope: Construct, id: string, props: JsonServiceProps) {
    super(scope, id);
    const { platform, image, name, message, replicas, resources, identity } = props;
    this.name = name;
    const drain = props.drain ?? Duration.seconds(3);
    const mistakes = new Mistakes();
    mistakes.unless(
      drain.toSeconds() <= 60,
      'drain',
      'be at most 60 seconds',
      drain.toSeconds(),
      'leave it out for 3 seconds',
    );
    const service = {
      platform,
      image,
      name,
      port: PORT,
      health: HEALTH,
      probe: ['/probe', String(PORT), HEALTH],
      replicas,
      resources,
      environment: {
        SERVICE_NAME: name,
        SERVICE_MESSAGE: message,
        DRAIN_MILLISECONDS: String(drain.toMilliseconds()),
      },
      grace: Duration.seconds(drain.toSeconds() + 10),
      ...(identity === undefined ? {} : { identity }),
    };
    this.workload = webWorkload(this, service, mistakes);
  }
}
