/** One command at a time per environment; the holder is named, a dead one is passed over. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
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
  for (let attempt = 0; ; attempt++) {
    try {
      const handle = openSync(file, 'wx', 0o600);
      const holder: Holder = { pid: process.pid, command, since: new Date().toISOString() };
      writeSync(handle, JSON.stringify(holder));
      closeSync(handle);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST') || attempt > 2) throw error;
    }
    const holder = read(file);
    if (holder !== undefined && alive(holder.pid)) {
      throw new CommandError(
        `environment '${environment}' must be held by one command at a time, got a second one; \`${holder.command}\` has held it since ${holder.since} (process ${holder.pid})`,
        [],
        'wait until that command has ended, then run this one again',
      );
    }
    rmSync(file, { force: true });
  }
}

function read(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
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
