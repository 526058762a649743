/** PEM keys as a JSON Web Key Set, which Terraform can't make. */
import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

export interface KeySet {
  readonly keys: readonly JsonWebKey[];
}

/**
 * Makes a key set in the given order, because signers take the first or the last.
 *
 * Private keys stay private. The key id is the thumbprint of RFC 7638, so that a private key and its
 * public half have the same one.
 *
 * @param kids other key ids, by position
 * @throws Error when a text is no RSA or P-256 key in PEM form, without repeating it
 */
export function toJwks(pems: readonly string[], kids: readonly (string | undefined)[] = []): KeySet {
  return {
    keys: pems.map((pem, index) => {
      const key = read(pem, index);
      // Keys for RSA-PSS alone have no form in JWK.
      const jwk: JsonWebKey = key.asymmetricKeyType === 'rsa-pss' ? {} : key.export({ format: 'jwk' });
      const algorithm =
        jwk.kty === 'RSA' ? 'RS256' : jwk.kty === 'EC' && jwk.crv === 'P-256' ? 'ES256' : undefined;
      if (algorithm === undefined) throw new Error(`key ${index + 1} must be RSA or P-256`);
      return { ...jwk, use: 'sig', alg: algorithm, kid: kids[index] ?? thumbprint(jwk) };
    }),
  };
}

function read(pem: string, index: number): KeyObject {
  try {
    return pem.includes('PRIVATE KEY') ? createPrivateKey(pem) : createPublicKey(pem);
  } catch {
    throw new Error(`key ${index + 1} must be in PEM form`);
  }
}

function thumbprint(jwk: JsonWebKey): string {
  const members =
    jwk.kty === 'RSA'
      ? { e: jwk.e, kty: jwk.kty, n: jwk.n }
      : { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}
