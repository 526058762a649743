/** `portcullis up`: from a fresh clone to a gate that refuses strangers and lets a client pass. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Environment } from '../../env/index.js';
import type { Ledger } from '../../env/ledger.js';
import { readChannel } from '../../images/channel.js';
import {
  buildMissing,
  channelFile,
  chosenChannel,
  deploymentSteps,
  nextChannel,
  stepsOf,
  useChannel,
} from '../lib/channel.js';
import { Components } from '../lib/components.js';
import { Interrupted, deploy } from '../lib/deploy.js';
import { environmentOrFail, ledgerOrFail } from '../lib/environment.js';
import { installDocker } from '../lib/install.js';
import { interrupted, listenForInterrupts } from '../lib/interrupt.js';
import { withLock } from '../lib/lock.js';
import { CommandError, progress, result, seconds } from '../lib/output.js';
import { checkDocker, checkPorts, checkTerraform, type Finding } from '../lib/preflight.js';
import { root, stackFolder } from '../lib/project.js';
import { provePassage } from '../lib/smoke.js';
import { readStack } from '../lib/stack.js';
import { synthesize } from '../lib/synth.js';
import { Terraform } from '../lib/terraform.js';
import { missingSecrets, refuseMissing } from '../lib/variables.js';
import { handedOver } from './secret.js';

export function upCommand(parent: Command): void {
  parent
    .command('up')
    .description('deploy an environment and prove that the gate works')
    .option('--env <name>', 'environment', 'dev')
    .option('--install', 'install Docker Engine and build tools on Debian or Ubuntu, and start the engine')
    .action(async ({ env, install }: { env: string; install?: boolean }) => {
      listenForInterrupts();
      const begin = Date.now();
      const environment = environmentOrFail(env);
      await withLock(env, 'up', () => up(environment, ledgerOrFail(env), install === true));
      progress(`up took ${seconds(Date.now() - begin)}`);
      result(`ready: ${environment.public.url}`);
    });
}

async function up(environment: Environment, ledger: Ledger, install: boolean): Promise<void> {
  const step = stopwatch();
  const name = await chosenChannel(existsSync(channelFile));
  if (install) await installDocker(name === 'local');
  const docker = await checkDocker();
  if (!docker.ok) {
    await showWhatWouldBe(environment, docker);
    return;
  }
  const findings = [await checkTerraform(), ...(await checkPorts(environment))].filter(({ ok }) => !ok);
  if (findings.length > 0) {
    throw new CommandError(
      'this machine must be ready',
      findings.map(({ says, remedy }) => `${says}; ${remedy}`),
      'mend the lines above, then run the same command again',
    );
  }
  step('checks');
  const steps = stepsOf(name);
  // Before anything is built, because what is missing may be with somebody else.
  await synthesize({ channel: nextChannel(name, steps) });
  refuseMissing(environment.name, missingSecrets(readStack(stackFolder(environment.name))));
  stopIfInterrupted();
  step('synth');
  await buildMissing(deploymentSteps(name, steps));
  const channel = useChannel(name, steps);
  stopIfInterrupted();
  step('images');
  const terraform = new Terraform(environment.name, channel);
  await terraform.init();
  step('providers');
  stopIfInterrupted();
  const changed = await deploy(terraform, ledger);
  step(changed === 0 ? 'nothing to change' : `deploy of ${changed} changes`);
  const secrets = await handedOver(environment.name);
  const key = secrets.find(({ name }) => name.startsWith('client-'))?.value;
  const person = secrets.find(({ name }) => name.startsWith('user-'));
  await provePassage(
    environment,
    {
      key,
      person: person?.id === undefined ? undefined : { email: person.id, password: person.value },
    },
    interrupted,
  );
  stopIfInterrupted();
  step('requests through the gate');
}

function stopIfInterrupted(): void {
  if (interrupted.aborted) throw new Interrupted();
}

/** Says after each step how long it took. */
function stopwatch(): (what: string) => void {
  let last = Date.now();
  return (what) => {
    const now = Date.now();
    progress(`${what}: ${seconds(now - last)}`);
    last = now;
  };
}

/** Without an engine nothing can be deployed, but the input can be checked and shown. */
async function showWhatWouldBe(environment: Environment, docker: Finding): Promise<never> {
  await synthesize();
  const { names } = Components.ofStack(environment.name);
  progress(
    `'${environment.name}' is valid (channel ${readChannel(root).channel}); it would deploy: ${names.join(', ')}`,
  );
  throw new CommandError(docker.says, [], docker.remedy);
}
