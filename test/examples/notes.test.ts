/** The example service, as a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutRoot } from '../e2e/harness/images.js';
import { scratchFolders } from '../helper/scratch.js';
import { signedToken, type Claims } from '../helper/tokens.js';
import {
  ISSUER,
  claims,
  keySet,
  replaceFile,
  signer,
  type Signer,
} from '../services/json-service/signed-identities.js';

const PROGRAM = join(checkoutRoot, 'examples/notes/notes.mjs');
const folder = scratchFolders();
const [first, second, stranger] = [signer('ES256'), signer('ES256'), signer('ES256')];
let file = '';
let port = 0;
let program: ChildProcess;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: found } = server.address() as AddressInfo;
      server.close(() => {
        resolve(found);
      });
    });
  });
}

/** A token as the gate signs it for this service. */
function token(by: Signer, change: Claims = {}): string {
  return signedToken(
    by.algorithm,
    by.privatePem,
    { kid: by.kid },
    claims(Date.now(), { aud: 'notes', ...change }),
  );
}

async function call(
  authorization?: string,
  { path = '/notes', ...init }: RequestInit & { path?: string } = {},
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    ...init,
    headers: authorization === undefined ? {} : { authorization: `Bearer ${authorization}` },
  });
  return { status: answer.status, body: await answer.json() };
}

async function until(right: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (await right().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the program must get there');
}

beforeAll(async () => {
  file = join(folder(), 'keys.json');
  writeFileSync(file, keySet([first]));
  port = await freePort();
  program = spawn(process.execPath, [PROGRAM], {
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      IDENTITY_ISSUER: ISSUER,
      IDENTITY_AUDIENCE: 'notes',
      IDENTITY_KEYS: file,
      IDENTITY_ALGORITHMS: 'ES256',
    },
    stdio: 'inherit',
  });
  await until(async () => (await call(undefined, { path: '/health' })).status === 200);
});
afterAll(() => {
  program.kill('SIGKILL');
});

describe('notes', () => {
  test('keeps what each has written apart', async () => {
    const ann = token(first, { sub: 'ann' });
    expect(await call(ann)).toEqual({ status: 200, body: { subject: 'ann', notes: [] } });
    expect(await call(ann, { method: 'POST', body: 'buy milk' })).toMatchObject({ status: 201 });
    expect(await call(ann, { method: 'POST', body: '<b>' })).toMatchObject({ status: 201 });
    expect((await call(ann)).body).toEqual({ subject: 'ann', notes: ['buy milk', '<b>'] });
    expect((await call(token(first, { sub: 'bob' }))).body).toEqual({ subject: 'bob', notes: [] });
  });

  test.each<[string, () => string | undefined]>([
    ['no token', () => undefined],
    ['no JWT', () => 'abc'],
    ['the key of another', () => token(stranger)],
    ['the name of the key alone', () => token({ ...stranger, kid: first.kid })],
    ['another audience', () => token(first, { aud: 'hello' })],
    ['another issuer', () => token(first, { iss: 'https://elsewhere.example' })],
    ['an end that is over', () => token(first, { exp: Math.floor(Date.now() / 1000) - 10 })],
  ])('knows nobody by %s', async (_what, shown) => {
    expect(await call(shown())).toEqual({ status: 401, body: { error: 'unauthorized' } });
  });

  test.each<[string, RequestInit & { path?: string }, number]>([
    ['an unknown path', { path: '/notes/1' }, 404],
    ['another method', { method: 'DELETE' }, 405],
    ['an empty note', { method: 'POST', body: '' }, 400],
    ['a note that is too long', { method: 'POST', body: 'x'.repeat(10_001) }, 400],
  ])('refuses %s', async (_what, init, status) => {
    expect((await call(token(first, { sub: 'carol' }), init)).status).toBe(status);
  });

  test('follows the keys: a new one comes, an old one goes', async () => {
    replaceFile(file, keySet([second]));
    await until(async () => (await call(token(second))).status === 200);
    expect((await call(token(first))).status).toBe(401);
  });

  test('says that it leaves, goes on answering, and ends by itself', async () => {
    const ended = new Promise((resolve) => program.on('exit', resolve));
    program.kill('SIGTERM');
    await until(async () => (await call(undefined, { path: '/health' })).status === 503);
    expect((await call(token(second))).status).toBe(200);
    expect(await ended).toBe(0);
  });
});
