/** `Secret`: a value that Terraform makes or is given, with its slots, never known at synth. */
import { TerraformVariable } from 'cdktf';
import { Password } from '@cdktf/provider-random/lib/password/index.js';
import type { Construct } from 'constructs';
import { invalid } from '../errors.js';
import { address } from '../platform/address.js';
import { Generation } from './generation.js';
import { generationOf, type Membership, type Rotating, type SecretClass } from './rotation.js';
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
   * API keys; 3 for what one replica signs and another verifies. With 1 every step of the class
   * replaces the only value there is.
   *
   * @default - 2, and 1 where the class is 'fixed'
   */
  readonly slots?: number;
  /**
   * What it rotates with; the stack knows the generation of each class. `fixed` for what can't be
   * changed while the thing that it guards lives: it stays at generation 0.
   *
   * @default 'passwords'
   */
  readonly class?: SecretClass | 'fixed';
}

export interface VariableSecretProps {
  /**
   * Raise it when the value changes: what reads the secret and doesn't follow its files is then
   * replaced, and ages are counted from there.
   *
   * From 1 on.
   *
   * @default 1
   */
  readonly version?: number;
  /** What it is for, shown to whoever has to supply it. */
  readonly description: string;
}

/**
 * A secret with one value per slot.
 *
 * The values exist in Terraform's state and in the files of the workloads that read them, nowhere
 * else: not in the synthesized configuration and not in this object. Protect the state.
 */
export class Secret extends Unprintable implements Rotating {
  private readonly values: Sealed[] = [];
  private readonly keepers: Generation[] = [];

  /**
   * Declares a secret that comes from outside, as Terraform variable `TF_VAR_<name>`.
   *
   * It has one slot. `portcullis doctor` lists the variables that aren't set.
   *
   * @param name letters, digits and underscores, beginning with a letter
   * @throws PortcullisError when the name or the version breaks its rule
   */
  static fromVariable(scope: Construct, name: string, props: VariableSecretProps): Secret {
    const version = props.version ?? 1;
    const at = scope.node.path;
    if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
      throw invalid(
        'name',
        'be small letters, digits and underscores, beginning with a letter',
        name,
        'rename the variable',
        at,
      );
    }
    if (!Number.isInteger(version) || version < 1) {
      throw invalid('version', 'be a whole number from 1 on', version, 'leave it out for 1', at);
    }
    const secret = new Secret(scope, name, 'outside', 1, version);
    const variable = new TerraformVariable(secret, 'Variable', {
      type: 'string',
      sensitive: true,
      nullable: false,
      description: props.description,
    });
    variable.overrideLogicalId(name);
    secret.keepers.push(new Generation(secret, 'Generation0', version));
    secret.values.push(Sealed.of(`${name}#0`, version, variable.stringValue));
    return secret;
  }

  /**
   * Declares a password that Terraform's `random` provider makes at apply.
   *
   * @throws PortcullisError when length, slots or generation are out of bounds
   */
  static generated(scope: Construct, id: string, props: GeneratedSecretProps = {}): Secret {
    const { class: membership = 'passwords' } = props;
    const fixed = membership === 'fixed';
    const generation = fixed ? 0 : generationOf(scope, membership);
    const secret = new Secret(scope, id, membership, props.slots ?? (fixed ? 1 : 2), generation);
    const length = props.length ?? 40;
    if (!Number.isInteger(length) || length < 16 || length > 128) {
      throw invalid(
        'length',
        'be a whole number from 16 to 128',
        length,
        'leave it out for 40',
        secret.node.path,
      );
    }
    checkSlots(secret.generation, secret.slots);
    for (let slot = 0; slot < secret.slots; slot++) {
      const generation = slotGeneration(secret.generation, secret.slots, slot);
      const keeper = new Generation(secret, `Generation${slot}`, generation);
      const value = new Password(secret, `Slot${slot}`, {
        length,
        special: false,
        keepers: { generation: String(generation) },
        lifecycle: { replaceTriggeredBy: [address(keeper.resource)] },
      });
      secret.keepers.push(keeper);
      secret.values.push(Sealed.of(`${id}#${slot}`, generation, value.result));
    }
    return secret;
  }

  private constructor(
    scope: Construct,
    readonly label: string,
    private readonly membership: Membership,
    readonly slots: number,
    readonly generation: number,
  ) {
    super(scope, label);
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

  get rotating(): Rotating['rotating'] {
    return {
      class: this.membership,
      name: this.label,
      slots: this.values.map(({ generation }, slot) => ({ slot, generation, madeAt: this.madeAt(slot) })),
    };
  }

  /** Terraform expression of the time at which a slot's value was made, RFC 3339. */
  madeAt(slot: number): string {
    return inSlot(this.keepers, slot, this.node.path).madeAt;
  }
}
