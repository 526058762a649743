import { inspect } from 'node:util';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { Secret, type GeneratedSecretProps } from '../../../constructs/secrets/secret.js';
import { asJson, composed, unseal, urlEncoded } from '../../../constructs/secrets/sealed.js';
import { thrown } from '../../helper/failure.js';
import { WAYS_INTO_TEXT, intoText } from '../../helper/leaks.js';
import { declared, synthesize, type Synthesized } from '../../helper/synth.js';
import { expressionOf } from '../../helper/sealed.js';

function made(props: GeneratedSecretProps = {}, passwords = 0): Secret {
  return declared((stack) => Secret.generated(stack, 'key', props), {}, { passwords });
}

function synthesized(props: GeneratedSecretProps = {}, passwords = 0): Synthesized {
  return synthesize(
    (stack) => {
      Secret.generated(stack, 'key', props);
    },
    {},
    { passwords },
  );
}

describe('Secret.generated', () => {
  test.each(WAYS_INTO_TEXT)('fails when %s is tried', (way) => {
    expect(thrown(() => intoText(way, made())).message).toBe(
      "secret 'key' can't become a string; hand the Secret itself to a property that takes one",
    );
  });

  test('no type takes it for text', () => {
    expectTypeOf<Secret>().not.toExtend<string>();
    expectTypeOf<Secret['toString']>().returns.toBeNever();
  });

  test('the inspector shows its label alone', () => {
    expect(inspect(made(), { depth: 9, showHidden: true })).toBe('Secret(key)');
  });

  test('by default it has two values of 40 letters and digits, at generation 0', () => {
    const secret = made();
    expect([secret.label, secret.slots, secret.generation, secret.newestSlot]).toEqual(['key', 2, 0, 0]);
    const passwords = synthesized().all('random_password');
    expect([...passwords.keys()]).toEqual(['key/Slot0', 'key/Slot1']);
    for (const password of passwords.values()) {
      expect(password).toMatchObject({ length: 40, special: false, keepers: { generation: '0' } });
    }
  });

  test('each value is replaced with its own generation mark, which holds the time of its making', () => {
    const stack = synthesized({ slots: 3 }, 4);
    expect([...stack.all('random_password').values()].map(({ keepers }) => keepers)).toEqual([
      { generation: '1' },
      { generation: '2' },
      { generation: '1' },
    ]);
    for (const slot of [0, 1, 2]) {
      const mark = stack.one('terraform_data', `key/Generation${slot}/Resource`);
      expect(mark.lifecycle).toEqual({ ignore_changes: ['input'] });
      expect(mark.input).toMatchObject({ at: '${plantimestamp()}' });
      expect(stack.one('random_password', `key/Slot${slot}`).lifecycle).toEqual({
        replace_triggered_by: [stack.address('terraform_data', `key/Generation${slot}/Resource`)],
      });
    }
  });

  test('one step of the generation changes one value and its mark, and nothing else', () => {
    const [before, after] = [synthesized({}, 6), synthesized({}, 7)];
    const differing = [...before.all('random_password')]
      .filter(([path, value]) => JSON.stringify(value) !== JSON.stringify(after.one('random_password', path)))
      .map(([path]) => path);
    expect(differing).toEqual(['key/Slot1']);
    expect(made({}, 7).newestSlot).toBe(1);
  });

  test('the same declaration synthesizes to the same text', () => {
    expect(synthesized({}, 3).text).toBe(synthesized({}, 3).text);
  });

  test('a value carries the label and generation of its slot and opens to an expression', () => {
    const secret = made({}, 3);
    expect([secret.slot(0).label, secret.slot(0).generation]).toEqual(['key#0', 1]);
    expect(secret.newest).toBe(secret.slot(1));
    expect(unseal(secret.newest)).toMatch(/^\$\{TfToken\[TOKEN\.\d+\]\}$/);
  });

  test.each([15, 129, 40.5])('fails when the length is %d', (length) => {
    expect(thrown(() => made({ length })).message).toBe(
      `'length' must be a whole number from 16 to 128, got ${length}; leave it out for 40 (at unit/key)`,
    );
  });

  test.each([16, 128])('a length of %d is within its bounds', (length) => {
    expect(synthesized({ length }).one('random_password', 'key/Slot0')).toMatchObject({ length });
  });

  test.each([-1, 2])('fails when slot %d of two is asked for', (slot) => {
    const message = `'slot' must be a whole number from 0 to 1, got ${slot}; name a slot that exists (at unit/key)`;
    expect(thrown(() => made().slot(slot)).message).toBe(message);
    expect(thrown(() => made().madeAt(slot)).message).toBe(message);
  });

  test.each([0, -1, 1.5, Number.NaN])('fails when it has %d slots', (slots) => {
    expect(thrown(() => made({ slots })).message).toContain(
      `'slots' must be a whole number of 1 or more, got ${slots}; use 2 for passwords, 3 for signing keys`,
    );
  });

  test('fails when the generation is below 0', () => {
    expect(thrown(() => made({}, -1)).message).toBe(
      "'generation' must be a whole number of 0 or more, got -1; read it from the ledger",
    );
  });
});

describe('Secret.fromVariable', () => {
  const props = { description: 'certificate of the gate' };

  test('is a sensitive variable without a default, with its version as generation', () => {
    const stack = synthesize((scope) => {
      Secret.fromVariable(scope, 'gate_key', { ...props, version: 3 });
    });
    expect(stack.parsed.variable).toEqual({
      gate_key: { description: 'certificate of the gate', nullable: false, sensitive: true, type: 'string' },
    });
    expect(stack.one('terraform_data', 'gate_key/Generation0/Resource').triggers_replace).toEqual({
      generation: 3,
    });
  });

  test('has one slot, whose value is the variable', () => {
    const secret = declared((scope) => Secret.fromVariable(scope, 'gate_key', props));
    expect([secret.slots, secret.newestSlot, secret.generation]).toEqual([1, 0, 1]);
    expect(expressionOf(secret.newest)).toBe('${var.gate_key}');
  });

  test('stays the variable inside of an expression, and never becomes its name', () => {
    const { newest } = declared((scope) => Secret.fromVariable(scope, 'gate_key', props));
    const json = expressionOf(asJson(newest));
    const address = expressionOf(composed('address', ['smtp://', urlEncoded(newest), '@host']));
    expect(json).toBe('${jsonencode(var.gate_key)}');
    expect(address).toBe('smtp://${replace(urlencode(var.gate_key), "+", "%20")}@host');
  });

  test.each(['Gate', '1gate', 'gate-key', '', 'a b'])('refuses the name %j', (name) => {
    expect(thrown(() => declared((scope) => Secret.fromVariable(scope, name, props))).message).toMatch(
      /^'name' must be small letters, digits and underscores, beginning with a letter, got /,
    );
  });

  test.each([0, -1, 1.5])('refuses version %s', (version) => {
    expect(
      thrown(() => declared((scope) => Secret.fromVariable(scope, 'gate', { ...props, version }))).message,
    ).toMatch(/^'version' must be a whole number from 1 on, got /);
  });
});
