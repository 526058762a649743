import { describe, expect, test } from 'vitest';
import { PortcullisError } from '../../constructs/errors.js';
import { Mistakes } from '../../constructs/mistakes.js';
import { Sealed } from '../../constructs/secrets/sealed.js';
import { thrown } from '../helper/failure.js';
import { MADE } from '../helper/gateway-model.js';

/** The one line that `note` adds. */
function line(note: (mistakes: Mistakes) => void): string {
  const mistakes = new Mistakes();
  note(mistakes);
  expect(mistakes.found).toHaveLength(1);
  return mistakes.found.join('');
}

function shown(got: unknown): string {
  return line((mistakes) => mistakes.add('path', 'be right', got, 'mend it'));
}

describe('a line', () => {
  test('says path, rule, what was got and remedy', () => {
    expect(shown('wrong')).toBe('path must be right, got "wrong"; mend it');
  });

  test.each<[unknown, string]>([
    [undefined, 'nothing'],
    [null, 'null'],
    [0, '0'],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    [Infinity, 'Infinity'],
    [true, 'true'],
    ['', '""'],
    ['a\nb', '"a\\nb"'],
    [['a', 1], '["a",1]'],
    [{ minute: undefined }, '{}'],
    [() => 1, 'function'],
    [Symbol('s'), 'symbol'],
    ['a'.repeat(78), `"${'a'.repeat(78)}"`],
    ['a'.repeat(79), `"${'a'.repeat(76)}...`],
  ])('shows %j as %s', (got, text) => {
    expect(shown(got)).toBe(`path must be right, got ${text}; mend it`);
  });

  test.each<[string, unknown, string]>([
    ['a value', Sealed.of('client#0', 0, '${random_password.p.result}'), 'client#0'],
    ['a secret', MADE.key, 'client-app'],
    ['a key pair', MADE.keyPair, 'jwt-app'],
  ])('shows %s by its label alone', (_what, got, label) => {
    expect(shown(got)).toBe(`path must be right, got the secret '${label}'; mend it`);
  });

  test.each<[string, unknown]>([
    ['a list', [MADE.key]],
    ['an object', { deep: { key: MADE.key.newest } }],
  ])('shows secrets within %s by their labels alone', (_what, got) => {
    const label = Array.isArray(got) ? 'client-app' : 'client-app#0';
    expect(shown(got)).toContain(`"the secret '${label}'"`);
  });
});

describe('a rule', () => {
  test('that holds leaves no line', () => {
    const mistakes = new Mistakes();
    mistakes.unless(true, 'path', 'be right', 'right', 'mend it');
    mistakes.wholeNumber('path', 1, 1, 3, 'mend it');
    mistakes.wholeNumber('path', 3, 1, 3, 'mend it');
    mistakes.unique('path', ['a', 'b'], 'mend it');
    mistakes.throwIfAny('the thing', 'unit');
    expect(mistakes.found).toEqual([]);
  });

  test('that does not hold leaves one', () => {
    expect(line((mistakes) => mistakes.unless(false, 'path', 'be right', 'x', 'mend it'))).toBe(
      'path must be right, got "x"; mend it',
    );
  });

  test.each([0, 4, 1.5, Number.NaN, -1, Infinity])('of whole numbers from 1 to 3 refuses %d', (got) => {
    expect(line((mistakes) => mistakes.wholeNumber('path', got, 1, 3, 'mend it'))).toBe(
      `path must be a whole number from 1 to 3, got ${got}; mend it`,
    );
  });

  test('of unique values names each repeated one once', () => {
    const mistakes = new Mistakes();
    mistakes.unique('path', ['b', 'a', 'b', 'a', 'b', 'c'], 'mend it');
    expect(mistakes.found).toEqual([
      'path must be unique, got "b"; mend it',
      'path must be unique, got "a"; mend it',
    ]);
  });
});

describe('the report', () => {
  test('holds all lines, sorted by their paths, in one error', () => {
    const mistakes = new Mistakes();
    for (const path of ['b', 'a.c', 'a']) mistakes.add(path, 'be right', 1, 'mend it');
    const error = thrown(() => mistakes.throwIfAny('the thing', 'unit/Thing'));
    expect(error).toBeInstanceOf(PortcullisError);
    expect(error).toMatchObject({ code: 'invalid-declaration', at: 'unit/Thing' });
    expect(error.message).toBe(
      [
        'the thing has 3 mistakes:',
        '  a must be right, got 1; mend it',
        '  a.c must be right, got 1; mend it',
        '  b must be right, got 1; mend it',
        ' (at unit/Thing)',
      ].join('\n'),
    );
  });

  test('counts one mistake in the singular', () => {
    const mistakes = new Mistakes();
    mistakes.add('path', 'be right', 1, 'mend it');
    expect(thrown(() => mistakes.throwIfAny('the thing', 'unit')).message).toMatch(
      /^the thing has 1 mistake:\n/,
    );
  });
});
