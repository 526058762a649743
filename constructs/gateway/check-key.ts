/** Checks a public key that a client made itself. */
import { createPublicKey } from 'node:crypto';
import type { Mistakes } from '../mistakes.js';
import type { ClientPublicKey } from './model.js';

/** Kong checks no key for ES256 before a token comes, and takes a short RSA key. */
export function checkPublicKey(mistakes: Mistakes, path: string, key: ClientPublicKey): void {
  mistakes.unless(
    /^[A-Za-z0-9._-]{1,128}$/.test(key.kid),
    `${path}.kid`,
    'be letters, digits, dots, dashes and underscores',
    key.kid,
    'rename it',
  );
  const wanted = key.algorithm === 'RS256' ? 'an RSA key of at least 2048 bits' : 'a key on the curve P-256';
  mistakes.unless(
    fits(key),
    `${path}.publicKey`,
    `be ${wanted} in PEM form, public alone`,
    // Somebody may have put the private key here.
    key.publicKey.startsWith('-----BEGIN PUBLIC KEY-----') ? 'another public key' : 'something else',
    'write what `openssl pkey -pubout` shows',
  );
}

function fits({ algorithm, publicKey }: ClientPublicKey): boolean {
  // One block alone: a private key after it would be written down with it.
  if (!/^-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/.test(publicKey))
    return false;
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(publicKey);
    return algorithm === 'RS256'
      ? asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048
      : asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}
