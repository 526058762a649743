import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { scratchFolders } from '../../helper/scratch.js';
import { COOKIE, IDENTITY_ID, KratosStandIn, session } from './kratos-stand-in.js';

const MAIN = fileURLToPath(new URL('../../../services/session-check/src/main.ts', import.meta.url));
const folder = scratchFolders();
const running: ChildProcessByStdio<null, Readable, Readable>[] = [];
let program: string;
let standIn: KratosStandIn;
let kratosUrl: string;

beforeAll(async () => {
  program = join(folder(), 'program.mjs');
  await build({
    entryPoints: [MAIN],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
});
beforeEach(async () => {
  standIn = new KratosStandIn();
  kratosUrl = await standIn.start();
});
afterEach(() => standIn.stop());
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

interface Running {
  readonly url: string;
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly output: { text: string };
}
async function start(change: Readonly<Record<string, string>> = {}): Promise<Running> {
  const port = await freePort();
  const child = spawn(process.execPath, [program], {
    env: {
      PORT: String(port),
      KRATOS_URL: kratosUrl,
      SESSION_COOKIE: COOKIE,
      REMEMBER_MILLISECONDS: '60000',
      DRAIN_MILLISECONDS: '0',
      ...change,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => (output.text += part));
  }
  await once(child.stdout, 'data');
  return { url: `http://127.0.0.1:${port}`, child, output };
}

async function introspect(url: string, credential: string, asked = 'aal1.token'): Promise<unknown> {
  const answer = await fetch(`${url}/introspect`, {
    method: 'POST',
    body: new URLSearchParams({ token: `${asked}.${credential}` }),
  });
  return answer.json();
}

test('the program answers for Kratos, remembers, and names nobody in its log', async () => {
  standIn.knows('token hidden-1', [200, session()]);
  const { url, child, output } = await start();
  expect(await introspect(url, 'hidden-1')).toMatchObject({ active: true, sub: IDENTITY_ID });
  await standIn.stop();
  expect(await introspect(url, 'hidden-1')).toMatchObject({ active: true, sub: IDENTITY_ID });
  expect(await introspect(url, 'hidden-2')).toEqual({ active: false });
  expect(await introspect(url, 'hidden-3')).toEqual({ active: false });
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
  const lines = output.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { message: string });
  expect(lines.map(({ message }) => message)).toEqual([
    'listening',
    'Kratos does not answer',
    'stopping',
    'stopped',
  ]);
  expect(output.text).not.toMatch(/hidden|ada@example|b7b0f6f0/);
});

test('the program says of a session with too few factors that it is there', async () => {
  standIn.knows('cookie one-factor', [200, session()]);
  const { url } = await start();
  expect(await introspect(url, 'one-factor', 'aal1.cookie')).toMatchObject({ sub: IDENTITY_ID });
  expect(await introspect(url, 'one-factor', 'aal2.cookie')).toEqual({
    active: true,
    token_use: 'first_factor',
  });
});

test('a question that is under way when the program is told to stop is answered', async () => {
  const arrived = new Promise<() => void>((there) => {
    standIn.knows('token t', (response) =>
      there(() => response.writeHead(200).end(JSON.stringify(session()))),
    );
  });
  const { url, child, output } = await start();
  const answer = introspect(url, 't');
  const release = await arrived;
  const stopping = once(child.stdout, 'data');
  child.kill('SIGTERM');
  await stopping;
  release();
  expect(await answer).toMatchObject({ active: true });
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(output.text).toContain('"message":"stopped"');
});

test('a program with wrong settings ends at once and names them', async () => {
  const child = spawn(process.execPath, [program], { env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(text).toContain('PORT must be a whole number from 1 to 65535; KRATOS_URL must be');
});
