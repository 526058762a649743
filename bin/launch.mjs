/**
 * Runs before anything is installed: brings the dependencies in and keeps two bundles fresh.
 *
 * It uses Node alone. A bundle is named by the hash of all sources it could be made of, so a stale
 * one can't be run; loading the sources through a TypeScript loader took three times as long.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const LEAST_NODE = [20, 19];
const SOURCES = ['main.ts', 'env', 'stacks', 'constructs', 'images', 'cli', 'package-lock.json', 'bin'];
const BUNDLES = {
  app: { entry: 'main.ts', format: 'cjs', extension: 'cjs' },
  cli: { entry: 'cli/main.ts', format: 'esm', extension: 'mjs' },
};

/** Ends the program with one line; a stack trace would hide it. */
export function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
    fail(
      `node must be ${LEAST_NODE.join('.')} or newer, got ${process.versions.node}; install a current Node`,
    );
  }
}

/** Runs `npm ci` when what is installed isn't what the lock file says. */
export function ensureDependencies() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const marker = join(root, 'node_modules', '.portcullis-lock');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  if (!installedMatches(JSON.parse(lock.toString('utf8')))) {
    process.stderr.write('installing dependencies (npm ci)\n');
    const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      shell: process.platform === 'win32',
    });
    if (result.status !== 0)
      fail(
        'dependencies must be installed, got a failing `npm ci`; read its words above, then run the same command again',
      );
  }
  writeFileSync(marker, wanted);
}

function installedMatches(lock) {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(lock.packages).every(
    ([path, { version, optional, link }]) =>
      !path.startsWith('node_modules/') ||
      optional === true ||
      link === true ||
      installed[path]?.version === version,
  );
}

function sourceHash() {
  const hash = createHash('sha256');
  const visit = (path) => {
    const full = join(root, path);
    if (statSync(full).isDirectory()) {
      for (const name of readdirSync(full).sort()) visit(`${path}/${name}`);
    } else if (/\.(ts|mjs|json)$/.test(path)) {
      hash.update(`${path}\0`).update(createHash('sha256').update(readFileSync(full)).digest());
    }
  };
  SOURCES.forEach(visit);
  return hash.digest('hex').slice(0, 16);
}

/** Path of a bundle made of the sources as they are now. */
export async function ensureBundle(name) {
  const { entry, format, extension } = BUNDLES[name];
  const folder = join(root, '.portcullis');
  // The state lies below it and holds every secret; Terraform itself writes its backup readable by all.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const build = join(folder, 'build');
  mkdirSync(build, { recursive: true });
  const file = join(build, `${name}-${sourceHash()}.${extension}`);
  if (existsSync(file)) return file;
  const { build: bundle } = await import('esbuild');
  const part = `${file}.${process.pid}.part`;
  await bundle({
    entryPoints: [join(root, entry)],
    outfile: part,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format,
    external: ['esbuild'],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'silent',
    ...(format === 'esm'
      ? {
          banner: {
            js: "import { createRequire as portcullisRequire } from 'node:module'; const require = portcullisRequire(import.meta.url);",
          },
        }
      : {}),
  });
  for (const old of readdirSync(build)) {
    if (old.startsWith(`${name}-`) && !old.includes('.part')) rmSync(join(build, old), { force: true });
  }
  renameSync(part, file);
  return file;
}
