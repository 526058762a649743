import { inspect } from 'node:util';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { KeyPair, type KeyPairProps } from '../../../constructs/secrets/key-pair.js';
import type { Sealed } from '../../../constructs/secrets/sealed.js';
import { thrown } from '../../helper/failure.js';
import { WAYS_INTO_TEXT, intoText } from '../../helper/leaks.js';
import { declared, synthesize, type Synthesized } from '../../helper/synth.js';

function made(props: KeyPairProps = {}, signingKeys = 0): KeyPair {
  return declared((stack) => KeyPair.generated(stack, 'signer', props), {}, { signingKeys });
}

function synthesized(props: KeyPairProps = {}, signingKeys = 0): Synthesized {
  return synthesize(
    (stack) => {
      KeyPair.generated(stack, 'signer', props);
    },
    {},
    { signingKeys },
  );
}

describe('KeyPair.generated', () => {
  test.each(WAYS_INTO_TEXT)('fails when %s is tried', (way) => {
    expect(thrown(() => intoText(way, made())).message).toBe(
      "secret 'signer' can't become a string; hand the Secret itself to a property that takes one",
    );
  });

  test('no type takes it for text', () => {
    expectTypeOf<KeyPair>().not.toExtend<string>();
    expectTypeOf<ReturnType<KeyPair['privateKey']>>().toEqualTypeOf<Sealed>();
    expectTypeOf<ReturnType<KeyPair['publicKey']>>().toEqualTypeOf<Sealed>();
  });

  test('the inspector shows its label alone', () => {
    expect(inspect(made(), { depth: 9, showHidden: true })).toBe('KeyPair(signer)');
  });

  test('by default it has three RSA keys of 2048 bits at generation 0', () => {
    const pair = made();
    expect([pair.label, pair.slots, pair.generation]).toEqual(['signer', 3, 0]);
    const keys = [...synthesized().all('tls_private_key').values()];
    expect(keys).toHaveLength(3);
    for (const key of keys) expect(key).toMatchObject({ algorithm: 'RSA', rsa_bits: 2048 });
  });

  test('ES256 uses the curve P-256', () => {
    for (const key of synthesized({ algorithm: 'ES256' }).all('tls_private_key').values()) {
      expect(key).toMatchObject({ algorithm: 'ECDSA', ecdsa_curve: 'P256' });
    }
  });

  test('each key is replaced with its own generation mark', () => {
    const stack = synthesized({});
    for (const slot of [0, 1, 2]) {
      expect(stack.one('tls_private_key', `signer/Slot${slot}`).lifecycle).toEqual({
        replace_triggered_by: [stack.address('terraform_data', `signer/Generation${slot}/Resource`)],
      });
    }
  });

  test('private and public half of a slot have one generation and labels of their own', () => {
    const pair = made({}, 4);
    expect([pair.privateKey(1).label, pair.publicKey(1).label]).toEqual(['signer#1', 'signer.pub#1']);
    expect([pair.privateKey(1).generation, pair.publicKey(1).generation]).toEqual([2, 2]);
  });

  test('the key that signs is the one before the newest, at every generation', () => {
    for (const generation of [0, 1, 2, 3, 4]) {
      const { newestSlot, signingSlot, slots } = made({ slots: 4 }, generation);
      expect([newestSlot, signingSlot]).toEqual([generation % slots, (generation + 3) % slots]);
    }
  });

  test('the same declaration synthesizes to the same text', () => {
    expect(synthesized({}, 3).text).toBe(synthesized({}, 3).text);
  });

  test.each([2, 0, Number.NaN])('fails when there are %d slots', (slots) => {
    expect(thrown(() => made({ slots })).message).toBe(
      `'slots' must be 3 or more for a signing key, got ${slots}; leave it out for 3 (at unit/signer)`,
    );
  });

  test('fails when a slot is asked for that is not there', () => {
    const message =
      "'slot' must be a whole number from 0 to 2, got 3; name a slot that exists (at unit/signer)";
    expect(thrown(() => made().privateKey(3)).message).toBe(message);
    expect(thrown(() => made().publicKey(3)).message).toBe(message);
  });
});
