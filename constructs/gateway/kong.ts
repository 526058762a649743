/** `Kong`: the API gateway with its database, the only published workload. */
import { Construct } from 'constructs';
import type { IPostgresDatabase } from '../data/postgres.js';
import { invalid } from '../errors.js';
import type { FileSet, Image, IPlatform, IVolume, IWorkload, ResourceSpec } from '../platform/platform.js';
import { Duration, Size } from '../quantities.js';
import type { ICertificate } from '../secrets/certificate.js';
import type { KongVersion } from './plugins/plugin.js';

const ADMIN_PORT = 8001;
const STATUS_PORT = 8100;
/** Where the identity system asks whose a client's credential is; never published. */
export const VERIFY_PORT = 8010;
const SECRETS = '/run/portcullis/secrets';
const TLS = '/run/portcullis/tls';
/**
 * One JSON line per request: the path without its query, where people put keys by mistake, and no
 * header but the request's id.
 */
const ACCESS_LOG =
  `portcullis escape=json '{"time":"$time_iso8601","service":"kong","requestId":"$http_x_request_id",` +
  `"method":"$request_method","host":"$host","path":"$uri","status":$status,"bytes":$body_bytes_sent,` +
  `"seconds":$request_time,"upstream":"$upstream_addr","client":"$remote_addr"}'`;
/** A number, because Kubernetes can't check a named user; the folder it writes to is in memory. */
const USER = { uid: 1001, gid: 0 };

export interface KongProps {
  readonly platform: IPlatform;
  /** Kong 3.x with our entrypoint around it. */
  readonly image: Image;
  readonly database: IPostgresDatabase;
  readonly resources: ResourceSpec;
  /** Worker processes; each needs about 100 MiB. */
  readonly workers: number;
  /** Where people reach the proxy. */
  readonly publish: { readonly address: string; readonly port: number };
  /**
   * Largest body of any request, counted as it comes, however it is sent. A larger one gets 413.
   *
   * What routes allow can't be more.
   *
   * @default Size.mebibytes(16)
   */
  readonly maxRequestBody?: Size;
  /**
   * A second port for people, with HTTPS and HTTP/2, TLS 1.2 or newer. A changed certificate is taken
   * over without a restart.
   *
   * @default - plain HTTP alone
   */
  readonly tls?: {
    readonly certificate: ICertificate;
    readonly publish: { readonly address: string; readonly port: number };
  };
  /**
   * Whether it has a listener `verify`, unpublished, where the identity system asks whose a client's
   * credential is. Lua of the gateway may then read JSON, too.
   *
   * @default false
   */
  readonly verify?: boolean;
  /**
   * How often each worker looks for changed routes, plugins and credentials.
   *
   * Once decK has ended, a change is in force on every worker after at most this period and one
   * second: Kong hands changes from worker to worker once a second. Building a large configuration
   * comes on top. From 1 to 60 seconds.
   *
   * @default Duration.seconds(1)
   */
  readonly propagation?: Duration;
  /**
   * How long a stopping Kong finishes requests that have begun. After a reload they have a minute.
   *
   * @default Duration.seconds(10)
   */
  readonly drain?: Duration;
}

/**
 * Kong in Postgres mode.
 *
 * The Admin API, which has no authentication, is bound where only this environment's decK job
 * reaches it; Kong Manager and anonymous reports are off. A new database password is read from its
 * file and taken over by a reload, without replacing the container; so are new certificates.
 *
 * Where the database has TLS, Kong trusts its authority and no other, for every call that its Lua
 * makes: its Postgres client verifies who signed a certificate and not the name in it.
 */
export class Kong extends Construct {
  readonly workload: IWorkload;
  /** What configuration is rendered for. */
  readonly version: KongVersion;
  /** Whether callers can reach it over HTTPS. */
  readonly https: boolean;
  /** Largest body of any request. */
  readonly maxRequestBody: Size;
  /** Where the identity system asks whose a client's credential is, if it may. */
  readonly verification: { readonly host: string; readonly port: number } | undefined;
  /** Storage whose loss means that the configuration has to be applied again. */
  readonly storage: readonly IVolume[];

