import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../../constructs/secrets/key-pair.js';
import { KeySet } from '../../../constructs/secrets/key-set.js';
import { Sealed } from '../../../constructs/secrets/sealed.js';
import { thrown } from '../../helper/failure.js';
import { declared } from '../../helper/synth.js';

const one = Sealed.of('signer#0', 3, '${tls_private_key.a.private_key_pem}');
const other = Sealed.of('signer#1', 4, '${tls_private_key.b.private_key_pem}');

describe('KeySet', () => {
  test('keeps its keys in the order given', () => {
    const set = new KeySet('keys', [{ key: other, kid: 'second' }, { key: one }, { key: 'PEM' }]);
    expect(set.label).toBe('keys');
    expect(set.entries.map(({ key, kid }) => [key, kid])).toEqual([
      [other, 'second'],
      [one, undefined],
      ['PEM', undefined],
    ]);
  });

  test('belongs to the sum of the generations; a key from outside has none', () => {
    expect(new KeySet('keys', [{ key: one }, { key: other }, { key: 'PEM' }]).generation).toBe(7);
    expect(new KeySet('keys', []).generation).toBe(0);
  });

  test('each step of the class changes the generation of a set with all slots', () => {
    const generations = [0, 1, 2, 3, 4].map((signingKeys) =>
      declared(
        (stack) => {
          const pair = KeyPair.generated(stack, 'signer');
          return new KeySet(
            'keys',
            [0, 1, 2].map((slot) => ({ key: pair.publicKey(slot) })),
          ).generation;
        },
        {},
        { signingKeys },
      ),
    );
    expect(generations).toEqual([0, 1, 2, 3, 4]);
  });

  test('gives no key away', () => {
    const set = new KeySet('keys', [{ key: one }]);
    expect(inspect(set, { depth: 9, showHidden: true })).not.toContain('tls_private_key');
    expect(thrown(() => JSON.stringify(set)).message).toContain("secret 'signer#0' can't become a string");
  });
});
