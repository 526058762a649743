import { beforeEach, describe, expect, test } from 'vitest';
import { readVerdict, type Verdict } from '../../../services/session-check/src/answer.js';
import { logTo } from '../../../services/session-check/src/log.js';
import { watchReachability } from '../../../services/session-check/src/reachability.js';
import { session } from './kratos-stand-in.js';

const GOOD = readVerdict(200, JSON.stringify(session()), 'secret');
const REFUSED: Verdict = { state: 'inactive' };
const bad = (reason: string): Verdict => ({ state: 'unknown', reason });

let lines: unknown[];
let now: number;
let hear: (verdict: Verdict) => void;
beforeEach(() => {
  [lines, now] = [[], 0];
  const log = logTo(
    (line) => lines.push(JSON.parse(line)),
    'replica-1',
    () => Date.parse('2030-01-01T00:00:00Z'),
  );
  hear = watchReachability(log, () => now);
});
const line = (level: number, rest: Readonly<Record<string, unknown>>): unknown => ({
  level,
  time: '2030-01-01T00:00:00.000Z',
  service: 'session-check',
  replica: 'replica-1',
  ...rest,
});

describe('the log', () => {
  test('says nothing while Kratos answers, whatever it answers', () => {
    for (const verdict of [GOOD, REFUSED, GOOD]) hear(verdict);
    expect(lines).toEqual([]);
  });

  test('has one line when it stops and one when all has been well for a second', () => {
    for (const reason of ['ECONNREFUSED', 'status 503', 'no answer in time']) hear(bad(reason));
    now += 999;
    hear(GOOD);
    expect(lines).toEqual([line(40, { reason: 'ECONNREFUSED', message: 'Kratos does not answer' })]);
    now += 1;
    for (const verdict of [REFUSED, GOOD]) hear(verdict);
    expect(lines.slice(1)).toEqual([line(30, { failures: 3, message: 'Kratos answers again' })]);
    hear(bad('status 500'));
    expect(lines.slice(2)).toEqual([line(40, { reason: 'status 500', message: 'Kratos does not answer' })]);
  });

  test('is not filled by one bad answer among many good ones', () => {
    for (let i = 0; i < 100; i++) {
      now += 500;
      hear(i % 2 === 0 ? bad('status 500') : GOOD);
    }
    expect(lines).toHaveLength(1);
  });
});
