/** Synthesizes the stacks in a process of their own, as `cdktf` would. */
import { join } from 'node:path';
import { execa } from 'execa';
import { CommandError } from './output.js';
import { root } from './project.js';

/** @throws CommandError with every mistake of the environments, as the application reports them */
export async function synthesize(): Promise<void> {
  const { exitCode, all } = await execa(process.execPath, [join(root, 'bin', 'app.mjs')], {
    cwd: root,
    stdin: 'ignore',
    reject: false,
    all: true,
    env: { CDKTF_OUTDIR: join(root, 'cdktf.out') },
  });
  if (exitCode === 0) return;
  throw new CommandError(
    'the stack must synthesize, got mistakes',
    all.trimEnd().split('\n'),
    'mend the lines above, then run the same command again',
  );
}
