/** Tokens of the gate for its services: no credential at the gate, and believed by no other service. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  type JsonWebKey,
} from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../helper/failure.js';
import { hmacToken, signedToken, unsignedToken, type Claims } from '../../helper/tokens.js';
import { gate } from '../harness/http.js';
import { docker } from '../harness/run.js';
import { askBeside, type Told } from './beside.js';
import { bearer, clientKey, clientToken, now } from './credentials.js';
import { containers } from './deployment.js';
import { issuedToken } from './issuer.js';
import { register } from './people.js';

interface SigningKey {
  readonly kid: string;
  readonly pem: string;
  readonly publicPem: string;
  readonly publicJwk: string;
  readonly x: string;
}

/** What the gate itself signs with, taken from where only its owner can read it. */
async function signingKey(): Promise<SigningKey & { readonly others: readonly string[] }> {
  const [oathkeeper = ''] = await containers('oathkeeper');
  const { keys } = JSON.parse(
    await docker('exec', oathkeeper, 'cat', '/run/portcullis/signer/id_token.jwks.json'),
  ) as { keys: (JsonWebKey & { kid: string })[] };
  const [first] = keys;
  if (first?.d === undefined) throw new Error('the first key must be the one that signs');
  const key = createPrivateKey({ key: first, format: 'jwk' });
  const published = createPublicKey(createPrivateKey({ key: first, format: 'jwk' }));
  return {
    kid: first.kid,
    pem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicPem: published.export({ type: 'spki', format: 'pem' }).toString(),
    publicJwk: JSON.stringify(published.export({ format: 'jwk' })),
    x: first.x ?? '',
    others: keys.map(({ kid }) => kid).filter((kid) => kid !== first.kid),
  };
}

type Make = (make: {
  readonly signed: (claims?: Claims, header?: Claims) => string;
  readonly right: () => Claims;
  readonly key: Awaited<ReturnType<typeof signingKey>>;
}) => string;

const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

const WRONG: readonly (readonly [what: string, make: Make])[] = [
  ['that has ended', ({ signed }) => signed({ iat: now() - 120, nbf: now() - 120, exp: now() - 60 })],
  ['without an end', ({ signed }) => signed({ exp: undefined })],
  ['that has not begun', ({ signed }) => signed({ nbf: now() + 60 })],
  ['without a beginning', ({ signed }) => signed({ iat: undefined })],
  ['for another service', ({ signed }) => signed({ aud: 'world' })],
  ['for two services', ({ signed }) => signed({ aud: ['hello', 'world'] })],
  ['for a service whose name begins like it', ({ signed }) => signed({ aud: 'hello2' })],
  ['for nobody', ({ signed }) => signed({ aud: undefined })],
  ['of another issuer', ({ signed }) => signed({ iss: 'http://localhost:8001' })],
  ['of its issuer with a slash', ({ signed }) => signed({ iss: 'http://localhost:8000/' })],
  ['of no issuer', ({ signed }) => signed({ iss: undefined })],
  ['about nobody', ({ signed }) => signed({ sub: undefined })],
  ['about nobody, by an empty name', ({ signed }) => signed({ sub: '' })],
  ['without a jti', ({ signed }) => signed({ jti: undefined })],
  ['with an unknown key id', ({ signed }) => signed({}, { kid: 'unknown' })],
  ['without a key id', ({ signed }) => signed({}, { kid: undefined })],
  ['with the id of another key', ({ signed, key }) => signed({}, { kid: key.others[0] })],
  [
    'signed by nobody that is known',
    ({ right, key }) => signedToken('ES256', foreign, { kid: key.kid }, right()),
  ],
  [
    'that brings its own key along',
    ({ right }) =>
      signedToken('ES256', foreign, { jwk: createPublicKey(foreign).export({ format: 'jwk' }) }, right()),
  ],
  ['with alg none', ({ right, key }) => unsignedToken({ kid: key.kid }, right())],
  ['with alg NONE', ({ right, key }) => unsignedToken({ kid: key.kid, alg: 'NONE' }, right())],
  ['with alg none over a signature', ({ signed }) => signed({}, { alg: 'none' })],
  ['without alg', ({ signed }) => signed({}, { alg: undefined })],
  ['with RS256 in its head', ({ signed }) => signed({}, { alg: 'RS256' })],
  [
    'with HS256 and the public key as secret',
    ({ right, key }) => hmacToken(key.publicPem, { kid: key.kid }, right()),
  ],
  [
    'with HS256 and the public key as JSON as secret',
    ({ right, key }) => hmacToken(key.publicJwk, { kid: key.kid }, right()),
  ],
  [
    'with HS256 and half of the public key as secret',
    ({ right, key }) => hmacToken(key.x, { kid: key.kid }, right()),
  ],
  ['with HS256 and an empty secret', ({ right, key }) => hmacToken('', { kid: key.kid }, right())],
  ['that lost its signature', ({ signed }) => signed().replace(/\.[\w-]+$/, '.')],
  ['with a signature of zeros', ({ signed }) => signed().replace(/\.[\w-]+$/, `.${'A'.repeat(86)}`)],
  [
    'with the claims of another one',
    ({ signed }) => {
      const [head = '', , signature = ''] = signed().split('.');
      return [head, signed({ sub: 'admin' }).split('.')[1] ?? '', signature].join('.');
    },
  ],
  ['that a client signed', () => clientToken('demo')],
  [
    'that a client signed like the gate',
    ({ right, key }) => clientToken('demo', { claims: right(), header: { kid: key.kid } }),
  ],
];

