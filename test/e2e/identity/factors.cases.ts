/** Routes that ask for a second factor, and people who have one. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { Browser, type Visit } from '../harness/browser.js';
import { gate, json, type Answer } from '../harness/http.js';
import { secured } from '../harness/https.js';
import { makeLookupCodes, readForm, stepUp, whoami } from './accounts.js';
import { authority, handed, REVOCATION_MILLISECONDS } from './deployment.js';
import { identityFor } from './inside.js';
import { call, enrolTotp, flow, FLOWS, logIn, logInByCookie, register, totp, type Person } from './people.js';

const PLAIN = 'http://localhost:8000';
const SECURE = 'https://localhost:8443';
const PAGE = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const SLACK_MILLISECONDS = 1000;

const ask = (service: 'hello' | 'world', token: string): Promise<Answer> =>
  call(`/${service}`, { headers: { 'x-session-token': token } });

/** Sees that a program is told what is missing. */
function expectFactorAsked(answer: Pick<Answer, 'status' | 'headers' | 'body'>): void {
  expect(answer.status).toBe(403);
  expect(answer.headers['required-aal']).toBe('aal2');
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(answer.headers.location).toBeUndefined();
  expect(JSON.parse(answer.body)).toEqual({ message: 'A second factor is needed' });
}

/** Types into the form that a browser was led to. */
async function fill(
  browser: Browser,
  { path }: Visit,
  fields: Readonly<Record<string, string>>,
): Promise<Visit> {
  const page = new URL(path.at(-1) ?? '');
  expect(`${page.origin}${page.pathname}`).toBe(`${PLAIN}/account/login`);
  const id = page.searchParams.get('flow') ?? '';
  const { csrf } = await readForm('login', id, browser.cookies());
  return browser.send(`${PLAIN}${FLOWS}/login?flow=${id}`, { ...fields, csrf_token: csrf });
}

