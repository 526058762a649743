import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultCatalogue } from '../../env/catalogue.js';
import {
  ChannelError,
  UPSTREAM_PROVIDERS,
  readChannel,
  writeChannel,
  type Channel,
} from '../../images/channel.js';
import { thrown } from '../helper/failure.js';
import { without } from '../helper/objects.js';
import { scratchFolders } from '../helper/scratch.js';

const folder = scratchFolders();
const LOCAL: Channel = {
  version: 1,
  channel: 'local',
  images: { ...defaultCatalogue, kong: { reference: 'portcullis/kong-gate:3.0.0-abc', version: '3.0.0' } },
  providers: { docker: '4.6.1-local.1', random: '3.7.2', tls: '4.1.0' },
};

function withFile(content: string): string {
  const root = folder();
  mkdirSync(join(root, '.portcullis'));
  writeFileSync(join(root, '.portcullis/channel.json'), content);
  return root;
}

describe('the channel', () => {
  test('is upstream until one was chosen', () => {
    expect(readChannel(folder())).toEqual({
      version: 1,
      channel: 'upstream',
      images: defaultCatalogue,
      providers: UPSTREAM_PROVIDERS,
    });
  });

  test('is read from another file when one is named, and the one in use stays', () => {
    const root = folder();
    const file = join(root, 'next', 'channel.json');
    writeChannel(root, LOCAL, file);
    expect(readChannel(root, file)).toEqual(LOCAL);
    expect(readChannel(root).channel).toBe('upstream');
  });

  test('is read as it was written', () => {
    const root = folder();
    writeChannel(root, LOCAL);
    expect(readChannel(root)).toEqual(LOCAL);
  });

  test('is written as a whole, into a folder for its owner alone', () => {
    const root = folder();
    writeChannel(root, LOCAL);
    writeChannel(root, { ...LOCAL, channel: 'upstream' });
    expect(readdirSync(join(root, '.portcullis'))).toEqual(['channel.json']);
    expect(statSync(join(root, '.portcullis')).mode & 0o777).toBe(0o700);
    expect(readChannel(root).channel).toBe('upstream');
  });

  const fewer = without(LOCAL.images, 'tools');
  test.each([
    ['nothing', ''],
    ['half of it', JSON.stringify(LOCAL).slice(0, 50)],
    ['no object', '"local"'],
    ['another version', JSON.stringify({ ...LOCAL, version: 2 })],
    ['another channel', JSON.stringify({ ...LOCAL, channel: 'nightly' })],
    ['an image too few', JSON.stringify({ ...LOCAL, images: fewer })],
    ['an unknown image', JSON.stringify({ ...LOCAL, images: { ...LOCAL.images, redis: LOCAL.images.kong } })],
    ['an unknown field', JSON.stringify({ ...LOCAL, mirror: 'x' })],
  ])('fails when the file holds %s', (_what, content) => {
    const error = thrown(() => readChannel(withFile(content)));
    expect(error).toBeInstanceOf(ChannelError);
    expect(error.message).toBe(
      '.portcullis/channel.json must be written by `npm run images -- use …`, got something else; run `npm run images -- use local` or `use upstream`',
    );
  });

  test('is not written by reading it', () => {
    const root = folder();
    readChannel(root);
    expect(existsSync(join(root, '.portcullis'))).toBe(false);
  });
});
