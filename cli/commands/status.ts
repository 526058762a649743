/** `portcullis status`: generation, phase, age and next step of every class of secrets. */
import type { Command } from 'commander';
import { readChannel } from '../../images/channel.js';
import { environmentOrFail, ledgerOrFail } from '../lib/environment.js';
import { CommandError, progress, result } from '../lib/output.js';
import { root } from '../lib/project.js';
import { readApplied } from '../lib/rotation.js';
import { rotationStatus, statusLines } from '../lib/status.js';
import { Terraform } from '../lib/terraform.js';

/** Exit code when a step is overdue. */
const OVERDUE_EXIT = 3;

export function statusCommand(parent: Command): void {
  parent
    .command('status')
    .description('generation, phase, age and next step of every class of secrets')
    .option('--env <name>', 'environment', 'dev')
    .option('--json', 'machine-readable')
    .action(async ({ env, json }: { env: string; json?: boolean }) => {
      const { rotation } = environmentOrFail(env);
      const ledger = ledgerOrFail(env);
      const outputs = await new Terraform(env, readChannel(root)).outputs();
      const applied = readApplied(outputs.rotation?.value);
      if (applied === undefined)
        throw new CommandError(
          `environment '${env}' must be deployed, got no output 'rotation'`,
          [],
          `run \`npm run up -- --env ${env}\``,
        );
      const classes = rotationStatus(rotation, ledger, applied, new Date());
      if (json === true) result(JSON.stringify({ version: 1, environment: env, classes }));
      else for (const line of statusLines(classes)) result(line);
      const overdue = classes.filter((one) => one.overdue).map((one) => one.class);
      if (overdue.length === 0) return;
      process.exitCode = OVERDUE_EXIT;
      if (json !== true) progress(`overdue: ${overdue.join(', ')}`);
    });
}
