/** `KeySet`: keys that a reader gets as one JSON Web Key Set, in the order given. */
import { Sealed } from './sealed.js';

/** One key of a set, PEM: private or public. */
export interface KeySetEntry {
  readonly key: Sealed | string;
  /**
   * Value of `kid`.
   *
   * @default - the thumbprint of RFC 7638, the same for a private key and its public half
   */
  readonly kid?: string;
}

/**
 * Content of a file that the writer makes out of PEM keys, because Terraform can't.
 *
 * The order is kept: signers take the first or the last key of a set.
 */
export class KeySet {
  constructor(
    /** Name of the set; safe to show. */
    readonly label: string,
    readonly entries: readonly KeySetEntry[],
  ) {}

  /** Changes whenever one of the keys does. */
  get generation(): number {
    return this.entries.reduce((sum, { key }) => sum + (key instanceof Sealed ? key.generation : 0), 0);
  }
}
