import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../../constructs/secrets/key-pair.js';
import type { Generations } from '../../../constructs/secrets/rotation.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { Construct } from 'constructs';
import { declared, synthesize, type Declare } from '../../helper/synth.js';

const GENERATIONS: Generations = { passwords: 3, apiKeys: 1, signingKeys: 4 };

const declare: Declare<void> = (stack) => {
  Secret.generated(new Construct(stack, 'Inner'), 'password');
  Secret.generated(stack, 'client-b', { class: 'apiKeys' });
  Secret.generated(stack, 'client-a', { class: 'apiKeys' });
  Secret.generated(stack, 'superuser', { class: 'fixed' });
  KeyPair.generated(stack, 'signer');
  Secret.fromVariable(stack, 'mail_password', { description: 'password of the mail server', version: 7 });
};
const stack = synthesize(declare, {}, GENERATIONS);

function madeAt(path: string): string {
  return `\${${stack.address('terraform_data', `${path}/Resource`)}.output.at}`;
}

describe('the output `rotation`', () => {
  test('lists every secret of each class with its slots, by name, and no value', () => {
    const slots = (path: string, generations: readonly number[]): object[] =>
      generations.map((generation, slot) => ({
        slot,
        generation,
        madeAt: madeAt(`${path}/Generation${slot}`),
      }));
    expect(stack.parsed.output.rotation?.value).toEqual({
      passwords: {
        generation: 3,
        secrets: [{ name: 'password', slots: slots('Inner/password', [1, 2]) }],
      },
      apiKeys: {
        generation: 1,
        secrets: [
          { name: 'client-a', slots: slots('client-a', [0, 1]) },
          { name: 'client-b', slots: slots('client-b', [0, 1]) },
        ],
      },
      signingKeys: { generation: 4, secrets: [{ name: 'signer', slots: slots('signer', [1, 2, 1]) }] },
      certificates: { generation: 0, secrets: [] },
      fixed: { secrets: [{ name: 'superuser', slots: slots('superuser', [0]) }] },
      outside: { secrets: [{ name: 'mail_password', slots: slots('mail_password', [7]) }] },
    });
  });

  test('is no secret, and is known only when every resource has arrived', () => {
    expect(stack.parsed.output.rotation?.sensitive).toBeUndefined();
    const { output, resource } = JSON.parse(stack.text) as {
      output: { rotation: { depends_on: string[] } };
      resource: Record<string, Record<string, unknown>>;
    };
    expect(output.rotation.depends_on).toEqual(
      Object.entries(resource)
        .flatMap(([type, ids]) => Object.keys(ids).map((id) => `${type}.${id}`))
        .sort(),
    );
  });

  test('is the same text for the same input', () => {
    expect(synthesize(declare, {}, GENERATIONS).text).toBe(stack.text);
  });

  test('takes whatever construct says that it rotates, with the end of its life', () => {
    class Certificate extends Construct {
      readonly rotating = {
        class: 'certificates',
        name: 'gate',
        slots: [{ slot: 0, generation: 2, madeAt: '2026-11-22T10:00:00Z', notAfter: '2027-02-20T10:00:00Z' }],
      } as const;
    }
    const { output } = synthesize((scope) => {
      new Certificate(scope, 'Certificate');
    }).parsed;
    expect(output.rotation?.value).toMatchObject({
      certificates: {
        generation: 0,
        secrets: [
          {
            name: 'gate',
            slots: [
              { slot: 0, generation: 2, madeAt: '2026-11-22T10:00:00Z', notAfter: '2027-02-20T10:00:00Z' },
            ],
          },
        ],
      },
    });
  });
});

describe('the generation of a class', () => {
  test('reaches the secrets of that class alone', () => {
    const made = declared(
      (scope) => [
        Secret.generated(scope, 'password').generation,
        Secret.generated(scope, 'key', { class: 'apiKeys' }).generation,
        Secret.generated(scope, 'fixed', { class: 'fixed' }).generation,
        KeyPair.generated(scope, 'signer').generation,
      ],
      {},
      { apiKeys: 5 },
    );
    expect(made).toEqual([0, 5, 0, 0]);
  });

  test('never changes a fixed secret, which has one slot unless more are asked for', () => {
    const generations = { passwords: 2, apiKeys: 2, signingKeys: 2, certificates: 2 };
    const [one, two] = declared(
      (scope) => [
        Secret.generated(scope, 'one', { class: 'fixed' }),
        Secret.generated(scope, 'two', { class: 'fixed', slots: 2 }),
      ],
      {},
      generations,
    );
    expect([one.slots, one.newestSlot, two.slots]).toEqual([1, 0, 2]);
  });
});
