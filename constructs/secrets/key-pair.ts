/** `KeyPair`: a generated signing key with its slots, next, current and previous. */
import { PrivateKey } from '@cdktf/provider-tls/lib/private-key/index.js';
import type { Construct } from 'constructs';
import { invalid } from '../errors.js';
import { address } from '../platform/address.js';
import { Generation } from './generation.js';
import { generationOf, type Rotating } from './rotation.js';
import { Sealed } from './sealed.js';
import { checkSlots, inSlot, newestSlot, signingSlot, slotGeneration } from './slots.js';
import { Unprintable } from './unprintable.js';

export type KeyAlgorithm = 'RS256' | 'ES256';

export interface KeyPairProps {
  /**
   * What the key signs with: RS256 uses RSA with 2048 bits, ES256 the curve P-256.
   *
   * @default 'RS256'
   */
  readonly algorithm?: KeyAlgorithm;
  /**
   * How many keys live side by side; at least 3, because a verifier must know a key before the
   * first token is signed with it and after the last one.
   *
   * @default 3
   */
  readonly slots?: number;
}

/**
 * A private and a public key per slot, made by Terraform's `tls` provider at apply.
 *
 * It rotates with the class `signingKeys`.
 */
export class KeyPair extends Unprintable implements Rotating {
  readonly label: string;
  readonly slots: number;
  readonly generation: number;
  readonly algorithm: KeyAlgorithm;
  private readonly pairs: readonly {
    readonly privateKey: Sealed;
    readonly publicKey: Sealed;
    readonly madeAt: string;
  }[];

  /** @throws PortcullisError when slots or generation are out of bounds */
  static generated(scope: Construct, id: string, props: KeyPairProps = {}): KeyPair {
    return new KeyPair(scope, id, props);
  }

  private constructor(scope: Construct, id: string, props: KeyPairProps) {
    super(scope, id);
    this.label = id;
    this.slots = props.slots ?? 3;
    this.generation = generationOf(scope, 'signingKeys');
    this.algorithm = props.algorithm ?? 'RS256';
    if (!(this.slots >= 3)) {
      throw invalid(
        'slots',
        'be 3 or more for a signing key',
        this.slots,
        'leave it out for 3',
        this.node.path,
      );
    }
    checkSlots(this.generation, this.slots);
    this.pairs = Array.from({ length: this.slots }, (_, slot) => {
      const generation = slotGeneration(this.generation, this.slots, slot);
      const keeper = new Generation(this, `Generation${slot}`, generation);
      const key = new PrivateKey(this, `Slot${slot}`, {
        ...(this.algorithm === 'ES256'
          ? { algorithm: 'ECDSA', ecdsaCurve: 'P256' }
          : { algorithm: 'RSA', rsaBits: 2048 }),
        // tls_private_key has no keepers, so the mark itself has to trigger the replacement.
        lifecycle: { replaceTriggeredBy: [address(keeper.resource)] },
      });
      return {
        privateKey: Sealed.of(`${this.label}#${slot}`, generation, key.privateKeyPem),
        publicKey: Sealed.of(`${this.label}.pub#${slot}`, generation, key.publicKeyPem),
        madeAt: keeper.madeAt,
      };
    });
  }

  get rotating(): Rotating['rotating'] {
    return {
      class: 'signingKeys',
      name: this.label,
      slots: this.pairs.map(({ privateKey: { generation }, madeAt }, slot) => ({ slot, generation, madeAt })),
    };
  }

  /** The private key in a slot, PEM. */
  privateKey(slot: number): Sealed {
    return inSlot(this.pairs, slot, this.node.path).privateKey;
  }

  /** The public key in a slot, PEM; not secret, but known at apply only and so handled alike. */
  publicKey(slot: number): Sealed {
    return inSlot(this.pairs, slot, this.node.path).publicKey;
  }

  /** The slot that the newest key stands in. */
  get newestSlot(): number {
    return newestSlot(this.generation, this.slots);
  }

  /** The slot whose key signs while verifiers learn of the newest: the one made in the step before. */
  get signingSlot(): number {
    return signingSlot(this.generation, this.slots);
  }

  /** Terraform expression of the time at which a slot's key was made, RFC 3339. */
  madeAt(slot: number): string {
    return inSlot(this.pairs, slot, this.node.path).madeAt;
  }
}
