/** Tokens of an OpenID provider outside, which the gate verifies by its published keys. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { hmacToken, signedToken, unsignedToken, type Claims } from '../../helper/tokens.js';
import { gate, json } from '../harness/http.js';
import { bearer, clientToken, issuerClaims, issuerKey, now, subject } from './credentials.js';
import { AUDIENCE, ISSUER, issuedToken } from './issuer.js';

export function issuers(): void {
  describe('a token of a trusted issuer', () => {
    let key: Awaited<ReturnType<typeof issuerKey>>;
    const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });

    beforeAll(async () => {
      key = await issuerKey();
    });

    /** What the issuer could sign, but for what is changed. */
    const signed = (claims: Claims = {}, header: Claims = {}): string =>
      signedToken('RS256', key.pem, { kid: key.kid, ...header }, { ...issuerClaims(), ...claims });
    const status = async (token: string, path = '/hello'): Promise<number> =>
      (await gate(path, bearer(token))).status;

    test('passes with its subject, as the issuer gave it out', async () => {
      expect(subject(await gate('/hello', bearer(await issuedToken())))).toBe('robot');
    });

    test('passes again, and by every method', async () => {
      const token = await issuedToken();
      for (const method of ['GET', 'POST', 'DELETE'])
        expect(subject(await gate('/hello', bearer(token), method))).toBe('robot');
    });

    test('passes with more scopes than needed, and when it is for others, too', async () => {
      expect(await status(await issuedToken(AUDIENCE, 'read write'))).toBe(200);
      expect(await status(signed({ aud: ['https://elsewhere.example', AUDIENCE] }))).toBe(200);
    });

    test('is refused where the issuer is not admitted', async () => {
      const answer = await gate('/world', bearer(await issuedToken()));
      expect(answer.status).toBe(401);
      expect(json(answer)).toHaveProperty('error');
    });

    test('is refused, as the issuer gave it out, for another audience', async () => {
      expect(await status(await issuedToken('https://elsewhere.example'))).toBe(401);
    });

    test('is refused, as the issuer gave it out, without the scope', async () => {
      expect(await status(await issuedToken(AUDIENCE, 'write'))).toBe(401);
    });

    test('would pass with the key that the next cases sign with', async () => {
      expect(subject(await gate('/hello', bearer(signed({ sub: 'somebody' }))))).toBe('somebody');
    });

    const published = (): ReturnType<typeof createPublicKey> => createPublicKey(key.pem);
    test.each<[what: string, token: () => string]>([
      ['is for another audience', () => signed({ aud: 'https://elsewhere.example' })],
      ['is for no audience', () => signed({ aud: undefined })],
      ['lacks the scope', () => signed({ scope: 'write' })],
      ['has no scope', () => signed({ scope: undefined })],
      ['has a scope that only begins like it', () => signed({ scope: 'reads read.all' })],
      ['has ended', () => signed({ exp: now() - 60 })],
      ['has not begun', () => signed({ nbf: now() + 300 })],
      ['has an unknown key id', () => signed({}, { kid: 'unknown' })],
      ['has no key id', () => signed({}, { kid: undefined })],
      ['is of another issuer', () => signed({ iss: 'https://elsewhere.example' })],
      ['is of an issuer that begins like it', () => signed({ iss: `${ISSUER}0` })],
      ['is of its issuer with a slash', () => signed({ iss: `${ISSUER}/` })],
      ['is of no issuer', () => signed({ iss: undefined })],
      ['is of two issuers', () => signed({ iss: [ISSUER] })],
      ["says a client's name", () => signed({ iss: 'demo', sub: 'demo', aud: 'http://localhost:8000' })],
      ['says the issuer of the gate', () => signed({ iss: 'http://localhost:8000' })],
      ['is signed by a client', () => clientToken('demo', { claims: issuerClaims() })],
      [
        "is signed by a client under the issuer's key id",
        () => clientToken('demo', { claims: issuerClaims(), header: { kid: key.kid } }),
      ],
      [
        'is signed by nobody that is known',
        () => signedToken('RS256', String(foreign), { kid: key.kid }, issuerClaims()),
      ],
      ['is not signed', () => unsignedToken({ kid: key.kid }, issuerClaims())],
      [
        'is not signed, and says so differently',
        () => unsignedToken({ kid: key.kid, alg: 'nOnE' }, issuerClaims()),
      ],
      [
        'is signed with the public key as secret',
        () =>
          hmacToken(
            published().export({ type: 'spki', format: 'pem' }).toString(),
            { kid: key.kid },
            issuerClaims(),
          ),
      ],
      [
        'is signed with the modulus of the public key as secret',
        () => hmacToken(String(published().export({ format: 'jwk' }).n), { kid: key.kid }, issuerClaims()),
      ],
      ['has another algorithm in its head', () => signed({}, { alg: 'RS512' })],
      [
        'brings its own key along',
        () => signed({}, { kid: undefined, jwk: published().export({ format: 'jwk' }) }),
      ],
      [
        'names another place for keys',
        () =>
          signedToken(
            'RS256',
            String(foreign),
            { kid: 'mine', jku: `${ISSUER}/jwks`, x5u: `${ISSUER}/jwks` },
            issuerClaims(),
          ),
      ],
      ['has lost its signature', () => signed().replace(/\.[\w-]+$/, '.')],
      [
        'has the body of another one',
        () => {
          const [head = '', , signature = ''] = signed().split('.');
          return [head, signed({ sub: 'admin' }).split('.')[1] ?? '', signature].join('.');
        },
      ],
    ])('is refused when it %s', async (_, token) => {
      const answer = await gate('/hello', bearer(token()));
      expect(answer.status).toBe(401);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      expect(answer.headers.location).toBeUndefined();
    });

    test('never passes without an end', async () => {
      expect(await status(signed({ exp: undefined }))).not.toBe(200);
    });
  });
}
