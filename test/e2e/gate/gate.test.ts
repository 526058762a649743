/** The first real result: one command from a fresh clone, then everything it promises. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leftovers } from '../harness/checkout.js';
import { gate } from '../harness/http.js';
import { run } from '../harness/run.js';
import { changes } from './changes.cases.js';
import { clients } from './clients.cases.js';
import { deploy, ids, the } from './dev.js';
import { drift } from './drift.cases.js';
import { isolation } from './isolation.cases.js';
import { requests } from './requests.cases.js';

beforeAll(deploy);
afterAll(async () => {
  await the().stranger.remove();
});

describe('up from a fresh clone', () => {
  test('ends with the line that says where it is ready', () => {
    expect(the().up.all).toContain('installing dependencies (npm ci)');
    expect(the().up.all.trimEnd().split('\n').at(-1)).toBe('ready: http://localhost:8000');
    expect(the().up.code).toBe(0);
  });

  test('says how long each step took', () => {
    for (const step of ['checks', 'images', 'synth', 'providers', 'requests through the gate']) {
      expect(the().up.all).toMatch(new RegExp(`^${step}: [0-9.]+ s$`, 'm'));
    }
  });

  test('keeps its state where only its owner can read it', () => {
    expect(statSync(join(the().stranger.root, '.portcullis')).mode & 0o777).toBe(0o700);
    expect(existsSync(join(the().stranger.root, '.portcullis/state/dev/plan'))).toBe(false);
  });

  test('leaves nothing for terraform to change', async () => {
    expect((await the().stranger.terraform('plan', '-detailed-exitcode', '-no-color')).code).toBe(0);
  });

  test('changes nothing when it runs again', async () => {
    const before = await ids('kong');
    const again = await the().stranger.npm('up');
    expect(again.code).toBe(0);
    expect(again.all).toContain('nothing to change');
    expect(await ids('kong')).toEqual(before);
  });

  test('passes every check of doctor', async () => {
    const { code, out } = await the().stranger.portcullis(['doctor', '--json']);
    const { findings } = JSON.parse(out) as { findings: { check: string; ok: boolean }[] };
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['docker', 'images', 'containers', 'gate']),
    );
    expect(code).toBe(0);
  });
});

requests();
clients();
isolation();
changes();
drift();

describe('down, and the way without our wrapper', () => {
  test('down leaves nothing with our label', async () => {
    const down = await the().stranger.npm('down');
    expect(down.code).toBe(0);
    expect(await leftovers()).toEqual([]);
    const status = await the().stranger.portcullis(['status']);
    expect(status.all).toContain('what to do: run `npm run up -- --env dev`');
    expect(status.code).toBe(1);
  });

  test('plain cdktf deploy does the same', async () => {
    const lines = [
      'set -e',
      'channel=$(npm run -s images -- list --json | node -p "JSON.parse(require(\'fs\').readFileSync(0)).channel")',
      'npm run -s images -- build',
      'npm run -s images -- use "$channel"',
      'eval "$(npm run -s images -- env)"',
      'npx cdktf deploy dev --auto-approve',
      'cd cdktf.out/stacks/dev && terraform plan -detailed-exitcode -no-color',
    ].join('\n');
    const deployed = await run('bash', ['-c', lines], { cwd: the().stranger.root, env: { CI: '1' } });
    expect(deployed.all).toContain('No changes.');
    expect(deployed.code).toBe(0);
    const fresh = (await the().stranger.portcullis(['secret', 'get', 'client-demo', '--yes'])).out.trim();
    expect((await gate('/hello', { apikey: fresh })).status).toBe(200);
    expect((await gate('/hello', { apikey: the().key })).status).toBe(401);
  });
});
