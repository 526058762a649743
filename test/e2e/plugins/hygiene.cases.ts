/** What never reaches a service, and the id that every request has. */
import { describe, expect, test } from 'vitest';
import { call, echoOf, seen, status, valuesOf, type Answer } from './call.js';
import { deployment } from './deployment.js';
import { keyed, open, type Theme } from './theme.js';

const MARK = 'forged';
const FORGED = [
  'X-Consumer-Username',
  'X-Consumer-ID',
  'X-Consumer-Custom-ID',
  'X-Consumer-Groups',
  'X-Credential-Identifier',
  'X-Credential-Username',
  'X-Anonymous-Consumer',
  'X-Authenticated-Groups',
  'X-Authenticated-Userid',
  'X-Authenticated-Scope',
  'X-Auth-Request-Email',
  'X-User',
  'X-User-Id',
  'X-Remote-User',
  'X-Forwarded-User',
  'X-Forwarded-Email',
  'X-Forwarded-Groups',
  'X-Forwarded-Access-Token',
  'X-Original-URL',
  'X-Rewrite-URL',
] as const;

/** The ways in which one name can be written that some server takes for the same. */
const WRITINGS: readonly (readonly [what: string, write: (name: string) => string])[] = [
  ['as it is', (name) => name],
  ['in small letters', (name) => name.toLowerCase()],
  ['in capitals', (name) => name.toUpperCase()],
  ['with underscores', (name) => name.replaceAll('-', '_')],
  ['with one underscore', (name) => name.replace('-', '_')],
  ['with underscores in small letters', (name) => name.replaceAll('-', '_').toLowerCase()],
];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const idOf = ({ headers }: Answer): unknown => headers['x-request-id'];

export const hygiene: Theme = {
  routes: () => [open('plain'), { name: 'closed', paths: ['/closed'] }],
  clients: (made) => [keyed(made, 'clean'), keyed(made, 'spent', { limit: { year: 1 } })],

  cases: () => {
    describe('a forged header', () => {
      test.each(WRITINGS)('written %s reaches no service', async (_what, write) => {
        const headers = FORGED.map((name): [string, string] => [write(name), MARK]);
        for (const [path, more] of [
          ['/plain', []],
          ['/closed', [['apikey', deployment().secret('clean')]]],
        ] as [string, [string, string][]][]) {
          const echo = await seen(path, { headers: [...headers, ...more] });
          expect(echo.headers.filter(([, value]) => value.includes(MARK))).toEqual([]);
        }
      });

      test('sent twice, or beside its like, reaches no service', async () => {
        const names = ['X-User', 'x-user', 'X_User', 'X-Consumer-Username', 'X_Consumer-Username'];
        const headers = [...names, ...names].map((name): [string, string] => [name, MARK]);
        const echo = await seen('/plain', { headers });
        expect(echo.headers.filter(([, value]) => value.includes(MARK))).toEqual([]);
      });

      test('does not take the others with it', async () => {
        const echo = await seen('/plain', { headers: { 'X-User': MARK, 'X-Users': 'kept', Accept: 'kept' } });
        expect(valuesOf(echo, 'X-Users')).toEqual(['kept']);
        expect(valuesOf(echo, 'Accept')).toEqual(['kept']);
      });

      test.each([
        [100, [431]],
        [900, [431]],
        // Newer builds of nginx refuse that many themselves.
        [1001, [400, 431]],
      ])('can not hide among %i others: the request is refused', async (count, expected) => {
        const many = Array.from({ length: count }, (_, i): [string, string] => [`a${i}`, '']);
        expect(await status('/plain', { headers: [...many, ['X-User', MARK]] })).toBeOneOf(expected);
        expect(await status('/plain', { headers: [['X-User', MARK], ...many] })).toBeOneOf(expected);
      });

      test('can not hide among as many as are taken', async () => {
        const many = Array.from({ length: 97 }, (_, i): [string, string] => [`a${i}`, 'x']);
        for (const headers of [
          [...many, ['X-User', MARK]],
          [['X-User', MARK], ...many],
        ] as [string, string][][]) {
          const echo = await seen('/plain', { headers });
          expect(valuesOf(echo, 'a96')).toEqual(['x']);
          expect(valuesOf(echo, 'X-User')).toEqual([]);
        }
      });
    });

    describe('the request id', () => {
      test.each(['mine', '0123abcd-0123.abcd_0123', 'a'.repeat(128)])(
        "is the caller's own: %s",
        async (id) => {
          const answer = await call('/plain', { headers: { 'X-Request-Id': id } });
          expect(idOf(answer)).toBe(id);
          expect(valuesOf(echoOf(answer), 'X-Request-Id')).toEqual([id]);
        },
      );

      test.each([
        ['nothing', []],
        ['an empty one', [['X-Request-Id', '']]],
        ['a long one', [['X-Request-Id', 'a'.repeat(129)]]],
        ['one with blanks', [['X-Request-Id', 'a b']]],
        ['one that would break a log', [['X-Request-Id', '{"a":1}']]],
        [
          'two of them',
          [
            ['X-Request-Id', 'one'],
            ['X-Request-Id', 'two'],
          ],
        ],
        ['one with an underscore', [['X_Request_Id', 'mine']]],
      ] as [string, [string, string][]][])('is made anew for %s', async (_what, headers) => {
        const answer = await call('/plain', { headers });
        expect(idOf(answer)).toMatch(UUID);
        const echo = echoOf(answer);
        expect(valuesOf(echo, 'X-Request-Id')).toEqual([idOf(answer)]);
        expect(valuesOf(echo, 'X_Request_Id')).toEqual([]);
      });

      test('is told with every refusal', async () => {
        const apikey = deployment().secret('spent');
        const asks = [
          [401, '/closed', {}],
          [404, '/nowhere', {}],
          [200, '/closed', { apikey }],
          [429, '/closed', { apikey }],
        ] as const;
        for (const [expected, path, headers] of asks) {
          const made = await call(path, { headers });
          expect([made.status, idOf(made)]).toEqual([expected, expect.stringMatching(UUID)]);
          // The second of a client with one request is refused.
          if (expected === 200) continue;
          const kept = await call(path, { headers: { ...headers, 'X-Request-Id': 'mine' } });
          expect([kept.status, idOf(kept)]).toEqual([expected, 'mine']);
        }
      });
    });
  },
};
