/** Which request meets which route, and what of it the service sees. */
import { describe, expect, test } from 'vitest';
import { responseTransformer } from '../../../constructs/gateway/plugins/index.js';
import { call, seen, status, valuesOf } from './call.js';
import { HOSTS, open, type Theme } from './theme.js';

const [, OTHER] = HOSTS;

/** Tells which route answered. */
const named = (name: string, change: Partial<ReturnType<typeof open>>): ReturnType<typeof open> =>
  open(name, { plugins: [responseTransformer({ set: { headers: { 'X-Route': name } } })], ...change });

async function routeOf(path: string, ask: Parameters<typeof call>[1] = {}): Promise<unknown> {
  const { status: code, headers } = await call(path, ask);
  return code === 404 ? 404 : headers['x-route'];
}

export const routing: Theme = {
  routes: () => [
    named('host-any', { paths: ['/host'] }),
    named('host-other', { paths: ['/host/only'], hosts: [OTHER] }),
    named('host-alone', { paths: ['/alone'], hosts: [OTHER] }),
    named('prefix', {}),
    named('prefix-longer', { paths: ['/prefix/longer'] }),
    named('pattern', { paths: ['~/pattern/\\d+$'] }),
    named('pattern-first', { paths: ['~/pattern/1\\d$'], priority: 10 }),
    named('pattern-last', { paths: ['~/pattern/.*5$'], priority: 0 }),
    named('method-read', { paths: ['/method'], methods: ['GET', 'HEAD'] }),
    named('method-write', { paths: ['/method'], methods: ['POST'] }),
    named('header-one', { paths: ['/header'], headers: { 'X-Version': ['1', 'one'] } }),
    named('header-none', { paths: ['/header'] }),
    open('kept'),
    open('stripped', { stripPath: true, preserveHost: false }),
    open('secure', { httpsOnly: true }),
    open('unbuffered', { buffering: { request: false, response: false } }),
  ],

  cases: () => {
    describe('a route is chosen', () => {
      test('by host, where an unknown one gets 404', async () => {
        expect(await routeOf('/host/only')).toBe('host-any');
        expect(await routeOf('/host/only', { host: OTHER })).toBe('host-other');
        expect(await routeOf('/alone')).toBe(404);
        expect(await routeOf('/alone', { host: OTHER })).toBe('host-alone');
        for (const host of ['elsewhere.example.test', `${HOSTS[0]}.evil.test`, '127.0.0.1', 'localhost']) {
          expect(await routeOf('/prefix', { host })).toBe(404);
        }
        expect(await routeOf('/prefix', { host: `${HOSTS[0]}:8000` })).toBe('prefix');
      });

      test('by path, the longest first, where a prefix is text and knows no parts', async () => {
        expect(await routeOf('/prefix')).toBe('prefix');
        expect(await routeOf('/prefix/below?query')).toBe('prefix');
        expect(await routeOf('/prefix/longer/below')).toBe('prefix-longer');
        expect(await routeOf('/prefixed')).toBe('prefix');
        expect(await routeOf('/Prefix')).toBe(404);
        expect(await routeOf('/before/prefix')).toBe(404);
      });

      test('by regular expression from the beginning of the path, the one with priority first', async () => {
        expect(await routeOf('/pattern/2')).toBe('pattern');
        expect(await routeOf('/pattern/15')).toBe('pattern-first');
        expect(await routeOf('/pattern/x5')).toBe('pattern-last');
        expect(await routeOf('/pattern/x')).toBe(404);
        expect(await routeOf('/before/pattern/2')).toBe(404);
      });

      test('after dots and doubled slashes are put right', async () => {
        expect(await routeOf('/elsewhere/../prefix')).toBe('prefix');
        // No route takes it, and so it is the identity system's, before which such a path is refused.
        expect(await status('/prefix/../elsewhere')).toBe(400);
        expect(await routeOf('/%70refix')).toBe('prefix');
      });

      test('by method', async () => {
        expect(await routeOf('/method')).toBe('method-read');
        expect(await routeOf('/method', { method: 'POST', body: 'x' })).toBe('method-write');
        expect(await routeOf('/method', { method: 'DELETE' })).toBe(404);
      });

      test('by header', async () => {
        expect(await routeOf('/header')).toBe('header-none');
        expect(await routeOf('/header', { headers: { 'X-Version': '2' } })).toBe('header-none');
        for (const value of ['1', 'one']) {
          expect(await routeOf('/header', { headers: { 'x-version': value } })).toBe('header-one');
        }
      });
    });

    describe('the service sees', () => {
      test("trap 9: the whole path and the caller's host where nothing was declared", async () => {
        const echo = await seen('/kept/below?a=1');
        expect(echo.url).toBe('/kept/below?a=1');
        expect(valuesOf(echo, 'host')).toEqual([HOSTS[0]]);
      });

      test('the path without the prefix and its own host where that was declared', async () => {
        const echo = await seen('/stripped/below?a=1');
        expect(echo.url).toBe('/below?a=1');
        expect(valuesOf(echo, 'host')).toEqual(['echo:8080']);
      });

      test('where the request came from as Kong saw it, not as the caller says', async () => {
        const echo = await seen('/kept', {
          headers: {
            'X-Forwarded-For': '203.0.113.9',
            'X-Forwarded-Proto': 'https',
            'X-Forwarded-Host': 'evil.test',
            'X-Real-IP': '203.0.113.9',
          },
        });
        expect(valuesOf(echo, 'X-Forwarded-Proto')).toEqual(['http']);
        expect(valuesOf(echo, 'X-Forwarded-Host')).toEqual([HOSTS[0]]);
        expect(valuesOf(echo, 'X-Real-IP')).toEqual([expect.stringMatching(/^10\.217\./)]);
      });

      test('a body and an answer that are not collected first', async () => {
        const body = 'x'.repeat(200_000);
        for (const chunked of [false, true]) {
          expect(await seen('/unbuffered', { method: 'POST', body, chunked })).toMatchObject({
            method: 'POST',
            length: body.length,
          });
        }
      });
    });

    test('plain HTTP is refused with 426 where a route wants HTTPS', async () => {
      const answer = await call('/secure');
      expect([answer.status, answer.headers.upgrade]).toEqual([426, 'TLS/1.2, HTTP/1.1']);
      expect((await seen('/secure', { secure: true })).headers).toContainEqual([
        'X-Forwarded-Proto',
        'https',
      ]);
      expect(await status('/kept')).toBe(200);
    });
  },
};
