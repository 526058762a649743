/** Stable hashes and names: the same input gives the same text on every machine. */
import { createHash } from 'node:crypto';
import { invalid } from '../errors.js';

/** JSON with sorted keys, so that the order of writing doesn't change a hash. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** The first 8 hexadecimal digits of a value's SHA-256. */
export function shortHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 8);
}

/** Whether a text is a DNS label of at most 40 characters without two dashes in a row. */
export function isName(text: string): boolean {
  return /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/.test(text) && !text.includes('--');
}

/**
 * Checks a name that becomes a container's, a network's and a DNS label.
 *
 * @throws PortcullisError when it is no DNS label of at most 40 characters
 */
export function checkName(property: string, name: string, at: string): string {
  if (!/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/.test(name)) {
    throw invalid(property, 'be 2 to 40 small letters, digits and dashes', name, 'rename it', at);
  }
  // Two of them part the ends in an edge's name.
  if (name.includes('--')) throw invalid(property, 'have no two dashes in a row', name, 'rename it', at);
  return name;
}
