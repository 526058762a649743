/** `Kratos`: who people are. Registration, login, second factors, recovery, sessions. */
import { Construct } from 'constructs';
import type { IPostgresDatabase } from '../data/postgres.js';
import type { FileSet, Image, IPlatform, IWorkload, ProbeSpec, ResourceSpec } from '../platform/platform.js';
import { Duration, Size } from '../quantities.js';
import { Secret } from '../secrets/secret.js';
import { checkKratos } from './check-kratos.js';
import type { IdentitySchema } from './identity-schema.js';
import {
  dsnConfig,
  mailConfig,
  migrationConfig,
  plainConfig,
  secretConfig,
  startConfig,
  type Hasher,
  type KratosSettings,
  type LogLevel,
  type SecretPair,
  type Sessions,
} from './kratos-config.js';
import { hostOf, withDefaults } from './kratos-settings.js';
import type { Mail } from './mail.js';
import { hasSecondFactor, type Methods } from './methods.js';
import type { Provider } from './providers.js';

const NAME = 'kratos';
const COURIER = 'kratos-courier';
const MIGRATIONS = 'kratos-migrations';
const PUBLIC_PORT = 4433;
const ADMIN_PORT = 4434;
const METRICS_PORT = 4435;
/** The image's own user; a number, because Kubernetes can't check a named one. */
const USER = { uid: 10000, gid: 10000 };
const CONFIG = '/run/portcullis/config';
const START = '/run/portcullis/start';
const SECRETS = '/run/portcullis/secrets';
const MAIL = '/run/portcullis/mail';
const CERTIFICATES = '/run/portcullis/certificates';

export interface KratosProps {
  readonly platform: IPlatform;
  /** Kratos 1.3 or newer, with `wget` beside it. */
  readonly image: Image;
  readonly database: IPostgresDatabase;
  readonly resources: ResourceSpec;
  /** From 1 to 16. @default 2 */
  readonly replicas?: number;
  /** Most connections that a replica, the courier or the migrations have with the database. @default 20 */
  readonly connections?: number;
  /** Origin that browsers see, for example `https://example.com`. */
  readonly publicUrl: string;
  /** Hosts that the gateway answers. @default - the host of `publicUrl` */
  readonly hosts?: readonly string[];
  /** Where Kratos' own addresses begin, below `publicUrl`. @default '/.ory/kratos' */
  readonly basePath?: string;
  /**
   * Where the pages begin: `login`, `registration`, `recovery`, `verification`, `settings` and `error`.
   *
   * @default '/account'
   */
  readonly accountPath?: string;
  /** Beginnings of addresses that a browser may be led back to; each on one of `hosts`. */
  readonly returnUrls: readonly string[];
  /** Whether people may register themselves. @default true */
  readonly registration?: boolean;
  /** @default - an e-mail address alone */
  readonly schema?: IdentitySchema;
  /** @default - what `Methods` says */
  readonly methods?: Methods;
  readonly sessions?: Sessions;
  /** Social login. @default - none */
  readonly providers?: readonly Provider[];
  readonly mail: Mail;
  /** @default { algorithm: 'bcrypt', cost: 12 } */
  readonly hasher?: Hasher;
  /**
   * Lets cookies be sent over plain HTTP. For a developer's machine alone.
   *
   * @default false
   */
  readonly development?: boolean;
  /** @default 'warning' */
  readonly logLevel?: LogLevel;
}

/**
 * Kratos: replicas that serve, one courier that sends mail, and migrations.
 *
 * Its configuration and the secrets that sign and encrypt are files that it reloads. A new password of
 * the database replaces the replicas, side by side. The administrative listener, which asks nobody who he
 * is, is bound where the platform says. Nothing calls home: neither statistics nor lists of passwords.
 */
export class Kratos extends Construct {
  readonly workload: IWorkload;
  readonly courier: IWorkload;
  /** Name of the public listener. */
  readonly listener = 'public';
  readonly port = PUBLIC_PORT;
  readonly basePath: string;
  /** Name of the session cookie. */
  readonly cookie: string;
  /** Whether `whoami` may refuse a session because its owner has a second factor. */
  readonly aalQuestion: boolean;
  /** Whether people can set up a second factor. */
  readonly secondFactor: boolean;
  /** The page where a browser begins to log in. */
  readonly loginUrl: string;
  /** What the files were made from. */
  readonly settings: KratosSettings;

