import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newestSlot, signingSlot, slotGeneration } from '../../../constructs/secrets/slots.js';
import { thrown } from '../../helper/failure.js';

const generation = fc.integer({ min: 0, max: 10_000 });
const slots = fc.integer({ min: 1, max: 12 });

function all(g: number, n: number): number[] {
  return Array.from({ length: n }, (_, slot) => slotGeneration(g, n, slot));
}

function changed(g: number, n: number): number[] {
  const [before, after] = [all(g, n), all(g + 1, n)];
  return before.flatMap((value, slot) => (after[slot] === value ? [] : [slot]));
}

describe('slots', () => {
  test('two slots take turns', () => {
    expect([0, 1, 2, 3, 4].map((g) => all(g, 2))).toEqual([
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 2],
      [2, 2],
    ]);
  });

  test('three slots take turns', () => {
    expect([0, 1, 2, 3, 4].map((g) => all(g, 3))).toEqual([
      [0, 0, 0],
      [0, 1, 0],
      [0, 1, 1],
      [1, 1, 1],
      [1, 2, 1],
    ]);
  });

  test('one step changes exactly one slot, and that is the newest one', () => {
    fc.assert(
      fc.property(generation, slots, (g, n) => {
        expect(changed(g, n)).toEqual([newestSlot(g + 1, n)]);
      }),
    );
  });

  test('a slot moves on by one and never goes back', () => {
    fc.assert(
      fc.property(generation, slots, (g, n) => {
        const [slot = -1] = changed(g, n);
        expect(slotGeneration(g + 1, n, slot)).toBe(slotGeneration(g, n, slot) + 1);
      }),
    );
  });

  test('as many steps as there are slots change each of them once', () => {
    fc.assert(
      fc.property(generation, slots, (g, n) => {
        expect(all(g + n, n)).toEqual(all(g, n).map((value) => value + 1));
      }),
    );
  });

  test('with a slot for each generation the key that was there first stays', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), (g) => {
        expect(slotGeneration(g, g + 1, 0)).toBe(0);
        expect(newestSlot(g, g + 1)).toBe(g);
      }),
    );
  });

  test('the newest slot is always one of the slots', () => {
    fc.assert(
      fc.property(generation, slots, (g, n) => {
        expect(Array.from({ length: n }, (_, k) => k)).toContain(newestSlot(g, n));
      }),
    );
  });

  test('what signs was made in the step before, so that every verifier has had it for one step', () => {
    fc.assert(
      fc.property(generation, slots, (g, n) => {
        expect(signingSlot(g + 1, n)).toBe(newestSlot(g, n));
      }),
    );
    expect([0, 1, 2, 3, 4].map((g) => signingSlot(g, 3))).toEqual([2, 0, 1, 2, 0]);
  });

  test('what signs stays for the step after, in which its last tokens are verified', () => {
    fc.assert(
      fc.property(generation, fc.integer({ min: 3, max: 12 }), (g, n) => {
        const slot = signingSlot(g, n);
        expect(changed(g, n)).not.toContain(slot);
        expect(signingSlot(g + 1, n)).not.toBe(slot);
      }),
    );
  });

  test.each([-1, 0.5, Number.NaN])('fails when the generation is %d', (g) => {
    const message = `'generation' must be a whole number of 0 or more, got ${g}; read it from the ledger`;
    expect(thrown(() => newestSlot(g, 2)).message).toBe(message);
    expect(thrown(() => signingSlot(g, 2)).message).toBe(message);
    expect(thrown(() => slotGeneration(g, 2, 0)).message).toBe(message);
  });

  test.each([0, -1, 1.5])('fails when there are %d slots', (n) => {
    const message = `'slots' must be a whole number of 1 or more, got ${n}; use 2 for passwords, 3 for signing keys`;
    expect(thrown(() => newestSlot(0, n)).message).toBe(message);
    expect(thrown(() => slotGeneration(0, n, 0)).message).toBe(message);
  });

  test.each([-1, 2, 0.5])('fails when slot %d of two is asked for', (slot) => {
    expect(thrown(() => slotGeneration(0, 2, slot)).message).toBe(
      `'slot' must be a whole number from 0 to 1, got ${slot}; name a slot that exists`,
    );
  });
});
