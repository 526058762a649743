/** Who has no session is told so, each in their own way; who has one is known to the service. */
import { beforeAll, describe, expect, test } from 'vitest';
import { Browser } from '../harness/browser.js';
import { ask, gate, json, type Answer } from '../harness/http.js';
import { secured } from '../harness/https.js';
import { readForm } from './accounts.js';
import { authority } from './deployment.js';
import { call, FLOWS, logIn, logInByCookie, register, type Person } from './people.js';

const PLAIN = 'http://localhost:8000';
const SECURE = 'https://localhost:8443';
const LOGIN = `${PLAIN}/account/login`;
const PAGE = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const AWKWARD = '/hello/a%20b?x=1&y=a%20b&return_to=https%3A%2F%2Felsewhere.example%2F&z=%26';

/** Sees that an answer leads to the login, and from there back to an address. */
function expectLogin({ status, headers }: Pick<Answer, 'status' | 'headers'>, back: string): void {
  expect(status).toBe(302);
  const to = new URL(String(headers.location));
  expect(`${to.origin}${to.pathname}`).toBe(LOGIN);
  expect([...to.searchParams]).toEqual([['return_to', back]]);
}

export function sessions(): void {
  describe('somebody without a session', () => {
    const programs = {
      'that asks for json': { accept: 'application/json' },
      'that takes anything': { accept: '*/*' },
      'that does not say': {},
    };

    test.each(Object.entries(programs))('is refused with 401 as json as a program %s', async (_, headers) => {
      const answer = await gate('/hello', { host: 'localhost:8000', ...headers });
      expect(answer.status).toBe(401);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      expect(answer.headers.location).toBeUndefined();
      expect(json(answer)).toMatchObject({ error: { code: 401 } });
    });

    test('is led to the login on port 8000 as a browser, and back', async () => {
      expectLogin(await gate('/hello', { host: 'localhost:8000', ...PAGE }), `${PLAIN}/hello`);
    });

    test('is led back to the same query', async () => {
      expectLogin(await gate(AWKWARD, { host: 'localhost:8000', ...PAGE }), `${PLAIN}${AWKWARD}`);
    });

    test('is led to the login on port 8443, and back to there', async () => {
      const options = { path: AWKWARD, headers: { host: 'localhost:8443', ...PAGE } };
      const answer = await secured('localhost', 8443, authority(), options);
      expectLogin(answer, `${SECURE}${AWKWARD}`);
    });

    test('is led to the host that has the cookie first', async () => {
      const plain = await gate(AWKWARD, { host: '127.0.0.1:8000', ...PAGE });
      expect(plain.status).toBe(302);
      expect(plain.headers.location).toBe(`${PLAIN}${AWKWARD}`);
      const options = { path: AWKWARD, headers: { host: '127.0.0.1:8443', ...PAGE } };
      const secure = await secured('127.0.0.1', 8443, authority(), options);
      expect(secure.status).toBe(302);
      expect(secure.headers.location).toBe(`${SECURE}${AWKWARD}`);
    });

    test('is refused on 127.0.0.1, too, as a program', async () => {
      const { status, headers } = await gate('/hello', {
        host: '127.0.0.1:8000',
        accept: 'application/json',
      });
      expect(status).toBe(401);
      expect(headers.location).toBeUndefined();
    });

    test.each([
      ['http://127.0.0.1:8000', PLAIN],
      ['https://127.0.0.1:8443', SECURE],
    ])('ends at the login page from %s', async (from, canonical) => {
      const browser = new Browser(authority());
      const { answer, path } = await browser.open(`${from}${AWKWARD}`);
      expect(answer.status).toBe(200);
      expect(path).toHaveLength(5);
      expect(path[1]).toBe(`${canonical}${AWKWARD}`);
      const page = new URL(path.at(-1) ?? '');
      expect(`${page.origin}${page.pathname}`).toBe(`${PLAIN}/account/login`);
      const shown = await readForm('login', page.searchParams.get('flow') ?? '', browser.cookies());
      expect(shown.returnTo).toBe(`${canonical}${AWKWARD}`);
    });

    test.each(['ory_st_0123456789abcdefghijABCDEFGHIJ01', 'nonsense', '{"active":true}', '*'])(
      'is not known by the token %s, whatever carries it',
      async (token) => {
        expect((await call('/hello', { headers: { 'x-session-token': token } })).status).toBe(401);
        expect((await call('/hello', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
        const cookie = `ory_kratos_session=${encodeURIComponent(token)}`;
        expect((await call('/hello', { headers: { cookie } })).status).toBe(401);
      },
    );
  });

  describe('somebody with a session', () => {
    let person: Person;
    let cookie: string;

    beforeAll(async () => {
      person = await register();
      cookie = await logInByCookie(person);
    });

    test('is known from the registration on', async () => {
      const answer = await call('/hello', { headers: { 'x-session-token': person.token } });
      expect(answer.status).toBe(200);
      expect(json(answer)).toEqual({
        service: 'hello',
        message: 'hello',
        subject: person.id,
        requestId: answer.headers['x-request-id'],
        replica: expect.stringMatching(/./) as unknown,
      });
      expect(answer.headers['x-request-id']).toMatch(/^[\w-]{8,128}$/);
    });

    test('is known after a log-in by a program', async () => {
      const answer = await call('/hello', { headers: { 'x-session-token': await logIn(person) } });
      expect(answer.status).toBe(200);
      expect(json(answer).subject).toBe(person.id);
    });

    test('is known by a token that is sent as a bearer of it', async () => {
      expect(person.token).toMatch(/^ory_st_/);
      for (const scheme of ['Bearer', 'bearer']) {
        const authorization = `${scheme} ${person.token}`;
        const answer = await call('/hello', { headers: { authorization } });
        expect(answer.status).toBe(200);
        expect(json(answer).subject).toBe(person.id);
      }
    });

    test('is known by the cookie, also as a browser and over HTTPS', async () => {
      const program = await call('/hello', { headers: { cookie } });
      expect(json(program).subject).toBe(person.id);
      const page = await gate('/hello', { host: 'localhost:8000', cookie, ...PAGE });
      expect(page.status).toBe(200);
      expect(json(page).subject).toBe(person.id);
      const headers = { host: 'localhost:8443', cookie, ...PAGE };
      const secure = await secured('localhost', 8443, authority(), { headers });
      expect(secure.status).toBe(200);
      expect((JSON.parse(secure.body) as { subject: string }).subject).toBe(person.id);
    });

    test('keeps a request id of their own', async () => {
      const id = `mine-${Date.now()}`;
      const answer = await call('/hello', {
        headers: { 'x-session-token': person.token, 'x-request-id': id },
      });
      expect(json(answer).requestId).toBe(id);
      expect(answer.headers['x-request-id']).toBe(id);
    });

    test('is not somebody else', async () => {
      const other = await register();
      expect(other.id).not.toBe(person.id);
      for (const { id, token } of [person, other, person, other]) {
        expect(json(await call('/hello', { headers: { 'x-session-token': token } })).subject).toBe(id);
      }
    });

    test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('may send %s with a body', async (method) => {
      for (const credential of [{ 'x-session-token': person.token }, { cookie }]) {
        const answer = await ask({
          port: 8000,
          path: '/hello/things?x=1',
          method,
          headers: { host: 'localhost:8000', 'content-type': 'application/json', ...credential },
          body: JSON.stringify({ text: 'x'.repeat(10_000) }),
        });
        expect(answer.status).toBe(200);
        expect(json(answer).subject).toBe(person.id);
      }
    });

    test('is answered by both replicas', async () => {
      const replicas = new Set<unknown>();
      const once = async (): Promise<void> => {
        const answer = await call('/hello', { headers: { 'x-session-token': person.token } });
        replicas.add(json(answer).replica);
      };
      // At once: Oathkeeper keeps connections, so one after the other could all go to the same replica.
      for (let i = 0; i < 10 && replicas.size < 2; i++) await Promise.all(Array.from({ length: 16 }, once));
      expect(replicas.size).toBe(2);
    });

    test.each([PLAIN, SECURE])('comes back to where they wanted to go on %s', async (origin) => {
      const browser = new Browser(authority());
      const { path } = await browser.open(`${origin}/hello?x=1`);
      const id = new URL(path.at(-1) ?? '').searchParams.get('flow') ?? '';
      const { csrf } = await readForm('login', id, browser.cookies());
      const back = await browser.send(`${PLAIN}${FLOWS}/login?flow=${id}`, {
        method: 'password',
        identifier: person.email,
        password: person.password,
        csrf_token: csrf,
      });
      expect(back.path.slice(1)).toEqual([`${origin}/hello?x=1`]);
      expect(back.answer.status).toBe(200);
      expect(json(back.answer).subject).toBe(person.id);
    });
  });
}
