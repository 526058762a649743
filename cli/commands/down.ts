/** `portcullis down`: takes an environment away; in dev nothing of ours is left. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { protectsData } from '../../env/index.js';
import { readChannel } from '../../images/channel.js';
import { environmentOrFail } from '../lib/environment.js';
import { labelled, remove } from '../lib/docker.js';
import { Interrupted } from '../lib/deploy.js';
import { interrupted, listenForInterrupts } from '../lib/interrupt.js';
import { withLock } from '../lib/lock.js';
import { CommandError, progress, result, seconds } from '../lib/output.js';
import { checkDocker } from '../lib/preflight.js';
import { root, stackFolder, stateFolder } from '../lib/project.js';
import { readStack } from '../lib/stack.js';
import { synthesize } from '../lib/synth.js';
import { Terraform } from '../lib/terraform.js';
import { missingSecrets, placeholdersFor } from '../lib/variables.js';

export function downCommand(parent: Command): void {
  parent
    .command('down')
    .description('take an environment away')
    .option('--env <name>', 'environment', 'dev')
    .action(async ({ env }: { env: string }) => {
      listenForInterrupts();
      const begin = Date.now();
      const environment = environmentOrFail(env);
      if (protectsData(environment)) {
        throw new CommandError(
          `environment '${env}' must not protect its data to be taken away, got protectData true`,
          [],
          'taking down what is unprotected there follows with staging and prod',
        );
      }
      const docker = await checkDocker();
      if (!docker.ok) throw new CommandError(docker.says, [], docker.remedy);
      await withLock(env, 'down', () => down(env));
      result(`down: ${env} is gone (${seconds(Date.now() - begin)})`);
    });
}

async function down(environment: string): Promise<void> {
  if (existsSync(join(stateFolder(environment), 'terraform.tfstate'))) {
    if (!existsSync(join(stackFolder(environment), 'cdk.tf.json'))) await synthesize();
    const terraform = new Terraform(environment, readChannel(root));
    await terraform.init();
    // What goes needs no value, and nobody should have to look for one.
    const placeholders = placeholdersFor(missingSecrets(readStack(stackFolder(environment))));
    const { changes } = await terraform.makePlan({ destroy: true, placeholders });
    if (changes.length > 0) {
      progress(`removing ${changes.length} resources`);
      const errors = await terraform.apply(() => undefined);
      if (interrupted.aborted) throw new Interrupted();
      // What Terraform couldn't remove is removed below, by its label.
      for (const { message } of errors) progress(`  terraform: ${message}`);
    }
    terraform.dropPlan();
  }
  for (const kind of ['container', 'network', 'volume'] as const) {
    const left = await labelled(kind, environment);
    if (left.length > 0)
      progress(`removing ${left.length} ${kind}${left.length === 1 ? '' : 's'} outside the state`);
    await remove(kind, left);
  }
  const left = (
    await Promise.all(
      (['container', 'network', 'volume'] as const).map((kind) => labelled(kind, environment)),
    )
  ).flat();
  if (left.length > 0)
    throw new CommandError(
      `nothing of '${environment}' must be left, got ${left.length} things that Docker would not remove`,
      left,
      'see what uses them, then run the same command again',
    );
  for (const name of ['terraform.tfstate', 'terraform.tfstate.backup', 'ledger.json'])
    rmSync(join(stateFolder(environment), name), { force: true });
}