export function factors(): void {
  describe('a route that asks for a second factor', () => {
    let person: Person;
    let cookie: string;

    beforeAll(async () => {
      person = await register();
      cookie = await logInByCookie(person);
    });

    test('tells a program with one factor which one is missing', async () => {
      expectFactorAsked(await ask('world', person.token));
      expectFactorAsked(await call('/world', { headers: { cookie } }));
      expectFactorAsked(await gate('/world', { host: 'localhost:8000', accept: '*/*', cookie }));
      expectFactorAsked(await gate('/world', { host: 'localhost:8000', cookie }, 'DELETE'));
    });

    test.each([PLAIN, SECURE])(
      'leads a browser with one factor on %s to the second, and back',
      async (origin) => {
        const path = '/world/a%20b?x=1&y=%26';
        const headers = { host: new URL(origin).host, cookie, ...PAGE };
        const answer =
          origin === PLAIN
            ? await gate(path, headers)
            : await secured('localhost', 8443, authority(), { path, headers });
        expect(answer.status).toBe(302);
        expect(answer.headers).not.toHaveProperty('required-aal');
        const to = new URL(String(answer.headers.location));
        expect(`${to.origin}${to.pathname}`).toBe(`${PLAIN}/account/login`);
        expect([...to.searchParams]).toEqual([
          ['aal', 'aal2'],
          ['return_to', `${origin}${path}`],
        ]);
      },
    );

    test('does not ask a stranger for a second factor, but for the first', async () => {
      const program = await call('/world');
      expect(program.status).toBe(401);
      expect(program.headers).not.toHaveProperty('required-aal');
      const browser = await gate('/world', { host: 'localhost:8000', ...PAGE });
      expect(browser.status).toBe(302);
      const to = new URL(String(browser.headers.location));
      expect([...to.searchParams]).toEqual([['return_to', `${PLAIN}/world`]]);
    });

    test("lets a client's key pass", async () => {
      const answer = await call('/world', { headers: { apikey: handed('client-demo').value } });
      expect(answer.status).toBe(200);
      expect(json(answer).subject).toBe('demo');
    });

    test('lets somebody pass as soon as they have shown a second one, whatever is remembered', async () => {
      const { token, id } = await register();
      for (let i = 0; i < 8; i++) expect((await ask('hello', token)).status).toBe(200);
      expectFactorAsked(await ask('world', token));
      await enrolTotp(token);
      const answer = await ask('world', token);
      expect(answer.status).toBe(200);
      expect(json(answer).subject).toBe(id);
    });

    test('ends with the second factor of a browser that nobody knew, where it wanted to go', async () => {
      const { email, password, id, token } = await register();
      const secret = await enrolTotp(token);
      const browser = new Browser(authority());
      const wanted = `${PLAIN}/world?x=1`;
      const first = await browser.open(wanted);
      const second = await fill(browser, first, { method: 'password', identifier: email, password });
      expect(new URL(second.path[1] ?? '').search).toContain('aal=aal2');
      const last = await fill(browser, second, { method: 'totp', totp_code: totp(secret) });
      expect(last.path.slice(1)).toEqual([wanted]);
      expect(last.answer.status).toBe(200);
      expect(json(last.answer).subject).toBe(id);
    });

    test('ends at a page for a browser whose owner has no second factor', async () => {
      const browser = new Browser(authority());
      const { email, password } = await register();
      const first = await browser.open(`${SECURE}/world`);
      const second = await fill(browser, first, { method: 'password', identifier: email, password });
      expect(second.answer.status).toBe(200);
      const page = new URL(second.path.at(-1) ?? '');
      expect(`${page.origin}${page.pathname}`).toMatch(`${PLAIN}/account/`);
    });
  });

  describe('somebody who has a second factor', () => {
    let person: Person;
    let secret: string;

    beforeAll(async () => {
      person = await register();
      secret = await enrolTotp(person.token);
    });

    test('is asked for it everywhere', async () => {
      const token = await logIn(person);
      expectFactorAsked(await ask('hello', token));
      expectFactorAsked(await ask('world', token));
      const cookie = await logInByCookie(person);
      const answer = await gate('/hello', { host: 'localhost:8000', cookie, ...PAGE });
      expect(answer.status).toBe(302);
      expect(new URL(String(answer.headers.location)).searchParams.get('aal')).toBe('aal2');
    });

    test('passes everywhere at once when it is given', async () => {
      const token = await logIn(person);
      expectFactorAsked(await ask('world', token));
      await stepUp(token, { method: 'totp', totp_code: totp(secret) });
      for (const service of ['world', 'hello'] as const) {
        const answer = await ask(service, token);
        expect(answer.status).toBe(200);
        expect(json(answer).subject).toBe(person.id);
      }
    });

    test('does not pass with a wrong one', async () => {
      const token = await logIn(person);
      const code = totp(secret, Date.now() - 3_600_000);
      const answer = await flow('login', { method: 'totp', totp_code: code }, { token, query: '?aal=aal2' });
      expect(answer.status).toBe(400);
      expectFactorAsked(await ask('world', token));
    });

    test('is known to the service with how sure that is', async () => {
      const token = await logIn(person);
      await stepUp(token, { method: 'totp', totp_code: totp(secret) });
      const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
      const { id } = await whoami({ token });
      const claims = await identityFor('world', `aal2.token.${token}`);
      expect(claims).toMatchObject({
        iss: PLAIN,
        aud: 'world',
        sub: person.id,
        idp: 'session',
        aal: 'aal2',
        sid: hash(id),
        credential_hash: hash(token),
      });
      const other = await register();
      expect(await identityFor('hello', `aal1.token.${other.token}`)).toMatchObject({
        aud: 'hello',
        sub: other.id,
        aal: 'aal1',
        credential_hash: hash(other.token),
      });
    });

    test('passes with a code that was kept for that, once', async () => {
      const codes = await makeLookupCodes(person.token);
      const [code = '', another = ''] = codes;
      const token = await logIn(person);
      expectFactorAsked(await ask('world', token));
      await stepUp(token, { method: 'lookup_secret', lookup_secret: code });
      expect((await ask('world', token)).status).toBe(200);

      const later = await logIn(person);
      const used = await flow(
        'login',
        { method: 'lookup_secret', lookup_secret: code },
        { token: later, query: '?aal=aal2' },
      );
      expect(used.status).toBe(400);
      expectFactorAsked(await ask('world', later));
      await stepUp(later, { method: 'lookup_secret', lookup_secret: another });
      expect((await ask('world', later)).status).toBe(200);
    });

    test('is asked for it in sessions from before, when the bound has passed', async () => {
      const newcomer = await register();
      const before = await logIn(newcomer);
      for (let i = 0; i < 8; i++) expect((await ask('hello', before)).status).toBe(200);
      await enrolTotp(newcomer.token);
      const over = performance.now() + REVOCATION_MILLISECONDS + SLACK_MILLISECONDS;
      while (performance.now() < over) {
        expect([200, 403]).toContain((await ask('hello', before)).status);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      for (let i = 0; i < 8; i++) expectFactorAsked(await ask('hello', before));
      expect((await ask('hello', newcomer.token)).status).toBe(200);
    });
  });
}
