/** Programs from Go modules alone: Terraform's providers, decK, Ory's programs, Mailpit, and Kong's Lua sources. */
import { chmodSync, copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ArtifactRecipe } from './recipe.js';

/** Version folder of the locally built Docker provider: behind 4.6.0, from September 2026. */
export const LOCAL_PROVIDERS = { docker: '4.6.1-local.20260916', random: '3.7.2', tls: '4.1.0' } as const;

/** Versions of the programs whose images bear them. */
export const KRATOS = '1.3.1';
export const OATHKEEPER = '0.40.9';
export const MAILPIT = '1.28.0';

/** Settings that keep a Go build to what its committed go.sum pins. */
const GO = {
  CGO_ENABLED: '0',
  GOFLAGS: '-mod=readonly',
  GOSUMDB: 'off',
  GONOSUMDB: '*',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
};

/**
 * One program of a Go module.
 *
 * @param variables values of the program's own variables, such as its version
 */
function goProgram(
  name: string,
  about: string,
  module: string,
  file: string,
  variables: Readonly<Record<string, string>> = {},
): ArtifactRecipe {
  const set = Object.entries(variables).map(([variable, value]) => `-X ${module}/${variable}=${value}`);
  const folder = `images/go/${name}`;
  return {
    kind: 'artifact',
    name,
    about,
    channels: ['local'],
    inputs: [folder],
    pins: ['linux_amd64', ...set],
    uses: [],
    lane: 'compile',
    async build({ root, run }, out) {
      await run(
        'go',
        [
          'build',
          '-trimpath',
          '-buildvcs=false',
          '-ldflags',
          ['-s -w', ...set].join(' '),
          '-o',
          join(out, file),
          module,
        ],
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

export const goRecipes: readonly ArtifactRecipe[] = [
  ...providers,
  mirror,
  goProgram('deck-binary', 'decK from the Go module kong/deck', 'github.com/kong/deck', 'deck'),
  goProgram('kratos-binary', 'Kratos from the Go module ory/kratos', 'github.com/ory/kratos', 'kratos', {
    'driver/config.Version': `v${KRATOS}`,
  }),
  goProgram(
    'oathkeeper-binary',
    'Oathkeeper from the Go module ory/oathkeeper',
    'github.com/ory/oathkeeper',
    'oathkeeper',
    { 'x.Version': `v${OATHKEEPER}` },
  ),
  goProgram(
    'mailpit-binary',
    'Mailpit from the Go module axllent/mailpit',
    'github.com/axllent/mailpit',
    'mailpit',
    {
      'config.Version': `v${MAILPIT}`,
    },
  ),
  goks,
];
