/** Environments and ledgers for commands: a bad one ends in one failure with all its mistakes. */
import { relative } from 'node:path';
import { EnvironmentError, loadEnvironment, type Environment } from '../../env/index.js';
import { ledgerFile, readLedger, type Ledger } from '../../env/ledger.js';
import { CommandError } from './output.js';
import { root } from './project.js';

/** Reads an environment; its mistakes become the lines of one failure. */
export function environmentOrFail(name: string): Environment {
  return orFail(`environment '${name}'`, `env/${name}.ts`, () => loadEnvironment(name));
}

/** Reads an environment's ledger; its mistakes become the lines of one failure. */
export function ledgerOrFail(name: string): Ledger {
  const file = relative(root, ledgerFile(root, name));
  return orFail(`the ledger of '${name}'`, file, () => readLedger(root, name));
}

function orFail<T>(what: string, file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    throw new CommandError(
      `${what} must be right, got ${error.lines.length} mistake${error.lines.length === 1 ? '' : 's'}`,
      error.lines,
      `mend ${file}, then run the same command again`,
    );
  }
}
