/** Deployments that are disturbed: each says what happened, and the next `up` succeeds. */
import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Checkout, leftovers, requireNoDevEnvironment } from '../harness/checkout.js';
import { EngineProxy } from '../harness/engine-proxy.js';
import { gate } from '../harness/http.js';
import { docker, run } from '../harness/run.js';

let checkout: Checkout;

beforeAll(async () => {
  await requireNoDevEnvironment();
  checkout = await Checkout.copy(true);
  // Images are not what is tested here.
  await checkout.npm('images', ['build']);
});
beforeEach(async () => {
  await checkout.npm('down');
});
afterEach(async () => {
  const again = await checkout.npm('up');
  expect(again.all.trimEnd().split('\n').at(-1)).toBe('ready: http://localhost:8000');
  expect(again.code).toBe(0);
  expect((await gate('/hello')).status).toBe(401);
  expect((await checkout.terraform('plan', '-detailed-exitcode')).code).toBe(0);
});
afterAll(async () => {
  await checkout.remove();
  expect(await leftovers()).toEqual([]);
});

/** Processes of terraform whose working folder lies in the copy. */
function terraformProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return (
          (command[0] ?? '').endsWith('terraform') &&
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(checkout.root)
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe('a deployment', () => {
  test('with a container that never gets healthy names it and shows its last lines', async () => {
    const undo = checkout.edit(
      'constructs/services/json-service.ts',
      "probe: ['/probe', String(PORT), HEALTH],",
      "probe: ['/probe', String(PORT), '/health/never'], startup: Duration.seconds(3),",
    );
    const { code, all } = await checkout.npm('up');
    expect(all).toMatch(/^error: component '(hello|world)' must start, got: /m);
    expect(all).toMatch(/\| last lines of (hello|world):/);
    expect(all).toMatch(
      /what to do: read the last lines above, mend the cause, then run the same command again/,
    );
    expect(code).toBe(1);
    undo();
  });

  test('with a job that fails once shows its words, and plain cdktf deploy then succeeds', async () => {
    const undo = checkout.edit(
      'stacks/environment-stack.ts',
      '    const declared = ',
      `    const volume = platform.volume(this, 'Once', { name: 'once', size: Size.mebibytes(8) });
    platform.job(this, 'FailsOnce', {
      name: 'fails-once', image: environment.images.tools, entrypoint: ['bash', '-c'],
      command: ['[ -e /data/tried ] || { touch /data/tried; echo the first try fails; exit 3; }; echo the second goes well'],
      user: { uid: 0, gid: 0 }, resources: resources(environment.services.hello.resources), volumes: [{ volume, path: '/data' }], actsOn: [volume], deadline: Duration.minutes(1),
    });
    const declared = `,
    );
    const first = await checkout.npm('up');
    expect(first.all).toContain("error: component 'fails-once' must start");
    expect(first.all).toContain('the first try fails');
    expect(first.code).toBe(1);
    const second = await run(
      'bash',
      ['-c', 'eval "$(npm run -s images -- env)" && npx cdktf deploy dev --auto-approve'],
      { cwd: checkout.root, env: { CI: '1' } },
    );
    expect(second.all).toContain('the second goes well');
    expect(second.code).toBe(0);
    undo();
    // The volume goes with the job; that is a loss of data, so `up` refuses and `down` is the way.
    const refused = await checkout.npm('up');
    expect(refused.all).toContain(
      'error: a deployment must keep all data, got a plan that destroys 1 volume',
    );
    expect(refused.code).toBe(1);
    await checkout.npm('down');
  });

  test('that loses the engine midway says so', async () => {
    const proxy = await EngineProxy.start();
    const up = checkout.start(['up'], { DOCKER_HOST: proxy.host });
    await up.says(/postgres: done/);
    proxy.stop();
    const { code, all } = await up.done;
    expect(all).toMatch(/^error: /m);
    expect(all).toContain(
      'what to do: start the Docker engine again, then run the same command again; it goes on from here',
    );
    expect(code).toBe(1);
  });

  test('interrupted by ctrl-c ends by itself with 130', async () => {
    const up = checkout.start(['up']);
    await up.says(/hello: done/);
    up.kill('SIGINT');
    const { code, all } = await up.done;
    expect(all).toContain('interrupted: finishing what is half done');
    expect(all).toContain('interrupted; run the same command again to go on from here');
    expect(code).toBe(130);
    expect(terraformProcesses()).toEqual([]);
  });

  test('killed without warning, terraform too, is mended by the next run', async () => {
    const up = checkout.start(['up']);
    await up.says(/postgres-secrets: done/);
    for (const pid of terraformProcesses()) process.kill(pid, 'SIGKILL');
    up.kill('SIGKILL');
    await up.done;
    expect(
      (await docker('ps', '-a', '-q', '--filter', 'label=dev.portcullis.environment=dev')).length,
    ).toBeGreaterThan(0);
  });

  test('beside another one is refused and names the holder', async () => {
    const first = checkout.start(['up']);
    await first.says(/applying \d+ changes/);
    const second = await checkout.npm('up');
    expect(second.all).toMatch(
      /environment 'dev' must be held by one command at a time, got a second one; `up` has held it since .* \(process \d+\)/,
    );
    expect(second.code).toBe(1);
    expect((await first.done).code).toBe(0);
  });
});
