/** Guarded routes: what reaches the identity system of a request, which is one credential and nothing forged. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { guarded as guardedBy } from '../../../constructs/gateway/access.js';
import { keyId } from '../../../constructs/gateway/client-state.js';
import { gateTokenHeader } from '../../../constructs/gateway/issuers.js';
import { requestTransformer } from '../../../constructs/gateway/plugins/index.js';
import { KeyPair } from '../../../constructs/secrets/key-pair.js';
import { present } from '../../helper/failure.js';
import { signedToken, unsignedToken, type Claims } from '../../helper/tokens.js';
import { call, exhaust, reached, seen, status, valuesOf } from './call.js';
import { deployment } from './deployment.js';
import { AMPLE, echoing, keyed, OUTSIDE_ISSUER, type Theme } from './theme.js';

const SIGNER = 'gate-signer';
const OTHER_SIGNER = 'gate-signer-too';
/** Values of `kid`, known once the keys are declared. */
const kids = new Map<string, string>();
const outside = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey;

const now = (): number => Math.floor(Date.now() / 1000);
const sound = (): Claims => ({
  iss: SIGNER,
  sub: SIGNER,
  jti: 'a-1',
  aud: 'http://api.example.test',
  exp: now() + 600,
  nbf: now() - 60,
});
export const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });

function token(claims: Claims = sound(), signer = SIGNER): string {
  const key = deployment().secret(`private-${signer}`);
  return signedToken('ES256', key, { kid: present(kids.get(signer)) }, claims);
}

