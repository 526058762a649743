/** `Postgres`: one database server, with a database and an owner role per user. */
import { Construct, type IDependable } from 'constructs';
import { PortcullisError, invalid } from '../errors.js';
import { checkName } from '../platform/names.js';
import type { FileSpec, Image, IPlatform, IVolume, IWorkload, ResourceSpec } from '../platform/platform.js';
import { Duration, Size } from '../quantities.js';
import { Certificate } from '../secrets/certificate.js';
import type { CertificateAuthority } from '../secrets/certificate-authority.js';
import { Secret } from '../secrets/secret.js';
import type { Sealed } from '../secrets/sealed.js';
import { accountsScript } from './postgres-accounts.js';
import { FOLLOW_FILES, accessRules } from './postgres-tls.js';

/** Name of the image's own superuser; used by the accounts job alone. */
const SUPERUSER = 'postgres';
const NAME = 'postgres';
const PORT = 5432;
/** Uid and gid of `postgres` in the Debian variant of the official image. */
const USER = { uid: 999, gid: 999 };
const SECRETS = '/run/portcullis/secrets';
const CONFIG = '/run/portcullis/config';

export interface PostgresProps {
  readonly platform: IPlatform;
  /** Major versions 15 to 17; 18 keeps its data elsewhere. */
  readonly image: Image;
  readonly resources: ResourceSpec;
  /** Size of the data volume where the platform can bound it. */
  readonly storage: Size;
  /**
   * Most connections that the server accepts.
   *
   * @default 100
   */
  readonly maxConnections?: number;
  /**
   * Accept connections with TLS 1.2 or newer alone, with a certificate by this authority for the
   * server's name. A renewed one is taken over without a restart.
   *
   * @default - connections are plain
   */
  readonly tls?: {
    readonly authority: CertificateAuthority;
    /** As for `Certificate`. */
    readonly lifetime?: Duration;
    /** As for `Certificate`. */
    readonly renewal?: Duration;
  };
}

/** What a user of a database needs to know. */
export interface IPostgresDatabase {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Role to log in with at this generation. */
  readonly user: string;
  readonly password: Sealed;
  /** What the server's certificate is verified with, PEM; undefined where connections are plain. */
  readonly tls?: { readonly bundle: Sealed };
  /** Must be done before the user connects. */
  readonly ready: readonly IDependable[];
  /** Storage whose loss means that the user's set-up has to run again. */
  readonly storage: readonly IVolume[];
  /** Lets a workload or job, by its name, connect. */
  allow(caller: string): void;
}

/**
 * A Postgres server.
 *
 * Not published; reached only by the workloads that `allow` names, with TLS where that is set. Passwords are checked with
 * SCRAM-SHA-256. Each database belongs to a role that can't log in; two accounts, one per slot of
 * the password, act as that role, so that a rotation finds the new account working before the old
 * one is closed.
 */
export class Postgres extends Construct {
  readonly volume: IVolume;
  readonly server: IWorkload;
  private readonly superuser: Secret;
  private readonly databases = new Map<string, IPostgresDatabase>();

