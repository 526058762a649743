/** `WebService`: any container image that speaks HTTP, as a service behind the gate. */
import { Construct } from 'constructs';
import { Mistakes } from '../mistakes.js';
import type { FileSet, Image, IPlatform, IWorkload, ResourceSpec, UserSpec } from '../platform/platform.js';
import { isName } from '../platform/names.js';
import { Duration, Size } from '../quantities.js';
import type { Secret } from '../secrets/secret.js';
import {
  IDENTITY_VARIABLES,
  checkIdentity,
  identityEnvironment,
  identityFiles,
  type SignedIdentity,
} from './signed-identity.js';

const SECRETS = '/run/portcullis/secrets';
const MOST_REPLICAS = 16;
const LONGEST_GRACE_SECONDS = 600;
const MOST_ID = 2_147_483_647;
const HEALTH = '/health';
const GRACE = Duration.seconds(13);

export interface WebServiceProps {
  readonly platform: IPlatform;
  /** Name of the service: others reach it by that, and it is the audience of the identities it gets. */
  readonly name: string;
  readonly image: Image;
  /** Port that the program listens on, on every address; the program finds it in `PORT`. */
  readonly port: number;
  /**
   * Path that answers 200 while a replica takes traffic, without an identity.
   *
   * @default '/health'
   */
  readonly health?: string;
  /**
   * Command that asks the same inside the container, without a shell, and ends with 0 when all is well.
   * It runs every two seconds and has two seconds to end.
   *
   * @default - `wget`, which the image must have then
   */
  readonly probe?: readonly string[];
  /**
   * How long after its start the program may not be ready yet.
   *
   * @default Duration.seconds(30)
   */
  readonly startup?: Duration;
  /** From 1 to 16; with 2 or more the loss of one is survived. */
  readonly replicas: number;
  readonly resources: ResourceSpec;
  /**
   * Who the program runs as, by numbers; nobody is root.
   *
   * @default { uid: 10001, gid: 10001 }
   */
  readonly user?: UserSpec;
  /**
   * Plain variables. Whatever is secret belongs into `secrets`. `PORT` and `IDENTITY_…` are set already.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Secrets as files in `/run/portcullis/secrets`, by their names. A new generation replaces the replicas.
   *
   * @default - none
   */
  readonly secrets?: Readonly<Record<string, Secret>>;
  /**
   * Folders in memory that the program may write to; everything else is read-only.
   *
   * @default - `/tmp` with 16 MiB
   */
  readonly scratch?: readonly { readonly path: string; readonly size: Size }[];
  /**
   * Whether it may open connections to the world outside of the platform.
   *
   * @default false
   */
  readonly egress?: boolean;
  /**
   * How long a replica that got SIGTERM may go on before it is killed.
   *
   * From 1 second to 10 minutes. It should answer for another three seconds, in which callers notice, and
   * then end by itself.
   *
   * @default Duration.seconds(13)
   */
  readonly grace?: Duration;
  /**
   * What every request's signed identity is verified with: `IDENTITY_ISSUER`, `IDENTITY_AUDIENCE` (its own
   * name), `IDENTITY_KEYS` (a JSON Web Key Set that follows the rotation) and `IDENTITY_ALGORITHMS`.
   *
   * @default - none; then only routes that aren't guarded may lead here
   */
  readonly identity?: SignedIdentity;
}

/** Replicas of a program of one's own. */
export class WebService extends Construct {
  readonly name: string;
  readonly port: number;
  /** Path of its readiness. */
  readonly health: string;
  readonly workload: IWorkload;

  /** @throws PortcullisError with every property that breaks its rule */
  constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id);
    this.name = props.name;
    this.port = props.port;
    this.health = props.health ?? HEALTH;
    this.workload = webWorkload(this, props);
  }
}

/**
 * Declares the replicas.
 *
 * @param mistakes what was found wrong before, for the same report
 * @throws PortcullisError with those and every property that breaks its rule
 */