export const guarded: Theme = {
  services: (made) => [
    echoing(made, 'behind', {
      plugins: [requestTransformer({ set: { headers: { 'X-Set': 'service' } } })],
      routes: [
        {
          name: 'guarded',
          paths: ['/guarded'],
          access: guardedBy({ methods: ['key', 'jwt', 'oauth2'], issuers: ['outside'] }),
        },
        {
          name: 'guarded-group',
          paths: ['/guarded-group'],
          access: guardedBy({ methods: ['key', 'jwt'], groups: ['gate-members'] }),
        },
        { name: 'guarded-people', paths: ['/guarded-people'], access: guardedBy() },
        {
          name: 'guarded-keys',
          paths: ['/guarded-keys'],
          access: guardedBy({ sessions: false, methods: ['key'] }),
        },
        {
          name: 'guarded-strip',
          paths: ['/guarded-strip'],
          stripPath: true,
          access: guardedBy(),
        },
      ],
    }),
  ],
  clients: (made) => [
    keyed(made, 'gate-member', { groups: ['gate-members'] }),
    keyed(made, 'gate-guest', {
      groups: ['guests'],
      plugins: [requestTransformer({ set: { headers: { 'X-Set': 'client' } } })],
    }),
    keyed(made, 'gate-scarce', { limit: { year: 3 } }),
    ...[SIGNER, OTHER_SIGNER].map((name, i) => {
      const jwt = KeyPair.generated(made.scope, name, { algorithm: 'ES256' });
      made.output(jwt.privateKey(0), `private-${name}`);
      kids.set(name, keyId(name, jwt, 0));
      return { name, jwt, limit: AMPLE, ...(i === 0 ? { groups: ['gate-members'] } : {}) };
    }),
  ],

  cases: () => {
    const key = (name = 'gate-member'): string => deployment().secret(name);

    describe('of all credentials of a request', () => {
      const all = (): Record<string, string> => ({
        authorization: 'Bearer opaque',
        apikey: key(),
        'x-session-token': 'session-token',
        cookie: 'a=1; ory_kratos_session=the-session; b=2',
      });
      test('Authorization counts before a key, a key before a session token, that before the cookie', async () => {
        const { authorization, ...withoutIt } = all();
        expect(await reached('/guarded', { headers: all() })).toEqual({
          authorization: [authorization],
          cookie: ['a=1; b=2'],
        });
        const { apikey, ...withoutKey } = withoutIt;
        expect(await reached('/guarded', { headers: withoutIt })).toEqual({
          apikey: [apikey],
          cookie: ['a=1; b=2'],
        });
        const { 'x-session-token': session, ...cookie } = withoutKey;
        expect(await reached('/guarded', { headers: withoutKey })).toEqual({
          'x-gate-session': [`aal1.token.${session}`],
          cookie: ['a=1; b=2'],
        });
        expect(await reached('/guarded', { headers: cookie })).toEqual({
          'x-gate-session': ['aal1.cookie.the-session'],
          cookie: ['a=1; b=2'],
        });
      });

      test('none is left over where there is nothing else in the cookies', async () => {
        const cookie = 'ory_kratos_session=x';
        expect(await reached('/guarded', { headers: { apikey: key(), cookie } })).toEqual({
          apikey: [key()],
        });
        expect(await reached('/guarded', { headers: { cookie } })).toEqual({
          'x-gate-session': ['aal1.cookie.x'],
        });
      });

      test('an empty one counts for nothing', async () => {
        const headers = { authorization: '', apikey: '', 'x-session-token': 'kept' };
        expect(await reached('/guarded', { headers })).toEqual({ 'x-gate-session': ['aal1.token.kept'] });
        for (const cookie of ['ory_kratos_session=', 'ory_kratos_session', ' ory_kratos_session = ;']) {
          expect(await reached('/guarded', { headers: { cookie, 'x-session-token': '' } })).toEqual({});
        }
      });

      test.each(['authorization', 'apikey', 'x-session-token'])('%s given twice gets 400', async (name) => {
        const headers = [1, 2].map((n): [string, string] => [name, `Bearer ${n}`]);
        const answer = await call('/guarded', { headers });
        // Two of the first are refused by nginx itself, with a text.
        expect([answer.status, answer.body]).toEqual([
          400,
          name === 'authorization'
            ? expect.any(String)
            : JSON.stringify({ message: 'Ambiguous credentials' }),
        ]);
      });

      test('the bearer scheme may be written in any case, and other schemes stay', async () => {
        expect(await reached('/guarded', { headers: { authorization: 'bEARER   x' } })).toEqual({
          authorization: ['Bearer x'],
        });
        expect(await reached('/guarded', { headers: { authorization: 'Basic YTpi' } })).toEqual({
          authorization: ['Basic YTpi'],
        });
      });
    });

    describe('a signed token', () => {
      test('goes to the header of its issuer, and to no other', async () => {
        const claims = { iss: OUTSIDE_ISSUER, sub: 'somebody', exp: now() + 60 };
        const foreign = signedToken('ES256', outside, { kid: 'k' }, claims);
        expect(await reached('/guarded', { headers: bearer(foreign) })).toEqual({
          [gateTokenHeader(1).toLowerCase()]: [foreign],
        });
        const own = token();
        const found = await reached('/guarded', { headers: bearer(own) });
        expect(Object.entries(found)).toEqual([[expect.stringMatching(/^x-gate-token-[2-9]\d*$/), [own]]]);
      });

      test('of an issuer whom the route does not know stays in place', async () => {
        for (const claims of [
          { iss: 'https://nobody.example.test' },
          { iss: 7 },
          { iss: null },
          {},
          { sub: OUTSIDE_ISSUER },
        ]) {
          const foreign = signedToken('ES256', outside, { kid: 'k' }, claims);
          expect(await reached('/guarded', { headers: bearer(foreign) })).toEqual({
            authorization: [`Bearer ${foreign}`],
          });
        }
        const known = signedToken('ES256', outside, { kid: 'k' }, { iss: OUTSIDE_ISSUER });
        expect(await reached('/guarded-people', { headers: bearer(known) })).toEqual({
          authorization: [`Bearer ${known}`],
        });
        for (const text of ['a.b.c', 'a..', '..', 'a.b', 'e30.W10.x', 'e30.bnVsbA.x', 'e30.IiI.x']) {
          expect(await reached('/guarded', { headers: bearer(text) })).toEqual({
            authorization: [`Bearer ${text}`],
          });
        }
      });

      test.each<[string, () => string]>([
        ['of a client, for somebody else', () => token({ ...sound(), sub: 'somebody' })],
        ['of a client, without an id', () => token({ ...sound(), jti: undefined })],
        ['of a client, with an empty id', () => token({ ...sound(), jti: '' })],
        ['of a client, with a number as id', () => token({ ...sound(), jti: 1 })],
        ['of a client, that has ended', () => token({ ...sound(), exp: now() - 60 })],
        ['of a client, that has not begun', () => token({ ...sound(), nbf: now() + 60 })],
        ['of a client, that lives too long', () => token({ ...sound(), exp: now() + 7200 })],
        ["of a client, signed with another client's key", () => token(sound(), OTHER_SIGNER)],
        ['of a client, unsigned', () => unsignedToken({ kid: kids.get(SIGNER) }, sound())],
        [
          'of a client, signed by a stranger',
          () => signedToken('ES256', outside, { kid: kids.get(SIGNER) }, sound()),
        ],
        ['with half a signature', () => token().slice(0, -20)],
        ['of a client, without an end', () => token({ ...sound(), exp: undefined })],
        ...(
          [
            ['nothing', undefined],
            ['null', null],
            ['a text', '9999999999'],
            ['true', true],
          ] as const
        ).map(([what, exp]): [string, () => string] => [
          `of an outside issuer, with ${what} as its end`,
          () => signedToken('ES256', outside, { kid: 'k' }, { iss: OUTSIDE_ISSUER, sub: 'somebody', exp }),
        ]),
      ])('%s gets 401', async (_what, make) => {
        const answer = await call('/guarded', { headers: bearer(make()) });
        expect([answer.status, JSON.parse(answer.body)]).toEqual([401, { message: 'Unauthorized' }]);
      });
    });

    test('nothing forged reaches the identity system, nor what Kong says about a client', async () => {
      const forged = {
        'X-Gate-Token-1': 'forged',
        'X-Gate-Session': 'aal1.token.forged',
        'X-Gate-Count': 'forged',
        'X-Gate-Anything': 'forged',
        'X-Session-Id': 'forged',
        'X-Session-Identity': 'forged',
        'X-Forwarded-Uri': 'forged',
        'X-Consumer-Username': 'forged',
        'X-User': 'forged',
      };
      for (const headers of [forged, { ...forged, apikey: key() }, { ...forged, 'x-session-token': 's' }]) {
        const echo = await seen('/guarded', { headers });
        expect(echo.headers.filter(([, value]) => value.includes('forged'))).toEqual([]);
        expect(
          echo.headers.filter(([name]) => /^x-(consumer|credential|anonymous|authenticated)/i.test(name)),
        ).toEqual([]);
      }
    });

    test('groups keep known clients outside and let people and strangers be decided about', async () => {
      expect(await status('/guarded-group', { headers: { apikey: key() } })).toBe(200);
      expect(await status('/guarded-group', { headers: bearer(token()) })).toBe(200);
      expect(await status('/guarded-group', { headers: { apikey: key('gate-guest') } })).toBe(403);
      const other = { ...sound(), iss: OTHER_SIGNER, sub: OTHER_SIGNER };
      expect(await status('/guarded-group', { headers: bearer(token(other, OTHER_SIGNER)) })).toBe(403);
      for (const headers of [{}, { apikey: 'wrong' }, { 'x-session-token': 's' }]) {
        expect(await status('/guarded-group', { headers })).toBe(200);
      }
    });

    test('a client is counted by itself, over all routes, and strangers are not counted with it', async () => {
      expect(await status('/guarded', { headers: { apikey: key('gate-scarce') } })).toBe(200);
      await exhaust('/guarded-keys', { headers: { apikey: key('gate-scarce') } });
      expect(await status('/guarded', { headers: { apikey: key('gate-scarce') } })).toBe(429);
      expect(await status('/guarded')).toBe(200);
    });

    test("the service's and the client's changes act, the path is whole, and the credential stays", async () => {
      const people = await seen('/guarded-strip/x?y=1', { headers: { 'x-session-token': 's' } });
      expect([people.url, valuesOf(people, 'X-Set')]).toEqual(['/guarded-strip/x?y=1', ['service']]);
      const client = await seen('/guarded', { headers: { apikey: key('gate-guest') } });
      expect([valuesOf(client, 'X-Set'), valuesOf(client, 'apikey')]).toEqual([
        ['client'],
        [key('gate-guest')],
      ]);
    });
  },
};
