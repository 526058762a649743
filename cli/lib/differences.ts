/** In which way two values of a plan differ; the values themselves are never told. */

/** Something known, something that only the apply will know, or a placeholder for a missing secret. */
export type Difference = 'known' | 'unknown' | 'placeholder';
export type Attributes = Readonly<Record<string, unknown>>;

/**
 * Compares an attribute before and after.
 *
 * @param unknown `true` wherever only the apply will know, in the form of the value
 * @param placeholders values that stand for missing secrets
 */
export function compare(
  before: unknown,
  after: unknown,
  unknown: unknown,
  placeholders: readonly string[],
): Set<Difference> {
  if (unknown === true) return new Set(['unknown']);
  if (typeof after === 'string' && placeholders.some((placeholder) => after.includes(placeholder)))
    // Where there was no value before, one comes for certain.
    return new Set([isNothing(before) ? 'known' : 'placeholder']);
  if (isNothing(before) && isNothing(after) && isNothing(unknown)) return new Set();
  if (Array.isArray(after) && (Array.isArray(before) || isNothing(before)))
    return compareMany(many(before), after, many(unknown), placeholders);
  if (isObject(after) && (isObject(before) || isNothing(before))) {
    const [old, next, mark] = [attributesOf(before), attributesOf(after), attributesOf(unknown)];
    const keys = new Set([old, next, mark].flatMap((part) => Object.keys(part)));
    return union([...keys].map((key) => compare(old[key], next[key], mark[key], placeholders)));
  }
  return before === after ? new Set() : new Set(['known']);
}

/** Lists of blocks come in any order, so each finds the old one that it differs least from. */
function compareMany(
  before: readonly unknown[],
  after: readonly unknown[],
  unknown: readonly unknown[],
  placeholders: readonly string[],
): Set<Difference> {
  if (before.length !== after.length) return new Set(['known']);
  const left = [...before];
  const open: number[] = [];
  after.forEach((value, index) => {
    const same = left.findIndex((old) => compare(old, value, unknown[index], placeholders).size === 0);
    if (same >= 0) left.splice(same, 1);
    else open.push(index);
  });
  return union(
    open.map((index) => {
      const all = left.map((old) => compare(old, after[index], unknown[index], placeholders));
      const least = Math.max(
        0,
        all.findIndex((found) => !found.has('known')),
      );
      left.splice(least, 1);
      return all[least] ?? new Set<Difference>(['known']);
    }),
  );
}

function union(sets: readonly ReadonlySet<Difference>[]): Set<Difference> {
  return new Set(sets.flatMap((set) => [...set]));
}

function isObject(value: unknown): value is Attributes {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function attributesOf(value: unknown): Attributes {
  return isObject(value) ? value : {};
}

export function many(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** Providers write what isn't set as null, empty, zero or false, as it comes. */
function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isNothing);
  if (isObject(value)) return Object.values(value).every(isNothing);
  return value === undefined || value === null || value === '' || value === 0 || value === false;
}
