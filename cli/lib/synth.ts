/** Synthesizes the stacks in a process of their own, as `cdktf` would. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { writeChannel, type Channel } from '../../images/channel.js';
import { CommandError } from './output.js';
import { root } from './project.js';
import { readStack, type StackFile } from './stack.js';

export interface SynthOptions {
  /**
   * Images and providers to make the stacks of.
   *
   * @default - those of the channel file
   */
  readonly channel?: Channel;
  /**
   * Where to write them.
   *
   * @default - `cdktf.out`, where Terraform runs
   */
  readonly folder?: string;
}

/** @throws CommandError with every mistake of the environments, as the application reports them */
export function synthesize({ channel, folder = join(root, 'cdktf.out') }: SynthOptions = {}): Promise<void> {
  return inScratch(async (scratch) => {
    const file = join(scratch, 'channel.json');
    if (channel !== undefined) writeChannel(root, channel, file);
    const { exitCode, all } = await execa(process.execPath, [join(root, 'bin', 'app.mjs')], {
      cwd: root,
      stdin: 'ignore',
      reject: false,
      all: true,
      env: { CDKTF_OUTDIR: folder, ...(channel === undefined ? {} : { PORTCULLIS_CHANNEL: file }) },
    });
    if (exitCode === 0) return;
    throw new CommandError(
      'the stack must synthesize, got mistakes',
      all.trimEnd().split('\n'),
      'mend the lines above, then run the same command again',
    );
  });
}

/**
 * An environment's stack as it is declared now, leaving the one that was deployed where it is.
 *
 * @throws CommandError with every mistake of the environments, as the application reports them
 */
export function declaredStack(environment: string): Promise<StackFile> {
  return inScratch(async (folder) => {
    await synthesize({ folder });
    return readStack(join(folder, 'stacks', environment));
  });
}

async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
