/** What a service behind the gate is given to verify the signed identity of its requests. */
import type { Mistakes } from '../mistakes.js';
import type { FileSet } from '../platform/platform.js';
import type { KeyAlgorithm } from '../secrets/key-pair.js';
import type { KeySet } from '../secrets/key-set.js';

const FOLDER = '/run/portcullis/identity';
const KEYS = 'keys.json';

/** Variables that tell a service of the signed identity; nothing else may set them. */
export const IDENTITY_VARIABLES: readonly string[] = [
  'IDENTITY_ISSUER',
  'IDENTITY_AUDIENCE',
  'IDENTITY_KEYS',
  'IDENTITY_ALGORITHMS',
];

/** Whose signed identity a service demands of every request. */
export interface SignedIdentity {
  /** The `iss` of the tokens, exactly as the signer writes it. */
  readonly issuer: string;
  /** Public keys that verify the tokens; changed ones are taken over without a restart. */
  readonly keys: KeySet;
  /** What may have signed them; at least one. */
  readonly algorithms: readonly KeyAlgorithm[];
}

/** Notes every mistake of an identity. */
export function checkIdentity({ issuer, keys, algorithms }: SignedIdentity, mistakes: Mistakes): void {
  mistakes.unless(
    URL.canParse(issuer),
    'identity.issuer',
    'be an address',
    issuer,
    'write what the signer puts into its tokens',
  );
  mistakes.unless(
    keys.entries.length > 0,
    'identity.keys',
    'hold a key',
    keys.entries.length,
    'hand over the public keys of the signer',
  );
  mistakes.unless(
    algorithms.length > 0,
    'identity.algorithms',
    'name an algorithm',
    algorithms,
    "write for example ['RS256']",
  );
  mistakes.unique('identity.algorithms', algorithms, 'name each once');
}

/** What the program reads from its environment. */
export function identityEnvironment(
  { issuer, algorithms }: SignedIdentity,
  audience: string,
): Readonly<Record<string, string>> {
  return {
    IDENTITY_ISSUER: issuer,
    IDENTITY_AUDIENCE: audience,
    IDENTITY_KEYS: `${FOLDER}/${KEYS}`,
    IDENTITY_ALGORITHMS: algorithms.join(','),
  };
}

/** The public keys as a file, which is replaced while the program runs. */
export function identityFiles({ keys }: SignedIdentity): FileSet {
  return { name: 'identity', path: FOLDER, files: [{ name: KEYS, content: keys }], reloads: true };
}
