/** A gateway with its database in a sandbox, and HTTP without any client program. */
import { localImage } from '../../e2e/harness/images.js';
import type { Sandbox } from './docker.js';
import { docker, eventually, HARDENED, mustDocker, TMPFS_PREFIX, type Outcome } from './docker.js';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

// $1 host, $2 port, $3 method, $4 path, $5 body; bash opens the connection itself.
const REQUEST = `exec 3<>"/dev/tcp/$1/$2" || exit 7
printf '%s %s HTTP/1.0\\r\\nHost: gate\\r\\nContent-Type: application/json\\r\\nContent-Length: %s\\r\\n\\r\\n%s' "$3" "$4" "\${#5}" "$5" >&3
cat <&3`;

/** One request from inside a container. */
export async function request(
  from: string,
  host: string,
  port: number,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const { stdout } = await docker(
    'exec',
    from,
    'bash',
    '-c',
    REQUEST,
    'request',
    host,
    String(port),
    method,
    path,
    text,
  );
  const [head, ...rest] = stdout.split('\r\n\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head ?? '')?.[1];
  return { status: Number(status ?? 0), body: rest.join('\r\n\r\n') };
}

export class Gateway {
  private constructor(
    private readonly sandbox: Sandbox,
    private readonly image: string,
    private readonly network: string,
    /** Volume that holds the password file, mounted at /run/secrets. */
    private readonly secrets: string,
    public readonly database: string,
    /** Container that only sends requests, so that it outlives the gateway. */
    public readonly client: string,
  ) {}

  public static async create(sandbox: Sandbox, password: string): Promise<Gateway> {
    const [image, postgres] = await Promise.all([localImage('kong-gate'), localImage('postgres')]);
    const [network, secrets] = [await sandbox.network(), await sandbox.volume()];
    const client = await sandbox.start(
      'client',
      '--network',
      network,
      '--entrypoint',
      'sleep',
      image,
      'infinity',
    );
    const gateway = new Gateway(sandbox, image, network, secrets, sandbox.reserve('pg'), client);
    await gateway.writePassword(password);
    await mustDocker(
      ...['run', '--detach', '--label', 'dev.portcullis.test=1', '--name', gateway.database],
      ...['--network', network, '--user', '999:999', '--volume', `${secrets}:/run/secrets:ro`],
      ...['--env', 'POSTGRES_USER=kong', '--env', 'POSTGRES_DB=kong'],
      ...['--env', 'POSTGRES_PASSWORD_FILE=/run/secrets/password', postgres],
    );
    return gateway;
  }

  /** What every container of this gateway is run with. */
  public options(prefix: readonly string[] = TMPFS_PREFIX): readonly string[] {
    const env = {
      KONG_PG_HOST: this.database,
      KONG_PG_USER: 'kong',
      KONG_PG_DATABASE: 'kong',
      KONG_PG_PASSWORD_FILE: '/run/secrets/password',
      KONG_STATUS_LISTEN: '127.0.0.1:8100',
      KONG_NGINX_WORKER_PROCESSES: '1',
      KONG_DB_UPDATE_FREQUENCY: '1',
      KONG_WORKER_STATE_UPDATE_FREQUENCY: '1',
      PORTCULLIS_WATCH_SECONDS: '1',
    };
    return [
      ...[...HARDENED, ...prefix, '--network', this.network, '--volume', `${this.secrets}:/run/secrets:ro`],
      ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ];
  }

  public migrate(...args: readonly string[]): Promise<Outcome> {
    return this.sandbox.run('migrate', ...this.options(), this.image, 'portcullis-migrate', ...args);
  }

  /** A statement on the database, as its superuser. */
  public query(statement: string): Promise<string> {
    return mustDocker('exec', this.database, 'psql', '-qtAX', '-U', 'kong', '-d', 'kong', '-c', statement);
  }

  public async start(prefix: readonly string[] = TMPFS_PREFIX): Promise<string> {
    const kong = await this.sandbox.start('kong', ...this.options(prefix), this.image);
    await this.healthy(kong);
    return kong;
  }

  /** The health check's own words, as soon as they are the expected ones. */
  public async health(kong: string, expected: string): Promise<Outcome> {
    return eventually(`${expected} from ${kong}`, async () => {
      const outcome = await docker('exec', kong, 'bash', '/usr/local/share/portcullis/healthcheck.sh');
      return outcome.stdout.trim() === expected ? outcome : undefined;
    });
  }

  public async healthy(kong: string): Promise<void> {
    await this.health(kong, 'healthy');
  }

  public admin(kong: string, method: string, path: string, body?: object): Promise<Answer> {
    return request(kong, '127.0.0.1', 8001, method, path, body);
  }

  /** Replaces the file by rename, as the platform's writer does. */
  public async writePassword(value: string): Promise<void> {
    await mustDocker(
      ...['run', '--rm', '--label', 'dev.portcullis.test=1', '--network', 'none', '--user', '0:0'],
      ...['--volume', `${this.secrets}:/run/secrets`, '--env', `VALUE=${value}`, '--entrypoint', 'bash'],
      ...[
        this.image,
        '-c',
        'cd /run/secrets && printf %s "$VALUE" >.new && chmod 0444 .new && mv .new password',
      ],
    );
  }

  public psql(password: string, statement: string): Promise<string> {
    const connection = ['-h', '127.0.0.1', '-U', 'kong', '-d', 'kong'];
    return mustDocker(
      'exec',
      '--env',
      `PGPASSWORD=${password}`,
      this.database,
      'psql',
      '-qtA',
      ...connection,
      '-c',
      statement,
    );
  }

  /** Ends every session but its own, so that the next query has to log in again. */
  public async endSessions(password: string): Promise<void> {
    await this.psql(
      password,
      "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'kong' and pid <> pg_backend_pid()",
    );
  }

  public async logged(container: string, text: string): Promise<void> {
    await eventually(`"${text}" in the log of ${container}`, async () => {
      const { stdout, stderr } = await docker('logs', container);
      return `${stdout}${stderr}`.includes(text) ? true : undefined;
    });
  }
}
