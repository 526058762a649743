/** The `portcullis` command line. */
import { Command, CommanderError } from 'commander';
import { ChannelError } from '../images/channel.js';
import { doctorCommand } from './commands/doctor.js';
import { downCommand } from './commands/down.js';
import { imagesCommand } from './commands/images.js';
import { secretCommand } from './commands/secret.js';
import { upCommand } from './commands/up.js';
import { Interrupted } from './lib/deploy.js';
import { CommandError, progress, showFailure } from './lib/output.js';

const program = new Command('portcullis')
  .description('an identity-aware API platform as code: deploy, inspect, take down')
  .configureHelp({ sortSubcommands: true })
  .exitOverride();

upCommand(program);
downCommand(program);
doctorCommand(program);
imagesCommand(program);
secretCommand(program);

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
    if (!(error instanceof CommandError) && !(error instanceof ChannelError)) throw error;
    showFailure(error, process.argv.includes('--json'));
  }
}
