import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SECRET_CLASSES as CONSTRUCT_CLASSES } from '../../constructs/secrets/rotation.js';
import { EnvironmentError, loadEnvironment } from '../../env/index.js';
import {
  PHASES,
  SECRET_CLASSES,
  checkLedger,
  generations,
  ledgerFile,
  readLedger,
} from '../../env/ledger.js';
import { thrown } from '../helper/failure.js';
import { scratchFolders } from '../helper/scratch.js';

const folder = scratchFolders();
const ENTRY = { g: 1, phase: 'publish', at: '2026-11-22T10:00:00Z' };

/** Lines of the report on a ledger. */
function lines(ledger: unknown): readonly string[] {
  const error = thrown(() => checkLedger(JSON.stringify(ledger), 'prod'));
  if (!(error instanceof EnvironmentError)) throw error;
  return error.lines;
}

describe('the classes', () => {
  test('are those that an environment gives a period and that constructs know', () => {
    expect([...SECRET_CLASSES].sort()).toEqual(Object.keys(loadEnvironment('dev').rotation).sort());
    expect([...SECRET_CLASSES]).toEqual([...CONSTRUCT_CLASSES]);
  });
});

describe('a ledger', () => {
  test('may name some classes; the others stand at 0', () => {
    const ledger = checkLedger(JSON.stringify({ version: 1, classes: { apiKeys: ENTRY } }), 'prod');
    expect(ledger.classes).toEqual({ apiKeys: ENTRY });
    expect(generations(ledger)).toEqual({ passwords: 0, apiKeys: 1, signingKeys: 0, certificates: 0 });
  });

  test('of any generations, phases and times is read back as it was written', () => {
    const time = fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
      .map((date) => date.toISOString());
    const entry = fc.record({ g: fc.nat(), phase: fc.constantFrom(...PHASES), at: time });
    const classes = fc.record(
      { passwords: entry, apiKeys: entry, signingKeys: entry, certificates: entry },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(classes, (some) => {
        const ledger = { version: 1, classes: some };
        expect(checkLedger(JSON.stringify(ledger), 'prod')).toEqual(ledger);
      }),
    );
  });

  test.each([
    '2026-11-22T10:00:00Z',
    '2026-11-22T10:00:00.123Z',
    '2026-11-22T10:00:00+01:00',
    '2024-02-29T00:00:00Z',
  ])('takes the time %s', (at) => {
    expect(
      checkLedger(JSON.stringify({ version: 1, classes: { passwords: { ...ENTRY, at } } }), 'prod').classes,
    ).toEqual({ passwords: { ...ENTRY, at } });
  });

  test.each([
    'yesterday',
    '2026-11-22',
    '2026-11-22T10:00:00',
    '2026-02-30T10:00:00Z',
    '2026-11-22T25:00:00Z',
  ])('fails when a time is %s', (at) => {
    expect(lines({ version: 1, classes: { passwords: { ...ENTRY, at } } })).toEqual([
      `classes.passwords.at must be a time as in RFC 3339, got "${at}"; write for example '2026-01-31T12:00:00Z'`,
    ]);
  });

  test('fails with all mistakes at once, each with path, rule, value and remedy', () => {
    const classes = {
      passwords: { g: -1, phase: 'publish', at: '2026-11-22T10:00:00Z' },
      apiKeys: { g: 1.5, phase: 'done', at: 3 },
      signingKeys: 4,
      certificates: { ...ENTRY, by: 'somebody' },
      cookies: ENTRY,
    };
    const error = thrown(() => checkLedger(JSON.stringify({ version: 2, classes }), 'prod'));
    expect(error.message.split('\n')).toEqual([
      "the ledger of 'prod' has 8 mistakes:",
      `  classes.apiKeys.at must be a time as in RFC 3339, got 3; write for example '2026-01-31T12:00:00Z'`,
      '  classes.apiKeys.g must be a whole number of 0 or more, got 1.5; write the generation, 0 before the first step',
      `  classes.apiKeys.phase must be one of publish, use, retire, got "done"; write 'publish' for a new step`,
      '  classes.certificates.by must be a name that the schema knows, got "somebody"; remove or correct it',
      '  classes.cookies must be a name that the schema knows, got {"g":1,"phase":"publish","at":"2026-11-22T10:00:00Z"}; remove or correct it',
      '  classes.passwords.g must be a whole number of 0 or more, got -1; write the generation, 0 before the first step',
      '  classes.signingKeys must be an object, got 4; write g, phase and at in { }',
      '  version must be 1, got 2; write 1',
    ]);
  });

  test.each([
    ['{ "version": 1', '"{ \\"version\\": 1"'],
    ['[]', '[]'],
    ['null', 'null'],
    ['', '""'],
  ])('fails when the file holds %j', (text, got) => {
    expect(thrown(() => checkLedger(text, 'prod')).message).toBe(
      `the ledger of 'prod' has 1 mistake:\n  ledger must be an object in JSON, got ${got}; restore it from version control`,
    );
  });
});

describe('the file', () => {
  test('lies under version control, that of dev beside its state', () => {
    expect(ledgerFile('/x', 'prod')).toBe(join('/x', 'env', 'ledger', 'prod.json'));
    expect(ledgerFile('/x', 'dev')).toBe(join('/x', '.portcullis', 'state', 'dev', 'ledger.json'));
  });

  test('that is not there stands for generation 0 of every class', () => {
    expect(generations(readLedger(folder(), 'dev'))).toEqual({
      passwords: 0,
      apiKeys: 0,
      signingKeys: 0,
      certificates: 0,
    });
  });

  test('that is there is read', () => {
    const root = folder();
    const file = ledgerFile(root, 'prod');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ version: 1, classes: { passwords: { ...ENTRY, g: 7 } } }));
    expect(generations(readLedger(root, 'prod')).passwords).toBe(7);
  });
});
