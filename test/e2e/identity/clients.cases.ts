/** Programs with credentials of their own, at the same gate as people. */
import { generateKeyPairSync, createPublicKey } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { hmacToken, signedToken, unsignedToken, type Claims } from '../../helper/tokens.js';
import { ask, gate, json, type Answer } from '../harness/http.js';
import { accessToken, bearer, clientKey, clientToken, now, subject } from './credentials.js';
import { handed } from './deployment.js';

const right = (): Claims => ({
  iss: 'demo',
  sub: 'demo',
  aud: 'http://localhost:8000',
  jti: 'once',
  nbf: now() - 5,
  exp: now() + 300,
});

/** Refused as a program is: 401, JSON, and nowhere to go. */
function expectRefused({ status, headers, body }: Answer): void {
  expect(status).toBe(401);
  expect(headers['content-type']).toMatch(/^application\/json/);
  expect(headers.location).toBeUndefined();
  expect(body).not.toContain('"subject"');
}

export function clients(): void {
  describe('a client', () => {
    let access: string;

    beforeAll(async () => {
      access = await accessToken();
    });

    test('passes with its key', async () => {
      expect(subject(await gate('/hello', { apikey: clientKey('demo') }))).toBe('demo');
      expect(subject(await gate('/hello', { apikey: clientKey('other') }))).toBe('other');
    });

    test('passes with an OAuth2 access token, got over HTTPS', async () => {
      expect(subject(await gate('/hello', bearer(access)))).toBe('demo');
    });

    test('passes with a token that it signs', async () => {
      expect(subject(await gate('/hello', bearer(clientToken('demo'))))).toBe('demo');
      expect(subject(await gate('/hello', bearer(clientToken('other'))))).toBe('other');
    });

    test('passes where people need a second factor', async () => {
      const answer = await gate('/world', { apikey: clientKey('demo') });
      expect(json(answer)).toMatchObject({ service: 'world', subject: 'demo' });
    });

    test('is refused on a route that does not admit what it shows', async () => {
      expectRefused(await gate('/world', bearer(clientToken('demo'))));
      expectRefused(await gate('/world', bearer(access)));
    });

    test('has one limit, whatever it shows, and none of another client', async () => {
      const left = async (
        headers: Readonly<Record<string, string>>,
      ): Promise<[left: number, reset: number]> => {
        const answer = await gate('/hello', headers);
        expect(answer.status).toBe(200);
        return [Number(answer.headers['ratelimit-remaining']), Number(answer.headers['ratelimit-reset'])];
      };
      const demo = { apikey: clientKey('demo') };
      const other = { apikey: clientKey('other') };
      // A count begins anew with each minute; what is compared is of one.
      for (;;) {
        const [otherBefore, begun] = await left(other);
        const [demoBefore] = await left(demo);
        for (let i = 0; i < 10; i++) {
          await left(bearer(access));
          await left(bearer(clientToken('demo')));
        }
        const [demoAfter] = await left(demo);
        const [otherAfter, ended] = await left(other);
        if (ended > begun) continue;
        // Kong counts a moment after it has let somebody pass.
        expect(demoBefore - demoAfter).toBeGreaterThan(15);
        expect(otherBefore - otherAfter).toBeLessThan(3);
        return;
      }
    });

    const wrong: readonly (readonly [what: string, headers: () => Readonly<Record<string, string>>])[] = [
      ['a wrong key', () => ({ apikey: 'wrong' })],
      ['a key with one letter more', () => ({ apikey: `${clientKey('demo')}x` })],
      ['its key as a token', () => bearer(clientKey('demo'))],
      ['its key as a password', () => ({ authorization: `Basic ${btoa(`demo:${clientKey('demo')}`)}` })],
      ['its key as a cookie', () => ({ cookie: `apikey=${clientKey('demo')}` })],
      ['its key as a session', () => ({ 'x-session-token': clientKey('demo') })],
      [
        'its key under another name',
        () => ({ 'api-key': clientKey('demo'), 'x-api-key': clientKey('demo') }),
      ],
      ['a wrong access token', () => bearer(`${access}x`)],
      ['its access token as a key', () => ({ apikey: access })],
      ['its access token without the scheme', () => ({ authorization: access })],
      ['its secret as a key', () => ({ apikey: handed('oauth2-demo').value })],
      ['its secret as a token', () => bearer(handed('oauth2-demo').value)],
      ['its own token as a key', () => ({ apikey: clientToken('demo') })],
    ];
    test.each(wrong)('is refused with %s', async (_, headers) => {
      expectRefused(await gate('/hello', headers()));
    });

    test.each([
      ['its key', 'apikey', () => clientKey('demo')],
      ['an access token', 'access_token', () => access],
      ['its own token', 'jwt', () => clientToken('demo')],
    ])('is refused with %s in the query, a form or a JSON body', async (_, name, value) => {
      expectRefused(await gate(`/hello?${name}=${value()}`));
      expectRefused(await gate(`/hello?${name}=${value()}`, { authorization: '' }));
      const post = (type: string, body: string): Promise<Answer> =>
        ask({ port: 8000, path: '/hello', method: 'POST', headers: { 'content-type': type }, body });
      expectRefused(await post('application/x-www-form-urlencoded', `${name}=${value()}`));
      expectRefused(await post('application/json', JSON.stringify({ [name]: value() })));
    });
  });

  describe("a client's own token is refused when it", () => {
    const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    const publicPem = (): string =>
      createPublicKey(handed('jwt-demo').value).export({ type: 'spki', format: 'pem' }).toString();

    test.each<[what: string, token: () => string]>([
      ["says another client's name with its own key", () => clientToken('other', { signer: 'demo' })],
      ["says its name with another client's key", () => clientToken('demo', { signer: 'other' })],
      [
        "says another client's name and key id over its own key",
        () => clientToken('other', { signer: 'demo', header: { kid: handed('jwt-other').id } }),
      ],
      ['says another subject than issuer', () => clientToken('demo', { claims: { sub: 'other' } })],
      ['says another issuer than subject', () => clientToken('demo', { claims: { iss: 'other' } })],
      ['says several issuers', () => clientToken('demo', { claims: { iss: ['demo', 'other'] } })],
      ['says no issuer', () => clientToken('demo', { claims: { iss: undefined } })],
      [
        'says the issuer of the gate',
        () => clientToken('demo', { claims: { iss: 'http://localhost:8000' } }),
      ],
      ['has no subject', () => clientToken('demo', { claims: { sub: undefined } })],
      ['has no jti', () => clientToken('demo', { claims: { jti: undefined } })],
      ['has an empty jti', () => clientToken('demo', { claims: { jti: '' } })],
      ['has a jti that is no text', () => clientToken('demo', { claims: { jti: 7 } })],
      ['lives for more than an hour', () => clientToken('demo', { claims: { exp: now() + 3700 } })],
      ['has no end', () => clientToken('demo', { claims: { exp: undefined } })],
      ['has no beginning', () => clientToken('demo', { claims: { nbf: undefined } })],
      ['has ended', () => clientToken('demo', { claims: { nbf: now() - 400, exp: now() - 60 } })],
      ['has not begun', () => clientToken('demo', { claims: { nbf: now() + 200 } })],
      ['is for somebody else', () => clientToken('demo', { claims: { aud: 'http://elsewhere.example' } })],
      ['is for nobody', () => clientToken('demo', { claims: { aud: undefined } })],
      ['has an unknown key id', () => clientToken('demo', { header: { kid: 'demo.9.9' } })],
      ['has no key id', () => clientToken('demo', { header: { kid: undefined } })],
      [
        'is signed by nobody that is known',
        () => signedToken('ES256', foreign, { kid: handed('jwt-demo').id }, right()),
      ],
      ['is not signed', () => unsignedToken({ kid: handed('jwt-demo').id }, right())],
      [
        'is signed with the public key as secret',
        () => hmacToken(publicPem(), { kid: handed('jwt-demo').id }, right()),
      ],
      ['has another algorithm in its head', () => clientToken('demo', { header: { alg: 'RS256' } })],
      ['has lost its signature', () => clientToken('demo').replace(/\.[\w-]+$/, '.')],
      [
        'has the body of another one',
        () => {
          const [head = '', , signature = ''] = clientToken('demo').split('.');
          return [head, clientToken('demo').split('.')[1] ?? '', signature].join('.');
        },
      ],
    ])('%s', async (_, token) => {
      expectRefused(await gate('/hello', bearer(token())));
    });
  });
}
