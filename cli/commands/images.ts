/** `portcullis images`: the offline kit and the channel. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { execa } from 'execa';
import { CHANNELS, readChannel, type ChannelName } from '../../images/channel.js';
import { presentImages } from '../../images/build.js';
import { closure, nodeImage, usual, type Step } from '../../images/plan.js';
import { buildMissing, channelFile, chosenChannel, stepsOf, useChannel } from '../lib/channel.js';
import { environmentOrFail } from '../lib/environment.js';
import { listenForInterrupts } from '../lib/interrupt.js';
import { CommandError, progress, result, table } from '../lib/output.js';
import { root, terraformConfigFile } from '../lib/project.js';

function channelArgument(value: string | undefined): ChannelName | undefined {
  if (value === undefined) return undefined;
  const found = CHANNELS.find((name) => name === value);
  if (found === undefined)
    throw new CommandError(
      `channel must be one of ${CHANNELS.join(', ')}, got '${value}'`,
      [],
      'name one of them',
    );
  return found;
}

async function selected(channel: string | undefined): Promise<{ name: ChannelName; steps: Step[] }> {
  const name = channelArgument(channel) ?? (await chosenChannel(existsSync(channelFile)));
  return { name, steps: stepsOf(name) };
}

export function imagesCommand(parent: Command): void {
  const images = parent
    .command('images')
    .description('images and providers: list, build, verify, choose the channel, push');

  images
    .command('list')
    .description('every step with its state')
    .option('--channel <name>', 'upstream or local')
    .option('--json', 'machine-readable')
    .action(async ({ channel, json }: { channel?: string; json?: boolean }) => {
      const { name, steps } = await selected(channel);
      const present = await presentImages(
        steps.filter(({ recipe }) => recipe.kind === 'image').map(({ reference }) => reference),
      ).catch(() => new Set<string>());
      const rows = steps.map(({ recipe, hash, reference, artifact }) => ({
        name: recipe.name,
        kind: recipe.kind,
        hash,
        ready: recipe.kind === 'image' ? present.has(reference) : artifact.exists,
        about: recipe.about,
      }));
      if (json === true) result(JSON.stringify({ version: 1, channel: name, steps: rows }));
      else
        for (const line of table([
          ['NAME', 'KIND', 'HASH', 'READY', 'ABOUT'],
          ...rows.map((r) => [r.name, r.kind, r.hash, r.ready ? 'yes' : 'no', r.about]),
        ]))
          result(line);
    });

  images
    .command('build')
    .description('build what is missing')
    .argument('[names...]', 'only these and what they use')
    .option('--channel <name>', 'upstream or local')
    .action(async (names: string[], { channel }: { channel?: string }) => {
      listenForInterrupts();
      const { name, steps } = await selected(channel);
      const built = await buildMissing(names.length === 0 ? usual(steps) : closure(steps, names));
      if (existsSync(channelFile) && readChannel(root).channel === name) useChannel(name, steps);
      result(
        built === 0 ? `everything of channel ${name} is there` : `built ${built} steps of channel ${name}`,
      );
    });

  images
    .command('node')
    .description('reference of the Node image that programs stand on, to build your own on it')
    .option('--channel <name>', 'upstream or local')
    .action(async ({ channel }: { channel?: string }) => {
      listenForInterrupts();
      const { steps } = await selected(channel);
      await buildMissing(closure(steps, steps.some(({ recipe }) => recipe.name === 'node') ? ['node'] : []));
      result(nodeImage(steps));
    });

  images
    .command('verify')
    .description('check what is cached against what was built')
    .option('--channel <name>', 'upstream or local')
    .action(async ({ channel }: { channel?: string }) => {
      const { steps } = await selected(channel);
      const present = await presentImages(
        steps.filter(({ recipe }) => recipe.kind === 'image').map(({ reference }) => reference),
      );
      const used = new Set(steps.flatMap(({ uses }) => uses));
      const wrong = usual(steps).flatMap(({ recipe, reference, artifact }) => {
        if (recipe.kind === 'image')
          return present.has(reference)
            ? []
            : [`image ${recipe.name} must be in the engine as ${reference}, got nothing`];
        if (!artifact.exists)
          return used.has(recipe.name) ? [] : [`artifact ${recipe.name} must be in the cache, got nothing`];
        return artifact.intact() ? [] : [`artifact ${recipe.name} must be what was built, got other content`];
      });
      if (wrong.length > 0)
        throw new CommandError(
          'the kit must be whole',
          wrong,
          'run `npm run images -- build`; remove a folder whose content differs first',
        );
      result(`verified ${usual(steps).length} steps`);
    });

  images
    .command('use')
    .description('write the channel')
    .argument('<channel>', 'upstream or local')
    .action((value: string) => {
      const name = channelArgument(value) ?? 'upstream';
      useChannel(name, stepsOf(name));
      result(`channel ${name} is written to .portcullis/channel.json`);
    });

  images
    .command('env')
    .description(
      'shell lines that let plain cdktf and terraform use the channel: eval "$(npm run -s images -- env)"',
    )
    .action(() => {
      const given = process.env.TF_CLI_CONFIG_FILE;
      if (readChannel(root).channel === 'upstream') {
        result('# channel upstream needs no variables');
        return;
      }
      if (given !== undefined && given !== terraformConfigFile && existsSync(given)) {
        progress(
          `TF_CLI_CONFIG_FILE names ${given}; the line below replaces it in this shell, because the providers come from a local mirror`,
        );
      }
      result(`export TF_CLI_CONFIG_FILE='${terraformConfigFile.replaceAll("'", "'\\''")}'`);
      result('export CHECKPOINT_DISABLE=1');
    });

  images
    .command('push')
    .description('push the images of our own to a registry')
    .option(
      '--registry <registry>',
      "for example registry.example.com/team; the environment's images.registry when left out",
    )
    .option('--env <name>', 'environment', 'dev')
    .option('--channel <name>', 'upstream or local')
    .action(
      async ({ registry: given, env, channel }: { registry?: string; env: string; channel?: string }) => {
        const registry = given ?? environmentOrFail(env).images.registry;
        if (registry === undefined) {
          throw new CommandError(
            'a registry must be named, got none',
            [],
            `add --registry, or set images.registry in env/${env}.ts`,
          );
        }
        const { steps } = await selected(channel);
        for (const { recipe, reference } of steps) {
          if (recipe.kind !== 'image' || !recipe.channels.includes('upstream')) continue;
          const target = `${registry}/${reference.slice('portcullis/'.length)}`;
          await execa('docker', ['tag', reference, target], { stdin: 'ignore' });
          const pushed = await execa('docker', ['push', target], {
            stdin: 'ignore',
            reject: false,
            all: true,
          });
          if (pushed.exitCode !== 0)
            throw new CommandError(
              `image ${recipe.name} must be pushed to ${registry}, got a refusal`,
              pushed.all.split('\n').slice(-5),
              'check the registry and `docker login`, then run the same command again',
            );
          result(target);
        }
      },
    );
}
