/** What of a credential reaches a service: nothing but a token of the gate's own, about one caller. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signedToken } from '../../helper/tokens.js';
import { ask, json } from '../harness/http.js';
import { accessToken, bearer, clientKey, clientToken, issuerClaims, issuerKey } from './credentials.js';
import { ISSUER, issuedToken } from './issuer.js';
import { call, logIn, logInByCookie, register, type Person } from './people.js';
import { identityOf, recorded, recordInsteadOf, valuesOf, type Recorded, type Recorder } from './recorder.js';

type Headers = Readonly<Record<string, string>>;

/** One way to be known, and what the service is told. */
interface Kind {
  readonly name: string;
  readonly headers: Headers;
  /** Texts that must not arrive. */
  readonly secrets: readonly string[];
  /** Claims beside those that every token has. */
  readonly claims: Readonly<Record<string, unknown>>;
}

const NAMES = [
  'an own token',
  'an access token',
  'a token of the issuer outside',
  'a session token as bearer',
  'a key',
  'a session token',
  'a session cookie',
] as const;

const OTHERS = { cookie: 'theme=dark; ory_kratos_sessions=1; empty=' };

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function payload(token: string): Readonly<Record<string, unknown>> {
  const [, part = ''] = token.split('.');
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
}

async function sessionId(headers: Headers): Promise<string> {
  const answer = await call('/.ory/kratos/sessions/whoami', { headers });
  expect(answer.status).toBe(200);
  return String(json(answer).id);
}

async function kinds(): Promise<Map<string, Kind>> {
  const person = async (): Promise<Person> => register();
  const session = (id: string, presented: string, sub: string): Kind['claims'] => ({
    sub,
    idp: 'session',
    sid: sha256(id),
    credential_hash: sha256(presented),
    aal: 'aal1',
  });
  const client = (presented: string, name = 'demo'): Kind['claims'] => ({
    sub: name,
    idp: 'client',
    client: name,
    credential_hash: sha256(presented),
  });
  const signed = clientToken('demo');
  const access = await accessToken();
  const outside = await issuedToken();
  const key = clientKey('other');
  const [asBearer, byToken, byCookie] = [await person(), await person(), await person()];
  const token = await logIn(byToken);
  const cookie = await logInByCookie(byCookie);
  const value = /(?:^|; )ory_kratos_session=([^;]+)/.exec(cookie)?.[1] ?? '';
  expect(value).not.toBe('');
  const all: readonly Kind[] = [
    {
      name: 'an own token',
      headers: bearer(signed),
      secrets: [signed],
      claims: client(`demo\n${String(payload(signed).jti)}`),
    },
    { name: 'an access token', headers: bearer(access), secrets: [access], claims: client(access) },
    {
      name: 'a token of the issuer outside',
      headers: bearer(outside),
      secrets: [outside],
      claims: {
        sub: 'robot',
        idp: ISSUER,
        credential_hash: sha256(`${ISSUER}\n${String(payload(outside).jti)}`),
      },
    },
    {
      name: 'a session token as bearer',
      headers: bearer(asBearer.token),
      secrets: [asBearer.token],
      claims: session(await sessionId({ 'x-session-token': asBearer.token }), asBearer.token, asBearer.id),
    },
    { name: 'a key', headers: { apikey: key }, secrets: [key], claims: client(key, 'other') },
    {
      name: 'a session token',
      headers: { 'x-session-token': token },
      secrets: [token],
      claims: session(await sessionId({ 'x-session-token': token }), token, byToken.id),
    },
    {
      name: 'a session cookie',
      headers: { cookie },
      secrets: [value],
      claims: session(await sessionId({ cookie }), value, byCookie.id),
    },
  ];
  return new Map(all.map((kind) => [kind.name, kind]));
}

