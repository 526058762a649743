import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, checkName, shortHash } from '../../../constructs/platform/names.js';
import { Sealed } from '../../../constructs/secrets/sealed.js';
import { thrown } from '../../helper/failure.js';

/** The same value with the keys of every object the other way round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, turned(inner)]),
  );
}

describe('canonicalJson', () => {
  test('keys are sorted at every depth, lists keep their order', () => {
    expect(canonicalJson({ b: [{ z: 1, y: 2 }, 3], a: null })).toBe('{"a":null,"b":[{"y":2,"z":1},3]}');
  });

  test('the order of writing changes nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('fails when a secret stands anywhere in it', () => {
    expect(thrown(() => canonicalJson({ a: [Sealed.of('key#0', 0, '${x}')] })).message).toBe(
      "secret 'key#0' can't become a string; hand the Secret itself to a property that takes one",
    );
  });
});

describe('shortHash', () => {
  test('is the beginning of a SHA-256 and the same on every machine', () => {
    expect(shortHash({ a: 1 })).toBe('015abd7f');
  });

  test('tells lists by their order and values by their type', () => {
    const all = [[1, 2], [2, 1], ['1', 2], [[1], 2], { 0: 1, 1: 2 }].map(shortHash);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('checkName', () => {
  test.each(['ab', 'a1', 'kong-migrations', `a${'b'.repeat(39)}`])('%s is a name', (name) => {
    expect(checkName('name', name, 'unit')).toBe(name);
  });

  test.each(['', 'a', 'A1', '1a', 'a-', '-a', 'a_b', 'a.b', 'a b', 'ä1', 'ab\n', `a${'b'.repeat(40)}`])(
    'fails when the name is %j',
    (name) => {
      expect(thrown(() => checkName('name', name, 'unit')).message).toBe(
        `'name' must be 2 to 40 small letters, digits and dashes, got ${JSON.stringify(name)}; rename it (at unit)`,
      );
    },
  );
});
