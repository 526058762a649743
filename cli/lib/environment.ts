/** Environments for commands: a bad one ends in one failure with all its mistakes. */
import { EnvironmentError, loadEnvironment, type Environment } from '../../env/index.js';
import { CommandError } from './output.js';

/** Reads an environment; its mistakes become the lines of one failure. */
export function environmentOrFail(name: string): Environment {
  try {
    return loadEnvironment(name);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    throw new CommandError(
      `environment '${name}' must be right, got ${error.lines.length} mistake${error.lines.length === 1 ? '' : 's'}`,
      error.lines,
      `mend env/${name}.ts, then run the same command again`,
    );
  }
}
