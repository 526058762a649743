/** Keys as the gate has them, the file that services get of them, and tokens signed by them. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { toJwks } from '../../../services/tools/src/jwks.js';
import { signedToken, type Claims } from '../../helper/tokens.js';

export const ISSUER = 'https://localhost:8443/';

export interface Signer {
  readonly algorithm: 'RS256' | 'ES256';
  readonly kid: string;
  readonly privatePem: string;
  readonly publicPem: string;
}

const pem = (key: KeyObject): string =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();

export function signer(algorithm: 'RS256' | 'ES256' = 'RS256', bits = 2048): Signer {
  const { privateKey, publicKey } =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: bits })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = toJwks([pem(publicKey)]).keys[0]?.kid;
  return { algorithm, kid: String(kid), privatePem: pem(privateKey), publicPem: pem(publicKey) };
}

/** The set as the platform writes it. */
export function keySet(signers: readonly Signer[]): string {
  return JSON.stringify(toJwks(signers.map(({ publicPem }) => publicPem)));
}

/** Puts a file in the place of another, as the platform does. */
export function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

/** Claims of a good identity for `hello` at a time in milliseconds since 1970. */
export function claims(at: number, change: Claims = {}): Claims {
  const now = Math.floor(at / 1000);
  return {
    iss: ISSUER,
    sub: 'ada',
    aud: ['hello'],
    iat: now,
    nbf: now,
    exp: now + 300,
    jti: 'one',
    ...change,
  };
}

export function tokenOf(by: Signer, of: Claims, header: Claims = {}): string {
  return signedToken(by.algorithm, by.privatePem, { kid: by.kid, ...header }, of);
}
