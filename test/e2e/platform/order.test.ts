import { afterAll, expect, test } from 'vitest';
import { Size } from '../../../constructs/quantities.js';
import { TestStack } from '../harness/stack.js';
import { job, sleeper } from './fixtures.js';

const ENVIRONMENT = 'e2e-order';

let stack: TestStack | undefined;

afterAll(async () => {
  await stack?.destroy();
});

// create_before_destroy reaches everything that a replica waits for; here it would meet a fixed name.
test('fails when a replica waits, behind a job, for a workload that holds a volume', async () => {
  stack = await TestStack.create(ENVIRONMENT, []);
  await expect(
    stack.declare((scope, platform, { tools }) => {
      const volume = platform.volume(scope, 'Volume', { name: 'store-data', size: Size.mebibytes(16) });
      const store = platform.workload(
        scope,
        'Store',
        sleeper(tools, { name: 'store', user: { uid: 0, gid: 0 }, volumes: [{ volume, path: '/data' }] }),
      );
      const settled = platform.job(
        scope,
        'Settle',
        job(tools, { name: 'settle', line: 'true', after: [store], actsOn: [volume] }),
      );
      platform.workload(scope, 'Follower', sleeper(tools, { name: 'follower', after: [settled] }));
    }),
  ).rejects.toThrow(
    "platform 'docker' can't do replicas ('follower') that wait for a workload with a port or a volume ('store'); leave 'after' out and let the program retry until what it needs is there (at e2e-order/Follower)",
  );
});
