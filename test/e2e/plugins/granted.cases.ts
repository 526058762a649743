/** OAuth2: tokens that the gateway hands out for a client's id and secret, over HTTPS. */
import { describe, expect, test } from 'vitest';
import { clients } from '../../../constructs/gateway/access.js';
import { preFunction } from '../../../constructs/gateway/plugins/index.js';
import { clientId } from '../../../constructs/gateway/client-state.js';
import { TOKEN_PATH } from '../../../constructs/gateway/state.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { present } from '../../helper/failure.js';
import { call, seen, status, valuesOf, type Answer } from './call.js';
import { deployment } from './deployment.js';
import { AMPLE, type Theme } from './theme.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' } as const;
const CLIENT = 'granted';

/** Asks for a token; what isn't given is right. */
function ask(
  change: Readonly<Record<string, string>> = {},
  path = TOKEN_PATH,
  headers: Readonly<Record<string, string>> = {},
  secure = true,
): Promise<Answer> {
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId(CLIENT, 0),
    client_secret: deployment().secret(`${CLIENT}-0`),
    ...change,
  };
  const body = new URLSearchParams(form).toString();
  return call(path, { method: 'POST', secure, headers: { ...FORM, ...headers }, body });
}

/** A fresh access token. */
async function token(change: Readonly<Record<string, string>> = {}): Promise<string> {
  const answer = await ask(change);
  expect(answer.status).toBe(200);
  return present((JSON.parse(answer.body) as { access_token?: string }).access_token);
}

const bearer = (value: string): { authorization: string } => ({ authorization: `Bearer ${value}` });

