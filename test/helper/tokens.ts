/** JSON Web Tokens put together by hand, right and wrong. */
import { createHmac, sign } from 'node:crypto';
import type { KeyAlgorithm } from '../../constructs/secrets/key-pair.js';

export type Claims = Readonly<Record<string, unknown>>;

function unsigned(header: Claims, claims: Claims): string {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

/** A token with a real signature; the header's `alg` may claim another algorithm. */
export function signedToken(algorithm: KeyAlgorithm, key: string, header: Claims, claims: Claims): string {
  const text = unsigned({ alg: algorithm, typ: 'JWT', ...header }, claims);
  // ES256 wants the two halves of the signature side by side, which is not OpenSSL's own form.
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

/** A token that claims to need no signature. */
export function unsignedToken(header: Claims, claims: Claims): string {
  return `${unsigned({ alg: 'none', typ: 'JWT', ...header }, claims)}.`;
}

/** A token signed with a text as secret. */
export function hmacToken(secret: string, header: Claims, claims: Claims): string {
  const text = unsigned({ alg: 'HS256', typ: 'JWT', ...header }, claims);
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}
