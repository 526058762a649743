/**
 * Which slot of a secret changes at which generation.
 *
 * A secret class has a generation `g` and `N` slots. Slot `k` is keyed by
 * `floor((g + N - k mod N) / N)`, so one step of `g` changes exactly one slot and leaves the others,
 * which is what lets old and new live side by side.
 */
import { invalid } from '../errors.js';

/** Generation number of slot `slot` when its class stands at `generation`. */
export function slotGeneration(generation: number, slots: number, slot: number): number {
  checkSlots(generation, slots);
  if (!Number.isInteger(slot) || slot < 0 || slot >= slots) {
    throw invalid('slot', `be a whole number from 0 to ${slots - 1}`, slot, 'name a slot that exists');
  }
  return Math.floor((generation + ((slots - slot) % slots)) / slots);
}

/** The slot that the newest value stands in. */
export function newestSlot(generation: number, slots: number): number {
  checkSlots(generation, slots);
  return generation % slots;
}

/**
 * The slot whose value signs or encrypts where another program verifies: the one made in the step
 * before the newest, which every verifier has had for one step.
 */
export function signingSlot(generation: number, slots: number): number {
  checkSlots(generation, slots);
  return (generation + slots - 1) % slots;
}

/** @throws PortcullisError when a generation or a number of slots is out of bounds */
export function checkSlots(generation: number, slots: number): void {
  if (!Number.isInteger(generation) || generation < 0) {
    throw invalid('generation', 'be a whole number of 0 or more', generation, 'read it from the ledger');
  }
  if (!Number.isInteger(slots) || slots < 1) {
    throw invalid(
      'slots',
      'be a whole number of 1 or more',
      slots,
      'use 2 for passwords, 3 for signing keys',
    );
  }
}

/**
 * What stands in a slot.
 *
 * @throws PortcullisError when there is no such slot
 */
export function inSlot<T>(slots: readonly T[], slot: number, at: string): T {
  const found = slots[slot];
  if (found === undefined) {
    throw invalid(
      'slot',
      `be a whole number from 0 to ${slots.length - 1}`,
      slot,
      'name a slot that exists',
      at,
    );
  }
  return found;
}
