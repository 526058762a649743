/** What holds secrets and can't become text, by whatever way somebody tries. */
import { Construct } from 'constructs';
import { secretLeak } from '../errors.js';

/** A construct that throws when it is turned into a string and shows its label when inspected. */
export abstract class Unprintable extends Construct {
  /** Name under which it is listed; safe to show. */
  abstract readonly label: string;

  override toString(): never {
    throw secretLeak(this.label);
  }
  toJSON(): never {
    return this.toString();
  }
  [Symbol.toPrimitive](): never {
    return this.toString();
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `${this.constructor.name}(${this.label})`;
  }
}
