import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KeyPair, type KeyAlgorithm } from '../../../constructs/secrets/key-pair.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { TestStack, type Declare } from '../harness/stack.js';
import { containerOf, inside, sleeper } from './fixtures.js';

const ENVIRONMENT = 'e2e-secrets';
const FOLDER = '/run/portcullis/secrets';
const SLOTS = [0, 1, 2];
const KEYS: readonly { readonly algorithm: KeyAlgorithm; readonly details: object }[] = [
  { algorithm: 'RS256', details: { modulusLength: 2048, publicExponent: 65537n } },
  { algorithm: 'ES256', details: { namedCurve: 'prime256v1' } },
];

const declare: Declare = (stack, platform, { tools }) => {
  const password = Secret.generated(stack, 'password', { length: 24 });
  const keys = KEYS.flatMap(({ algorithm }) => {
    const pair = KeyPair.generated(stack, `key-${algorithm}`, { algorithm });
    return SLOTS.flatMap((slot) => [
      { name: `${algorithm}-${slot}.pem`, content: pair.privateKey(slot) },
      { name: `${algorithm}-${slot}.pub`, content: pair.publicKey(slot) },
    ]);
  });
  const files = [
    ...keys,
    ...[0, 1].map((slot) => ({ name: `password-${slot}`, content: password.slot(slot) })),
  ];
  platform.workload(
    stack,
    'Reader',
    sleeper(tools, { name: 'keyring', files: [{ name: 'secrets', path: FOLDER, files, reloads: true }] }),
  );
};

let stack: TestStack;

async function read(name: string): Promise<string> {
  return inside(await containerOf(ENVIRONMENT, 'keyring'), 'cat', `${FOLDER}/${name}`);
}

function readAll(names: readonly string[]): Promise<string[]> {
  return Promise.all(names.map(read));
}

beforeAll(async () => {
  stack = await TestStack.create(ENVIRONMENT, []);
  await stack.declare(declare);
  await stack.apply();
});

afterAll(async () => {
  await stack.destroy();
});

test('a password has the length asked for and letters and digits alone, another in each slot', async () => {
  const [first, second] = await readAll(['password-0', 'password-1']);
  expect(first).toMatch(/^[A-Za-z0-9]{24}$/);
  expect(second).toMatch(/^[A-Za-z0-9]{24}$/);
  expect(second).not.toBe(first);
});

describe.each(KEYS)('a key pair for $algorithm', ({ algorithm, details }) => {
  const privateNames = SLOTS.map((slot) => `${algorithm}-${slot}.pem`);

  test('arrives as PEM whose halves belong together', async () => {
    const privateKey: KeyObject = createPrivateKey(await read(`${algorithm}-0.pem`));
    const publicKey: KeyObject = createPublicKey(await read(`${algorithm}-0.pub`));
    const signature = sign('sha256', Buffer.from('token'), privateKey);
    expect(verify('sha256', Buffer.from('token'), publicKey, signature)).toBe(true);
    expect(verify('sha256', Buffer.from('other'), publicKey, signature)).toBe(false);
    expect(publicKey.asymmetricKeyDetails).toEqual(details);
  });

  test('is another one in each slot', async () => {
    expect(new Set(await readAll(privateNames)).size).toBe(SLOTS.length);
  });
});

test('nothing is left to change', async () => {
  expect(await stack.plan()).toEqual([]);
});

test('a step of the generation replaces exactly one key of each pair, and no password', async () => {
  const names = [
    ...KEYS.flatMap(({ algorithm }) => SLOTS.map((slot) => `${algorithm}-${slot}.pem`)),
    'password-0',
    'password-1',
  ];
  const before = await readAll(names);
  const reader = await containerOf(ENVIRONMENT, 'keyring');
  await stack.declare(declare, { generations: { signingKeys: 1 } });
  await stack.apply();
  const after = await readAll(names);
  expect(names.filter((_, index) => before[index] !== after[index])).toEqual(['RS256-1.pem', 'ES256-1.pem']);
  expect((await containerOf(ENVIRONMENT, 'keyring')).Id).toBe(reader.Id);
  expect(await stack.plan()).toEqual([]);
});
