import { inspect } from 'node:util';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { PortcullisError } from '../../../constructs/errors.js';
import { Sealed, composed, unseal } from '../../../constructs/secrets/sealed.js';
import { thrown } from '../../helper/failure.js';
import { WAYS_INTO_TEXT, intoText } from '../../helper/leaks.js';

const EXPRESSION = '${random_password.p.result}';
const sealed = Sealed.of('client#0', 3, EXPRESSION);

describe('Sealed', () => {
  test.each(WAYS_INTO_TEXT)('fails when %s is tried', (way) => {
    const error = thrown(() => intoText(way, sealed));
    expect(error).toBeInstanceOf(PortcullisError);
    expect(error.message).toBe(
      "secret 'client#0' can't become a string; hand the Secret itself to a property that takes one",
    );
  });

  test('no type takes it for text', () => {
    expectTypeOf<Sealed>().not.toExtend<string>();
    expectTypeOf<string>().not.toExtend<Sealed>();
    expectTypeOf<Sealed['toString']>().returns.toBeNever();
    expectTypeOf<Sealed['toJSON']>().returns.toBeNever();
  });

  test('the inspector shows its label alone', () => {
    expect(inspect(sealed)).toBe('Sealed(client#0)');
    expect(inspect({ deep: [sealed] }, { showHidden: true, depth: 9 })).not.toContain('random_password');
  });

  test('nothing that can be listed or copied holds the expression', () => {
    expect(Reflect.ownKeys(sealed)).toEqual(['label', 'generation']);
    expect(Object.entries(sealed)).toEqual([
      ['label', 'client#0'],
      ['generation', 3],
    ]);
    expect(structuredClone(sealed)).toEqual({ label: 'client#0', generation: 3 });
  });

  test('it cannot be changed', () => {
    expect(Object.isFrozen(sealed)).toBe(true);
  });

  test('it opens to the expression', () => {
    expect(unseal(sealed)).toBe(EXPRESSION);
  });

  test('fails when a look-alike is opened', () => {
    expect(thrown(() => unseal(new Proxy(sealed, {}))).message).toBe(
      "secret 'client#0' can't become a string; hand the Secret itself to a property that takes one",
    );
  });
});

describe('composed', () => {
  const other = Sealed.of('host#1', 4, '${var.host}');
  const expression = (...parts: readonly (string | Sealed)[]): string => unseal(composed('address', parts));

  test('joins texts and secrets in their order', () => {
    expect(expression('postgres://kong:', sealed, '@', other, ':5432/kong')).toBe(
      'postgres://kong:${random_password.p.result}@${var.host}:5432/kong',
    );
    expect(expression()).toBe('');
    expect(expression('text')).toBe('text');
  });

  test('has a label of its own and the sum of the generations, so that each step changes it', () => {
    const made = composed('address', [sealed, 'x', other, other]);
    expect([made.label, made.generation]).toEqual(['address', 11]);
    expect(composed('text', ['x']).generation).toBe(0);
  });

  test('is sealed like what it is made of', () => {
    expect(thrown(() => JSON.stringify(composed('address', [sealed]))).message).toBe(
      "secret 'address' can't become a string; hand the Secret itself to a property that takes one",
    );
  });

  test.each<[string, readonly (string | Sealed)[], string]>([
    ['in a text', ['${a} %{b} $c'], '$${a} %%{b} $c'],
    ['over two texts', ['$', '{a} %', '{b}'], '$${a} %%{b}'],
    ['before a secret, which would be text then', ['a$', sealed], 'a${"$"}${random_password.p.result}'],
    [
      'several of them',
      ['$$', sealed, '%', sealed],
      '${"$$"}${random_password.p.result}%${random_password.p.result}',
    ],
    [
      'before a text that was composed',
      ['$', composed('inner', ['{x}', sealed])],
      '${"$"}{x}${random_password.p.result}',
    ],
    ['at the end', [sealed, '$'], '${random_password.p.result}${"$"}'],
  ])('Terraform’s marks stay text: %s', (_what, parts, expected) => {
    expect(expression(...parts)).toBe(expected);
  });
});
