/** Classes of secrets that rotate together, and what a stack tells about each secret: never its value. */
import type { IConstruct } from 'constructs';

/** The classes; an environment gives each its period. */
export const SECRET_CLASSES = ['passwords', 'apiKeys', 'signingKeys', 'certificates'] as const;
export type SecretClass = (typeof SECRET_CLASSES)[number];

/** The step of its rotation that each class stands at; one that isn't named stands at 0. */
export type Generations = Readonly<Partial<Record<SecretClass, number>>>;

/**
 * What a secret rotates with.
 *
 * `fixed` is what can't be changed while the thing that it guards lives; `outside` is what somebody
 * else makes and changes.
 */
export type Membership = SecretClass | 'fixed' | 'outside';

/** One slot of a secret as the stack tells about it. */
export interface SlotRecord {
  readonly slot: number;
  /** The slot's own number, or the version of a secret from outside. */
  readonly generation: number;
  /** When it was made: RFC 3339, or a Terraform expression that becomes it. */
  readonly madeAt: string;
  /** When it ends by itself, as certificates do: RFC 3339, or a Terraform expression that becomes it. */
  readonly notAfter?: string;
}

/** A construct with a secret that the stack's output `rotation` lists. */
export interface Rotating {
  readonly rotating: {
    readonly class: Membership;
    /** Name to list it under; safe to show. */
    readonly name: string;
    readonly slots: readonly SlotRecord[];
  };
}

/** What the output holds for one class; `fixed` and `outside` have no generation of their own. */
export interface ClassRecord {
  readonly generation?: number;
  readonly secrets: readonly { readonly name: string; readonly slots: readonly SlotRecord[] }[];
}

/** The generation of a class in the stack that the scope belongs to; 0 where the stack names none. */
export function generationOf(scope: IConstruct, secretClass: SecretClass): number {
  const stack = scope.node.scopes.find(namesGenerations);
  return stack?.generations[secretClass] ?? 0;
}

/** Everything that rotates in a stack, by class; classes without a secret are there with their generation. */
export function rotationRecord(
  constructs: readonly IConstruct[],
  generations: Generations,
): Readonly<Record<Membership, ClassRecord>> {
  const all = constructs.filter(isRotating).map(({ rotating }) => rotating);
  const secrets = (wanted: Membership): Pick<ClassRecord, 'secrets'> => ({
    secrets: all
      .filter((rotating) => rotating.class === wanted)
      .map(({ name, slots }) => ({ name, slots }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  });
  const rotating = (wanted: SecretClass): ClassRecord => ({
    generation: generations[wanted] ?? 0,
    ...secrets(wanted),
  });
  return {
    passwords: rotating('passwords'),
    apiKeys: rotating('apiKeys'),
    signingKeys: rotating('signingKeys'),
    certificates: rotating('certificates'),
    fixed: secrets('fixed'),
    outside: secrets('outside'),
  };
}

function isRotating(construct: object): construct is IConstruct & Rotating {
  return 'rotating' in construct;
}

function namesGenerations(
  construct: object,
): construct is IConstruct & { readonly generations: Generations } {
  return 'generations' in construct;
}
