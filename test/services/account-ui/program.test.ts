import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scratchFolders } from '../../helper/scratch.js';
import { FLOW, flow, good, loginNodes } from './flow-objects.js';
import { KratosStandIn, SIGNED_OUT } from './kratos-stand-in.js';
import { ASSETS, headingsIn, SITE } from './pages.js';

const MAIN = fileURLToPath(new URL('../../../services/account-ui/src/main.ts', import.meta.url));
const folder = scratchFolders();
const running: ChildProcessByStdio<null, Readable, Readable>[] = [];
let program: string;

beforeAll(async () => {
  program = join(folder(), 'program.mjs');
  await build({
    entryPoints: [MAIN],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    logLevel: 'silent',
  });
});
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('the program shows pages, says when Kratos is away, names nobody in its log, and stops', async () => {
  const standIn = new KratosStandIn();
  const kratosUrl = await standIn.start();
  standIn.whoami(SIGNED_OUT);
  standIn.has('login', FLOW, good(flow('login', loginNodes('hidden@example.com'))));
  const port = await freePort();
  const site = join(folder(), 'site.json');
  writeFileSync(site, JSON.stringify(SITE));
  const child = spawn(process.execPath, [program], {
    env: {
      PORT: String(port),
      KRATOS_URL: kratosUrl,
      SITE_FILE: site,
      ASSETS,
      DRAIN_MILLISECONDS: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (output += part));
  await once(child.stdout, 'data');
  const open = (path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      redirect: 'manual',
      headers: { cookie: 'ory_kratos_session=hidden', connection: 'close' },
    });
  const page = await open(`/account/login?flow=${FLOW}&x=hidden`);
  expect([page.status, headingsIn(await page.text())]).toEqual([200, ['Sign in']]);
  await standIn.stop();
  expect((await open(`/account/login?flow=${FLOW}`)).status).toBe(503);
  expect((await open('/health/ready')).status).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
  const messages = output
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { message: string }).message);
  expect(messages).toEqual(['listening', 'Kratos does not answer', 'stopping', 'stopped']);
  expect(output).not.toMatch(new RegExp(`hidden|${FLOW}`));
});

test('a program with wrong settings ends at once and names them', async () => {
  const child = spawn(process.execPath, [program], { env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(text).toContain('PORT must be a whole number from 1 to 65535; KRATOS_URL must be');
});
