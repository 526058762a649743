/** One command at a time per environment; the holder is named, a dead one is passed over. */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from './output.js';
import { stateFolder } from './project.js';

interface Holder {
  readonly pid: number;
  readonly command: string;
  readonly since: string;
}

/**
 * Takes the environment for a command and gives it back when the work ends, however it ends.
 *
 * @throws CommandError when another living command holds it
 */
export async function withLock<T>(environment: string, command: string, work: () => Promise<T>): Promise<T> {
  const file = join(stateFolder(environment), 'command.lock');
  take(file, environment, command);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string, environment: string, command: string): void {
  const own = `${file}.${process.pid}`;
  const holder: Holder = { pid: process.pid, command, since: new Date().toISOString() };
  writeFileSync(own, JSON.stringify(holder), { mode: 0o600 });
  try {
    for (let attempt = 0; !linked(own, file); attempt++) {
      const other = read(file);
      if (attempt > 2 || (other !== undefined && alive(other.pid))) {
        throw new CommandError(
          `environment '${environment}' must be held by one command at a time, got a second one; \`${other?.command ?? 'another'}\` has held it since ${other?.since ?? 'just now'} (process ${other?.pid ?? 'unknown'})`,
          [],
          'wait until that command has ended, then run this one again',
        );
      }
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** Links a file that is whole already: a reader never finds half a lock and takes it for a damaged one. */
function linked(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(file: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder> | null;
    return typeof holder?.pid === 'number' ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
