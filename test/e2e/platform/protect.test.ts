import { afterAll, beforeAll, expect, test } from 'vitest';
import { Size } from '../../../constructs/quantities.js';
import { TestStack, type Declare } from '../harness/stack.js';
import { containerOf, inside, remains, sleeper } from './fixtures.js';

const ENVIRONMENT = 'e2e-protect';

const declare =
  (volumeName: string): Declare =>
  (stack, platform, { tools }) => {
    const volume = platform.volume(stack, 'Volume', { name: volumeName, size: Size.mebibytes(16) });
    platform.workload(
      stack,
      'Holder',
      sleeper(tools, { name: 'holder', user: { uid: 0, gid: 0 }, volumes: [{ volume, path: '/data' }] }),
    );
  };

let stack: TestStack;

const kept = async (): Promise<string> =>
  inside(await containerOf(ENVIRONMENT, 'holder'), 'cat', '/data/kept');

beforeAll(async () => {
  stack = await TestStack.create(ENVIRONMENT, []);
  await stack.declare(declare('first'), { protect: true });
  await stack.apply();
  await inside(await containerOf(ENVIRONMENT, 'holder'), 'bash', '-c', 'echo precious >/data/kept');
});

afterAll(async () => {
  // Protected, nothing goes by Terraform.
  await stack.declare(declare('first'), { protect: false }).finally(() => stack.destroy());
});

test('a plan that replaces a data volume is refused', async () => {
  await stack.declare(declare('second'), { protect: true });
  await expect(stack.plan()).rejects.toThrow('Instance cannot be destroyed');
  const { code, all } = await stack.tryApply();
  expect(code).toBe(1);
  expect(all).toContain('Instance cannot be destroyed');
  expect(await kept()).toBe('precious');
});

test('a destroy is refused and takes nothing', async () => {
  await stack.declare(declare('first'), { protect: true });
  const before = await remains(ENVIRONMENT);
  await expect(stack.terraform('destroy', '-no-color', '-auto-approve', '-input=false')).rejects.toThrow(
    'Instance cannot be destroyed',
  );
  expect(await remains(ENVIRONMENT)).toEqual(before);
  expect(await kept()).toBe('precious');
});

test('without protection a destroy takes everything', async () => {
  await stack.declare(declare('first'), { protect: false });
  expect(await stack.plan()).toEqual([]);
  await stack.terraform('destroy', '-no-color', '-auto-approve', '-input=false');
  expect(await remains(ENVIRONMENT)).toEqual([]);
});
