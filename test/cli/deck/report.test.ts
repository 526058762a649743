import { describe, expect, test } from 'vitest';
import { DeckError } from '../../../cli/deck/errors.js';
import { MASK, Mask } from '../../../cli/deck/mask.js';
import { readDump, readLint, readPing, readReport, readVersion } from '../../../cli/deck/report.js';
import { thrown } from '../../helper/failure.js';

const mask = new Mask(['hidden-thing']);
const entity = (kind: string, name: string, body: object): object => ({ kind, name, body });
const none = { creating: 0, updating: 0, deleting: 0, total: 0 };
const nothing = {
  changes: { creating: [], updating: [], deleting: [] },
  summary: none,
  warnings: [],
  errors: [],
};

function failure(work: () => unknown): DeckError {
  const error = thrown(work);
  if (!(error instanceof DeckError)) throw error;
  return error;
}

describe('reports', () => {
  test('changes come in types of ours, masked', () => {
    const report = {
      changes: {
        creating: [entity('key-auth', 'hing for consumer a', { old: null, new: { key: 'hidden-thing' } })],
        updating: [entity('route', 'r', { old: { paths: ['/a'] }, new: { paths: ['/hidden-thing'] } })],
        deleting: [entity('key-auth', 'abcde for consumer b', { old: null, new: { key: 'unknown' } })],
      },
      summary: { creating: 1, updating: 1, deleting: 1, total: 3 },
      warnings: ['about hidden-thing'],
      errors: [],
    };
    expect(readReport('diff', JSON.stringify(report), mask)).toEqual({
      changes: [
        { action: 'create', kind: 'key-auth', name: `${MASK} for consumer a`, after: { key: MASK } },
        {
          action: 'update',
          kind: 'route',
          name: 'r',
          before: { paths: ['/a'] },
          after: { paths: [`/${MASK}`] },
        },
        { action: 'delete', kind: 'key-auth', name: `${MASK} for consumer b`, before: { key: MASK } },
      ],
      summary: { creating: 1, updating: 1, deleting: 1, total: 3 },
      warnings: [`about ${MASK}`],
    });
  });

  test('lists may be null', () => {
    const changes = { creating: null, updating: null, deleting: null };
    expect(
      readReport('sync', JSON.stringify({ ...nothing, changes, warnings: null, errors: null }), mask),
    ).toEqual({
      changes: [],
      summary: none,
      warnings: [],
    });
  });

  test('fails when errors stand in it, naming what was not done', () => {
    const report = {
      ...nothing,
      changes: { ...nothing.changes, dropped_creations: [entity('key-auth', 'abcde for consumer a', {})] },
      errors: ['Create key-auth abcde for consumer a failed: "hidden-thing"'],
    };
    const error = failure(() => readReport('sync', JSON.stringify(report), mask));
    expect([error.failure, error.message, error.detail, error.remedy]).toEqual([
      'failed',
      'decK must end sync without an error, got 1',
      [
        `Create key-auth ${MASK} for consumer a failed: "${MASK}"`,
        `not done: create key-auth ${MASK} for consumer a`,
      ],
      'mend the state and synchronize again: Kong may hold a part of the changes',
    ]);
  });

  test.each([
    ['an unknown member', { ...nothing, extra: 1 }],
    ['an unknown list', { ...nothing, changes: { ...nothing.changes, renaming: [] } }],
    ['a missing member', { changes: nothing.changes, summary: none, warnings: [] }],
    ['another count than the list is long', { ...nothing, summary: { ...none, creating: 1, total: 1 } }],
    ['a sum that is none', { ...nothing, summary: { ...none, total: 1 } }],
  ])('fails when it has %s', (_, report) => {
    const error = failure(() => readReport('diff', JSON.stringify(report), mask));
    expect(error.message).toBe('the answer of `deck diff` must have a form that we know, got another');
    expect(error.failure).toBe('unreadable');
  });

  test('fails when it is no JSON, without showing it', () => {
    const error = failure(() => readReport('diff', 'key: unknown-secret', mask));
    expect(error.detail).toEqual(['it printed 19 characters that are not JSON']);
  });
});

describe('other answers', () => {
  test('versions', () => {
    expect([readVersion('decK dev (unknown) \n'), readVersion('decK v1.55.0 (abc) \n')]).toEqual([
      'dev',
      '1.55.0',
    ]);
    expect(failure(() => readVersion('something')).failure).toBe('unreadable');
    expect(readPing('Successfully connected to Kong!\nKong version:  3.0.0\n')).toEqual({ kong: '3.0.0' });
    expect(failure(() => readPing('Successfully Konnected to the x organization!')).failure).toBe(
      'unreadable',
    );
  });

  test('lint', () => {
    const violation = {
      Message: 'never: `name` must be falsy',
      Severity: 'warn',
      Line: 3,
      Column: 5,
      Character: 0,
      Path: '',
    };
    expect(readLint(JSON.stringify({ fail_count: 0, total_count: 1, results: [violation] }), mask)).toEqual({
      ok: true,
      violations: [{ severity: 'warn', message: 'never', line: 3, column: 5 }],
    });
    for (const wrong of [{ fail_count: 0, total_count: 2, results: [violation] }, { results: [] }])
      expect(failure(() => readLint(JSON.stringify(wrong), mask)).failure).toBe('unreadable');
  });

  test('dumps', () => {
    const dump = {
      _format_version: '3.0',
      consumers: [{ keyauth_credentials: [{ key: 'k' }], username: 'hidden-thing' }],
    };
    expect(readDump(JSON.stringify(dump), mask)).toEqual({
      formatVersion: '3.0',
      state: {
        _format_version: '3.0',
        consumers: [{ keyauth_credentials: [{ key: MASK }], username: MASK }],
      },
    });
    for (const wrong of [{ _format_version: '1.1' }, {}, []])
      expect(failure(() => readDump(JSON.stringify(wrong), mask)).failure).toBe('unreadable');
  });
});