  /** @throws PortcullisError when the version isn't 3.x, or `workers` or `propagation` is out of bounds */
  constructor(scope: Construct, id: string, props: KongProps) {
    super(scope, id);
    const at = this.node.path;
    const propagation = (props.propagation ?? Duration.seconds(1)).toSeconds();
    const drain = props.drain ?? Duration.seconds(10);
    if (!/^3\.\d+/.test(props.image.version)) {
      throw invalid(
        'image.version',
        'be of major version 3',
        props.image.version,
        'choose such an image in the catalogue',
        at,
      );
    }
    if (!Number.isInteger(props.workers) || props.workers < 1 || props.workers > 64) {
      throw invalid('workers', 'be a whole number from 1 to 64', props.workers, 'use one per core', at);
    }
    if (propagation > 60) {
      throw invalid('propagation', 'be at most 60 seconds', propagation, 'leave it out for 1 second', at);
    }
    this.storage = props.database.storage;
    this.maxRequestBody = props.maxRequestBody ?? Size.mebibytes(16);
    this.version = { major: 3, minor: minor(props.image.version) };
    this.https = props.tls !== undefined;

    const { certificate, publish: publishTls } = props.tls ?? {};
    const verified = props.database.tls;
    const database = {
      KONG_DATABASE: 'postgres',
      KONG_PG_HOST: props.database.host,
      KONG_PG_PORT: String(props.database.port),
      KONG_PG_DATABASE: props.database.database,
      KONG_PG_USER_FILE: `${SECRETS}/pg_user`,
      KONG_PG_PASSWORD_FILE: `${SECRETS}/pg_password`,
      ...(verified === undefined
        ? {}
        : {
            KONG_PG_SSL: 'on',
            KONG_PG_SSL_VERIFY: 'on',
            KONG_LUA_SSL_TRUSTED_CERTIFICATE: `${SECRETS}/pg_ca`,
          }),
      KONG_ANONYMOUS_REPORTS: 'off',
    };
    const files: FileSet = {
      name: 'secrets',
      path: SECRETS,
      files: [
        { name: 'pg_user', content: props.database.user },
        { name: 'pg_password', content: props.database.password },
        ...(verified === undefined ? [] : [{ name: 'pg_ca', content: verified.bundle }]),
      ],
      reloads: true,
    };
    const tls: FileSet[] =
      certificate === undefined
        ? []
        : [
            {
              name: 'tls',
              path: TLS,
              files: [
                { name: 'certificate.pem', content: certificate.chain },
                { name: 'key.pem', content: certificate.privateKey },
              ],
              reloads: true,
            },
          ];
    const watched = [
      ...(verified === undefined ? [] : [`${SECRETS}/pg_ca`]),
      ...tls.flatMap(({ path, files }) => files.map(({ name }) => `${path}/${name}`)),
    ];
    const scratch = [
      { path: '/usr/local/kong', size: Size.mebibytes(64) },
      { path: '/tmp', size: Size.mebibytes(64) },
    ];

    const migration = {
      image: props.image,
      environment: database,
      files: [files],
      user: USER,
      resources: { memory: Size.mebibytes(384), cpu: 1, pids: 64 },
      scratch,
      actsOn: props.database.storage,
      deadline: Duration.minutes(5),
    };
    const migrations = props.platform.job(this, 'Migrations', {
      ...migration,
      name: 'kong-migrations',
      command: ['portcullis-migrate'],
      after: props.database.ready,
    });
    props.database.allow('kong-migrations');

    const bind = props.platform.administrationBind;
    const verify = props.verify === true;
    const listens = [
      '0.0.0.0:8000',
      ...(certificate === undefined ? [] : ['0.0.0.0:8443 ssl http2']),
      ...(verify ? [`0.0.0.0:${VERIFY_PORT}`] : []),
    ].join(', ');
    this.workload = props.platform.workload(this, 'Proxy', {
      name: 'kong',
      image: props.image,
      command: ['kong', 'docker-start'],
      environment: {
        ...database,
        KONG_PROXY_LISTEN: listens,
        ...(certificate === undefined
          ? {}
          : {
              KONG_SSL_CERT: `${TLS}/certificate.pem`,
              KONG_SSL_CERT_KEY: `${TLS}/key.pem`,
              KONG_SSL_CIPHER_SUITE: 'intermediate',
            }),
        ...(verify ? { KONG_UNTRUSTED_LUA_SANDBOX_REQUIRES: 'cjson.safe' } : {}),
        ...(watched.length === 0 ? {} : { PORTCULLIS_WATCH: watched.join(' ') }),
        KONG_ADMIN_LISTEN: `${bind}:${ADMIN_PORT}`,
        KONG_STATUS_LISTEN: `${bind}:${STATUS_PORT}`,
        ...(hasManager(props.image.version) ? { KONG_ADMIN_GUI_LISTEN: 'off' } : {}),
        KONG_NGINX_WORKER_PROCESSES: String(props.workers),
        KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE: `${this.maxRequestBody.toMebibytes()}m`,
        // Longer than a service may stay silent. Without an end a websocket would keep the workers of
        // every reload, each with its memory.
        KONG_NGINX_MAIN_WORKER_SHUTDOWN_TIMEOUT: '60s',
        KONG_DB_UPDATE_FREQUENCY: String(propagation),
        KONG_WORKER_STATE_UPDATE_FREQUENCY: String(propagation),
        // Docker's name server says 600 seconds; a replaced replica has another address at once.
        KONG_DNS_VALID_TTL: '2',
        // Kong would remember for 30 seconds that a server which has come back was away.
        KONG_DNS_NOT_FOUND_TTL: '1',
        KONG_NGINX_HTTP_LOG_FORMAT: ACCESS_LOG,
        KONG_PROXY_ACCESS_LOG: '/dev/stdout portcullis',
        KONG_PROXY_ERROR_LOG: '/dev/stderr',
        KONG_ADMIN_ACCESS_LOG: 'off',
        KONG_ADMIN_ERROR_LOG: '/dev/stderr',
        KONG_HEADERS: 'off',
        PORTCULLIS_STATUS_PORT: String(STATUS_PORT),
        PORTCULLIS_STATUS_PATH: hasStatusReady(props.image.version) ? '/status/ready' : '/status',
        PORTCULLIS_DRAIN_SECONDS: String(drain.toSeconds()),
      },
      files: [files, ...tls],
      user: USER,
      resources: props.resources,
      scratch,
      listeners: [
        { name: 'proxy', port: 8000, publish: props.publish },
        ...(publishTls === undefined ? [] : [{ name: 'proxy-tls', port: 8443, publish: publishTls }]),
        ...(verify ? [{ name: 'verify', port: VERIFY_PORT }] : []),
      ],
      readiness: {
        command: ['/usr/local/share/portcullis/healthcheck.sh'],
        interval: Duration.seconds(2),
        timeout: Duration.seconds(3),
        failures: 5,
        startup: Duration.seconds(90),
      },
      replicas: 1,
      stop: { signal: 'SIGQUIT', grace: Duration.seconds(drain.toSeconds() + 5) },
      after: [...props.database.ready, migrations],
      // It remembers the number of its workspace, and a new database has another one.
      actsOn: props.database.storage,
    });
    props.database.allow('kong');
    this.verification = verify ? { host: this.workload.name, port: VERIFY_PORT } : undefined;
    // What the version before can't live with comes last. In Kong's own network, which leads there.
    props.platform.job(this, 'Finish', {
      ...migration,
      name: 'kong-migrations-finish',
      command: ['portcullis-migrate', 'finish'],
      administers: this.workload,
    });
  }

  /** Where a job that administers Kong finds the Admin API. */
  get administrationUrl(): string {
    return this.workload.administrationUrl(ADMIN_PORT);
  }
}

/** Kong Manager came to the open-source gateway with 3.4. */
function hasManager(version: string): boolean {
  return minor(version) >= 4;
}

/** `/status/ready` came with 3.3. */
function hasStatusReady(version: string): boolean {
  return minor(version) >= 3;
}

function minor(version: string): number {
  return Number(version.split('.')[1] ?? 0);
}