export function credentials(): void {
  describe('a service', () => {
    let known: Map<string, Kind>;
    let recorder: Recorder | undefined;

    const kind = (name: string): Kind => {
      const found = known.get(name);
      if (found === undefined) throw new Error(`'${name}' must be there`);
      return found;
    };
    const send = async (headers: Headers, path = '/hello'): Promise<Recorded> =>
      recorded(await ask({ port: 8000, path, headers: { host: 'localhost:8000', ...headers } }));
    const text = ({ url, headers }: Recorded): string => JSON.stringify([url, headers]);
    const together = (one: Headers, other: Headers): Headers => ({
      ...one,
      ...other,
      ...(one.cookie !== undefined && other.cookie !== undefined
        ? { cookie: `${one.cookie}; ${other.cookie}` }
        : {}),
    });

    beforeAll(async () => {
      known = await kinds();
      recorder = await recordInsteadOf('hello');
    });
    afterAll(async () => {
      await recorder?.restore();
    });

    test.each(NAMES)('is told by a token, and sees nothing of %s', async (name) => {
      const { headers, secrets, claims } = kind(name);
      const got = await send({ ...together(headers, OTHERS), accept: 'application/json' });
      expect(secrets.filter((secret) => text(got).includes(secret)).length).toBe(0);
      const gone = got.headers.filter(([header]) => /^(apikey|x-session-token|x-gate-.*)$/i.test(header));
      expect(gone.map(([, value]) => value).join('')).toBe('');
      expect(valuesOf(got, 'cookie').join('; ')).not.toMatch(/ory_kratos_session=[^;]/);

      const { iss, aud, exp, iat, nbf, jti, ...rest } = identityOf(got);
      expect(rest).toEqual(claims);
      expect({ iss, aud }).toEqual({ iss: 'http://localhost:8000', aud: 'hello' });
      expect(jti).toMatch(/^[\w-]{16,}$/);
      expect(nbf).toBe(iat);
      expect(Number(exp) - Number(iat)).toBeGreaterThan(0);
      expect(Number(exp) - Number(iat)).toBeLessThanOrEqual(900);
      expect(Number(exp) * 1000).toBeGreaterThan(Date.now());
    });

    test.each(NAMES)('gets every other cookie beside %s', async (name) => {
      const got = await send(together(kind(name).headers, OTHERS));
      expect(valuesOf(got, 'cookie').join('; ').split('; ')).toEqual(
        expect.arrayContaining(['theme=dark', 'ory_kratos_sessions=1', 'empty=']),
      );
    });

    test.each(NAMES)('sees no header that somebody else could have meant for it, beside %s', async (name) => {
      const forged = [
        'x-user',
        'x-user-id',
        'x-consumer-username',
        'x-consumer-id',
        'x-credential-identifier',
        'x-authenticated-userid',
        'x-session-id',
        'x-session-aal',
        'x-gate-token-1',
        'x-gate-session',
        'x-gate-count',
        'x_gate_session',
        'x-forwarded-user',
        'x-forwarded-uri',
        'x-original-url',
        'x_user_id',
        'x_consumer_username',
      ];
      const forgeries = Object.fromEntries(forged.map((header) => [header, 'forged']));
      const got = await send({ ...kind(name).headers, ...forgeries });
      expect(text(got)).not.toContain('forged');
      const told = got.headers.filter(([, value]) => value !== '').map(([header]) => header.toLowerCase());
      expect(
        told.filter((header) =>
          /^x-(consumer|credential|authenticated|anonymous|gate|session)-/.test(header),
        ),
      ).toEqual([]);
      expect(identityOf(got).sub).toBe(kind(name).claims.sub);
    });

    test('is told of the issuer outside, also where that calls somebody like a client', async () => {
      const { kid, pem } = await issuerKey();
      const pretence = { sub: 'demo', client: 'demo', kind: 'client', idp: 'client', aal: 'aal2', sid: 'x' };
      const token = signedToken('RS256', pem, { kid }, { ...issuerClaims(), ...pretence });
      const { sub, idp, ...others } = identityOf(await send(bearer(token)));
      expect({ sub, idp }).toEqual({ sub: 'demo', idp: ISSUER });
      for (const claim of ['client', 'kind', 'aal', 'sid']) expect(others).not.toHaveProperty(claim);
    });

    test('is asked with the method, path and query of the caller', async () => {
      const got = recorded(
        await ask({
          port: 8000,
          path: '/hello/a%20b?x=%2F&y',
          method: 'PUT',
          headers: { host: 'localhost:8000', apikey: clientKey('demo') },
        }),
      );
      expect(got).toMatchObject({ method: 'PUT', url: '/hello/a%20b?x=%2F&y' });
      expect(valuesOf(got, 'host')).toEqual(['localhost:8000']);
    });

    const pairs = NAMES.flatMap((winner, i) => NAMES.slice(i + 1).map((loser) => [winner, loser] as const));
    // Three of the kinds come in the same header, so that no request has two of them.
    const possible = pairs.filter(([, loser]) => NAMES.indexOf(loser) > 3);
    test.each(possible)('is told of %s alone where %s comes along', async (winner, loser) => {
      const [won, lost] = [kind(winner), kind(loser)];
      const got = await send(together(lost.headers, won.headers));
      expect([...won.secrets, ...lost.secrets].filter((secret) => text(got).includes(secret)).length).toBe(0);
      expect(identityOf(got)).toMatchObject(won.claims);
      const values = Object.entries(lost.claims).filter(([name, value]) => won.claims[name] !== value);
      expect(values.filter(([, value]) => Object.values(identityOf(got)).includes(value))).toEqual([]);
    });

    test('may lead elsewhere by itself, and nobody takes that for a missing factor', async () => {
      const login = 'http://localhost:8000/account/login';
      for (const location of [
        `${login}?return_to=x`,
        `${login}?aal=aal1&return_to=x`,
        'http://localhost:8000.elsewhere.example/account/login?aal=aal2&return_to=x',
        `http://elsewhere.example/?${login}?aal=aal2&return_to=x`,
      ]) {
        const answer = await ask({
          port: 8000,
          path: `/hello?status=302&location=${encodeURIComponent(location)}`,
          headers: { ...kind('a key').headers, host: 'localhost:8000' },
        });
        expect(answer.status).toBe(302);
        expect(answer.headers.location).toBe(location);
        expect(answer.headers['required-aal']).toBeUndefined();
      }
    });
  });
}
