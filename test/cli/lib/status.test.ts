import { describe, expect, test } from 'vitest';
import type { Applied, AppliedSecret } from '../../../cli/lib/rotation.js';
import { rotationStatus, statusLines, type ClassStatus } from '../../../cli/lib/status.js';
import type { Ledger } from '../../../env/ledger.js';
import { present } from '../../helper/failure.js';

const MADE = '2026-01-01T12:00:00Z';
const PERIODS = { passwords: '30d', apiKeys: '90d', signingKeys: '30d', certificates: '30d' };
const NONE: Ledger = { version: 1, classes: {} };

function secret(name: string, ...madeAt: readonly string[]): AppliedSecret {
  return { name, slots: madeAt.map((at, slot) => ({ slot, generation: 0, madeAt: at })) };
}

function applied(change: Partial<Applied> = {}): Applied {
  const none = { generation: 0, secrets: [] };
  return {
    passwords: none,
    apiKeys: none,
    signingKeys: none,
    certificates: none,
    fixed: { secrets: [] },
    outside: { secrets: [] },
    ...change,
  };
}

function status(name: ClassStatus['class'], of: Applied, now: string, ledger = NONE): ClassStatus {
  return present(rotationStatus(PERIODS, ledger, of, new Date(now)).find((one) => one.class === name));
}

const passwords = (generation: number, ...secrets: readonly AppliedSecret[]): Applied =>
  applied({ passwords: { generation, secrets: [...secrets] } });

describe('a class', () => {
  test.each([
    ['a millisecond before its period has passed', '2026-01-31T11:59:59.999Z', false, 29],
    ['when its period has passed', '2026-01-31T12:00:00Z', true, 30],
    ['long after', '2027-01-01T12:00:00Z', true, 365],
  ])('is or is not overdue %s', (_what, now, overdue, days) => {
    expect(status('passwords', passwords(0, secret('a', MADE, MADE)), now)).toMatchObject({
      overdue,
      newestAgeDays: days,
      periodDays: 30,
      nextStep: '2026-01-31T12:00:00.000Z',
    });
  });

  test('steps by its newest value, however old the other slot is', () => {
    const one = status(
      'passwords',
      passwords(1, secret('a', MADE, '2026-01-25T12:00:00Z')),
      '2026-02-01T12:00:00Z',
    );
    expect(one).toMatchObject({ overdue: false, newestAgeDays: 7, nextStep: '2026-02-24T12:00:00.000Z' });
    expect(one.secrets[0]?.slots).toEqual([
      { slot: 0, generation: 0, madeAt: MADE, ageDays: 31, newest: false },
      { slot: 1, generation: 0, madeAt: '2026-01-25T12:00:00Z', ageDays: 7, newest: true },
    ]);
  });

  test('is as old as the secret whose newest value is oldest', () => {
    const of = passwords(0, secret('late', '2026-01-20T12:00:00Z'), secret('early', MADE));
    expect(status('passwords', of, '2026-02-01T12:00:00Z')).toMatchObject({
      overdue: true,
      newestAgeDays: 31,
      nextStep: '2026-01-31T12:00:00.000Z',
    });
  });

  test('steps before what it holds ends by itself', () => {
    const slots = [{ slot: 0, generation: 0, madeAt: MADE, notAfter: '2026-01-11T00:00:00Z' }];
    const of = applied({ certificates: { generation: 0, secrets: [{ name: 'gate', slots }] } });
    expect(status('certificates', of, '2026-01-02T12:00:00Z')).toMatchObject({
      overdue: false,
      nextStep: '2026-01-11T00:00:00.000Z',
      secrets: [{ slots: [{ notAfter: '2026-01-11T00:00:00Z' }] }],
    });
    expect(status('certificates', of, '2026-01-11T00:00:00Z').overdue).toBe(true);
  });

  test('without a secret has no next step', () => {
    expect(status('signingKeys', applied(), '2030-01-01T00:00:00Z')).toEqual({
      class: 'signingKeys',
      generation: 0,
      ledger: null,
      secrets: [],
      newestAgeDays: null,
      periodDays: 30,
      nextStep: null,
      overdue: false,
    });
  });

  test.each(['fixed', 'outside'] as const)('that is %s never is overdue', (name) => {
    const of = applied({ [name]: { secrets: [secret('a', MADE)] } });
    expect(status(name, of, '2030-01-01T00:00:00Z')).toMatchObject({
      generation: null,
      overdue: false,
      nextStep: null,
      periodDays: null,
      newestAgeDays: 1460,
    });
  });

  test('shows what the ledger says beside what is applied', () => {
    const entry = { g: 1, phase: 'publish', at: MADE } as const;
    const ledger: Ledger = { version: 1, classes: { passwords: entry } };
    expect(status('passwords', passwords(0), MADE, ledger)).toMatchObject({ generation: 0, ledger: entry });
  });
});

describe('the tables', () => {
  test('show every class and every slot', () => {
    const ledger: Ledger = {
      version: 1,
      classes: {
        passwords: { g: 1, phase: 'retire', at: MADE },
        apiKeys: { g: 1, phase: 'publish', at: MADE },
      },
    };
    const of: Applied = {
      ...passwords(1, secret('postgres-kong', MADE, MADE)),
      outside: { secrets: [{ name: 'mail', slots: [{ slot: 0, generation: 4, madeAt: MADE }] }] },
    };
    expect(statusLines(rotationStatus(PERIODS, ledger, of, new Date('2026-02-01T12:00:00Z')))).toEqual([
      'CLASS         GENERATION  PHASE                      SECRETS  NEWEST  PERIOD  NEXT STEP',
      'passwords     1           retire                     1        31 d    30 d    2026-01-31 OVERDUE',
      'apiKeys       0           publish of 1, not applied  0        -       90 d    -',
      'signingKeys   0           -                          0        -       30 d    -',
      'certificates  0           -                          0        -       30 d    -',
      'fixed         -           -                          0        -       -       -',
      'outside       -           -                          1        31 d    -       -',
      '',
      'SECRET         CLASS      SLOT      GENERATION  AGE   MADE',
      `postgres-kong  passwords  0         0           31 d  ${MADE}`,
      `postgres-kong  passwords  1 newest  0           31 d  ${MADE}`,
      `mail           outside    0         4           31 d  ${MADE}`,
    ]);
  });
});
