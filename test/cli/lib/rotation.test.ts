import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readApplied, refuseJump, type Applied } from '../../../cli/lib/rotation.js';
import { SECRET_CLASSES, type Ledger } from '../../../env/ledger.js';
import { thrown } from '../../helper/failure.js';

const AT = '2026-11-22T10:00:00Z';

function applied(passwords: number, apiKeys = 0): Applied {
  const at = (generation: number): Applied['passwords'] => ({ generation, secrets: [] });
  return {
    passwords: at(passwords),
    apiKeys: at(apiKeys),
    signingKeys: at(0),
    certificates: at(0),
    fixed: { secrets: [] },
    outside: { secrets: [] },
  };
}

function ledger(generations: Readonly<Record<string, number>>): Ledger {
  return {
    version: 1,
    classes: Object.fromEntries(
      Object.entries(generations).map(([name, g]) => [name, { g, phase: 'publish', at: AT }]),
    ),
  };
}

describe('refuseJump', () => {
  test('takes exactly what is applied and one step more, for any class', () => {
    const generation = fc.nat({ max: 5 });
    fc.assert(
      fc.property(fc.constantFrom(...SECRET_CLASSES), generation, generation, (name, live, wanted) => {
        const of: Applied = { ...applied(0), [name]: { generation: live, secrets: [] } };
        const refuse = (): void => {
          refuseJump('prod', ledger({ [name]: wanted }), of);
        };
        if (wanted === live || wanted === live + 1) expect(refuse).not.toThrow();
        else expect(refuse).toThrow(/must stand at what is applied or one step ahead/);
      }),
    );
  });

  test('takes any generation before the first deployment', () => {
    expect(() => {
      refuseJump('prod', ledger({ passwords: 9 }), undefined);
    }).not.toThrow();
  });

  test('fails with every class that is elsewhere, where the ledger lies, and what to do', () => {
    expect(
      thrown(() => {
        refuseJump('dev', ledger({ passwords: 2, apiKeys: 1 }), applied(0, 3));
      }),
    ).toMatchObject({
      message: "the ledger of 'dev' must stand at what is applied or one step ahead, got 2 classes elsewhere",
      detail: [
        "'passwords' must be at generation 0 or 1, got 2",
        "'apiKeys' must be at generation 3 or 4, got 1",
      ],
      remedy:
        'mend .portcullis/state/dev/ledger.json, then run the same command again; each step needs a deployment of its own',
    });
  });

  test('fails when the ledger of a rotated environment is gone', () => {
    expect(
      thrown(() => {
        refuseJump('prod', ledger({}), applied(1));
      }),
    ).toMatchObject({
      detail: ["'passwords' must be at generation 1 or 2, got 0"],
      remedy: expect.stringMatching(/^mend env\/ledger\/prod\.json, /) as string,
    });
  });
});

describe('readApplied', () => {
  test('is undefined before the first deployment', () => {
    expect(readApplied(undefined)).toBeUndefined();
  });

  test('reads back what the stack wrote', () => {
    const slots = [{ slot: 0, generation: 1, madeAt: AT, notAfter: '2027-11-22T10:00:00Z' }];
    const value = { ...applied(2), certificates: { generation: 1, secrets: [{ name: 'gate', slots }] } };
    expect(readApplied(value)).toEqual(value);
  });

  test.each([null, 'text', {}, { ...applied(0), fixed: undefined }])('fails when it is %j', (value) => {
    expect(thrown(() => readApplied(value)).message).toBe(
      "the output 'rotation' must be one that this version writes, got another",
    );
  });
});
