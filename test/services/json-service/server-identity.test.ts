import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { createServer, type Service } from '../../../services/json-service/src/server.js';
import { thrown } from '../../helper/failure.js';
import { scratchFolders } from '../../helper/scratch.js';
import type { Claims } from '../../helper/tokens.js';
import { SETTINGS, logged } from './program.js';
import { ISSUER, claims, keySet, replaceFile, signer, tokenOf } from './signed-identities.js';

const folder = scratchFolders();
const open: Service[] = [];
afterEach(async () => {
  for (const { app } of open.splice(0)) await app.close();
});

describe('a service that demands an identity', () => {
  const KEY = signer();
  const UNAUTHORIZED = { error: 'unauthorized', requestId: 'abc' };

  function guarded(): FastifyInstance {
    const keys = join(folder(), 'keys.json');
    replaceFile(keys, keySet([KEY]));
    const identity = { issuer: ISSUER, audience: 'hello', keys, algorithms: ['RS256'] };
    const made = createServer({ ...SETTINGS, identity }, { log: false });
    open.push(made);
    return made.app;
  }
  const bearer = (change: Claims = {}): Record<string, string> => ({
    authorization: `Bearer ${tokenOf(KEY, claims(Date.now(), change))}`,
    'x-request-id': 'abc',
  });

  test('says whose the request is, and repeats no other header', async () => {
    const headers = {
      ...bearer(),
      apikey: 'seen',
      cookie: 'c=seen',
      'x-session-token': 'seen',
      'x-user': 'seen',
    };
    const answer = await guarded().inject({ method: 'PUT', url: '/hello/more', headers });
    expect(answer.json()).toEqual({
      service: 'hello',
      message: 'good day',
      subject: 'ada',
      replica: 'replica-7',
      requestId: 'abc',
    });
    expect(JSON.stringify(answer.headers)).not.toContain('seen');
  });

  test.each([
    ['GET', '/hello'],
    ['POST', '/hello/more'],
    ['GET', '/nowhere'],
    ['OPTIONS', '/hello'],
    ['POST', '/health/ready'],
    ['GET', '/health'],
    ['GET', '/health/ready/'],
  ] as const)('refuses %s %s without a token, and says nothing else', async (method, url) => {
    const answer = await guarded().inject({ method, url, headers: { 'x-request-id': 'abc' } });
    expect([answer.statusCode, answer.json(), answer.headers['www-authenticate']]).toEqual([
      401,
      UNAUTHORIZED,
      'Bearer',
    ]);
  });

  test('refuses a token that is not for it in the same words', async () => {
    const answer = await guarded().inject({ url: '/hello', headers: bearer({ aud: 'world' }) });
    expect([answer.statusCode, answer.json()]).toEqual([401, UNAUTHORIZED]);
  });

  test('takes an identity from nowhere but the token', async () => {
    const forged = { 'x-user': 'eve', 'x-consumer-username': 'eve', 'x-request-id': 'abc' };
    expect((await guarded().inject({ url: '/hello', headers: forged })).statusCode).toBe(401);
    const { authorization } = bearer();
    const cookie = { cookie: `authorization=${authorization ?? ''}`, 'x-request-id': 'abc' };
    expect((await guarded().inject({ url: '/hello', headers: cookie })).statusCode).toBe(401);
  });

  test('answers 404 elsewhere for those who have one', async () => {
    const answer = await guarded().inject({ url: '/nowhere', headers: bearer() });
    expect([answer.statusCode, answer.json()]).toEqual([404, { error: 'not found', requestId: 'abc' }]);
  });

  test('tells its health to everybody', async () => {
    for (const url of ['/health/live', '/health/ready', '/health/ready?x=1']) {
      expect((await guarded().inject(url)).statusCode).toBe(200);
    }
  });

  test.each([
    '/hello/../health/ready',
    '/health/ready/../../hello',
    '/hello/%2e%2e/health/ready',
    '//health/ready',
    '/hello%2f..%2fhealth%2fready',
    '/health/ready;/hello',
    '/HEALTH/ready',
    'http://elsewhere.example/hello',
  ])('asks for one on %s, which is taken as it was sent', async (path) => {
    const app = guarded();
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const status = await new Promise((settle, fail) => {
      request({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
        answer.resume();
        settle(answer.statusCode);
      })
        .on('error', fail)
        .end();
    });
    expect(status).toBe(401);
  });

  test('does not start without usable keys', () => {
    const keys = join(folder(), 'none.json');
    const identity = { issuer: ISSUER, audience: 'hello', keys, algorithms: ['RS256'] };
    expect(thrown(() => createServer({ ...SETTINGS, identity }, { log: false })).message).toMatch(/^ENOENT/);
  });
});

describe('its log', () => {
  test('says why an identity was refused and what became of the keys, not the token', async () => {
    const [one, two] = [signer(), signer()];
    const keys = join(folder(), 'keys.json');
    replaceFile(keys, keySet([one]));
    const token = tokenOf(two, claims(Date.now(), { sub: 'hidden-1' }));
    const replace = (text: string): string =>
      `writeFileSync(${JSON.stringify(`${keys}.new`)}, ${JSON.stringify(text)}); renameSync(${JSON.stringify(`${keys}.new`)}, ${JSON.stringify(keys)});`;
    const ask = `await app.inject({ url: '/hello', headers: { authorization: 'Bearer ${token}' } });`;
    const identity = { issuer: ISSUER, audience: 'hello', keys, algorithms: ['RS256'] };
    const lines = await logged(
      folder(),
      `const { renameSync, writeFileSync } = await import('node:fs');
      ${ask} ${replace('{')} ${ask} ${ask} ${replace(keySet([two]))} ${ask}`,
      { ...SETTINGS, identity },
    );
    const told = lines
      .filter(({ message }) => !/^(incoming request|request completed)$/.test(String(message)))
      .map(({ level, message, reason }) => [level, message, reason]);
    expect(told).toEqual([
      [40, 'identity refused', 'unknown kid'],
      [50, 'new keys are not usable, the last ones stay', 'the file must be JSON'],
      [40, 'identity refused', 'unknown kid'],
      [40, 'identity refused', 'unknown kid'],
      [30, 'keys have changed', undefined],
    ]);
    expect(JSON.stringify(lines)).not.toContain(token.split('.')[1]);
    expect(JSON.stringify(lines)).not.toContain('hidden');
  });
});
