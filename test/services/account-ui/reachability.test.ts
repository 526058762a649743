import { expect, test } from 'vitest';
import { logTo } from '../../../services/account-ui/src/log.js';
import { watchReachability } from '../../../services/account-ui/src/reachability.js';

test('one line when Kratos goes and one when it is back, however often it is asked', () => {
  const lines: unknown[] = [];
  let now = 0;
  const heard = watchReachability(
    logTo(
      (line) => lines.push(JSON.parse(line)),
      'one',
      () => 0,
    ),
    () => now,
  );
  heard(undefined);
  for (const reason of ['ECONNREFUSED', 'status 500']) heard(reason);
  now = 999;
  heard(undefined);
  expect(lines).toMatchObject([{ level: 40, message: 'Kratos does not answer', reason: 'ECONNREFUSED' }]);
  now = 1000;
  heard(undefined);
  heard(undefined);
  expect(lines.slice(1)).toMatchObject([{ level: 30, message: 'Kratos answers again', failures: 2 }]);
  expect(lines).toHaveLength(2);
});
