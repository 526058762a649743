import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localImage } from '../../e2e/harness/images.js';
import { docker, eventually, HARDENED, mustDocker, Sandbox, TMPFS_PREFIX } from './docker.js';
import { request } from './gateway.js';

const sandbox = new Sandbox();
let image: string;

beforeAll(async () => {
  image = await localImage('kong');
});

afterAll(async () => {
  await sandbox.close();
});

const alone = [...HARDENED, ...TMPFS_PREFIX, '--network', 'none'];

describe('the command line', () => {
  test('tells its version', async () => {
    expect(await sandbox.run('version', ...alone, image, 'kong', 'version')).toEqual({
      code: 0,
      stdout: '3.0.0\n',
      stderr: '',
    });
  });

  test('runs as a numeric user', async () => {
    expect(await mustDocker('inspect', '--format', '{{.Config.User}}', image)).toBe('1001:0');
    expect((await sandbox.run('id', ...alone, image, 'id', '-u')).stdout).toBe('1001\n');
  });

  test('fails when the command is unknown', async () => {
    const { code, stderr } = await sandbox.run('unknown', ...alone, image, 'kong', 'unknown');
    expect(code).toBe(1);
    expect(stderr).toContain('No such command: unknown');
  });

  test('hands arguments and exit codes through', async () => {
    const program = 'print(#arg, arg[1], arg[2], os.getenv("PORTCULLIS_LUA_ARGC")) os.exit(7)';
    const { code, stdout } = await sandbox.run(
      ...(['lua', ...alone, '--env', `LUA_SOURCE=${program}`, image, 'bash', '-c'] as const),
      'printf %s "$LUA_SOURCE" >/tmp/x.lua; portcullis-lua /tmp/x.lua \'a "b"; $c\' ""; code=$?; ls -A /tmp; exit "$code"',
    );
    expect({ code, stdout }).toEqual({ code: 7, stdout: '2\ta "b"; $c\t\tnil\nx.lua\n' });
  });

  test('fails when the program raises', async () => {
    const { code, stderr } = await sandbox.run(
      'raise',
      ...alone,
      image,
      'bash',
      '-c',
      'echo "error(1)" >/tmp/x.lua; portcullis-lua /tmp/x.lua',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('stack traceback');
  });
});

describe('without a database', () => {
  const config = {
    _format_version: '3.0',
    services: [
      {
        name: 'status',
        url: 'http://127.0.0.1:8100/status',
        routes: [{ name: 'status', paths: ['/status'] }],
        plugins: [{ name: 'correlation-id', config: { echo_downstream: true, header_name: 'X-Request-Id' } }],
      },
      {
        name: 'nowhere',
        url: 'http://127.0.0.1:9',
        routes: [{ name: 'nowhere', paths: ['~/no.*'] }],
        retries: 0,
      },
    ],
  };
  let kong: string;

  beforeAll(async () => {
    kong = await sandbox.start(
      ...([
        'kong',
        ...alone,
        '--env',
        'KONG_DATABASE=off',
        '--env',
        'KONG_STATUS_LISTEN=127.0.0.1:8100',
      ] as const),
      ...[
        '--env',
        'KONG_NGINX_WORKER_PROCESSES=1',
        '--env',
        `KONG_DECLARATIVE_CONFIG_STRING=${JSON.stringify(config)}`,
        image,
      ],
    );
    await eventually('the route', async () => {
      const { status } = await request(kong, '127.0.0.1', 8000, 'GET', '/status');
      return status === 200 ? true : undefined;
    });
  });

  test('proxies by path', async () => {
    const { body } = await request(kong, '127.0.0.1', 8000, 'GET', '/status');
    expect(JSON.parse(body)).toMatchObject({ database: { reachable: true } });
  });

  test('answers in json when no route matches and when the upstream is away', async () => {
    const unknown = await request(kong, '127.0.0.1', 8000, 'GET', '/unknown');
    expect(unknown).toEqual({ status: 404, body: '{"message":"no Route matched with those values"}' });
    const away = await request(kong, '127.0.0.1', 8000, 'GET', '/north');
    expect(away.status).toBe(502);
    expect(away.body).toContain('An invalid response was received from the upstream server');
    expect(away.body).not.toContain('<html>');
  });

  test('writes empty lists as lists in the admin api', async () => {
    const consumers = await request(kong, '127.0.0.1', 8001, 'GET', '/consumers');
    // Lua gives the members in any order, and an empty table that lost its mark would be {}.
    expect(consumers.status).toBe(200);
    expect(JSON.parse(consumers.body)).toEqual({ data: [], next: null });
  });

  test('keeps its configuration over a reload', async () => {
    expect((await docker('exec', kong, 'kong', 'reload')).stdout).toBe('Kong reloaded\n');
    await eventually('the route after the reload', async () => {
      const { status } = await request(kong, '127.0.0.1', 8000, 'GET', '/status');
      return status === 200 ? true : undefined;
    });
  });

  test('is healthy and quits when told to', async () => {
    expect((await docker('exec', kong, 'kong', 'health')).code).toBe(0);
    // The command dies with its container once nginx has gone.
    await docker('exec', kong, 'kong', 'quit');
    await eventually('the end', async () => {
      const running = await mustDocker('inspect', '--format', '{{.State.Running}}', kong);
      return running === 'false' ? true : undefined;
    });
    expect(await mustDocker('inspect', '--format', '{{.State.ExitCode}}', kong)).toBe('0');
  });
});
