/** `SessionCheck`: the program that tells Oathkeeper who a session of Kratos belongs to. */
import { Construct } from 'constructs';
import { Mistakes } from '../mistakes.js';
import type { Image, IPlatform, IWorkload, ResourceSpec } from '../platform/platform.js';
import { Duration, Size } from '../quantities.js';

const NAME = 'session-check';
const PORT = 8090;
const DRAIN = Duration.seconds(3);
const LONGEST_SECONDS = 60;
/** Node itself, and ten thousand remembered answers at their longest. */
const LEAST_MEBIBYTES = 128;

export interface SessionCheckProps {
  readonly platform: IPlatform;
  readonly image: Image;
  /** At least 128 MiB, which hold Node and every answer that is remembered. */
  readonly resources: ResourceSpec;
  /** From 1 to 16; each remembers for itself. */
  readonly replicas: number;
  /** Kratos as callers inside the platform reach it. */
  readonly kratos: {
    readonly workload: IWorkload;
    readonly port: number;
    /** Name of the listener that answers whose session it is. */
    readonly listener: string;
    /** Name of the session cookie. */
    readonly cookie: string;
  };
  /**
   * How long an answer of Kratos may be used again. A session still passes for that long after it was
   * revoked, and for as long as whoever asks here remembers by itself. At most 60 seconds; `'never'` asks
   * Kratos at every question.
   */
  readonly remember: Duration | 'never';
}

/**
 * Replicas of session-check.
 *
 * They start without Kratos and answer without it: nobody's session is then known. Oathkeeper is to be
 * allowed on the listener `http`.
 */
export class SessionCheck extends Construct {
  readonly workload: IWorkload;
  readonly port = PORT;
  readonly listener = 'http';

  /** @throws PortcullisError with every property that is out of bounds */
  constructor(scope: Construct, id: string, props: SessionCheckProps) {
    super(scope, id);
    const { kratos, remember, resources } = props;
    const mistakes = new Mistakes();
    mistakes.wholeNumber('replicas', props.replicas, 1, 16, 'use 2');
    mistakes.unless(
      remember === 'never' || remember.toMilliseconds() <= LONGEST_SECONDS * 1000,
      'remember',
      `be at most ${LONGEST_SECONDS} seconds`,
      remember === 'never' ? remember : remember.toGoDuration(),
      'use 5 seconds',
    );
    mistakes.unless(
      resources.memory.toMebibytes() >= LEAST_MEBIBYTES,
      'resources.memory',
      `be at least ${LEAST_MEBIBYTES} MiB`,
      resources.memory.toMebibytes(),
      'raise it',
    );
    mistakes.throwIfAny('session-check', this.node.path);

    this.workload = props.platform.workload(this, 'Workload', {
      name: NAME,
      image: props.image,
      environment: {
        PORT: String(PORT),
        KRATOS_URL: `http://${kratos.workload.name}:${kratos.port}`,
        SESSION_COOKIE: kratos.cookie,
        REMEMBER_MILLISECONDS: String(remember === 'never' ? 0 : remember.toMilliseconds()),
        DRAIN_MILLISECONDS: String(DRAIN.toMilliseconds()),
      },
      user: { uid: 10005, gid: 10005 },
      resources,
      scratch: [{ path: '/tmp', size: Size.mebibytes(16) }],
      listeners: [{ name: this.listener, port: PORT }],
      readiness: {
        command: ['/probe', String(PORT), '/health/ready'],
        http: { port: PORT, path: '/health/ready' },
        interval: Duration.seconds(2),
        timeout: Duration.seconds(2),
        failures: 3,
        startup: Duration.seconds(30),
      },
      replicas: props.replicas,
      stop: { signal: 'SIGTERM', grace: Duration.seconds(DRAIN.toSeconds() + 10) },
    });
    kratos.workload.allow(kratos.listener, NAME);
  }
}
