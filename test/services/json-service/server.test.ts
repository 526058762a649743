import { METHODS } from 'node:http';
import type { LightMyRequestResponse } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { createServer, type Service } from '../../../services/json-service/src/server.js';
import { scratchFolders } from '../../helper/scratch.js';
import { SETTINGS, logged } from './program.js';

const folder = scratchFolders();
const open: Service[] = [];

function service(): Service {
  const made = createServer(SETTINGS, { log: false });
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const { app } of open.splice(0)) await app.close();
});

describe('the service', () => {
  test('answers its path with message, replica and the request id of the gateway', async () => {
    const answer = await service().app.inject({ url: '/hello', headers: { 'x-request-id': 'abc-123' } });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      service: 'hello',
      message: 'good day',
      replica: 'replica-7',
      requestId: 'abc-123',
    });
  });

  test('gives a request without an id one of its own', async () => {
    const { app } = service();
    const ids = [await app.inject('/hello'), await app.inject('/hello')].map(
      (answer) => answer.json<{ requestId: string }>().requestId,
    );
    expect(new Set(ids).size).toBe(2);
  });

  test('does not repeat what the request brought along', async () => {
    const { body, headers } = await service().app.inject({
      url: '/hello?q=seen',
      headers: { apikey: 'seen-too', cookie: 'c=seen' },
    });
    expect(JSON.stringify([body, headers])).not.toContain('seen');
  });

  test('is ready and lives until it is told to leave, then answers but is not ready', async () => {
    const { app, leave } = service();
    const status = async (url: string): Promise<number> => (await app.inject(url)).statusCode;
    expect([await status('/health/ready'), await status('/health/live')]).toEqual([200, 200]);
    leave();
    expect([await status('/health/ready'), await status('/health/live'), await status('/hello')]).toEqual([
      503, 200, 200,
    ]);
    expect((await app.inject('/health/ready')).json()).toEqual({ status: 'stopping' });
  });

  test.each(
    METHODS.filter((method) => method !== 'CONNECT').flatMap((method) =>
      ['/hello', '/hello/', '/hello/more/of?it'].map((url) => [method, url]),
    ),
  )('answers %s %s', async (method, url) => {
    // Not every one of them is in the types of what is sent here.
    const answer = await service().app.inject({ method: method as 'GET', url });
    expect(answer.statusCode).toBe(200);
    if (method !== 'HEAD') expect(answer.json()).toMatchObject({ message: 'good day' });
  });

  test.each([
    ['application/json', '{'],
    ['text/plain', 'x'],
    ['application/x-www-form-urlencoded', 'a=%'],
    ['multipart/form-data', 'x'],
    ['application/grpc', 'x'],
    ['nonsense', 'x'],
    [undefined, 'x'],
  ])('ignores a body of type %s', async (type, payload) => {
    const answer = await service().app.inject({
      method: 'POST',
      url: '/hello',
      headers: type === undefined ? {} : { 'content-type': type },
      payload: Buffer.from(payload),
    });
    expect([answer.statusCode, answer.json<{ message: string }>().message]).toEqual([200, 'good day']);
  });

  test('answers a body over a mebibyte with 413 in JSON', async () => {
    const post = async (size: number): Promise<LightMyRequestResponse> =>
      service().app.inject({
        method: 'POST',
        url: '/hello',
        headers: { 'x-request-id': 'abc' },
        payload: Buffer.alloc(size),
      });
    expect((await post(1_048_576)).statusCode).toBe(200);
    const answer = await post(1_048_577);
    expect([answer.statusCode, answer.json()]).toEqual([413, { error: 'bad request', requestId: 'abc' }]);
  });

  test.each(['/', '/world', '/hellothere', '/HELLO', '//hello', '/hello;x'])(
    'answers %s with 404 in JSON',
    async (url) => {
      const answer = await service().app.inject({ url, headers: { 'x-request-id': 'abc' } });
      expect(answer.statusCode).toBe(404);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      expect(answer.json()).toEqual({ error: 'not found', requestId: 'abc' });
    },
  );

  test('answers a path that no one can read with 400 in JSON, and does not repeat it', async () => {
    const answer = await service().app.inject({ url: '/hello/%zz', headers: { 'x-request-id': 'abc' } });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: 'bad request', requestId: 'abc' }]);
  });

  test('answers an error of its own with 500 in JSON, without its message', async () => {
    const { app } = service();
    app.get('/broken', () => {
      throw new Error('password in here');
    });
    const answer = await app.inject({ url: '/broken', headers: { 'x-request-id': 'abc' } });
    expect([answer.statusCode, answer.json()]).toEqual([500, { error: 'internal error', requestId: 'abc' }]);
  });
});

describe('its log', () => {
  test('has JSON lines with request id and path, without query, header or health check', async () => {
    const lines = await logged(
      folder(),
      `
      await app.inject('/health/ready');
      await app.inject({ url: '/hello?apikey=hidden-1', headers: { 'x-request-id': 'abc-123', apikey: 'hidden-2', authorization: 'hidden-3', cookie: 'hidden-4' } });`,
    );
    expect(lines.map(({ message }) => message)).toEqual(['incoming request', 'request completed']);
    expect(lines[0]).toMatchObject({
      service: 'hello',
      replica: 'replica-7',
      reqId: 'abc-123',
      req: { method: 'GET', path: '/hello' },
    });
    expect(lines[1]).toMatchObject({ reqId: 'abc-123', res: { statusCode: 200 } });
    for (const { time } of lines) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(JSON.stringify(lines)).not.toContain('hidden');
  });
});
