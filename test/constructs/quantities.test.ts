import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Duration, Size } from '../../constructs/quantities.js';
import { thrown } from '../helper/failure.js';

const UNITS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** Reads what Go's `time.Duration` prints, by a way of its own. */
function goMilliseconds(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.map(([part]) => part).join('') !== text) throw new Error(`${text} must be a Go duration`);
  return Math.round(
    parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit as keyof typeof UNITS], 0),
  );
}

describe('Duration', () => {
  test.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['12h', 43_200_000],
    ['30d', 2_592_000_000],
    ['1ms', 1],
  ])('%s is read as %d milliseconds', (text, milliseconds) => {
    expect(Duration.parse(text).toMilliseconds()).toBe(milliseconds);
  });

  test('each unit has a maker', () => {
    const all = [
      Duration.milliseconds(2),
      Duration.seconds(2),
      Duration.minutes(2),
      Duration.hours(2),
      Duration.days(2),
    ];
    expect(all.map((one) => one.toMilliseconds())).toEqual([2, 2000, 120_000, 7_200_000, 172_800_000]);
  });

  test.each(['', '30', 's', '1.5s', '-1s', '1 s', '30S', '1m30s', '30sec', ' 30s'])(
    'fails when the text is %j',
    (text) => {
      expect(thrown(() => Duration.parse(text)).message).toBe(
        `'duration' must be a whole number with ms, s, m, h or d, got ${JSON.stringify(text)}; write for example '30s'`,
      );
    },
  );

  test.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'fails when it lasts %d milliseconds',
    (amount) => {
      expect(thrown(() => Duration.milliseconds(amount)).message).toBe(
        `'duration' must be at least one whole millisecond, got ${amount}; raise it`,
      );
    },
  );

  test('fails when the text says zero', () => {
    expect(thrown(() => Duration.parse('0s')).message).toBe(
      "'duration' must be at least one whole millisecond, got 0; raise it",
    );
  });

  test.each([
    [1, 1],
    [1000, 1],
    [1001, 2],
    [1999, 2],
    [2000, 2],
  ])('%d milliseconds are %d whole seconds, never fewer', (milliseconds, seconds) => {
    expect(Duration.milliseconds(milliseconds).toSeconds()).toBe(seconds);
  });

  test.each([
    [Duration.milliseconds(1), '1ms'],
    [Duration.milliseconds(500), '500ms'],
    [Duration.milliseconds(999), '999ms'],
    [Duration.seconds(1), '1s'],
    [Duration.milliseconds(1500), '1.5s'],
    [Duration.milliseconds(1001), '1.001s'],
    [Duration.seconds(59), '59s'],
    [Duration.minutes(1), '1m0s'],
    [Duration.seconds(90), '1m30s'],
    [Duration.hours(1), '1h0m0s'],
    [Duration.milliseconds(3_661_250), '1h1m1.25s'],
    [Duration.days(1), '24h0m0s'],
    [Duration.days(30), '720h0m0s'],
  ])('%o is written as Go writes it: %s', (duration, text) => {
    expect(duration.toGoDuration()).toBe(text);
  });

  test('the written form keeps the length, and every part stays below the next unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 * 86_400_000 }), (milliseconds) => {
        const text = Duration.milliseconds(milliseconds).toGoDuration();
        expect(goMilliseconds(text)).toBe(milliseconds);
        expect(text).toMatch(/^(\d{1,3}ms|(\d+h)?([0-5]?\dm)?[0-5]?\d(\.\d{1,3})?s)$/);
      }),
    );
  });

  test('what is read is what was written, whatever the unit', () => {
    const unit = fc.constantFrom(...(['ms', 's', 'm', 'h', 'd'] as const));
    const factor = { ...UNITS, d: 86_400_000 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), unit, (amount, name) => {
        expect(Duration.parse(`${amount}${name}`).toMilliseconds()).toBe(amount * factor[name]);
      }),
    );
  });

  test('a number of seconds with up to three decimals is a whole number of milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (milliseconds) => {
        expect(Duration.seconds(milliseconds / 1000).toMilliseconds()).toBe(milliseconds);
      }),
      // Binary fractions: 1.009 * 1000 isn't 1009.
      { examples: [[1009]] },
    );
  });
});

describe('Size', () => {
  test.each([
    ['1Mi', 1],
    ['256Mi', 256],
    ['2Gi', 2048],
  ])('%s is read as %d mebibytes', (text, mebibytes) => {
    expect(Size.parse(text).toMebibytes()).toBe(mebibytes);
  });

  test('each unit has a maker', () => {
    expect([Size.mebibytes(3), Size.gibibytes(3)].map((one) => one.toMebibytes())).toEqual([3, 3072]);
  });

  test.each(['', '1', '1M', '1MB', '1.5Gi', '-1Gi', '1 Gi', '1gi'])('fails when the text is %j', (text) => {
    expect(thrown(() => Size.parse(text)).message).toBe(
      `'size' must be a whole number with Mi or Gi, got ${JSON.stringify(text)}; write for example '256Mi'`,
    );
  });

  test.each([0, -1, 0.5, Number.NaN])('fails when it is %d mebibytes', (amount) => {
    expect(thrown(() => Size.mebibytes(amount)).message).toBe(
      `'size' must be at least one whole mebibyte, got ${amount}; raise it`,
    );
  });
});
