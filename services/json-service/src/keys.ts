/** Public keys from a JSON Web Key Set on disk, which is replaced while the service runs. */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** How often, at most, the file is looked at while keys are found. */
const LOOK_MILLISECONDS = 1000;

export interface VerificationKey {
  readonly key: KeyObject;
  /** The one algorithm that it verifies. */
  readonly algorithm: string;
}

/** Where a key is found by its id. */
export interface Keys {
  /** Looks for changes, at most once a second; keys that went away are known no more. */
  refresh(): void;
  /** The key of that id; an id that isn't known makes the file be looked at again. */
  find(kid: string): VerificationKey | undefined;
}

export interface KeyFileOptions {
  readonly file: string;
  /** Milliseconds since any moment; never steps back. */
  readonly monotonic: () => number;
  /** Is told once for each file that can't be used; the keys before it stay. */
  readonly onBroken: (reason: string) => void;
  /** Is told when there are other keys. */
  readonly onChange: () => void;
}

/**
 * Keys of a file that is replaced by a rename.
 *
 * @throws Error when the file can't be used at the start
 */
export function keysOf({ file, monotonic, onBroken, onChange }: KeyFileOptions): Keys {
  let seen = identityOf(file);
  let keys = parseKeys(readFileSync(file, 'utf8'));
  let looked = monotonic();

  const look = (): void => {
    looked = monotonic();
    const now = identityOf(file);
    if (now === seen) return;
    // Noted before it is read: if it is replaced in between it is only read once more.
    seen = now;
    try {
      keys = parseKeys(readFileSync(file, 'utf8'));
    } catch (error) {
      onBroken(error instanceof Error ? error.message : 'unknown');
      return;
    }
    onChange();
  };
  return {
    refresh: () => {
      if (monotonic() - looked >= LOOK_MILLISECONDS) look();
    },
    find: (kid) => {
      if (!keys.has(kid)) look();
      return keys.get(kid);
    },
  };
}

/**
 * Reads a set of public keys.
 *
 * @throws Error when it isn't one, without repeating it: a private or shared key in the wrong place is a
 *   secret still
 */
export function parseKeys(text: string): ReadonlyMap<string, VerificationKey> {
  const found = new Map<string, VerificationKey>();
  for (const [index, jwk] of listOf(text).entries()) {
    const which = `key ${index + 1}`;
    if (typeof jwk.kid !== 'string' || jwk.kid === '') throw new Error(`${which} must have a kid`);
    if (found.has(jwk.kid)) throw new Error(`${which} must have a kid of its own`);
    if (jwk.d !== undefined || jwk.k !== undefined) throw new Error(`${which} must be public`);
    const algorithm =
      jwk.kty === 'RSA' ? 'RS256' : jwk.kty === 'EC' && jwk.crv === 'P-256' ? 'ES256' : undefined;
    if (algorithm === undefined || (jwk.alg !== undefined && jwk.alg !== algorithm))
      throw new Error(`${which} must be for RS256 or ES256`);
    found.set(jwk.kid, { key: importKey(jwk, which), algorithm });
  }
  if (found.size === 0) throw new Error('the set must hold a key');
  return found;
}

function listOf(text: string): readonly JsonWebKey[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('the file must be JSON');
  }
  const keys = isObject(value) ? value.keys : undefined;
  if (!Array.isArray(keys) || !keys.every(isObject)) throw new Error('the file must be a key set');
  return keys;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function importKey(jwk: JsonWebKey, which: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw new Error(`${which} must be a key`);
  }
  if ((key.asymmetricKeyDetails?.modulusLength ?? 2048) < 2048)
    throw new Error(`${which} must have 2048 bits or more`);
  return key;
}

/** Tells one file from the next in its place; out of reach is one of the states. */
function identityOf(file: string): string {
  try {
    const { ino, mtimeMs, ctimeMs, size } = statSync(file);
    return `${ino} ${mtimeMs} ${ctimeMs} ${size}`;
  } catch {
    return '';
  }
}
