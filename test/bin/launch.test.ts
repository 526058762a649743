import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  cpSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { scratchFolders } from '../helper/scratch.js';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const folder = scratchFolders();
let root = '';

/** A checkout with the real launcher and hardly any sources. */
beforeEach(() => {
  root = folder();
  cpSync(join(checkout, 'bin'), join(root, 'bin'), { recursive: true });
  symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'));
  for (const name of ['env', 'stacks', 'constructs', 'images', 'cli']) mkdirSync(join(root, name));
  writeFileSync(join(root, 'package-lock.json'), '{}');
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(root, 'main.ts'), "import { name } from './env/index.js';\nconsole.log(name);\n");
  writeFileSync(join(root, 'cli/main.ts'), 'console.log(process.argv.slice(2).join());\n');
  writeFileSync(join(root, 'env/index.ts'), "export const name: string = 'one';\n");
});

/** Path of a bundle, as a process of its own finds or makes it. */
function bundle(name: 'app' | 'cli'): string {
  const script = `import { ensureBundle } from ${JSON.stringify(join(root, 'bin/launch.mjs'))}; process.stdout.write(await ensureBundle('${name}'));`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
}

function run(file: string, ...args: string[]): string {
  return execFileSync(process.execPath, [file, ...args], { encoding: 'utf8' });
}

describe('ensureBundle', () => {
  test('makes a program of the sources', () => {
    expect(run(bundle('app'))).toBe('one\n');
    expect(run(bundle('cli'), 'a', 'b')).toBe('a,b\n');
  });

  test('keeps the bundle while nothing changes, whatever the time of a file', () => {
    const file = bundle('app');
    const made = statSync(file).mtimeMs;
    utimesSync(join(root, 'env/index.ts'), 1, 1);
    expect(bundle('app')).toBe(file);
    expect(statSync(file).mtimeMs).toBe(made);
  });

  test.each<[string, () => void]>([
    [
      'a changed source',
      () => {
        writeFileSync(join(root, 'env/index.ts'), "export const name: string = 'two';\n");
      },
    ],
    [
      'a new source',
      () => {
        writeFileSync(join(root, 'constructs/new.ts'), '');
      },
    ],
    [
      'another lock file',
      () => {
        writeFileSync(join(root, 'package-lock.json'), '{"lockfileVersion":3}');
      },
    ],
    [
      'another launcher',
      () => {
        writeFileSync(join(root, 'bin/more.mjs'), '');
      },
    ],
  ])('gives it another name with %s, and drops the old one', (_what, change) => {
    const before = bundle('app');
    const cli = bundle('cli');
    change();
    const after = bundle('app');
    expect(after).not.toBe(before);
    expect([existsSync(before), existsSync(after), existsSync(cli)]).toEqual([false, true, true]);
  });

  test('runs what the sources say now', () => {
    bundle('app');
    writeFileSync(join(root, 'env/index.ts'), "export const name: string = 'two';\n");
    expect(run(bundle('app'))).toBe('two\n');
  });

  test('leaves no part behind and keeps its folder for the owner alone', () => {
    const file = bundle('app');
    expect(readdirSync(join(root, '.portcullis/build'))).toEqual([file.slice(file.lastIndexOf('/') + 1)]);
    expect(statSync(join(root, '.portcullis')).mode & 0o777).toBe(0o700);
    expect(readFileSync(file, 'utf8').length).toBeGreaterThan(0);
  });
});
