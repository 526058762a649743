import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localImage } from '../../e2e/harness/images.js';
import { docker, eventually, HARDENED, mustDocker, Sandbox, TMPFS_PREFIX } from './docker.js';
import { Gateway, request } from './gateway.js';

const sandbox = new Sandbox();
let image: string;

beforeAll(async () => {
  image = await localImage('kong-gate');
});

afterAll(async () => {
  await sandbox.close();
});

async function inspect(container: string, field: string): Promise<string> {
  return mustDocker('inspect', '--format', `{{.State.${field}}}`, container);
}

async function ended(container: string): Promise<number> {
  await eventually(`end of ${container}`, async () => {
    return (await inspect(container, 'Running')) === 'false' ? true : undefined;
  });
  return Number(await inspect(container, 'ExitCode'));
}

describe('values from files', () => {
  const alone = [...HARDENED, ...TMPFS_PREFIX, '--network', 'none'];

  test('fails when a value is given twice, naming the variables and not the value', async () => {
    const given = [
      '--env',
      'KONG_PG_PASSWORD=hunter2',
      '--env',
      'KONG_PG_PASSWORD_FILE=/run/secrets/password',
    ];
    const { code, stdout, stderr } = await sandbox.run('twice', ...alone, ...given, image);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'portcullis: both KONG_PG_PASSWORD and KONG_PG_PASSWORD_FILE are set; keep one\n',
    });
  });

  test('fails when the file does not come', async () => {
    const given = ['--env', 'KONG_PG_PASSWORD_FILE=/nowhere', '--env', 'PORTCULLIS_FILE_WAIT=1'];
    const { code, stderr } = await sandbox.run('missing', ...alone, ...given, image);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'portcullis: KONG_PG_PASSWORD_FILE: file missing, unreadable or empty after 1s: /nowhere\n',
    );
  });

  test('a file that comes late is waited for and its value handed on without the last newline', async () => {
    const volume = await sandbox.volume();
    const late = await sandbox.start(
      'late',
      ...[...alone, '--volume', `${volume}:/run/secrets:ro`],
      ...['--env', 'KONG_PG_PASSWORD_FILE=/run/secrets/late', image],
      ...['bash', '-c', 'echo "[$KONG_PG_PASSWORD][${KONG_PG_PASSWORD_FILE-unset}]"'],
    );
    const write = ['--volume', `${volume}:/run/secrets`, '--user', '0:0', '--entrypoint', 'bash', image];
    await sandbox.run('writer', ...write, '-c', 'echo "a b\'c\\"d" >/run/secrets/late');
    expect(await ended(late)).toBe(0);
    expect(await mustDocker('logs', late)).toBe('[a b\'c"d][unset]');
  });
});

