/** What a reload of Kong owes to requests in flight, and to the memory that old workers hold. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { docker, eventually, mustDocker, Sandbox, TMPFS_PREFIX } from './docker.js';
import { Gateway, request } from './gateway.js';

const sandbox = new Sandbox();
let gateway: Gateway;

beforeAll(async () => {
  gateway = await Gateway.create(sandbox, 'first');
  const { code, stderr } = await gateway.migrate();
  expect(code, stderr).toBe(0);
});

afterAll(async () => {
  await sandbox.close();
});

/** A route with one plugin, on a service at `host`; it is in force a moment later. */
async function route(kong: string, name: string, host: string, plugin: object): Promise<void> {
  for (const [path, body] of [
    ['/services', { name, host, port: 8000, path: '/answer', retries: 0, read_timeout: 600_000 }],
    [`/services/${name}/routes`, { paths: [`/${name}`] }],
    [`/services/${name}/plugins`, plugin],
  ] as const) {
    expect((await gateway.admin(kong, 'POST', path, body)).status).toBe(201);
  }
}

async function lines(kong: string, text: string): Promise<number> {
  const { stdout, stderr } = await docker('logs', kong);
  return `${stdout}${stderr}`.split(text).length - 1;
}

async function reload(kong: string): Promise<void> {
  expect((await docker('exec', kong, 'kong', 'reload')).stdout).toBe('Kong reloaded\n');
}

/** The old workers are marked a moment after the reload, so the mark must have been seen first. */
async function oldWorkersEnded(kong: string): Promise<void> {
  await eventually('the end of the old worker', async () => {
    const { stdout } = await docker('top', kong, '-o', 'pid,args');
    const old = stdout.includes('worker process is shutting down');
    return !old && (await lines(kong, 'gracefully shutting down')) > 0 ? true : undefined;
  });
}

// A timer that an ending worker starts never runs, and Kong before 3.5 leaves lookups to one.
test('an old worker still finds the address of an upstream that it never called', async () => {
  const kong = await gateway.start();
  await route(kong, 'late', kong, {
    name: 'pre-function',
    config: {
      access: [
        'kong.log.notice("now in flight") while not ngx.worker.exiting() do ngx.sleep(0.1) end ngx.sleep(1.5)',
      ],
    },
  });
  // The last to be made: once it answers, what was made before it is in force too.
  await route(kong, 'answer', 'localhost', { name: 'request-termination', config: { status_code: 200 } });
  await eventually('the routes', async () => {
    const { status } = await request(kong, '127.0.0.1', 8000, 'GET', '/answer');
    return status === 200 ? true : undefined;
  });
  const answer = request(gateway.client, kong, 8000, 'GET', '/late');
  await gateway.logged(kong, 'now in flight');
  await reload(kong);
  expect((await answer).status).toBe(200);
  await oldWorkersEnded(kong);
  await mustDocker('rm', '--force', kong);
});

// nginx can end what waits for a peer. Lua that sleeps keeps its worker to the end of the sleep.
test('a request that is never answered keeps an old worker no longer than the limit', async () => {
  const limit = ['--env', 'KONG_NGINX_MAIN_WORKER_SHUTDOWN_TIMEOUT=1s'];
  const kong = await gateway.start([...TMPFS_PREFIX, ...limit]);
  const silent = await gateway.start();
  await route(kong, 'unanswered', silent, {
    name: 'pre-function',
    config: { access: ['kong.log.notice("now in flight")'] },
  });
  // A worker may know the route a moment before its plugin, so the plugin must have spoken.
  await eventually('the route with its plugin', async () => {
    const { status } = await request(kong, '127.0.0.1', 8000, 'GET', '/unanswered');
    return status === 200 && (await lines(kong, 'now in flight')) > 0 ? true : undefined;
  });
  // Its kernel still accepts connections.
  await mustDocker('pause', silent);
  const flights = await lines(kong, 'now in flight');
  const answer = request(gateway.client, kong, 8000, 'GET', '/unanswered');
  await eventually('a request in flight', async () =>
    (await lines(kong, 'now in flight')) > flights ? true : undefined,
  );
  await reload(kong);
  expect((await answer).status).not.toBe(200);
  await oldWorkersEnded(kong);
  await mustDocker('unpause', silent);
});
