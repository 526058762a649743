/**
 * The box that a secret's value travels in.
 *
 * What is inside is a Terraform expression, never the value itself; even so no string may be made
 * of it outside `constructs/secrets` and `constructs/platform` (lint keeps `unseal` there), because
 * an expression pasted into plain text puts the value into files that are not secret.
 */
import { Fn } from 'cdktf';
import { secretLeak } from '../errors.js';

const expressions = new WeakMap<Sealed, string>();

/** One value of a secret. Every way of turning it into text throws. */
export class Sealed {
  /** Name of the secret and slot; safe to show. */
  readonly label: string;
  /** Generation that this value belongs to; a job that reads it runs again when this changes. */
  readonly generation: number;

  private constructor(label: string, generation: number) {
    this.label = label;
    this.generation = generation;
  }

  static of(label: string, generation: number, expression: string): Sealed {
    const sealed = new Sealed(label, generation);
    expressions.set(sealed, expression);
    return Object.freeze(sealed);
  }

  toString(): never {
    throw secretLeak(this.label);
  }
  toJSON(): never {
    throw secretLeak(this.label);
  }
  [Symbol.toPrimitive](): never {
    throw secretLeak(this.label);
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Sealed(${this.label})`;
  }
}

/** The Terraform expression inside; for provider resources only. */
export function unseal(sealed: Sealed): string {
  const expression = expressions.get(sealed);
  if (expression === undefined) throw secretLeak(sealed.label);
  return expression;
}

/** Whether two boxes hold the same expression, and so the same value. */
export function sameValue(one: Sealed, other: Sealed): boolean {
  return unseal(one) === unseal(other);
}

/** A secret with plain text before it, such as a header's name. */
export function prefixed(text: string, sealed: Sealed): Sealed {
  return Sealed.of(sealed.label, sealed.generation, `${text}${unseal(sealed)}`);
}

/**
 * The value as a JSON string, quotes included.
 *
 * It is one line and stands for itself wherever YAML is read, whatever characters the value has.
 */
export function asJson(sealed: Sealed): Sealed {
  return Sealed.of(sealed.label, sealed.generation, Fn.jsonencode(unseal(sealed)));
}

/** The value as a part of an address: letters, digits and marks that mean nothing there, the rest as `%XX`. */
export function urlEncoded(sealed: Sealed): Sealed {
  // Terraform's function is for forms, where a blank is a plus.
  const encoded = Fn.replace(Fn.urlencode(unseal(sealed)), '+', '%20');
  return Sealed.of(sealed.label, sealed.generation, encoded);
}

/**
 * Several texts and secrets as one value, such as an address with a password in it.
 *
 * It belongs to the sum of their generations, which changes whenever one of them does.
 */
export function composed(label: string, parts: readonly (string | Sealed)[]): Sealed {
  return Sealed.of(
    label,
    parts.reduce((sum, part) => sum + (part instanceof Sealed ? part.generation : 0), 0),
    joined(parts),
  );
}

/** Parts as one expression; texts side by side are escaped as one, for a mark may begin in the first. */
function joined(parts: readonly (string | Sealed)[]): string {
  let expression = '';
  let text = '';
  for (const part of parts) {
    if (part instanceof Sealed) {
      expression += literalText(text) + unseal(part);
      text = '';
    } else {
      text += part;
    }
  }
  return expression + literalText(text);
}

/** Plain text inside an expression: Terraform's own template marks are escaped. */
function literalText(text: string): string {
  return (
    text
      .replace(/[$%]\{/g, (mark) => `${mark.charAt(0)}${mark}`)
      // Before an expression they would escape it.
      .replace(/\$+$/, (dollars) => `\${"${dollars}"}`)
  );
}
