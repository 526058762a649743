/**
 * The image channel: which images and provider versions a stack is made of.
 *
 * `.portcullis/channel.json` is an input of synth like an environment file. Without it the upstream
 * images are named; `up` and `npm run images -- use …` write it.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { CATALOGUE_NAMES, defaultCatalogue, type Catalogue } from '../env/catalogue.js';

export const CHANNELS = ['upstream', 'local'] as const;
export type ChannelName = (typeof CHANNELS)[number];

const versions = z.strictObject({ docker: z.string(), random: z.string(), tls: z.string() });
const channelSchema = z.strictObject({
  version: z.literal(1),
  channel: z.enum(CHANNELS),
  images: z.record(z.enum(CATALOGUE_NAMES), z.strictObject({ reference: z.string(), version: z.string() })),
  providers: versions,
});

export interface Channel {
  readonly version: 1;
  readonly channel: ChannelName;
  readonly images: Catalogue;
  readonly providers: Readonly<z.output<typeof versions>>;
}

/** Provider versions of the upstream channel, exact. */
export const UPSTREAM_PROVIDERS = { docker: '4.5.0', random: '3.7.2', tls: '4.1.0' } as const;

/** A channel file that can't be used. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
}

/** Folder of everything this checkout keeps for itself: state, channel, bundles. */
export function localFolder(root: string): string {
  return join(root, '.portcullis');
}

/** Where the channel in use is written down. */
export function channelFileOf(root: string): string {
  return join(localFolder(root), 'channel.json');
}

/**
 * Reads the channel in use.
 *
 * @param file to read instead, as `diff` and `up` do for images that aren't built yet
 * @throws ChannelError when the file is there but isn't one of ours
 */
export function readChannel(root: string, file = channelFileOf(root)): Channel {
  if (!existsSync(file)) {
    return { version: 1, channel: 'upstream', images: defaultCatalogue, providers: UPSTREAM_PROVIDERS };
  }
  const parsed = channelSchema.safeParse(parse(readFileSync(file, 'utf8')));
  if (!parsed.success) {
    throw new ChannelError(
      `.portcullis/channel.json must be written by \`npm run images -- use …\`, got something else; run \`npm run images -- use local\` or \`use upstream\``,
    );
  }
  return parsed.data;
}

/** Writes the channel, as a whole or not at all. */
export function writeChannel(root: string, channel: Channel, file = channelFileOf(root)): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${JSON.stringify(channel, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
