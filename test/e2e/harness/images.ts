/** Images for tests, of the channel that this machine can have; built when missing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheRoot } from '../../../images/cache.js';
import { channelOf, planSteps } from '../../../images/plan.js';
import type { Channel, ChannelName } from '../../../images/channel.js';
import { must } from './run.js';

/** Root of the checkout under test. */
export const checkoutRoot = fileURLToPath(new URL('../../..', import.meta.url));

const launcher = join(checkoutRoot, 'bin/portcullis.mjs');

/** The channel in use, or the one that a first `up` would choose. */
export async function channelInUse(): Promise<ChannelName> {
  const answer = await must(process.execPath, [launcher, 'images', 'list', '--json'], { cwd: checkoutRoot });
  return (JSON.parse(answer) as { channel: ChannelName }).channel;
}

/** Builds what a test calls and says which references and provider versions it amounts to. */
export async function readyChannel(
  names: readonly string[],
): Promise<{ channel: Channel; mirror: string | undefined }> {
  const name = await channelInUse();
  const built = planSteps(checkoutRoot, cacheRoot(), name).map(({ recipe }) => recipe.name);
  // Of the other channel's images only ours are built; the rest is pulled.
  const wanted =
    name === 'local' ? [...names, 'provider-mirror'] : names.filter((image) => built.includes(image));
  await must(process.execPath, [launcher, 'images', 'build', '--channel', name, ...wanted], {
    cwd: checkoutRoot,
  });
  const steps = planSteps(checkoutRoot, cacheRoot(), name);
  const mirror = steps.find(({ recipe }) => recipe.name === 'provider-mirror')?.artifact.path();
  return {
    channel: channelOf(name, steps),
    mirror: mirror !== undefined && existsSync(mirror) ? mirror : undefined,
  };
}

/** Reference of one image of the local channel. */
export async function localImage(
  name: 'kong' | 'kong-gate' | 'postgres' | 'redis' | 'base' | 'deck',
): Promise<string> {
  await must(process.execPath, [launcher, 'images', 'build', '--channel', 'local', name], {
    cwd: checkoutRoot,
  });
  const step = planSteps(checkoutRoot, cacheRoot(), 'local').find(({ recipe }) => recipe.name === name);
  if (step === undefined) throw new Error(`image '${name}' must have a recipe`);
  return step.reference;
}
