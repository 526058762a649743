import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CommandError, progress, result, seconds, showFailure, table } from '../../../cli/lib/output.js';

let out = '';
let err = '';

beforeEach(() => {
  out = '';
  err = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('streams', () => {
  test('results go to stdout, progress to stderr', () => {
    result('ready: http://localhost:8000');
    progress('checks: 0.1 s');
    expect([out, err]).toEqual(['ready: http://localhost:8000\n', 'checks: 0.1 s\n']);
  });

  test('times are seconds with one decimal', () => {
    expect([seconds(0), seconds(1234), seconds(60_049)]).toEqual(['0.0 s', '1.2 s', '60.0 s']);
  });
});

describe('table', () => {
  test('columns are as wide as they need, the last one is not padded', () => {
    expect(
      table([
        ['NAME', 'SLOT', 'AGE'],
        ['client-demo', '0', '1 d'],
        ['x', '10', ''],
      ]),
    ).toEqual(['NAME         SLOT  AGE', 'client-demo  0     1 d', 'x            10']);
  });

  test('a header alone and nothing at all are fine', () => {
    expect(table([['NAME', 'AGE']])).toEqual(['NAME  AGE']);
    expect(table([])).toEqual([]);
  });
});

describe('showFailure', () => {
  const error = new CommandError(
    'the kit must be whole',
    ['image kong is missing'],
    'run `npm run images -- build`',
  );

  test('says what happened, shows the detail and what to do, all on stderr', () => {
    showFailure(error, false);
    expect(err.split('\n')).toEqual([
      'error: the kit must be whole',
      '  | image kong is missing',
      '  what to do: run `npm run images -- build`',
      '',
    ]);
    expect(out).toBe('');
  });

  test('shows detail without the colours of the program that wrote it', () => {
    showFailure(new CommandError('no', ['\u001b[31mred\u001b[0m']), false);
    expect(err).toBe('error: no\n  | red\n');
  });

  test('leaves out what is empty', () => {
    showFailure(new CommandError('no'), false);
    showFailure(new Error('other'), false);
    showFailure('text', false);
    expect(err).toBe('error: no\nerror: other\nerror: text\n');
  });

  test('is one object on stdout with --json', () => {
    showFailure(error, true);
    expect(JSON.parse(out)).toEqual({
      version: 1,
      error: {
        message: 'the kit must be whole',
        detail: ['image kong is missing'],
        remedy: 'run `npm run images -- build`',
      },
    });
    expect(out.split('\n')).toHaveLength(2);
    expect(err).toBe('');
  });

  test('has the same form with --json for an error of another kind', () => {
    showFailure(new TypeError('other'), true);
    expect(JSON.parse(out)).toEqual({ version: 1, error: { message: 'other', detail: [], remedy: '' } });
  });
});
