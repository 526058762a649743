import { request, type Agent } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createService, type Service } from '../../../services/session-check/src/server.js';

const INACTIVE = '{"active":false}';
let asked: unknown[];
let service: Service;
let port: number;
beforeEach(async () => {
  asked = [];
  service = createService({
    introspect: (...question) => {
      asked.push(question);
      return Promise.resolve('{"active":true}');
    },
  });
  service.server.listen(0, '127.0.0.1');
  await once(service.server, 'listening');
  port = (service.server.address() as AddressInfo).port;
});
afterEach(async () => {
  service.server.closeAllConnections();
  await new Promise((closed) => service.server.close(closed));
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}
async function send(
  path: string,
  body?: string,
  options: { method?: string; agent?: Agent } = {},
): Promise<Answer> {
  return new Promise((settle, fail) => {
    const made = request(
      { host: '127.0.0.1', port, path, method: body === undefined ? 'GET' : 'POST', ...options },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => (text += part));
        answer.on('end', () => settle({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
      },
    );
    made.on('error', fail);
    made.end(body);
  });
}

describe('introspection', () => {
  test.each([
    ['token=aal1.cookie.MTY%3D', ['cookie', 'MTY=', 'aal1']],
    ['token=aal2.cookie.MTY%3D', ['cookie', 'MTY=', 'aal2']],
    ['token=aal1.token.ory_st_1', ['token', 'ory_st_1', 'aal1']],
    ['token=aal2.token.ory_st_1&scope=a+b', ['token', 'ory_st_1', 'aal2']],
    ['token=aal1.token.a.b..c', ['token', 'a.b..c', 'aal1']],
    ['token=aal1.cookie.aal2.token.x', ['cookie', 'aal2.token.x', 'aal1']],
    ['token=aal1.token.a%0Ab', ['token', 'a\nb', 'aal1']],
  ])('%s is taken apart', async (body, question) => {
    const answer = await send('/introspect', body);
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([
      200,
      '{"active":true}',
      'application/json',
    ]);
    expect(asked).toEqual([question]);
  });

  test.each([
    ['a credential alone', 'token=t'],
    ['no level', 'token=cookie.t'],
    ['a level that is not known', 'token=aal3.cookie.t'],
    ['a level in capitals', 'token=AAL1.cookie.t'],
    ['an empty level', 'token=.cookie.t'],
    ['something before the level', 'token=+aal1.cookie.t'],
    ['a line before the level', 'token=x%0Aaal1.cookie.t'],
    ['no kind', 'token=aal1.t'],
    ['a kind that is not known', 'token=aal1.key.t'],
    ['an empty kind', 'token=aal1..t'],
    ['no credential', 'token=aal1.cookie'],
    ['no token', 'scope=aal1.cookie.t'],
    ['two tokens', 'token=aal1.cookie.a&token=aal1.cookie.b'],
    ['no body', ''],
    ['a body that is too long', `token=aal1.token.${'x'.repeat(16_384)}`],
    ['a body that is far too long', `token=aal1.token.${'x'.repeat(3_000_000)}`],
  ])('%s is answered as inactive without asking', async (_what, body) => {
    const answer = await send('/introspect', body);
    expect([answer.status, answer.text]).toEqual([200, INACTIVE]);
    expect(asked).toEqual([]);
  });

  test('takes the longest body that is allowed', async () => {
    const token = 'x'.repeat(16_384 - 'token=aal1.token.'.length);
    expect((await send('/introspect', `token=aal1.token.${token}`)).text).toBe('{"active":true}');
    expect(asked).toEqual([['token', token, 'aal1']]);
  });

  test('a caller that goes away in the middle does not end the service', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST /introspect HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\ntoken');
    const seen = once(service.server, 'request');
    await seen;
    socket.destroy();
    await once(socket, 'close');
    expect((await send('/health/live')).status).toBe(200);
    expect(asked).toEqual([]);
  });
});

describe('the rest', () => {
  test.each([
    ['GET', '/introspect'],
    ['PUT', '/introspect'],
    ['POST', '/introspect?aal=aal1'],
    ['POST', '/introspect/'],
    ['POST', '/introspect/cookie'],
    ['POST', '/introspect/token?aal=aal1'],
    ['POST', '/authorize'],
    ['POST', '/health/ready'],
    ['GET', '/'],
  ])('%s %s is not found', async (method, path) => {
    const answer = await send(path, method === 'GET' ? undefined : 'token=aal1.token.t', { method });
    expect([answer.status, answer.text]).toEqual([404, '{"error":"not found"}']);
    expect(asked).toEqual([]);
  });

  test('it is ready and lives until told to leave, then answers, is not ready and keeps no connection', async () => {
    const before = await send('/health/ready');
    expect([before.status, before.text]).toEqual([200, '{"status":"ready"}']);
    service.leave();
    const after = await send('/health/ready');
    expect([after.status, after.text]).toEqual([503, '{"status":"stopping"}']);
    expect((await send('/health/live')).status).toBe(200);
    const answer = await send('/introspect', 'token=aal1.token.t');
    expect([answer.text, answer.headers.connection]).toEqual(['{"active":true}', 'close']);
  });
});
