/** `Secret`: a generated value with its slots, made by Terraform and never known at synth. */
import { Password } from '@cdktf/provider-random/lib/password/index.js';
import type { Construct } from 'constructs';
import { invalid } from '../errors.js';
import { address } from '../platform/address.js';
import { Generation } from './generation.js';
import { Sealed } from './sealed.js';
import { checkSlots, inSlot, newestSlot, slotGeneration } from './slots.js';
import { Unprintable } from './unprintable.js';

export interface GeneratedSecretProps {
  /**
   * Length in characters, letters and digits only, so that no program on the way needs an escape.
   *
   * At least 16, which is 95 bits; at most 128.
   *
   * @default 40
   */
  readonly length?: number;
  /**
   * How many values live side by side: 2 for what a server accepts twice, such as passwords and
   * API keys; 3 for what one replica signs and another verifies.
   *
   * @default 2
   */
  readonly slots?: number;
  /**
   * Step of the rotation that the environment stands at.
   *
   * @default 0
   */
  readonly generation?: number;
}

/**
 * A secret with one value per slot.
 *
 * The values exist in Terraform's state and in the files of the workloads that read them, nowhere
 * else: not in the synthesized configuration and not in this object. Protect the state.
 */
export class Secret extends Unprintable {
  /** Name under which `portcullis secret` lists it. */
  readonly label: string;
  readonly slots: number;
  readonly generation: number;
  private readonly values: readonly Sealed[];
  private readonly keepers: Generation[] = [];

  /**
   * Declares a password that Terraform's `random` provider makes at apply.
   *
   * @throws PortcullisError when length, slots or generation are out of bounds
   */
  static generated(scope: Construct, id: string, props: GeneratedSecretProps = {}): Secret {
    return new Secret(scope, id, props);
  }

  private constructor(scope: Construct, id: string, props: GeneratedSecretProps) {
    super(scope, id);
    const length = props.length ?? 40;
    if (!Number.isInteger(length) || length < 16 || length > 128) {
      throw invalid(
        'length',
        'be a whole number from 16 to 128',
        length,
        'leave it out for 40',
        this.node.path,
      );
    }
    this.label = id;
    this.slots = props.slots ?? 2;
    this.generation = props.generation ?? 0;
    checkSlots(this.generation, this.slots);
    this.values = Array.from({ length: this.slots }, (_, slot) => {
      const generation = slotGeneration(this.generation, this.slots, slot);
      const keeper = new Generation(this, `Generation${slot}`, generation);
      this.keepers.push(keeper);
      const value = new Password(this, `Slot${slot}`, {
        length,
        special: false,
        keepers: { generation: String(generation) },
        lifecycle: { replaceTriggeredBy: [address(keeper.resource)] },
      });
      return Sealed.of(`${this.label}#${slot}`, generation, value.result);
    });
  }

  /** The value in a slot. */
  slot(slot: number): Sealed {
    return inSlot(this.values, slot, this.node.path);
  }

  /** The slot that clients use at this generation. */
  get newestSlot(): number {
    return newestSlot(this.generation, this.slots);
  }

  /** The value that clients use at this generation. */
  get newest(): Sealed {
    return this.slot(this.newestSlot);
  }

  /** Terraform expression of the time at which a slot's value was made, RFC 3339. */
  madeAt(slot: number): string {
    return inSlot(this.keepers, slot, this.node.path).madeAt;
  }
}
