import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { withLock } from '../../../cli/lib/lock.js';
import { CommandError } from '../../../cli/lib/output.js';
import { stateFolder } from '../../../cli/lib/project.js';
import { rejected } from '../../helper/failure.js';

const NAME = `unit-lock-${process.pid}`;
const folder = stateFolder(NAME);
const file = join(folder, 'command.lock');
const SINCE = '2026-01-02T03:04:05.000Z';

function held(pid: number): void {
  writeFileSync(file, JSON.stringify({ pid, command: 'up', since: SINCE }));
}

afterEach(() => {
  rmSync(file, { force: true });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('withLock', () => {
  test('holds the environment while the work runs, then gives it back with the result', async () => {
    const result = await withLock(NAME, 'up', () => {
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid, command: 'up' });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      return Promise.resolve(42);
    });
    expect(result).toBe(42);
    expect(existsSync(file)).toBe(false);
  });

  test('gives it back when the work fails', async () => {
    const error = await rejected(withLock(NAME, 'up', () => Promise.reject(new Error('no engine'))));
    expect(error.message).toBe('no engine');
    expect(existsSync(file)).toBe(false);
  });

  test('fails when a living command holds it, names that one and leaves it the lock', async () => {
    held(process.ppid);
    const error = await rejected(withLock(NAME, 'down', () => Promise.reject(new Error('must not run'))));
    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({
      message: `environment '${NAME}' must be held by one command at a time, got a second one; \`up\` has held it since ${SINCE} (process ${process.ppid})`,
      remedy: 'wait until that command has ended, then run this one again',
    });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.ppid });
  });

  test('fails when the same process asks twice', async () => {
    const error = await withLock(NAME, 'up', () =>
      rejected(withLock(NAME, 'secret', () => Promise.resolve())),
    );
    expect(error.message).toContain(`\`up\` has held it since`);
    expect(existsSync(file)).toBe(false);
  });

  test('passes over a holder that is dead', async () => {
    held(spawnSync(process.execPath, ['-e', '']).pid);
    expect(await withLock(NAME, 'up', () => Promise.resolve('done'))).toBe('done');
    expect(existsSync(file)).toBe(false);
  });

  test('passes over what is no lock', async () => {
    for (const content of ['{"pid":', 'null', '{}']) {
      writeFileSync(file, content);
      expect(await withLock(NAME, 'up', () => Promise.resolve('done'))).toBe('done');
    }
  });

  test('environments do not wait for each other', async () => {
    const other = `${NAME}-b`;
    try {
      expect(await withLock(NAME, 'up', () => withLock(other, 'up', () => Promise.resolve('both')))).toBe(
        'both',
      );
    } finally {
      rmSync(stateFolder(other), { recursive: true, force: true });
    }
  });

  test('keeps its folder for the owner alone', () => {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});