export function webWorkload(
  scope: Construct,
  props: WebServiceProps,
  mistakes: Mistakes = new Mistakes(),
): IWorkload {
  checkProgram(props, mistakes);
  checkSurroundings(props, mistakes);
  if (props.identity !== undefined) checkIdentity(props.identity, mistakes);
  mistakes.throwIfAny(`service '${props.name}'`, scope.node.path);
  const { name, port, health = HEALTH, identity } = props;
  return props.platform.workload(scope, 'Workload', {
    name,
    image: props.image,
    environment: {
      PORT: String(port),
      ...props.environment,
      ...(identity === undefined ? {} : identityEnvironment(identity, name)),
    },
    files: [...(identity === undefined ? [] : [identityFiles(identity)]), ...secretFiles(props)],
    user: props.user ?? { uid: 10001, gid: 10001 },
    resources: props.resources,
    scratch: props.scratch ?? [{ path: '/tmp', size: Size.mebibytes(16) }],
    listeners: [{ name: 'http', port }],
    readiness: {
      command: props.probe ?? [
        'wget',
        '-q',
        '-T',
        '2',
        '-O',
        '/dev/null',
        `http://127.0.0.1:${port}${health}`,
      ],
      http: { port, path: health },
      interval: Duration.seconds(2),
      timeout: Duration.seconds(2),
      failures: 3,
      startup: props.startup ?? Duration.seconds(30),
    },
    replicas: props.replicas,
    ...(props.egress === undefined ? {} : { egress: props.egress }),
    stop: { signal: 'SIGTERM', grace: props.grace ?? GRACE },
  });
}

function secretFiles({ secrets = {} }: WebServiceProps): FileSet[] {
  const files = Object.entries(secrets).map(([name, secret]) => ({ name, content: secret.newest }));
  return files.length === 0 ? [] : [{ name: 'secrets', path: SECRETS, files, reloads: false }];
}

/** What the program is and how it is asked. */
function checkProgram(props: WebServiceProps, mistakes: Mistakes): void {
  const { name, port, health = HEALTH, probe, user } = props;
  mistakes.unless(
    isName(name),
    'name',
    'be 2 to 40 small letters, digits and single dashes',
    name,
    'rename it',
  );
  mistakes.wholeNumber('port', port, 1, 65_535, 'write the port that the program listens on');
  mistakes.unless(
    /^\/[\w./~-]*$/.test(health),
    'health',
    'be a path of letters, digits, dots, dashes and slashes',
    health,
    "write for example '/health'",
  );
  mistakes.unless(
    probe === undefined || (probe.length > 0 && probe.every((word) => word !== '')),
    'probe',
    'be a command, each word for itself',
    probe,
    'leave it out where the image has wget',
  );
  mistakes.wholeNumber('replicas', props.replicas, 1, MOST_REPLICAS, 'use 2');
  for (const id of ['uid', 'gid'] as const) {
    mistakes.wholeNumber(`user.${id}`, user?.[id] ?? 10001, 1, MOST_ID, 'leave it out for 10001');
  }
}

/** What the program finds around it. */
function checkSurroundings(props: WebServiceProps, mistakes: Mistakes): void {
  const { environment = {}, secrets = {}, scratch = [], grace = GRACE } = props;
  for (const name of Object.keys(environment)) {
    mistakes.unless(
      /^[A-Za-z_]\w*$/.test(name),
      'environment',
      'have names of letters, digits and underscores',
      name,
      'rename it',
    );
    mistakes.unless(
      name !== 'PORT' && !IDENTITY_VARIABLES.includes(name),
      'environment',
      'leave alone what the service sets by itself',
      name,
      'remove it',
    );
  }
  for (const name of Object.keys(secrets)) {
    mistakes.unless(
      /^[A-Za-z0-9][\w.-]{0,63}$/.test(name),
      'secrets',
      'have file names of letters, digits, dots, dashes and underscores',
      name,
      'rename it',
    );
  }
  for (const { path } of scratch) {
    mistakes.unless(
      /^(\/[\w.-]+)+$/.test(path) && !/\/\.{1,2}(\/|$)/.test(path),
      'scratch.path',
      'be a folder, beginning with a slash',
      path,
      "write for example '/tmp'",
    );
  }
  mistakes.unique(
    'scratch.path',
    scratch.map(({ path }) => path),
    'name each once',
  );
  const seconds = grace.toSeconds();
  mistakes.unless(
    seconds >= 1 && seconds <= LONGEST_GRACE_SECONDS,
    'grace',
    `be from 1 to ${LONGEST_GRACE_SECONDS} seconds`,
    seconds,
    'leave it out for 13 seconds',
  );
}
