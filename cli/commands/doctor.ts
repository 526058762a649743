/** `portcullis doctor`: what is missing and the one command that mends it, then live checks. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Environment } from '../../env/index.js';
import { missingSteps } from '../../images/build.js';
import type { ChannelName } from '../../images/channel.js';
import { channelFile, chosenChannel, deploymentSteps, stepsOf } from '../lib/channel.js';
import { environmentOrFail } from '../lib/environment.js';
import { Interrupted } from '../lib/deploy.js';
import { driftLines } from '../lib/gateway-diff.js';
import { resync } from '../lib/gateway.js';
import { examineLive } from '../lib/live.js';
import { withLock } from '../lib/lock.js';
import { interrupted, listenForInterrupts } from '../lib/interrupt.js';
import { CommandError, progress, result } from '../lib/output.js';
import { settle } from '../lib/smoke.js';
import { checkDocker, checkPorts, checkTerraform, type Finding } from '../lib/preflight.js';
import { stateFolder } from '../lib/project.js';
import { declaredStack } from '../lib/synth.js';
import { explainMissing, missingSecrets } from '../lib/variables.js';

/** What the stand-ins of the local channel can't show, because the real program isn't there. */
const UNPROVEN: readonly string[] = [
  'kong 3.9.3 runs as 3.0.0: /status/ready and the manager listener are configured, not run',
  'postgres 17 runs as 15',
  'decK 1.65.1 runs as 1.55.0',
  'kratos 26.2.0 runs as 1.3.1',
  'oathkeeper 26.2.0 runs as 0.40.9: rules are written for both, the newer one never saw them',
];

export function doctorCommand(parent: Command): void {
  parent
    .command('doctor')
    .description('what is missing and how to mend it; live checks of what runs')
    .option('--env <name>', 'environment', 'dev')
    .option('--resync', 'first bring Kong back to what was deployed, undoing what was changed by hand')
    .option('--json', 'machine-readable')
    .action(async ({ env, resync: undo, json }: { env: string; resync?: boolean; json?: boolean }) => {
      const environment = environmentOrFail(env);
      if (undo === true) {
        listenForInterrupts();
        const undone = driftLines(await withLock(env, 'doctor', () => resync(environment)));
        progress(undone.length === 0 ? 'nothing to undo' : `undone: ${undone.join(', ')}`);
        if (undone.length > 0) await settle(environment, interrupted);
        if (interrupted.aborted) throw new Interrupted();
      }
      const channel = await chosenChannel(existsSync(channelFile));
      const findings = await examine(environment, channel);
      if (json === true) {
        result(
          JSON.stringify({
            version: 1,
            environment: env,
            channel,
            findings,
            unproven: channel === 'local' ? UNPROVEN : [],
          }),
        );
      } else {
        for (const { check, ok, says, remedy } of findings)
          result(`${ok ? 'ok  ' : 'FAIL'}  ${check}: ${says}${remedy === '' ? '' : `; ${remedy}`}`);
        if (channel === 'local')
          for (const line of UNPROVEN) result(`note  unproven in channel local: ${line}`);
      }
      const failed = findings.filter(({ ok }) => !ok).length;
      if (failed > 0) {
        if (json === true) process.exitCode = 1;
        else
          throw new CommandError(
            `every check must pass, got ${failed} that failed`,
            [],
            'follow the lines above',
          );
      }
    });
}

async function examine(environment: Environment, channel: ChannelName): Promise<Finding[]> {
  const findings: Finding[] = [
    { check: 'node', ok: true, says: `version ${process.versions.node}`, remedy: '' },
    await checkTerraform(),
    await checkDocker(),
    ...(await examineStack(environment.name)),
  ];
  if (findings.some(({ check, ok }) => check === 'docker' && !ok)) return findings;
  const steps = stepsOf(channel);
  const missing = await missingSteps(deploymentSteps(channel, steps));
  findings.push({
    check: 'images',
    ok: missing.length === 0,
    says:
      missing.length === 0
        ? `channel ${channel} is complete`
        : `channel ${channel} must be complete, got ${missing.length} steps missing (${missing.map(({ recipe }) => recipe.name).join(', ')})`,
    remedy: missing.length === 0 ? '' : 'run `npm run images -- build`',
  });
  findings.push(...(await checkPorts(environment)));
  if (!existsSync(join(stateFolder(environment.name), 'terraform.tfstate'))) return findings;
  return [...findings, ...(await examineLive(environment))];
}

/** Whether the stack synthesizes, and has all the secrets that come from outside. */
async function examineStack(environment: string): Promise<Finding[]> {
  try {
    const missing = missingSecrets(await declaredStack(environment));
    if (missing.length === 0)
      return [{ check: 'stack', ok: true, says: 'is valid, and no secret is missing', remedy: '' }];
    return missing.map((secret) => ({ check: 'secrets', ok: false, ...explainMissing(secret) }));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return [{ check: 'stack', ok: false, says: error.detail.join(' '), remedy: error.remedy }];
  }
}
