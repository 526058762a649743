import { createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { Refusal, Verifier } from '../../../services/json-service/src/identity.js';
import { keysOf, type Keys } from '../../../services/json-service/src/keys.js';
import { rejected } from '../../helper/failure.js';
import { scratchFolders } from '../../helper/scratch.js';
import { hmacToken, signedToken, unsignedToken } from '../../helper/tokens.js';
import { ISSUER, claims, keySet, replaceFile, signer, tokenOf } from './signed-identities.js';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const SECONDS = NOW / 1000;
const [RSA, OTHER, EC, STRANGER] = [signer(), signer(), signer('ES256'), signer()];
const folder = scratchFolders();

let file: string;
let monotonic: number;
let wall: number;
let looked: number;
let keys: Keys;
let verifier: Verifier;
beforeEach(() => {
  [monotonic, wall, looked, file] = [0, NOW, 0, join(folder(), 'keys.json')];
  replaceFile(file, keySet([RSA, OTHER, EC]));
  const read = keysOf({
    file,
    monotonic: () => monotonic,
    onBroken: () => undefined,
    onChange: () => verifier.forget(),
  });
  keys = {
    refresh: () => read.refresh(),
    find: (kid) => {
      looked += 1;
      return read.find(kid);
    },
  };
  verifier = accepting(['RS256', 'ES256']);
});
const accepting = (algorithms: readonly string[]): Verifier =>
  new Verifier({ issuer: ISSUER, audience: 'hello', algorithms }, keys, () => wall);
const verify = (token: string): Promise<unknown> => verifier.verify(`Bearer ${token}`);
async function refusal(token: string): Promise<string> {
  const error = await rejected(verify(token));
  expect(error).toBeInstanceOf(Refusal);
  return error.message;
}

describe('a good token', () => {
  test.each([
    ['RSA', RSA],
    ['another key of the set', OTHER],
    ['P-256', EC],
  ])('by %s says whose the request is', async (_which, by) => {
    expect(await verify(tokenOf(by, claims(NOW)))).toEqual({ subject: 'ada' });
  });

  test('may have its audience as a text, no nbf, and a scheme in any case', async () => {
    const token = tokenOf(RSA, claims(NOW, { aud: 'hello', nbf: undefined }));
    expect(await verifier.verify(`bearer ${token}`)).toEqual({ subject: 'ada' });
  });

  test('is good within the tolerance of clocks, at both ends', async () => {
    expect(await verify(tokenOf(RSA, claims(NOW, { exp: SECONDS - 4 })))).toBeTruthy();
    expect(await verify(tokenOf(RSA, claims(NOW, { nbf: SECONDS + 5 })))).toBeTruthy();
  });
});

describe('a token is refused', () => {
  test.each([
    ['of another issuer', { iss: 'https://elsewhere.example/' }, 'ERR_JWT_CLAIM_VALIDATION_FAILED iss'],
    ['of an issuer alike', { iss: ISSUER.slice(0, -1) }, 'ERR_JWT_CLAIM_VALIDATION_FAILED iss'],
    ['for another service', { aud: ['world'] }, 'ERR_JWT_CLAIM_VALIDATION_FAILED aud'],
    ['for nobody', { aud: [] }, 'ERR_JWT_CLAIM_VALIDATION_FAILED aud'],
    ['for two services', { aud: ['hello', 'world'] }, 'more than one aud'],
    ['that has expired', { exp: SECONDS - 5 }, 'ERR_JWT_EXPIRED exp'],
    ['that is not yet valid', { nbf: SECONDS + 6 }, 'ERR_JWT_CLAIM_VALIDATION_FAILED nbf'],
    ['with an end that is a text', { exp: '9999999999' }, 'ERR_JWT_CLAIM_VALIDATION_FAILED exp'],
    ['with an empty subject', { sub: '' }, 'no sub'],
    ['with a number as subject', { sub: 7 }, 'no sub'],
    ['with an empty jti', { jti: '' }, 'no jti'],
  ])('%s', async (_what, change, reason) => {
    expect(await refusal(tokenOf(RSA, claims(NOW, change)))).toBe(reason);
  });

  test.each(['sub', 'aud', 'exp', 'iat', 'iss', 'jti'])('without %s', async (name) => {
    const token = tokenOf(RSA, claims(NOW, { [name]: undefined }));
    expect(await refusal(token)).toBe(`ERR_JWT_CLAIM_VALIDATION_FAILED ${name}`);
  });

  test('that claims to need no signature', async () => {
    const unsigned = unsignedToken({ kid: RSA.kid }, claims(NOW));
    expect(await refusal(unsigned)).toBe('no bearer token');
    expect(await refusal(`${unsigned}AAAA`)).toBe('ERR_JOSE_ALG_NOT_ALLOWED');
  });

  test.each([RSA.publicPem, keySet([RSA]), RSA.kid])(
    'that is signed with what everybody knows as shared key (%#)',
    async (secret) => {
      const token = hmacToken(secret, { kid: RSA.kid }, claims(NOW));
      expect(await refusal(token)).toBe('ERR_JOSE_ALG_NOT_ALLOWED');
    },
  );

  test('by a key that is not in the set, whatever it says of itself', async () => {
    expect(await refusal(tokenOf(STRANGER, claims(NOW)))).toBe('unknown kid');
    expect(await refusal(tokenOf(STRANGER, claims(NOW), { kid: RSA.kid }))).toBe(
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    );
    const jwk = createPrivateKey(STRANGER.privatePem).export({ format: 'jwk' });
    expect(await refusal(tokenOf(STRANGER, claims(NOW), { jwk: { ...jwk, d: undefined } }))).toBe(
      'unknown kid',
    );
    expect(await refusal(tokenOf(RSA, claims(NOW), { kid: undefined }))).toBe('unknown kid');
    expect(await refusal(tokenOf(RSA, claims(NOW), { kid: 'toString' }))).toBe('unknown kid');
  });

  test("with an algorithm that isn't the key's, or that the service doesn't take", async () => {
    const crossed = signedToken('ES256', EC.privatePem, { kid: RSA.kid }, claims(NOW));
    expect(await refusal(crossed)).toBe("an algorithm that is not the key's");
    verifier = accepting(['RS256']);
    expect(await refusal(tokenOf(EC, claims(NOW)))).toBe('ERR_JOSE_ALG_NOT_ALLOWED');
    expect(await refusal(tokenOf(RSA, claims(NOW), { alg: 'RS512' }))).toBe('ERR_JOSE_ALG_NOT_ALLOWED');
  });

  test('that was changed after it was signed', async () => {
    const [head, , signature] = tokenOf(RSA, claims(NOW)).split('.');
    const [, body] = tokenOf(STRANGER, claims(NOW, { sub: 'eve' })).split('.');
    expect(await refusal([head, body, signature].join('.'))).toBe('ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
  });

  test('with an extension that nobody knows', async () => {
    const token = tokenOf(RSA, claims(NOW), { crit: ['own'], own: true });
    expect(await refusal(token)).toBe('ERR_JOSE_NOT_SUPPORTED');
  });

  test.each([
    [undefined, 'no token'],
    ['', 'no bearer token'],
    ['Bearer', 'no bearer token'],
    ['Bearer ', 'no bearer token'],
    ['Bearer a.b', 'no bearer token'],
    ['Bearer a.b.c.d.e', 'no bearer token'],
    ['Bearer  a.b.c', 'no bearer token'],
    ['Bearer a.b.c d', 'no bearer token'],
    ['Basic YTpi', 'no bearer token'],
    ['Bearer a.b.c', 'ERR_JWS_INVALID'],
  ])('where the header is %j', async (header, reason) => {
    const error = await rejected(verifier.verify(header));
    expect([error instanceof Refusal, error.message]).toEqual([true, reason]);
  });
});

describe('a verified token', () => {
  test('is remembered until it ends and no longer', async () => {
    const token = tokenOf(RSA, claims(NOW));
    await verify(token);
    wall = NOW + 304_999;
    await verify(token);
    expect(looked).toBe(1);
    wall += 1;
    expect(await refusal(token)).toBe('ERR_JWT_EXPIRED exp');
    expect(verifier.remembered).toBe(0);
    expect(await refusal(token)).toBe('ERR_JWT_EXPIRED exp');
  });

  test('is forgotten when the keys change, even if it was being verified then', async () => {
    const token = tokenOf(RSA, claims(NOW));
    await verify(token);
    const late = verify(tokenOf(RSA, claims(NOW, { jti: 'two' })));
    replaceFile(file, keySet([OTHER]));
    monotonic += 1000;
    expect(await refusal(token)).toBe('unknown kid');
    await late;
    expect(verifier.remembered).toBe(0);
  });

  test('is not one that was refused', async () => {
    await refusal(tokenOf(RSA, claims(NOW, { aud: 'world' })));
    expect(verifier.remembered).toBe(0);
  });
});
