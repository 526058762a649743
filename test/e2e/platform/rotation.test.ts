import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPlan, type Plan } from '../../../cli/lib/plan.js';
import { readApplied, type Applied } from '../../../cli/lib/rotation.js';
import { readStack } from '../../../cli/lib/stack.js';
import { missingSecrets, placeholdersFor } from '../../../cli/lib/variables.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { TestStack, type Declare } from '../harness/stack.js';
import { job } from './fixtures.js';
import { present } from '../../helper/failure.js';

const ENVIRONMENT = 'e2e-rotation';
const SUPPLIED = 'what-the-mail-server-knows';

interface Version {
  readonly text: string;
  readonly fails: boolean;
}

const declare =
  ({ text, fails }: Version): Declare =>
  (stack, platform, { tools }) => {
    const key = Secret.generated(stack, 'key', { class: 'apiKeys' });
    const mail = Secret.fromVariable(stack, 'mail_password', { description: 'mail', version: 2 });
    const files = [
      { name: 'key_0', content: key.slot(0) },
      { name: 'key_1', content: key.slot(1) },
    ];
    platform.job(
      stack,
      'Keys',
      job(tools, {
        name: 'keys',
        line: fails ? 'exit 3' : 'true',
        files: [{ name: 'secrets', path: '/run/keys', files, reloads: false }],
      }),
    );
    platform.job(
      stack,
      'Mail',
      job(tools, {
        name: 'mail',
        line: 'true',
        files: [
          {
            name: 'secrets',
            path: '/run/mail',
            files: [
              { name: 'password', content: mail.newest },
              { name: 'text', content: text },
            ],
            reloads: false,
          },
        ],
      }),
    );
  };
const FIRST: Version = { text: 'one', fails: false };

let stack: TestStack;

async function applied(): Promise<Applied | undefined> {
  const outputs = JSON.parse(await stack.terraform('output', '-json')) as {
    rotation?: { value: unknown; sensitive: boolean };
  };
  expect(outputs.rotation?.sensitive ?? false).toBe(false);
  return readApplied(outputs.rotation?.value);
}

/** What a plan tells when the secret from outside isn't supplied. */
async function planWithout(): Promise<Plan> {
  const placeholders = placeholdersFor(missingSecrets(readStack(stack.cwd), {}));
  for (const [name, value] of placeholders) stack.supply(name, value);
  await stack.terraform('plan', '-no-color', '-input=false', '-out=plan.bin');
  stack.supply('mail_password', SUPPLIED);
  const shown: unknown = JSON.parse(await stack.terraform('show', '-json', 'plan.bin'));
  return readPlan(shown, readStack(stack.cwd), placeholders);
}

beforeAll(async () => {
  stack = await TestStack.create(ENVIRONMENT, []);
  stack.supply('mail_password', SUPPLIED);
  await stack.declare(declare(FIRST));
  await stack.apply();
});

afterAll(async () => {
  await stack.destroy();
});

test('after a deployment the output tells every class, secret and slot, with its age', async () => {
  const found = present(await applied());
  expect(found.apiKeys).toMatchObject({
    generation: 0,
    secrets: [
      {
        name: 'key',
        slots: [
          { slot: 0, generation: 0 },
          { slot: 1, generation: 0 },
        ],
      },
    ],
  });
  expect(found.outside.secrets).toMatchObject([
    { name: 'mail_password', slots: [{ slot: 0, generation: 2 }] },
  ]);
  expect(found.passwords).toEqual({ generation: 0, secrets: [] });
});

test('nothing is left to change', async () => {
  await stack.terraform('plan', '-no-color', '-input=false', '-detailed-exitcode');
});

describe('a plan without the secret from outside', () => {
  test('can not tell what it stands in, and changes nothing else', async () => {
    const { changes, outputs } = await planWithout();
    expect(changes.map(({ type, untold }) => [type, untold]).sort()).toEqual([
      ['docker_container', true],
      ['terraform_data', true],
      ['terraform_data', true],
    ]);
    expect(outputs).toEqual([]);
    expect(JSON.stringify(changes)).not.toContain(SUPPLIED);
  });

  test('still tells what else changes beside it', async () => {
    await stack.declare(declare({ ...FIRST, text: 'two' }));
    const { changes } = await planWithout();
    expect(changes.filter(({ untold }) => untold)).toEqual([]);
    expect(
      changes.filter(({ type }) => type === 'docker_container').map(({ attributes }) => attributes),
    ).toEqual(expect.arrayContaining([['labels', 'upload']]));
  });
});

test('a step that fails halfway is not told as applied until it has arrived', async () => {
  const before = present(await applied());
  const step = { generations: { apiKeys: 1 } };
  await stack.declare(declare({ ...FIRST, fails: true }), step);
  expect((await stack.tryApply()).code).toBe(1);
  expect(await applied()).toEqual(before);

  await stack.declare(declare(FIRST), step);
  await stack.apply();
  const [key] = present(await applied()).apiKeys.secrets;
  const [old] = before.apiKeys.secrets;
  expect(key?.slots[0]).toEqual(old?.slots[0]);
  expect(key?.slots[1]).toMatchObject({ slot: 1, generation: 1 });
  expect(key?.slots[1]?.madeAt).not.toBe(old?.slots[1]?.madeAt);
  expect(await stack.plan()).toEqual([]);
});
