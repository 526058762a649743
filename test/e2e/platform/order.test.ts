import { afterAll, beforeAll, expect, test } from 'vitest';
import { Size } from '../../../constructs/quantities.js';
import { TestStack, type Declare } from '../harness/stack.js';
import { containerOf, inside, job, remains, sleeper } from './fixtures.js';

const ENVIRONMENT = 'e2e-order';

/** A replica waits for a job, and that for a workload which holds a volume. */
const declare =
  (seconds: string): Declare =>
  (stack, platform, { tools }) => {
    const volume = platform.volume(stack, 'Volume', { name: 'store-data', size: Size.mebibytes(16) });
    const store = platform.workload(
      stack,
      'Store',
      sleeper(tools, {
        name: 'store',
        command: [seconds],
        user: { uid: 0, gid: 0 },
        volumes: [{ volume, path: '/data' }],
      }),
    );
    const settled = platform.job(
      stack,
      'Settle',
      job(tools, { name: 'settle', line: 'true', after: [store], actsOn: [volume] }),
    );
    platform.workload(stack, 'Follower', sleeper(tools, { name: 'follower', after: [settled] }));
  };

let stack: TestStack;

beforeAll(async () => {
  stack = await TestStack.create(ENVIRONMENT, []);
  await stack.declare(declare('1000001'));
  await stack.apply();
});

afterAll(async () => {
  await stack.destroy();
});

// create_before_destroy reaches everything that a replica waits for.
test('what holds a volume can be replaced although a replica waits for it', async () => {
  const [store, follower] = [
    await containerOf(ENVIRONMENT, 'store'),
    await containerOf(ENVIRONMENT, 'follower'),
  ];
  await inside(store, 'bash', '-c', 'echo precious >/data/kept');
  await stack.declare(declare('1000002'));
  const { code, all } = await stack.tryApply();
  expect(all).not.toContain('Error:');
  expect(code).toBe(0);
  const replaced = await containerOf(ENVIRONMENT, 'store');
  expect(replaced.Id).not.toBe(store.Id);
  expect(await inside(replaced, 'cat', '/data/kept')).toBe('precious');
  expect((await containerOf(ENVIRONMENT, 'follower')).Id).toBe(follower.Id);
  expect(await stack.plan()).toEqual([]);
});

test('a destroy leaves nothing behind', async () => {
  await stack.terraform('destroy', '-no-color', '-auto-approve', '-input=false');
  expect(await remains(ENVIRONMENT)).toEqual([]);
});
