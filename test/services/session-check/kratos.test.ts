import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Verdict } from '../../../services/session-check/src/answer.js';
import { kratosAt, type Kratos } from '../../../services/session-check/src/kratos.js';
import { COOKIE, KratosStandIn, SECOND_FACTOR, session } from './kratos-stand-in.js';

let standIn: KratosStandIn;
let kratos: Kratos;
let url: string;
const ask = (kratosUrl: string, limitMilliseconds = 10_000): Kratos =>
  kratosAt({ kratosUrl, sessionCookie: COOKIE, limitMilliseconds });
const reasonOf = (verdict: Verdict): string => (verdict.state === 'unknown' ? verdict.reason : verdict.state);

beforeEach(async () => {
  standIn = new KratosStandIn();
  url = await standIn.start();
  kratos = ask(url);
});
afterEach(async () => {
  kratos.close();
  await standIn.stop();
});

describe('asking Kratos', () => {
  test('presents a cookie as the cookie and a token as its header, and one of them alone', async () => {
    standIn.knows('cookie c', [200, session()]);
    standIn.knows('token t', [403, SECOND_FACTOR]);
    expect((await kratos.whoami('cookie', 'c')).state).toBe('active');
    expect((await kratos.whoami('token', 't')).state).toBe('second-factor');
    expect((await kratos.whoami('token', 'c')).state).toBe('inactive');
    expect(standIn.asked).toEqual(['cookie c', 'token t', 'token c']);
  });

  test('uses a connection again', async () => {
    for (let i = 0; i < 5; i++) await kratos.whoami('token', `t${i}`);
    expect([standIn.asked.length, standIn.connections]).toEqual([5, 1]);
  });

  test('opens no more than 64 connections, however many questions there are', async () => {
    const held: (() => void)[] = [];
    standIn.knows('token held', (response) => {
      held.push(() => response.writeHead(401).end());
      if (held.length >= 64) for (const release of held.splice(0)) release();
    });
    const verdicts = await Promise.all(
      Array.from({ length: 128 }, () => kratos.whoami('token', 'held').then(({ state }) => state)),
    );
    expect(new Set(verdicts)).toEqual(new Set(['inactive']));
    expect(standIn.connections).toBe(64);
  });

  test('does not follow where it is sent', async () => {
    standIn.knows('token t', (response) => {
      response.writeHead(302, { location: '/sessions/whoami' }).end();
    });
    expect(reasonOf(await kratos.whoami('token', 't'))).toBe('status 302');
    expect(standIn.asked).toEqual(['token t']);
  });
});

describe('what Kratos can do wrong', () => {
  test('a refused connection is unknown, and Kratos is known again when it is back', async () => {
    const port = Number(new URL(url).port);
    await standIn.stop();
    expect(reasonOf(await kratos.whoami('token', 't'))).toBe('ECONNREFUSED');
    await standIn.start(port);
    standIn.knows('token t', [200, session()]);
    expect((await kratos.whoami('token', 't')).state).toBe('active');
  });

  test('an answer that does not come in time is unknown, and the question is not put again', async () => {
    const slow = ask(url, 200);
    standIn.knows('token t', () => undefined);
    await slow.whoami('token', 'warm');
    expect(reasonOf(await slow.whoami('token', 't'))).toBe('no answer in time');
    expect(standIn.asked).toEqual(['token warm', 'token t']);
    slow.close();
  });

  test('an answer that stops half-way is unknown when the time is over', async () => {
    const slow = ask(url, 200);
    standIn.knows('token t', (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write(JSON.stringify(session()));
    });
    expect(reasonOf(await slow.whoami('token', 't'))).toBe('no answer in time');
    slow.close();
  });

  test('an answer that is cut off is unknown', async () => {
    standIn.knows('token t', (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{', () => response.destroy());
    });
    expect(reasonOf(await kratos.whoami('token', 't'))).toBe('ECONNRESET');
  });

  test('an answer without end is unknown', async () => {
    standIn.knows('token t', [200, session({ padding: 'x'.repeat(300_000) })]);
    expect(reasonOf(await kratos.whoami('token', 't'))).toBe('an answer that is too long');
  });

  test('an answer that is no HTTP is unknown', async () => {
    const server = createServer((socket) => socket.resume().end('hello\r\n\r\n'));
    await new Promise<void>((started) => server.listen(0, '127.0.0.1', started));
    const odd = ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(reasonOf(await odd.whoami('token', 't'))).toMatch(/^HPE_/);
    odd.close();
    await new Promise((closed) => server.close(closed));
  });

  test('a connection that is closed when it is used again is no failure, but a second one is', async () => {
    let closes = 1;
    standIn.knows('token t', (response) => {
      if (closes-- > 0) response.destroy();
      else response.writeHead(200).end(JSON.stringify(session()));
    });
    await kratos.whoami('token', 'warm');
    expect((await kratos.whoami('token', 't')).state).toBe('active');
    expect(standIn.asked).toEqual(['token warm', 'token t', 'token t']);
    closes = 2;
    expect(reasonOf(await kratos.whoami('token', 't'))).toBe('ECONNRESET');
  });
});