  /** @throws PortcullisError with every mistake of the declaration */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: KratosProps,
  ) {
    super(scope, id);
    const { platform, database, development = false, replicas = 2, connections = 20 } = props;
    const settings = withDefaults(props);
    const hosts = props.hosts ?? [hostOf(props.publicUrl)];
    checkKratos(
      settings,
      { image: props.image, resources: props.resources, replicas, connections, hosts, development },
      this.node.path,
    );
    this.settings = settings;
    this.basePath = settings.basePath;
    this.cookie = settings.sessions.cookie.name;
    this.aalQuestion = settings.sessions.aal === 'highest_available';
    this.secondFactor = hasSecondFactor(settings.methods);
    this.loginUrl = `${settings.publicUrl}${settings.accountPath}/login`;

    const dsn = dsnConfig(database, connections, CERTIFICATES);
    const certificates: FileSet[] =
      database.tls === undefined
        ? []
        : [
            {
              name: 'certificates',
              path: CERTIFICATES,
              files: [{ name: 'ca.pem', content: database.tls.bundle }],
              // Connections that are open stay; the pool reads it for each new one.
              reloads: true,
            },
          ];
    platform.job(this, 'Migrations', {
      ...this.container,
      name: MIGRATIONS,
      command: ['migrate', 'sql', '-e', '--yes', ...flags(`${START}/migrate.json`, `${START}/dsn.json`)],
      files: [
        {
          name: 'start',
          path: START,
          files: [
            { name: 'migrate.json', content: migrationConfig(settings) },
            { name: 'dsn.json', content: dsn },
          ],
          reloads: false,
        },
        ...certificates,
      ],
      after: database.ready,
      actsOn: database.storage,
      deadline: Duration.minutes(5),
    });
    database.allow(MIGRATIONS);

    const start: FileSet = {
      name: 'start',
      path: START,
      files: [
        {
          name: 'start.json',
          content: startConfig(settings, {
            bind: platform.administrationBind,
            logLevel: props.logLevel ?? 'warning',
          }),
        },
        { name: 'dsn.json', content: dsn },
      ],
      reloads: false,
    };
    const config: FileSet = {
      name: 'config',
      path: CONFIG,
      files: [{ name: 'kratos.json', content: plainConfig(settings) }],
      reloads: true,
    };
    const shared = [`${CONFIG}/kratos.json`, `${START}/start.json`, `${START}/dsn.json`];
    this.workload = platform.workload(this, 'Workload', {
      ...this.container,
      name: NAME,
      command: [
        'serve',
        ...flags(...shared, `${SECRETS}/secrets.json`),
        '--sqa-opt-out',
        ...(development ? ['--dev'] : []),
      ],
      files: [
        config,
        start,
        {
          name: 'secrets',
          path: SECRETS,
          files: [{ name: 'secrets.json', content: this.secrets(settings) }],
          reloads: true,
        },
        ...certificates,
      ],
      egress: settings.providers.length > 0,
      listeners: [{ name: this.listener, port: PUBLIC_PORT }],
      readiness: asks(ADMIN_PORT, '/admin/health/ready'),
      replicas,
      stop: { signal: 'SIGTERM', grace: Duration.seconds(15) },
    });
    database.allow(NAME);

    this.courier = platform.workload(this, 'Courier', {
      ...this.container,
      name: COURIER,
      command: [
        'courier',
        'watch',
        ...flags(...shared, `${MAIL}/mail.json`),
        '--expose-metrics-port',
        String(METRICS_PORT),
      ],
      files: [
        config,
        start,
        {
          name: 'mail',
          path: MAIL,
          files: [{ name: 'mail.json', content: mailConfig(settings.mail) }],
          // Read once: the way to the server is made at the start.
          reloads: false,
        },
        ...certificates,
      ],
      egress: settings.mail.kind === 'smtp',
      listeners: [],
      readiness: asks(METRICS_PORT, '/metrics/prometheus'),
      replicas: 1,
      // Two would send every mail twice.
      exclusive: true,
      stop: { signal: 'SIGTERM', grace: Duration.seconds(15) },
    });
    database.allow(COURIER);
    if (settings.mail.kind === 'catcher') settings.mail.workload.allow(settings.mail.listener, COURIER);
  }

  /** What replicas, courier and migrations have in common. */
  private get container() {
    return {
      image: this.props.image,
      environment: { HOME: '/tmp', SQA_OPT_OUT: 'true' },
      user: USER,
      resources: this.props.resources,
      scratch: [{ path: '/tmp', size: Size.mebibytes(16) }],
    };
  }

  private secrets(settings: KratosSettings): ReturnType<typeof secretConfig> {
    const pair = (name: string): SecretPair => {
      const one = (half: string): Secret =>
        Secret.generated(this, `kratos-${name}-${half}`, { class: 'signingKeys', slots: 3, length: 32 });
      return [one('a'), one('b')];
    };
    return secretConfig(settings, {
      cookie: pair('cookie'),
      default: pair('default'),
      cipher: Secret.generated(this, 'kratos-cipher', { class: 'fixed', length: 32 }),
    });
  }
}

function flags(...files: readonly string[]): string[] {
  return files.flatMap((file) => ['-c', file]);
}

/**
 * Whether a listener inside the container answers.
 *
 * Kratos waits for its database itself, for five minutes and with growing pauses, before it listens.
 */
function asks(port: number, path: string): ProbeSpec {
  return {
    command: ['wget', '-q', '-T', '2', '-O', '/dev/null', `http://127.0.0.1:${port}${path}`],
    http: { port, path },
    interval: Duration.seconds(2),
    timeout: Duration.seconds(3),
    failures: 5,
    startup: Duration.minutes(4),
  };
}