describe('with a database', () => {
  let gateway: Gateway;
  let kong: string;

  beforeAll(async () => {
    gateway = await Gateway.create(sandbox, 'first');
  });

  test('migrations wait for the database, run, and run again', async () => {
    const first = await gateway.migrate();
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toContain('Database is up-to-date');
    const second = await gateway.migrate();
    expect(second.code, second.stderr).toBe(0);
    expect(second.stdout).toContain('Database is up-to-date');
    const finish = await gateway.migrate('finish');
    expect(finish.code, finish.stderr).toBe(0);
  });

  test('trap 6: what the old version can not live with waits for the end, and then is done', async () => {
    const pending = (): Promise<string> =>
      gateway.query("SELECT array_to_string(pending, ',') FROM schema_meta WHERE subsystem = 'core'");
    // As `up` leaves it: the last migration has begun and isn't finished.
    await gateway.query(
      "UPDATE schema_meta SET pending = ARRAY[last_executed], executed = array_remove(executed, last_executed), last_executed = executed[array_length(executed, 1) - 1] WHERE subsystem = 'core'",
    );
    const begun = await pending();
    expect(begun).not.toBe('');
    const again = await gateway.migrate();
    expect(again.stdout).toContain('with migrations to finish later');
    expect([again.code, await pending()]).toEqual([0, begun]);
    const finish = await gateway.migrate('finish');
    expect(finish.code, finish.stderr).toBe(0);
    expect(await pending()).toBe('');
    expect((await gateway.migrate()).stdout).toContain('Database is up-to-date');
  });

  test('the gateway starts with a read-only root and without capabilities', async () => {
    kong = await gateway.start();
    const routes = await gateway.admin(kong, 'GET', '/routes');
    expect(routes.status).toBe(200);
    expect(JSON.parse(routes.body)).toEqual({ data: [], next: null });
    expect(await mustDocker('exec', kong, 'grep', 'CapBnd', '/proc/1/status')).toBe(
      'CapBnd:\t0000000000000000',
    );
  });

  test('an unreadable or empty new value keeps the old one', async () => {
    await gateway.writePassword('');
    await gateway.logged(
      kong,
      'KONG_PG_PASSWORD: new value missing, unreadable or empty, keeping the old one',
    );
    await gateway.endSessions('first');
    await gateway.healthy(kong);
  });

  test('a reload that cannot log in is tried again until it can', async () => {
    await gateway.writePassword('second');
    await gateway.logged(kong, 'reload failed with status 1, trying again');
    // The old configuration still serves.
    expect((await gateway.admin(kong, 'GET', '/services')).status).toBe(200);
    await gateway.psql('first', "alter role kong password 'second'");
    await gateway.logged(kong, 'portcullis: reloaded');
  });

  test('a new password is taken up without a restart', async () => {
    const started = await inspect(kong, 'StartedAt');
    const reloads = async (): Promise<number> => {
      const { stderr } = await docker('logs', kong);
      return stderr.split('portcullis: reloaded').length;
    };
    const before = await reloads();
    await gateway.psql('second', "alter role kong password 'third'");
    await gateway.writePassword('third');
    await eventually('another reload', async () => ((await reloads()) > before ? true : undefined));
    await gateway.endSessions('third');
    await gateway.healthy(kong);

    const created = await gateway.admin(kong, 'POST', '/services', {
      name: 'after',
      host: 'localhost',
      tags: [],
    });
    expect(created.status).toBe(201);
    expect(created.body).toContain('"tags":[]');
    expect(await inspect(kong, 'StartedAt')).toBe(started);
    expect(await inspect(kong, 'Pid')).not.toBe('0');
  });

  test('passwords are never logged', async () => {
    const { stdout, stderr } = await docker('logs', kong);
    expect(`${stdout}${stderr}`).toContain('portcullis: KONG_PG_PASSWORD changed');
    expect(`${stdout}${stderr}`).not.toMatch(/second|third/);
  });

  test('the health check sees a database that is gone and one that is back', async () => {
    await mustDocker('stop', gateway.database);
    const gone = await gateway.health(kong, 'unhealthy: database not reachable');
    expect(gone.code).toBe(1);
    await mustDocker('start', gateway.database);
    await gateway.healthy(kong);
  });

  test('a request in flight is finished when the container is stopped', async () => {
    const wait = {
      name: 'pre-function',
      config: {
        access: ['kong.log.notice("now in flight") ngx.sleep(2) return kong.response.exit(200, "finished")'],
      },
    };
    expect((await gateway.admin(kong, 'POST', '/services', { name: 'slow', host: 'localhost' })).status).toBe(
      201,
    );
    expect((await gateway.admin(kong, 'POST', '/services/slow/routes', { paths: ['/slow'] })).status).toBe(
      201,
    );
    expect((await gateway.admin(kong, 'POST', '/services/slow/plugins', wait)).status).toBe(201);
    await eventually('the route', async () => {
      const answer = await request(gateway.client, kong, 8000, 'GET', '/slow');
      return answer.status === 200 ? true : undefined;
    });
    const flights = async (): Promise<number> => {
      const { stdout, stderr } = await docker('logs', kong);
      return `${stdout}${stderr}`.split('now in flight').length;
    };
    const before = await flights();
    const answer = request(gateway.client, kong, 8000, 'GET', '/slow');
    await eventually('a request in flight', async () => ((await flights()) > before ? true : undefined));
    await mustDocker('kill', '--signal', 'TERM', kong);
    expect(await answer).toEqual({ status: 200, body: 'finished' });
    expect(await ended(kong)).toBe(0);
  });

  test('a request that outlasts the drain does not hold up the stop', async () => {
    const drained = await sandbox.start(
      'kong',
      ...gateway.options(),
      '--env',
      'PORTCULLIS_DRAIN_SECONDS=1',
      image,
    );
    await gateway.healthy(drained);
    const body = { config: { access: ['kong.log.notice("now in flight") ngx.sleep(600)'] } };
    expect(
      (await gateway.admin(drained, 'POST', '/services', { name: 'endless', host: 'localhost' })).status,
    ).toBe(201);
    expect(
      (await gateway.admin(drained, 'POST', '/services/endless/routes', { paths: ['/endless'] })).status,
    ).toBe(201);
    expect(
      (await gateway.admin(drained, 'POST', '/services/endless/plugins', { name: 'pre-function', ...body }))
        .status,
    ).toBe(201);
    await eventually('the route', async () => {
      const missing = await request(gateway.client, drained, 8000, 'GET', '/slow');
      return missing.status === 200 ? true : undefined;
    });
    const answer = request(gateway.client, drained, 8000, 'GET', '/endless');
    await gateway.logged(drained, 'now in flight');
    await mustDocker('kill', '--signal', 'QUIT', drained);
    expect(await ended(drained)).toBe(0);
    expect((await answer).status).not.toBe(200);
  });

  test('a stop in the middle of a reload is not lost', async () => {
    const reloading = await sandbox.start('kong', ...gateway.options(), image);
    await gateway.healthy(reloading);
    await mustDocker('exec', reloading, 'kong', 'reload');
    await mustDocker('kill', '--signal', 'TERM', reloading);
    expect(await ended(reloading)).toBe(0);
    expect((await docker('logs', reloading)).stderr).toContain(
      'signal 3 (SIGQUIT) received from 1, shutting down',
    );
  });

  test('a stopped, restarted or killed container starts again', async () => {
    await mustDocker('start', kong);
    await gateway.healthy(kong);
    await mustDocker('restart', kong);
    await gateway.healthy(kong);
    await mustDocker('kill', kong);
    await mustDocker('start', kong);
    await gateway.healthy(kong);
  });

  test('a prefix that outlives a killed container does no harm', async () => {
    const prefix = ['--volume', `${await sandbox.volume()}:/usr/local/kong`];
    const persistent = await gateway.start(prefix);
    await mustDocker('kill', persistent);
    await mustDocker('start', persistent);
    await gateway.healthy(persistent);
    await mustDocker('rm', '--force', persistent);
  });

  test('fails when nginx is killed', async () => {
    await mustDocker('exec', kong, 'bash', '-c', 'kill -KILL "$(cat /usr/local/kong/pids/nginx.pid)"');
    expect(await ended(kong)).toBe(137);
    expect((await docker('logs', kong)).stderr).toContain('portcullis: kong ended with status 137');
  });

  test('migrations fail with a clear message when the database stays away', async () => {
    const absent = ['--env', 'KONG_PG_HOST=127.0.0.1', '--env', 'PORTCULLIS_DB_WAIT=1'];
    const { code, stderr } = await sandbox.run(
      'absent',
      ...gateway.options(),
      ...absent,
      image,
      'portcullis-migrate',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('portcullis: database not usable after 1s');
    expect(stderr).toContain('connection refused');
  });
});