  /** @throws PortcullisError when the image's major version isn't 15, 16 or 17 */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: PostgresProps,
  ) {
    super(scope, id);
    const major = Number(props.image.version.split('.')[0]);
    if (![15, 16, 17].includes(major)) {
      throw invalid(
        'image.version',
        'be of major version 15, 16 or 17',
        props.image.version,
        'choose such an image in the catalogue',
        this.node.path,
      );
    }
    const maxConnections = props.maxConnections ?? 100;
    if (!Number.isInteger(maxConnections) || maxConnections < 20 || maxConnections > 1000) {
      throw invalid(
        'maxConnections',
        'be a whole number from 20 to 1000',
        maxConnections,
        'leave it out for 100',
        this.node.path,
      );
    }
    this.superuser = Secret.generated(this, 'postgres-superuser', { class: 'fixed' });
    this.volume = props.platform.volume(this, 'Data', { name: 'postgres-data', size: props.storage });
    const certificate =
      props.tls === undefined
        ? undefined
        : new Certificate(this, 'Certificate', { names: [NAME], ...props.tls });
    const settings = [
      `max_connections=${maxConnections}`,
      'password_encryption=scram-sha-256',
      // Not the one in the data folder, which the image writes at the first start alone.
      `hba_file=${CONFIG}/pg_hba.conf`,
      ...(certificate === undefined
        ? []
        : [
            'ssl=on',
            'ssl_min_protocol_version=TLSv1.2',
            `ssl_cert_file=${CONFIG}/certificate.pem`,
            `ssl_key_file=${CONFIG}/key.pem`,
          ]),
    ];
    this.server = props.platform.workload(this, 'Server', {
      name: NAME,
      image: props.image,
      ...(certificate === undefined ? {} : { entrypoint: ['bash', '-c', FOLLOW_FILES, CONFIG] }),
      command: ['postgres', ...settings.flatMap((setting) => ['-c', setting])],
      environment: {
        POSTGRES_USER: SUPERUSER,
        POSTGRES_PASSWORD_FILE: `${SECRETS}/superuser`,
        POSTGRES_INITDB_ARGS: '--auth-host=scram-sha-256 --auth-local=trust --encoding=UTF8',
        PGDATA: '/var/lib/postgresql/data/pgdata',
      },
      files: [
        {
          name: 'secrets',
          path: SECRETS,
          files: [{ name: 'superuser', content: this.superuser.newest }],
          // Read only at the first start; the accounts job keeps the role's password in step later.
          reloads: true,
        },
        {
          name: 'config',
          path: CONFIG,
          files: [
            { name: 'pg_hba.conf', content: accessRules(certificate !== undefined) },
            ...(certificate === undefined
              ? []
              : [
                  { name: 'certificate.pem', content: certificate.chain },
                  { name: 'key.pem', content: certificate.privateKey },
                ]),
          ],
          reloads: certificate !== undefined,
        },
      ],
      user: USER,
      resources: props.resources,
      scratch: [
        { path: '/var/run/postgresql', size: Size.mebibytes(16) },
        { path: '/tmp', size: Size.mebibytes(64) },
      ],
      volumes: [{ volume: this.volume, path: '/var/lib/postgresql/data' }],
      listeners: [{ name: 'postgres', port: PORT }],
      readiness: {
        // Over TCP: during initialization a server without network answers on the socket.
        command: ['pg_isready', '-q', '-h', '127.0.0.1', '-U', SUPERUSER, '-d', 'postgres'],
        interval: Duration.seconds(2),
        timeout: Duration.seconds(3),
        failures: 5,
        startup: Duration.seconds(60),
      },
      replicas: 1,
      // SIGINT is Postgres' fast shutdown: open sessions are ended, nothing is lost.
      stop: { signal: 'SIGINT', grace: Duration.seconds(60) },
    });
  }

  /**
   * Adds a database, its owner role and the accounts of one user.
   *
   * @throws PortcullisError when the database exists already or its name isn't plain
   */
  addDatabase(name: string): IPostgresDatabase {
    checkName('database', name, this.node.path);
    if (this.databases.has(name) || name.includes('-')) {
      throw new PortcullisError(
        'invalid-property',
        `'database' must be new and without dashes, got ${JSON.stringify(name)}; rename it`,
        this.node.path,
      );
    }
    const password = Secret.generated(this, `postgres-${name}`);
    const accounts = [0, 1].map((slot) => ({
      role: `${name}_${'ab'.charAt(slot)}`,
      file: `${name}_${slot}`,
    }));
    const caller = `postgres-accounts-${name}`;
    const bundle = this.props.tls?.authority.bundle;
    const files: FileSpec[] = [
      { name: 'superuser', content: this.superuser.newest },
      ...accounts.map(({ file }, slot) => ({ name: file, content: password.slot(slot) })),
      ...(bundle === undefined ? [] : [{ name: 'ca.pem', content: bundle }]),
      { name: 'accounts.sql', content: accountsScript({ database: name, accounts, folder: SECRETS }) },
    ];
    const job = this.props.platform.job(this, `Accounts-${name}`, {
      name: caller,
      image: this.props.image,
      entrypoint: ['bash', '-c'],
      command: [
        `PGPASSWORD="$(cat ${SECRETS}/superuser)" exec psql -X -q -v ON_ERROR_STOP=1 -f ${SECRETS}/accounts.sql`,
      ],
      environment: {
        PGHOST: this.server.name,
        PGPORT: String(PORT),
        PGUSER: SUPERUSER,
        PGDATABASE: 'postgres',
        PGCONNECT_TIMEOUT: '10',
        ...(bundle === undefined ? {} : { PGSSLMODE: 'verify-full', PGSSLROOTCERT: `${SECRETS}/ca.pem` }),
      },
      files: [{ name: 'secrets', path: SECRETS, files, reloads: false }],
      user: USER,
      resources: { memory: Size.mebibytes(128), cpu: 0.5, pids: 32 },
      after: [this.server],
      actsOn: [this.volume],
      deadline: Duration.minutes(2),
    });
    this.server.allow('postgres', caller);
    const newest = password.newestSlot;
    const database: IPostgresDatabase = {
      host: this.server.name,
      port: PORT,
      database: name,
      user: accounts[newest]?.role ?? name,
      password: password.newest,
      ...(bundle === undefined ? {} : { tls: { bundle } }),
      ready: [this.server, job],
      storage: [this.volume],
      allow: (other) => {
        this.server.allow('postgres', other);
      },
    };
    this.databases.set(name, database);
    return database;
  }
}
