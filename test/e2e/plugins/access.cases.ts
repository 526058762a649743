/** Who may pass: keys, groups, limits of clients, and what is left of credentials behind the gateway. */
import { describe, expect, test } from 'vitest';
import { clients } from '../../../constructs/gateway/access.js';
import { requestTransformer } from '../../../constructs/gateway/plugins/index.js';
import { call, exhaust, seen, status, valuesOf } from './call.js';
import { deployment } from './deployment.js';
import { AMPLE, echoing, keyed, open, type Theme } from './theme.js';

/** What somebody sends who would like to be somebody else. */
const FORGED = {
  'X-Consumer-Username': 'staff',
  'X-Consumer-ID': '00000000-0000-0000-0000-000000000001',
  'X-Consumer-Groups': 'staff',
  'X-Authenticated-Groups': 'staff',
  'X-Credential-Identifier': 'staff',
  'X-Anonymous-Consumer': 'false',
} as const;

const with_ = (name: string): { apikey: string } => ({ apikey: deployment().secret(name) });

export const access: Theme = {
  routes: () => [
    { name: 'by-default', paths: ['/by-default'] },
    { name: 'by-key', paths: ['/by-key'], access: clients({ methods: ['key'] }) },
    { name: 'by-group', paths: ['/by-group'], access: clients({ groups: ['staff', 'board'] }) },
    { name: 'by-any', paths: ['/by-any'], access: clients({ methods: ['key', 'jwt'] }) },
    {
      name: 'by-any-group',
      paths: ['/by-any-group'],
      access: clients({ methods: ['key', 'jwt'], groups: ['staff'] }),
    },
    {
      name: 'key-and-change',
      paths: ['/key-and-change'],
      plugins: [requestTransformer({ set: { headers: { 'X-Set': 'ours' } } })],
    },
    {
      name: 'key-and-token',
      paths: ['/key-and-token'],
      plugins: [
        requestTransformer({
          rename: { headers: { Authorization: 'X-Renamed' } },
          set: { headers: { Authorization: 'Bearer of-the-gateway' } },
        }),
      ],
    },
    open('everybody'),
  ],
  services: (made) => [
    echoing(made, 'changing', {
      plugins: [requestTransformer({ set: { headers: { 'X-Set': 'service' } } })],
      routes: [{ name: 'key-and-service', paths: ['/key-and-service'] }, open('open-and-service')],
    }),
  ],
  clients: (made) => [
    keyed(made, 'staff', { groups: ['staff'] }),
    keyed(made, 'board', { groups: ['board', 'guests'] }),
    keyed(made, 'guest', { groups: ['guests'] }),
    keyed(made, 'nobody'),
    keyed(made, 'changing-client', {
      plugins: [requestTransformer({ set: { headers: { 'X-Set': 'client' } } })],
    }),
    keyed(made, 'scarce', { limit: { year: 3 } }),
    keyed(made, 'scarce-too', { limit: { ...AMPLE, hour: 3 } }),
  ],

  cases: () => {
    describe.each(['/by-default', '/by-key', '/by-any'])('a route that asks for a key, %s', (path) => {
      test('answers 401 as JSON to whoever has none, a wrong one, or an empty one', async () => {
        for (const headers of [
          {},
          { apikey: 'wrong' },
          { apikey: '' },
          { ...FORGED },
          { ...FORGED, apikey: 'x' },
        ]) {
          const answer = await call(path, { headers });
          expect(answer.status).toBe(401);
          expect(JSON.parse(answer.body)).toHaveProperty('message');
        }
      });

      test('takes no key from the query, a form or a document', async () => {
        const { apikey } = with_('staff');
        expect(await status(`${path}?apikey=${apikey}`)).toBe(401);
        for (const [type, body] of [
          ['application/x-www-form-urlencoded', `apikey=${apikey}`],
          ['application/json', JSON.stringify({ apikey })],
        ] as const) {
          expect(await status(path, { method: 'POST', headers: { 'content-type': type }, body })).toBe(401);
        }
        expect(await status(path, { headers: { cookie: `apikey=${apikey}` } })).toBe(401);
      });

      test('lets the client pass, names it to the service and keeps the key to itself', async () => {
        const echo = await seen(path, { headers: { ...FORGED, ...with_('staff') } });
        expect(valuesOf(echo, 'X-Consumer-Username')).toEqual(['staff']);
        expect(valuesOf(echo, 'X-Anonymous-Consumer')).toEqual([]);
        expect(valuesOf(echo, 'X-Consumer-ID')).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
        expect(JSON.stringify(echo)).not.toContain(with_('staff').apikey);
      });

      test('passes on no Authorization that came with the key', async () => {
        for (const authorization of ['Bearer of-somebody', 'Basic b2Y6c29tZWJvZHk=']) {
          const echo = await seen(path, { headers: { ...with_('staff'), authorization } });
          expect(valuesOf(echo, 'authorization')).toEqual([]);
        }
        expect((await seen('/everybody', { headers: { authorization: 'Bearer x' } })).headers).toContainEqual(
          ['authorization', 'Bearer x'],
        );
      });
    });

    test('where everybody may pass, a token goes on and a key does not', async () => {
      const echo = await seen('/everybody', { headers: { ...with_('staff'), authorization: 'Bearer x' } });
      expect(valuesOf(echo, 'authorization')).toEqual(['Bearer x']);
      expect(JSON.stringify(echo)).not.toContain(with_('staff').apikey);
    });

    describe('Authorization', () => {
      const authorization = 'Bearer of-somebody';

      test.each([
        ['the route', '/key-and-change', 'staff', 'ours'],
        ['the service', '/key-and-service', 'staff', 'service'],
        ['the client', '/key-and-change', 'changing-client', 'client'],
      ])('goes no further where %s changes requests, too', async (_what, path, client, set) => {
        const echo = await seen(path, { headers: { ...with_(client), authorization } });
        expect(valuesOf(echo, 'authorization')).toEqual([]);
        expect(valuesOf(echo, 'X-Set')).toEqual([set]);
      });

      test('can be set and not renamed', async () => {
        const echo = await seen('/key-and-token', { headers: { ...with_('staff'), authorization } });
        expect(valuesOf(echo, 'authorization')).toEqual(['Bearer of-the-gateway']);
        expect(valuesOf(echo, 'X-Renamed')).toEqual([]);
      });

      test("passes where everybody may, with the service's own changes", async () => {
        const echo = await seen('/open-and-service', { headers: { authorization } });
        expect(valuesOf(echo, 'authorization')).toEqual([authorization]);
        expect(valuesOf(echo, 'X-Set')).toEqual(['service']);
      });
    });

    describe.each(['/by-group', '/by-any-group'])('a route for a group, %s', (path) => {
      test('answers 401 to the unknown and 403 to a known client outside', async () => {
        expect(await status(path)).toBe(401);
        expect(await status(path, { headers: { ...FORGED } })).toBe(401);
        expect(await status(path, { headers: { apikey: 'wrong' } })).toBe(401);
        for (const name of ['guest', 'nobody']) {
          const answer = await call(path, { headers: { ...FORGED, ...with_(name) } });
          expect(answer.status).toBe(403);
          expect(JSON.parse(answer.body)).toHaveProperty('message');
        }
      });

      test('lets its members pass', async () => {
        const echo = await seen(path, { headers: with_('staff') });
        expect(valuesOf(echo, 'X-Consumer-Groups')).toEqual(['staff']);
      });
    });

    test('a member of one of several groups passes', async () => {
      expect(await status('/by-group', { headers: with_('board') })).toBe(200);
      expect(await status('/by-any-group', { headers: with_('board') })).toBe(403);
    });

    describe('limits of clients', () => {
      test('count each client alone, over all routes, and the unknown not at all', async () => {
        expect(await status('/by-default', { headers: with_('scarce') })).toBe(200);
        await exhaust('/by-key', { headers: with_('scarce') });
        expect(await status('/by-any', { headers: with_('scarce') })).toBe(429);
        const other = await call('/by-default', { headers: with_('scarce-too') });
        expect([other.status, other.headers['ratelimit-limit']]).toEqual([200, '3']);
        const unknown = await call('/by-any');
        expect(unknown.status).toBe(401);
        expect(Object.keys(unknown.headers).filter((name) => name.includes('ratelimit'))).toEqual([]);
      });

      test('are not got around by claims of being somebody else', async () => {
        const answer = await call('/by-key', { headers: { ...FORGED, ...with_('scarce') } });
        expect(answer.status).toBe(429);
      });
    });
  },
};
