import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DeckError } from '../../../cli/deck/errors.js';
import { withForward } from '../../../cli/deck/forward.js';
import { MASK, Mask } from '../../../cli/deck/mask.js';
import { rejected } from '../../helper/failure.js';

const SCRIPT = fileURLToPath(new URL('../../helper/forward.mjs', import.meta.url));
const PATIENCE = { timeout: 20_000, signal: undefined };

let server: Server;
let port = 0;
beforeAll(async () => {
  server = createServer((_, answer) => answer.end('reached'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const forward = (): { command: string; args: string[] } => ({
  command: process.execPath,
  args: [SCRIPT, 'tcp', '127.0.0.1', String(port)],
});
/** A forward that does what a line of JavaScript says. */
const script = (text: string): { command: string; args: string[] } => ({
  command: process.execPath,
  args: ['-e', text],
});

async function failure(work: Promise<unknown>): Promise<DeckError> {
  const error = await rejected(work);
  if (!(error instanceof DeckError)) throw error;
  return error;
}

async function reach(url: string): Promise<string> {
  return (await fetch(url, { headers: { connection: 'close' } })).text();
}

test('lives as long as what uses it', async () => {
  let where = '';
  const answer = await withForward(forward(), PATIENCE, new Mask([]), async (url) => {
    where = url;
    return reach(url);
  });
  expect(answer).toBe('reached');
  await expect(reach(where)).rejects.toThrow();
});

test('ends when what uses it fails', async () => {
  let where = '';
  const error = await rejected(
    withForward(forward(), PATIENCE, new Mask([]), (url) => {
      where = url;
      return Promise.reject(new Error('of its own'));
    }),
  );
  expect(error.message).toBe('of its own');
  await expect(reach(where)).rejects.toThrow();
});

test('ends though it does not want to', async () => {
  const stubborn = script(
    "process.on('SIGTERM', () => {}); console.log('Forwarding from 127.0.0.1:9 -> 9'); setInterval(() => {}, 1000)",
  );
  expect(await withForward(stubborn, PATIENCE, new Mask([]), (url) => Promise.resolve(url))).toBe(
    'http://127.0.0.1:9',
  );
});

test('is not started once interrupted, and ended when interrupted before it listens', async () => {
  const stop = new AbortController();
  const quiet = script('setInterval(() => {}, 1000)');
  const never = (): Promise<never> => Promise.reject(new Error('must not be used'));
  const work = failure(withForward(quiet, { ...PATIENCE, signal: stop.signal }, new Mask([]), never));
  stop.abort();
  expect((await work).failure).toBe('interrupted');
  const late = await failure(withForward(quiet, { ...PATIENCE, signal: stop.signal }, new Mask([]), never));
  expect(late.failure).toBe('interrupted');
});

test('fails when it does not listen in time, ends, or is not there', async () => {
  const use = (): Promise<string> => Promise.resolve('used');
  const silent = script("console.log('Forwarding from [::1]:9'); setInterval(() => {}, 1000)");
  const slow = await failure(withForward(silent, { timeout: 3000, signal: undefined }, new Mask([]), use));
  expect([slow.failure, slow.message, slow.detail]).toEqual([
    'timeout',
    'the port-forward must listen within 3 s, got nothing of it',
    ['Forwarding from [::1]:9'],
  ]);
  const dead = script("console.error('pod hidden-thing not found'); process.exitCode = 1");
  const ended = await failure(withForward(dead, PATIENCE, new Mask(['hidden-thing']), use));
  expect([ended.failure, ended.message, ended.detail]).toEqual([
    'unreachable',
    'the port-forward must listen, got its end',
    [`pod ${MASK} not found`],
  ]);
  const missing = await failure(
    withForward({ command: 'no-such-forward', args: [] }, PATIENCE, new Mask([]), use),
  );
  expect([missing.failure, missing.message]).toEqual([
    'missing',
    "the port-forward must be installed, got no program 'no-such-forward'",
  ]);
});

test('its last words stand beside those of what it left alone', async () => {
  const brief = script(
    "console.log('Forwarding from 127.0.0.1:9 -> 9'); console.error('lost connection to pod'); setTimeout(() => {}, 50)",
  );
  const error = await failure(
    withForward(brief, PATIENCE, new Mask([]), async () => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      throw new DeckError('failed', 'no answer', ['connection refused']);
    }),
  );
  expect([error.failure, error.message]).toEqual(['failed', 'no answer']);
  expect(error.detail).toContain('lost connection to pod');
  expect(error.detail.at(-1)).toBe('connection refused');
});
