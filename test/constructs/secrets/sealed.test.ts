import { inspect } from 'node:util';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { PortcullisError } from '../../../constructs/errors.js';
import { Sealed, unseal } from '../../../constructs/secrets/sealed.js';
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