export const granted: Theme = {
  routes: () => [
    { name: 'by-grant', paths: ['/by-grant'], access: clients({ methods: ['oauth2'] }) },
    {
      name: 'by-grant-group',
      paths: ['/by-grant-group'],
      access: clients({ methods: ['oauth2'], groups: ['granted'] }),
    },
    {
      name: 'by-grant-function',
      paths: ['/by-grant-function'],
      access: clients({ methods: ['oauth2'] }),
      plugins: [preFunction({ access: ['kong.service.request.set_header("X-Function", "route")'] })],
    },
    {
      name: 'by-all',
      paths: ['/by-all'],
      access: clients({
        methods: ['key', 'jwt', 'oauth2'],
        groups: ['granted', 'staff', 'signers', 'others'],
      }),
    },
  ],
  clients: ({ scope, output }) =>
    [CLIENT, 'granted-outside'].map((name, i) => {
      const oauth2 = Secret.generated(scope, name);
      for (const slot of [0, 1]) output(oauth2.slot(slot), `${name}-${slot}`);
      return { name, oauth2, limit: AMPLE, ...(i === 0 ? { groups: ['granted'] } : {}) };
    }),

  cases: () => {
    describe('a token', () => {
      test('is handed out for id and secret, of any slot, and is not to be stored', async () => {
        for (const slot of [0, 1]) {
          const answer = await ask({
            client_id: clientId(CLIENT, slot),
            client_secret: deployment().secret(`${CLIENT}-${slot}`),
          });
          expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
          const { access_token: made, ...more } = JSON.parse(answer.body) as { access_token: string };
          expect(made).toMatch(/^\w{32}$/);
          expect(more).toEqual({ token_type: 'bearer', expires_in: 900 });
        }
      });

      test('is handed out for an id and a secret in a header', async () => {
        const { secret } = deployment();
        const pair = Buffer.from(`${clientId(CLIENT, 0)}:${secret(`${CLIENT}-0`)}`).toString('base64');
        const body = 'grant_type=client_credentials';
        const headers = { ...FORM, authorization: `Basic ${pair}` };
        expect(await status(TOKEN_PATH, { method: 'POST', secure: true, headers, body })).toBe(200);
        const wrong = { ...FORM, authorization: 'Basic bm9ib2R5Om5vdGhpbmc=' };
        expect(await status(TOKEN_PATH, { method: 'POST', secure: true, headers: wrong, body })).toBe(400);
      });

      test.each<[string, Readonly<Record<string, string>>]>([
        ['a wrong secret', { client_secret: 'wrong' }],
        ['no secret', { client_secret: '' }],
        ['the secret of another slot', { client_id: clientId(CLIENT, 1) }],
        ['the secret of another client', { client_id: clientId('granted-outside', 0) }],
        ['an unknown id', { client_id: 'unknown' }],
        ['a password', { grant_type: 'password', username: 'somebody', password: 'something' }],
        ['a refresh token that is none', { grant_type: 'refresh_token', refresh_token: 'none' }],
        ['a code that is none', { grant_type: 'authorization_code', code: 'none' }],
        ['a person that the client names itself', { authenticated_userid: 'somebody' }],
        ['such a person and a guessed key', { authenticated_userid: 'somebody', provision_key: 'guessed' }],
      ])('is not handed out for %s', async (_what, change) => {
        const answer = await ask(change);
        expect(answer.status).toBe(400);
        expect(JSON.parse(answer.body)).not.toHaveProperty('access_token');
      });

      test('is not handed out over plain HTTP, nor for another method', async () => {
        expect((await ask({}, TOKEN_PATH, {}, false)).status).toBe(426);
        const below = await ask({}, `/by-grant${TOKEN_PATH}`, {}, false);
        expect([below.status, below.body]).toEqual([400, expect.stringContaining('You must use HTTPS')]);
        expect(await status(TOKEN_PATH, { secure: true })).toBe(404);
        expect(await status(`${TOKEN_PATH}/below`, { method: 'POST', secure: true, body: 'x' })).toBe(401);
      });

      test('is handed out below a route, too', async () => {
        expect((await ask({}, `/by-grant${TOKEN_PATH}`)).status).toBe(200);
        expect((await ask({ client_secret: 'wrong' }, `/by-grant${TOKEN_PATH}`)).status).toBe(400);
      });

      test('can not be had for a person without the provision key', async () => {
        const answer = await call(`/by-grant/oauth2/authorize`, {
          method: 'POST',
          secure: true,
          headers: FORM,
          body: `client_id=${clientId(CLIENT, 0)}&response_type=token&authenticated_userid=somebody`,
        });
        expect(answer.status).toBe(400);
        expect(answer.body).not.toContain('access_token');
      });
    });

    describe.each(['/by-grant', '/by-all'])('with a token, %s', (path) => {
      test('lets the client pass, names it and keeps the token to itself', async () => {
        const value = await token();
        const echo = await seen(path, { headers: { ...bearer(value), 'X-Authenticated-Userid': 'forged' } });
        expect(valuesOf(echo, 'X-Consumer-Username')).toEqual([CLIENT]);
        expect(valuesOf(echo, 'X-Authenticated-Userid')).toEqual([]);
        expect(valuesOf(echo, 'authorization')).toEqual([]);
        expect(JSON.stringify(echo)).not.toContain(value);
      });

      test('refuses none, a wrong one, and another kind of credential', async () => {
        for (const headers of [{}, bearer('wrong'), { authorization: 'Basic eDp5' }, { apikey: 'wrong' }]) {
          expect(await status(path, { headers })).toBe(401);
        }
      });

      test('takes it from no other place than the header', async () => {
        const value = await token();
        expect(await status(`${path}?access_token=${value}`)).toBe(401);
        for (const [type, body] of [
          [FORM['content-type'], `access_token=${value}`],
          ['application/json', JSON.stringify({ access_token: value })],
        ] as const) {
          for (const method of ['POST', 'PUT', 'PATCH']) {
            expect(await status(path, { method, headers: { 'content-type': type }, body })).toBe(401);
          }
        }
      });
    });

    test("a route's own functions run beside what refuses tokens in other places", async () => {
      const echo = await seen('/by-grant-function', { headers: bearer(await token()) });
      expect(valuesOf(echo, 'X-Function')).toEqual(['route']);
      expect(valuesOf(echo, 'X-Rewritten')).toEqual(['gateway']);
      expect(await status(`/by-grant-function?access_token=${await token()}`)).toBe(401);
    });

    test('a client outside of the group gets 403', async () => {
      const outside = await token({
        client_id: clientId('granted-outside', 0),
        client_secret: deployment().secret('granted-outside-0'),
      });
      expect(await status('/by-grant', { headers: bearer(outside) })).toBe(200);
      for (const path of ['/by-grant-group', '/by-all']) {
        expect(await status(path, { headers: bearer(outside) })).toBe(403);
        expect(await status(path)).toBe(401);
        expect(await status(path, { headers: bearer(await token()) })).toBe(200);
      }
    });

    test('any one of three methods suffices', async () => {
      const { secret } = deployment();
      expect(await status('/by-all', { headers: { apikey: secret('staff') } })).toBe(200);
      expect(await status('/by-all', { headers: bearer(await token()) })).toBe(200);
      expect(await status('/by-all', { headers: { apikey: secret('guest') } })).toBe(403);
    });
  },
};
