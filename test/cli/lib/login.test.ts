import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { logIn } from '../../../cli/lib/login.js';
import { CommandError } from '../../../cli/lib/output.js';
import { rejected } from '../../helper/failure.js';

const PERSON = { email: 'demo@example.com', password: 'a-password-of-the-test' };

/**
 * Kratos' flows for programs, as far as a log-in needs them: the real ones take a database. What isn't
 * one of them gets 500.
 */
let server: Server;
let url = '';
const people = new Map<string, string>();
let asked: string[] = [];
let broken = false;

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString('utf8')) as Record<string, unknown>;
}

async function answer(request: IncomingMessage): Promise<[status: number, body: unknown]> {
  const at = new URL(request.url ?? '/', 'http://kratos');
  const path = at.pathname.replace('/.ory/kratos/self-service', '');
  asked.push(`${request.method ?? ''} ${path}`);
  if (broken) return [502, { message: 'An invalid response was received from the upstream server' }];
  if (request.method === 'GET' && /^\/(login|registration)\/api$/.test(path)) return [200, { id: 'flow 1' }];
  if (request.method !== 'POST' || at.searchParams.get('flow') !== 'flow 1') return [500, {}];
  const body = await bodyOf(request);
  if (path === '/login') {
    const right = people.get(String(body.identifier)) === body.password;
    return right ? [200, { session_token: 'ory_st_1', session: {} }] : [400, { id: 'flow 1', ui: body }];
  }
  if (path !== '/registration') return [500, {}];
  const { email } = body.traits as { email: string };
  if (people.has(email)) return [400, { id: 'flow 1', ui: body }];
  people.set(email, String(body.password));
  return [200, { session_token: 'ory_st_2', session: {} }];
}

beforeAll(async () => {
  server = createServer((request, response) => {
    void answer(request).then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  people.clear();
  asked = [];
  broken = false;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

describe('logIn', () => {
  test('logs in whoever is known, and registers nobody', async () => {
    people.set(PERSON.email, PERSON.password);
    expect(await logIn(url, PERSON)).toBe('ory_st_1');
    expect(asked).toEqual(['GET /login/api', 'POST /login']);
  });

  test('registers whoever is not', async () => {
    expect(await logIn(url, PERSON)).toBe('ory_st_2');
    expect(people.get(PERSON.email)).toBe(PERSON.password);
    expect(asked).toEqual(['GET /login/api', 'POST /login', 'GET /registration/api', 'POST /registration']);
  });

  test('fails where somebody else has the address, without showing what was entered', async () => {
    people.set(PERSON.email, 'another');
    const error = await rejected(logIn(url, PERSON));
    if (!(error instanceof CommandError)) throw error;
    expect(error.message).toBe('a registration through the gate must succeed, got 400');
    expect(JSON.stringify(error)).not.toContain(PERSON.password);
    expect(error.detail).toEqual([]);
  });

  test('fails at once where the gate answers with something else', async () => {
    broken = true;
    const error = await rejected(logIn(url, PERSON));
    expect(error).toMatchObject({
      message: 'the beginning of a login through the gate must succeed, got 502',
      remedy: 'run `npx portcullis doctor`, then the same command again',
    });
    expect(asked).toEqual(['GET /login/api']);
  });

  test('says so where nothing answers', async () => {
    const error = await rejected(logIn('http://127.0.0.1:1', PERSON));
    expect(error).toMatchObject({
      message: 'the beginning of a login through the gate must succeed, got no answer',
    });
  });
});
