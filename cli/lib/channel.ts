/** Chooses the image channel, builds what it lacks, and writes it down. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { BuildError, buildSteps, missingSteps } from '../../images/build.js';
import { cacheRoot } from '../../images/cache.js';
import {
  channelFileOf,
  localFolder,
  readChannel,
  writeChannel,
  type Channel,
  type ChannelName,
} from '../../images/channel.js';
import { channelOf, closure, imageRecipes, planSteps, type Step } from '../../images/plan.js';
import { Interrupted } from './deploy.js';
import { interrupted } from './interrupt.js';
import { CommandError, progress } from './output.js';
import { root, terraformConfigFile } from './project.js';

/** Registry that the upstream channel pulls from; asked once, with a short patience. */
const PROBE = 'https://registry-1.docker.io/v2/';
const PROBE_MILLISECONDS = 4000;
const HEARTBEAT_MILLISECONDS = 30_000;

/** The channel in use, or the one that this machine can reach when none was chosen. */
export async function chosenChannel(chosen: boolean): Promise<ChannelName> {
  if (chosen) return readChannel(root).channel;
  const reachable = await fetch(PROBE, { signal: AbortSignal.timeout(PROBE_MILLISECONDS) }).then(
    () => true,
    () => false,
  );
  const name = reachable ? 'upstream' : 'local';
  progress(
    `image channel: ${name} (${reachable ? 'the image registry answers' : 'no image registry answers, so images are built from package registries'})`,
  );
  return name;
}

/** Writes the channel file, and what Terraform needs for it. */
export function useChannel(name: ChannelName, steps: readonly Step[]): Channel {
  const channel = nextChannel(name, steps);
  writeChannel(root, channel);
  return channel;
}

/** What the channel file will say when all is built; writes only where Terraform finds its providers. */
export function nextChannel(name: ChannelName, steps: readonly Step[]): Channel {
  if (name === 'local') {
    const mirror = steps.find(({ recipe }) => recipe.name === 'provider-mirror');
    if (mirror === undefined) throw new Error('channel local must have a provider mirror');
    mkdirSync(localFolder(root), { recursive: true, mode: 0o700 });
    writeFileSync(
      `${terraformConfigFile}.new`,
      `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror.artifact.path())}\n  }\n}\n`,
    );
    renameSync(`${terraformConfigFile}.new`, terraformConfigFile);
  }
  return channelOf(name, steps);
}

/** All steps of a channel. */
export function stepsOf(name: ChannelName): Step[] {
  return planSteps(root, cacheRoot(), name);
}

/** The steps that a deployment needs, of which the local channel has more. */
export function deploymentSteps(name: ChannelName, steps: readonly Step[]): Step[] {
  const wanted = [...imageRecipes, ...(name === 'local' ? ['provider-mirror'] : [])];
  // Images of the registry have no step in the upstream channel.
  return closure(
    steps,
    wanted.filter((recipe) => steps.some((step) => step.recipe.name === recipe)),
  );
}

/** Programs that recipes of the local channel call, and the Debian package that brings each. */
const BUILD_TOOLS = [
  { program: 'go', args: ['version'], remedy: 'install Go 1.26 or newer' },
  { program: 'mmdebstrap', args: ['--version'], remedy: 'run `apt-get install mmdebstrap`' },
] as const;

/**
 * Builds the selected steps that are missing.
 *
 * @returns how many were built
 * @throws CommandError when a tool is missing or a step fails, with the last lines of its log
 */
export async function buildMissing(steps: readonly Step[]): Promise<number> {
  const missing = await missingSteps(steps);
  if (missing.length === 0) return 0;
  if (missing.some(({ recipe }) => !recipe.channels.includes('upstream'))) await checkTools();
  let done = 0;
  const running = new Map<string, number>();
  const heartbeat = setInterval(() => {
    for (const [name, since] of running)
      progress(`  … ${name}: ${Math.round((Date.now() - since) / 1000)} s so far`);
  }, HEARTBEAT_MILLISECONDS);
  progress(
    `building ${missing.length} of ${steps.length} steps: ${missing.map(({ recipe }) => recipe.name).join(', ')}`,
  );
  try {
    await buildSteps(steps, missing, {
      root,
      cache: cacheRoot(),
      signal: interrupted,
      events: {
        started: ({ recipe }, log) => {
          running.set(recipe.name, Date.now());
          progress(`  ${recipe.name}: started, log in ${log}`);
        },
        finished: ({ recipe }, seconds) => {
          running.delete(recipe.name);
          done++;
          progress(`  ${recipe.name}: done in ${seconds.toFixed(1)} s (${done}/${missing.length})`);
        },
      },
    });
  } catch (error) {
    if (interrupted.aborted) throw new Interrupted();
    if (!(error instanceof BuildError)) throw error;
    throw new CommandError(
      `image step '${error.step}' must build, got: ${error.cause}`,
      error.tail,
      `read ${error.log}, mend the cause and run the same command again; finished steps are kept`,
    );
  } finally {
    clearInterval(heartbeat);
  }
  return missing.length;
}

async function checkTools(): Promise<void> {
  const absent: string[] = [];
  for (const { program, args, remedy } of BUILD_TOOLS) {
    const { exitCode } = await execa(program, args, { reject: false, stdin: 'ignore' });
    if (exitCode !== 0)
      absent.push(`${program} must be installed to build from package registries, got nothing; ${remedy}`);
  }
  if (absent.length > 0)
    throw new CommandError(
      'the build tools must be there',
      absent,
      'install them, or run `npm run up -- --install` on Debian or Ubuntu',
    );
}

/** Whether somebody chose a channel before. */
export const channelFile = channelFileOf(root);
