/** `JsonService`: a small JSON program behind the gate, such as hello and world. */
import { Construct } from 'constructs';
import { Mistakes } from '../mistakes.js';
import type { FileSet, Image, IPlatform, IWorkload, ResourceSpec } from '../platform/platform.js';
import { Duration, Size } from '../quantities.js';
import type { KeyAlgorithm } from '../secrets/key-pair.js';
import type { KeySet } from '../secrets/key-set.js';

const PORT = 8080;
const IDENTITY = '/run/portcullis/identity';
const KEYS = 'keys.json';

/** Whose signed identity a service demands of every request. */
export interface SignedIdentity {
  /** The `iss` of the tokens, exactly as the signer writes it. */
  readonly issuer: string;
  /** Public keys that verify the tokens; changed ones are taken over without a restart. */
  readonly keys: KeySet;
  /** What may have signed them; at least one. */
  readonly algorithms: readonly KeyAlgorithm[];
}

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
  readonly workload: IWorkload;

  /** @throws PortcullisError when `drain` is over a minute, or the identity says not whose or how */
  constructor(scope: Construct, id: string, props: JsonServiceProps) {
    super(scope, id);
    this.name = props.name;
    const drain = props.drain ?? Duration.seconds(3);
    const { identity } = props;
    const mistakes = new Mistakes();
    mistakes.unless(
      drain.toSeconds() <= 60,
      'drain',
      'be at most 60 seconds',
      drain.toSeconds(),
      'leave it out for 3 seconds',
    );
    if (identity !== undefined) checkIdentity(identity, mistakes);
    mistakes.throwIfAny(`service '${props.name}'`, this.node.path);
    this.workload = props.platform.workload(this, 'Workload', {
      name: props.name,
      image: props.image,
      environment: {
        SERVICE_NAME: props.name,
        SERVICE_MESSAGE: props.message,
        PORT: String(PORT),
        DRAIN_MILLISECONDS: String(drain.toMilliseconds()),
        ...(identity === undefined
          ? {}
          : {
              IDENTITY_ISSUER: identity.issuer,
              IDENTITY_AUDIENCE: props.name,
              IDENTITY_KEYS: `${IDENTITY}/${KEYS}`,
              IDENTITY_ALGORITHMS: identity.algorithms.join(','),
            }),
      },
      files: identity === undefined ? [] : [keyFiles(identity)],
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

function checkIdentity({ issuer, keys, algorithms }: SignedIdentity, mistakes: Mistakes): void {
  mistakes.unless(
    URL.canParse(issuer),
    'identity.issuer',
    'be an address',
    issuer,
    'write what the signer puts into its tokens',
  );
  mistakes.unless(
    keys.entries.length > 0,
    'identity.keys',
    'hold a key',
    keys.entries.length,
    'hand over the public keys of the signer',
  );
  mistakes.unless(
    algorithms.length > 0,
    'identity.algorithms',
    'name an algorithm',
    algorithms,
    "write for example ['RS256']",
  );
  mistakes.unique('identity.algorithms', algorithms, 'name each once');
}

function keyFiles({ keys }: SignedIdentity): FileSet {
  return { name: 'identity', path: IDENTITY, files: [{ name: KEYS, content: keys }], reloads: true };
}
