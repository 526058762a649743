/** `portcullis diff`: what the next `up` would change; names and risks, never a value. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Environment } from '../../env/index.js';
import type { Ledger } from '../../env/ledger.js';
import { channelFile, chosenChannel, nextChannel, stepsOf } from '../lib/channel.js';
import { Components } from '../lib/components.js';
import { Interrupted, refuseLoss } from '../lib/deploy.js';
import { changesOf, diffData, diffLines, infrastructure, type Section } from '../lib/diff.js';
import { environmentOrFail, ledgerOrFail } from '../lib/environment.js';
import { gatewaySection } from '../lib/gateway-diff.js';
import { declaredDifference } from '../lib/gateway.js';
import { interrupted, listenForInterrupts } from '../lib/interrupt.js';
import { withLock } from '../lib/lock.js';
import { CommandError, failureData, result } from '../lib/output.js';
import type { PlannedChange } from '../lib/plan.js';
import { checkDocker } from '../lib/preflight.js';
import { stackFolder } from '../lib/project.js';
import { readApplied, refuseJump } from '../lib/rotation.js';
import { readStack } from '../lib/stack.js';
import { synthesize } from '../lib/synth.js';
import { Terraform } from '../lib/terraform.js';
import { missingSecrets, placeholdersFor } from '../lib/variables.js';

/** Exit code when something would change. */
const CHANGES_EXIT = 2;

export function diffCommand(parent: Command): void {
  parent
    .command('diff')
    .description('what the next `up` would change, without any value')
    .option('--env <name>', 'environment', 'dev')
    .option('--json', 'machine-readable')
    .action(async ({ env, json }: { env: string; json?: boolean }) => {
      listenForInterrupts();
      const environment = environmentOrFail(env);
      const { sections, refusal } = await withLock(env, 'diff', () => diff(environment, ledgerOrFail(env)));
      if (json === true) {
        const error = refusal === undefined ? {} : failureData(refusal);
        result(JSON.stringify({ ...diffData(env, sections), ...error }));
      } else {
        for (const line of diffLines(sections)) result(line);
        if (refusal !== undefined) throw refusal;
      }
      process.exitCode = refusal !== undefined ? 1 : changesOf(sections) > 0 ? CHANGES_EXIT : 0;
    });
}

interface Difference {
  readonly sections: readonly Section[];
  /** Why `up` would refuse all of it. */
  readonly refusal: CommandError | undefined;
}

async function diff(environment: Environment, ledger: Ledger): Promise<Difference> {
  const docker = await checkDocker();
  if (!docker.ok) throw new CommandError(docker.says, [], docker.remedy);
  // The images of the next `up`, which may be others than those of the last.
  const name = await chosenChannel(existsSync(channelFile));
  const channel = nextChannel(name, stepsOf(name));
  const terraform = new Terraform(environment.name, channel);
  await synthesize({ channel });
  const missing = missingSecrets(readStack(stackFolder(environment.name)));
  try {
    await terraform.init();
    refuseJump(environment.name, ledger, readApplied((await terraform.recorded()).rotation));
    const plan = await terraform.makePlan({ placeholders: placeholdersFor(missing) });
    const components = Components.ofStack(environment.name);
    return {
      sections: [
        infrastructure(plan, components, missing),
        gatewaySection(await declaredDifference(environment, readStack(stackFolder(environment.name)))),
      ],
      refusal: lossIn(plan.changes),
    };
  } catch (error) {
    if (interrupted.aborted) throw new Interrupted();
    throw error;
  } finally {
    terraform.dropPlan();
  }
}

function lossIn(changes: readonly PlannedChange[]): CommandError | undefined {
  try {
    refuseLoss(changes);
    return undefined;
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
}
