/** Callers kept out by address, user agent or origin, and answers that nothing behind is asked for. */
import { describe, expect, test } from 'vitest';
import {
  botDetection,
  cors,
  ipRestriction,
  requestTermination,
} from '../../../constructs/gateway/plugins/index.js';
import { call, seen, status, type Answer } from './call.js';
import { open, RANGE, type Theme } from './theme.js';

const PAGE = 'https://app.example.test';

function preflight(path: string, origin: string): Promise<Answer> {
  return call(path, {
    method: 'OPTIONS',
    headers: { Origin: origin, 'Access-Control-Request-Method': 'PUT' },
  });
}

export const protection: Theme = {
  routes: () => [
    open('ip-allowed', { plugins: [ipRestriction({ allow: [RANGE] })] }),
    open('ip-others', { plugins: [ipRestriction({ allow: ['192.0.2.0/24', '2001:db8::/32'] })] }),
    open('ip-denied', {
      plugins: [ipRestriction({ deny: ['10.0.0.0/8'], status: 451, message: 'not from there' })],
    }),
    open('bots', { plugins: [botDetection({ allow: ['goodbot'], deny: ['^badtool'] })] }),
    open('cors', {
      plugins: [
        cors({
          origins: [PAGE, 'https://second.example.test'],
          methods: ['GET', 'PUT'],
          headers: ['X-Asked'],
          exposedHeaders: ['X-Request-Id'],
          credentials: true,
        }),
      ],
    }),
    open('cors-all', { plugins: [cors({ origins: ['*'] })] }),
    open('ended', { plugins: [requestTermination({ status: 503, message: 'back soon' })] }),
    open('ended-body', {
      plugins: [
        requestTermination({ status: 410, body: { contentType: 'text/html; charset=utf-8', text: 'gone' } }),
      ],
    }),
    open('ended-some', { plugins: [requestTermination({ status: 418, trigger: 'X-Teapot' })] }),
  ],

  cases: () => {
    describe('addresses', () => {
      test('pass by a range, and no others do', async () => {
        expect(await status('/ip-allowed')).toBe(200);
        expect(await status('/ip-others')).toBe(403);
      });

      test('are told what was declared', async () => {
        const refused = await call('/ip-denied');
        expect([refused.status, JSON.parse(refused.body)]).toEqual([451, { message: 'not from there' }]);
      });

      test('are those of the connection, not those that a caller claims', async () => {
        expect(await status('/ip-others', { headers: { 'X-Forwarded-For': '192.0.2.7' } })).toBe(403);
        expect(await status('/ip-others', { headers: { 'X-Real-IP': '192.0.2.7' } })).toBe(403);
      });
    });

    test.each([
      ['a browser', 'Mozilla/5.0 (X11; Linux x86_64)', 200],
      ['a robot that Kong knows', 'Googlebot/2.1', 403],
      ['one that is named', 'badtool/1.0', 403],
      ['a robot that is let in', 'Googlebot/2.1 goodbot', 200],
    ])('an agent that is %s gets its answer', async (_what, agent, expected) => {
      expect(await status('/bots', { headers: { 'User-Agent': agent } })).toBe(expected);
    });

    describe('other origins', () => {
      test('are told that they may call, with cookies, and what they may read', async () => {
        const { headers } = await call('/cors', { headers: { Origin: PAGE } });
        expect(headers).toMatchObject({
          'access-control-allow-origin': PAGE,
          'access-control-allow-credentials': 'true',
          'access-control-expose-headers': 'X-Request-Id',
          vary: 'Origin',
        });
      });

      test('get a preflight answered without the service', async () => {
        const answer = await preflight('/cors', PAGE);
        expect(answer.status).toBe(200);
        expect(answer.body).toBe('');
        expect(answer.headers).toMatchObject({
          'access-control-allow-origin': PAGE,
          'access-control-allow-methods': 'GET,PUT',
          'access-control-allow-headers': 'X-Asked',
          'access-control-max-age': '600',
        });
      });

      test.each(['https://evil.example.test', 'https://app.example.test.evil.test', 'null'])(
        '%s is not told so',
        async (origin) => {
          const plain = await call('/cors', { headers: { Origin: origin } });
          expect(plain.headers).not.toHaveProperty('access-control-allow-origin');
          const { headers } = await preflight('/cors', origin);
          expect(headers).not.toHaveProperty('access-control-allow-origin');
        },
      );

      test('may all call where that was declared, without cookies', async () => {
        const { headers } = await call('/cors-all', { headers: { Origin: 'https://evil.example.test' } });
        expect(headers['access-control-allow-origin']).toBe('*');
        expect(headers).not.toHaveProperty('access-control-allow-credentials');
      });
    });

    describe('a route that ends here', () => {
      test('answers a message as JSON', async () => {
        const answer = await call('/ended');
        expect([answer.status, JSON.parse(answer.body)]).toEqual([503, { message: 'back soon' }]);
      });

      test('answers a body of its own', async () => {
        const answer = await call('/ended-body');
        expect([answer.status, answer.headers['content-type'], answer.body]).toEqual([
          410,
          'text/html; charset=utf-8',
          'gone',
        ]);
      });

      test('does so for those alone that carry its trigger', async () => {
        expect((await seen('/ended-some')).url).toBe('/ended-some');
        expect(await status('/ended-some', { headers: { 'X-Teapot': '1' } })).toBe(418);
        expect(await status('/ended-some?X-Teapot=1')).toBe(418);
      });
    });
  },
};
