/** The JSON service in tests: its settings, and what a process of its own logs. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect } from 'vitest';

export const SETTINGS = {
  name: 'hello',
  message: 'good day',
  port: 1,
  replica: 'replica-7',
  drainMilliseconds: 0,
};
const SOURCE = fileURLToPath(new URL('../../../services/json-service/src', import.meta.url));

/** Lines that a process of its own writes for these requests. */
export async function logged(
  folder: string,
  requests: string,
  settings: object = SETTINGS,
): Promise<Record<string, unknown>[]> {
  const outfile = join(folder, 'program.mjs');
  await build({
    stdin: {
      contents: `import { createServer } from './server.ts';
        const { app } = createServer(${JSON.stringify(settings)});
        ${requests}
        await app.close();`,
      resolveDir: SOURCE,
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    banner: {
      js: "import { createRequire as own } from 'node:module'; const require = own(import.meta.url);",
    },
  });
  const { stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
