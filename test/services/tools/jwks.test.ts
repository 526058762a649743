import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyPairKeyObjectResult,
} from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { toJwks } from '../../../services/tools/src/jwks.js';
import { present, thrown } from '../../helper/failure.js';

/** The key of RFC 7638, section 3.1. */
const RFC_7638 = {
  kty: 'RSA',
  n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
  e: 'AQAB',
};

/** Both halves in PEM form. */
function pems({ privateKey, publicKey }: KeyPairKeyObjectResult): { privateKey: string; publicKey: string } {
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
const rsa = pems(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const ec = pems(generateKeyPairSync('ec', { namedCurve: 'P-256' }));

describe('toJwks', () => {
  test('names a key by the thumbprint of RFC 7638', () => {
    const pem = createPublicKey({ key: RFC_7638, format: 'jwk' })
      .export({ type: 'spki', format: 'pem' })
      .toString();
    expect(toJwks([pem]).keys).toEqual([
      { ...RFC_7638, use: 'sig', alg: 'RS256', kid: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' },
    ]);
  });

  test.each([
    ['RS256', rsa, ['e', 'kty', 'n']],
    ['ES256', ec, ['crv', 'kty', 'x', 'y']],
  ])(
    '%s: both halves have one name, and the public one holds nothing private',
    (algorithm, pair, members) => {
      const [privateKey, publicKey] = toJwks([pair.privateKey, pair.publicKey]).keys;
      expect([privateKey?.alg, publicKey?.alg]).toEqual([algorithm, algorithm]);
      expect(publicKey?.kid).toMatch(/^[\w-]{43}$/);
      expect(privateKey?.kid).toBe(publicKey?.kid);
      expect(Object.keys(present(publicKey)).sort()).toEqual(['alg', ...members, 'kid', 'use'].sort());
      expect(privateKey).toHaveProperty('d');
    },
  );

  test('the set still signs and verifies', () => {
    const [privateKey, publicKey] = toJwks([rsa.privateKey, rsa.publicKey]).keys;
    const signature = sign(
      'sha256',
      Buffer.from('text'),
      createPrivateKey({ key: present(privateKey), format: 'jwk' }),
    );
    expect(
      verify(
        'sha256',
        Buffer.from('text'),
        createPublicKey({ key: present(publicKey), format: 'jwk' }),
        signature,
      ),
    ).toBe(true);
  });

  test('reads the older forms of PEM too', () => {
    const old = createPrivateKey(rsa.privateKey).export({ type: 'pkcs1', format: 'pem' }).toString();
    const older = createPrivateKey(ec.privateKey).export({ type: 'sec1', format: 'pem' }).toString();
    expect(toJwks([old, older])).toEqual(toJwks([rsa.privateKey, ec.privateKey]));
  });

  test('keeps the order of the keys', () => {
    const one = toJwks([rsa.publicKey, ec.publicKey]).keys.map(({ kid }) => kid);
    expect(toJwks([ec.publicKey, rsa.publicKey]).keys.map(({ kid }) => kid)).toEqual([...one].reverse());
    expect(toJwks([]).keys).toEqual([]);
  });

  test('a key has the id that was given for its place, others their thumbprint', () => {
    const [one, two] = toJwks([rsa.publicKey, ec.publicKey]).keys;
    expect(toJwks([rsa.publicKey, ec.publicKey], [undefined, 'now']).keys).toEqual([
      one,
      { ...two, kid: 'now' },
    ]);
  });

  const { privateKey: p384 } = pems(generateKeyPairSync('ec', { namedCurve: 'P-384' }));
  const { privateKey: ed25519 } = pems(generateKeyPairSync('ed25519'));
  const { privateKey: pss } = pems(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }));
  test.each([
    ['of another curve', p384, 'key 2 must be RSA or P-256'],
    ['of another kind', ed25519, 'key 2 must be RSA or P-256'],
    ['for PSS alone', pss, 'key 2 must be RSA or P-256'],
    ['cut off', rsa.privateKey.slice(0, 200), 'key 2 must be in PEM form'],
    ['no PEM', 'not to be shown', 'key 2 must be in PEM form'],
    ['nothing', '', 'key 2 must be in PEM form'],
  ])('fails when a key is %s, without repeating it', (_what, pem, message) => {
    expect(thrown(() => toJwks([rsa.privateKey, pem])).message).toBe(message);
  });
});
