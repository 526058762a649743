/** `DeckError`: what went wrong with decK, in decK's own words, masked. */
import { CommandError } from '../lib/output.js';

/**
 * Why a call failed, for callers that act upon it.
 *
 * - `refused`: our own check of the input; nothing was run
 * - `missing`: decK, its image, the container or the port-forward isn't there
 * - `unreachable`: Kong's Admin API didn't answer
 * - `failed`: decK or Kong said no; after a synchronization Kong may hold a part of the changes
 * - `unreadable`: decK answered in a form that this version doesn't know
 * - `timeout`, `interrupted`: ended by us
 */
export type DeckFailure =
  'refused' | 'missing' | 'unreachable' | 'failed' | 'unreadable' | 'timeout' | 'interrupted';

/** A failed call of decK; every text in it is masked. */
export class DeckError extends CommandError {
  constructor(
    readonly failure: DeckFailure,
    message: string,
    detail: readonly string[] = [],
    remedy = '',
  ) {
    super(message, detail, remedy);
  }
}

/** Makes the error for input that breaks a rule; `got` never holds a secret. */
export function refused(what: string, rule: string, got: string, remedy: string): DeckError {
  return new DeckError('refused', `'${what}' must ${rule}, got ${got}`, [], remedy);
}