export function tokens(): void {
  describe('a token for services', () => {
    let right: string;
    let wrong: ReadonlyMap<string, string>;
    let answers: ReadonlyMap<string, Told>;
    let elsewhere: readonly Told[];
    let bare: readonly Told[];
    let others: readonly Told[];

    beforeAll(async () => {
      const key = await signingKey();
      const claims = (): Claims => ({
        iss: 'http://localhost:8000',
        sub: 'somebody',
        aud: 'hello',
        iat: now(),
        nbf: now(),
        exp: now() + 60,
        jti: randomUUID(),
      });
      const signed = (change: Claims = {}, header: Claims = {}): string =>
        signedToken('ES256', key.pem, { kid: key.kid, ...header }, { ...claims(), ...change });
      right = signed();
      wrong = new Map(WRONG.map(([what, make]) => [what, make({ signed, right: claims, key })]));
      // From where Oathkeeper stands: nobody else reaches a service at all.
      const [oathkeeper = ''] = await containers('oathkeeper');
      const ask = (
        service: string,
        all: readonly Readonly<Record<string, string>>[],
      ): Promise<readonly Told[]> =>
        askBeside(
          oathkeeper,
          all.map((headers) => ({ url: `http://${service}:8080/${service}`, headers })),
        );
      const told = await ask('hello', [bearer(right), ...[...wrong.values()].map(bearer)]);
      answers = new Map(['right', ...wrong.keys()].map((what, i) => [what, present(told[i])]));
      elsewhere = await ask('world', [bearer(right), bearer(signed({ aud: 'world' }))]);
      bare = await ask('hello', [
        {},
        { authorization: right },
        { authorization: `Basic ${right}` },
        { cookie: `token=${right}` },
        { 'x-authorization': `Bearer ${right}` },
      ]);
      const { token } = await register();
      others = await ask('hello', [
        { apikey: clientKey('demo') },
        { 'x-session-token': token },
        bearer(token),
        bearer(await issuedToken()),
        { 'x-user': 'demo', 'x-consumer-username': 'demo', 'x-consumer-id': 'demo' },
      ]);
    });

    test('is believed by the service that it is for, when all is right', () => {
      expect(answers.get('right')?.status).toBe(200);
      expect(JSON.parse(answers.get('right')?.body ?? '')).toMatchObject({ subject: 'somebody' });
      expect(elsewhere[1]?.status).toBe(200);
    });

    test('is not believed by another service', () => {
      expect(elsewhere[0]?.status).toBe(401);
    });

    test.each(WRONG.map(([what]) => what))('%s is refused by the service itself', (what) => {
      expect(answers.get(what)?.status).toBe(401);
      expect(answers.get(what)?.headers['www-authenticate']).toBe('Bearer');
      expect(answers.get(what)?.body).not.toContain('subject');
    });

    test('counts as a bearer token alone', () => {
      expect(bare.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    });

    test('is the only thing that a service believes, also from its neighbour', () => {
      expect(others.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    });

    test('is no credential at the gate, not even when all is right', async () => {
      for (const headers of [bearer(right), { 'x-session-token': right }, { apikey: right }]) {
        const answer = await gate('/hello', headers);
        expect(answer.status).toBe(401);
        expect(answer.body).not.toContain('somebody');
      }
    });

    // A client's own token is one there, and has cases of its own.
    const gateless = WRONG.map(([what]) => what).filter((what) => what !== 'that a client signed');
    test.each(gateless)('%s is no credential at the gate', async (what) => {
      const answer = await gate('/hello', bearer(wrong.get(what) ?? ''));
      expect(answer.status).toBe(401);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
    });
  });
}
