/** Sessions of people: how one reaches the identity system, and what becomes of a demand for a second factor. */
import { describe, expect, test } from 'vitest';
import { call, reached, status } from './call.js';
import { deployment } from './deployment.js';
import { accessToken, BROWSER } from './gate.cases.js';
import { bearer } from './guarded.cases.js';
import { HOSTS, LOGIN_PATH, type Theme } from './theme.js';

const SESSION = { 'x-session-token': 'session' };

/** On the routes of the other guarded cases. */
export const sessions: Theme = {
  cases: () => {
    const key = (): string => deployment().secret('gate-member');

    describe('a session', () => {
      test('says which level is demanded of it', async () => {
        const cookie = 'ory_kratos_session=s';
        expect(await reached('/mixed', { headers: { cookie } })).toEqual({
          'x-gate-session': ['aal2.cookie.s'],
        });
        for (const headers of [{ 'x-session-token': 'ory_st_s', cookie }, bearer('ory_st_s')]) {
          expect(await reached('/mixed', { headers })).toEqual({
            'x-gate-session': ['aal2.token.ory_st_s'],
          });
        }
      });

      test('goes nowhere where no person may pass', async () => {
        const session = { 'x-session-token': 's', cookie: 'a=1; ory_kratos_session=s' };
        expect(await reached('/guarded-keys', { headers: session })).toEqual({ cookie: ['a=1'] });
        expect(await reached('/guarded-keys', { headers: { cookie: 'ory_kratos_session=s' } })).toEqual({});
        expect(await reached('/guarded-keys', { headers: { ...session, apikey: key() } })).toEqual({
          apikey: [key()],
          cookie: ['a=1'],
        });
      });

      test.each<[string, readonly string[]]>([
        ['in one header', ['ory_kratos_session=a; ory_kratos_session=b']],
        ['in two headers', ['ory_kratos_session=a', 'ory_kratos_session=b']],
        ['with blanks', ['ory_kratos_session=a;ory_kratos_session =b']],
        ['without a value', ['ory_kratos_session=a; ory_kratos_session']],
      ])('whose cookie is given twice %s gets 400', async (_what, cookies) => {
        const headers = cookies.map((cookie): [string, string] => ['cookie', cookie]);
        expect(await status('/guarded', { headers })).toBe(400);
        expect(await reached('/guarded', { headers: [...headers, ['apikey', key()]] })).toEqual({
          apikey: [key()],
        });
      });

      test('leaves the cookies of several headers in one, with those that only look like it', async () => {
        const headers = ['a=1', 'ory_kratos_session=s==', 'ory_kratos_session2=n; x=ory_kratos_session'].map(
          (cookie): [string, string] => ['cookie', cookie],
        );
        expect(await reached('/guarded', { headers })).toEqual({
          'x-gate-session': ['aal1.cookie.s=='],
          cookie: ['a=1; ory_kratos_session2=n; x=ory_kratos_session'],
        });
      });

      test('may be a bearer token, and is refused as one where no person may pass', async () => {
        const headers = bearer('ory_st_abc');
        expect(await reached('/guarded', { headers })).toEqual({
          'x-gate-session': ['aal1.token.ory_st_abc'],
        });
        expect(await status('/guarded-keys', { headers })).toBe(401);
      });

      test('is not asked for a key', async () => {
        const answer = await call('/guarded', { headers: { 'x-session-token': 's' } });
        expect([answer.status, answer.headers['www-authenticate']]).toEqual([200, undefined]);
        const asked = await call('/guarded?answer=WWW-Authenticate=Own');
        expect(asked.headers['www-authenticate']).toBe('Own');
      });
    });

    describe('a redirect to the second factor', () => {
      const to = (location: string): string =>
        `/mixed?status=302&answer=Location=${encodeURIComponent(location)}`;
      const login = (): string => `http://${HOSTS[0]}:${deployment().port}${LOGIN_PATH}`;
      const address = (): string => `${login()}?aal=aal2&return_to=http%3A%2F%2Fapi.example.test%2F`;

      test('becomes 403 that says so for a program, and stays for a browser', async () => {
        for (const headers of [
          SESSION,
          { ...SESSION, accept: 'application/json' },
          { cookie: 'ory_kratos_session=session' },
          { authorization: 'Bearer ory_st_session' },
        ]) {
          const program = await call(to(address()), { headers });
          expect([program.status, program.headers['required-aal'], program.headers.location]).toEqual([
            403,
            'aal2',
            undefined,
          ]);
          expect(JSON.parse(program.body)).toEqual({ message: 'A second factor is needed' });
        }
        const browser = await call(to(address()), { headers: { ...BROWSER, ...SESSION } });
        expect([browser.status, browser.headers.location]).toEqual([302, address()]);
      });

      test('becomes 403 that names no factor for whoever showed no session, browsers too', async () => {
        const cookie = 'ory_kratos_session=session';
        for (const headers of [
          {},
          BROWSER,
          { ...BROWSER, ...SESSION, cookie, authorization: `Bearer ${await accessToken()}` },
          { ...BROWSER, ...SESSION, cookie, apikey: 'wrong' },
          { ...BROWSER, cookie: 'ory_kratos_session=' },
        ]) {
          const client = await call(to(address()), { headers });
          expect([client.status, client.headers['required-aal'], client.headers.location]).toEqual([
            403,
            undefined,
            undefined,
          ]);
          expect(JSON.parse(client.body)).toEqual({ message: 'Forbidden' });
        }
      });

      test('has no body for HEAD', async () => {
        for (const [headers, aal] of [
          [SESSION, 'aal2'],
          [{}, undefined],
        ] as const) {
          const head = await call(to(address()), { method: 'HEAD', headers });
          expect([head.status, head.headers['required-aal'], head.body]).toEqual([403, aal, '']);
        }
      });

      test('is that address alone, and only where more may be asked for', async () => {
        for (const other of [
          login(),
          `${login()}?aal=aal1&return_to=x`,
          `x${address()}`,
          'https://example.test/',
        ]) {
          for (const headers of [SESSION, {}]) {
            const answer = await call(to(other), { headers });
            expect([answer.status, answer.headers.location]).toEqual([302, other]);
          }
        }
        const elsewhere = await call(to(address()).replace('/mixed', '/guarded'), { headers: SESSION });
        expect([elsewhere.status, elsewhere.headers.location]).toEqual([302, address()]);
      });
    });
  },
};
