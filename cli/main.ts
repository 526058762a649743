/** The `portcullis` command line. */
import { Command, CommanderError } from 'commander';
import { ExecaError } from 'execa';
import { ChannelError } from '../images/channel.js';
import { doctorCommand } from './commands/doctor.js';
import { diffCommand } from './commands/diff.js';
import { downCommand } from './commands/down.js';
import { imagesCommand } from './commands/images.js';
import { secretCommand } from './commands/secret.js';
import { statusCommand } from './commands/status.js';
import { upCommand } from './commands/up.js';
import { Interrupted } from './lib/deploy.js';
import { CommandError, progress, showFailure } from './lib/output.js';

/**
 * A failure as the reader is to see it.
 *
 * @throws what nobody foresaw, with its stack: that one is ours to mend
 */
function explained(error: unknown): Error {
  if (error instanceof CommandError || error instanceof ChannelError) return error;
  if (!(error instanceof ExecaError)) throw error;
  const said = `${error.stderr}\n${error.stdout}`.split('\n').filter((line) => line.trim() !== '');
  return new CommandError(
    `\`${error.command.split(' ').slice(0, 2).join(' ')}\` must succeed, got ${error.exitCode === undefined ? (error.code ?? 'an early end') : `exit code ${error.exitCode}`}`,
    said.slice(-8),
    'run `npx portcullis doctor`, mend what it names, then run the same command again',
  );
}

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const program = new Command('portcullis')
  .description('an identity-aware API platform as code: deploy, inspect, take down')
  .configureHelp({ sortSubcommands: true })
  .exitOverride();

upCommand(program);
downCommand(program);
doctorCommand(program);
imagesCommand(program);
secretCommand(program);
diffCommand(program);
statusCommand(program);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode;
  } else if (error instanceof Interrupted) {
    progress(error.message);
    process.exitCode = error.exitCode;
  } else {
    process.exitCode = 1;
    showFailure(explained(error), process.argv.includes('--json'));
  }
}
