/** Small stacks for tests: declared, synthesized into a folder that goes away, and read back typed. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  DockerPlatform,
  type DockerPlatformProps,
} from '../../constructs/platform/docker/docker-platform.js';
import { PlatformApp, PlatformStack } from '../../constructs/platform/stack.js';
import type { Generations } from '../../constructs/secrets/rotation.js';

const pair = z.strictObject({ label: z.string(), value: z.string() });
const provisioner = z.strictObject({
  'local-exec': z.object({
    command: z.string(),
    when: z.string().optional(),
    environment: z.record(z.string(), z.string()).default({}),
  }),
});
const resource = z.looseObject({
  '//': z.object({ metadata: z.object({ path: z.string() }) }),
  depends_on: z.array(z.string()).default([]),
  lifecycle: z.record(z.string(), z.unknown()).optional(),
  provisioner: z.array(provisioner).default([]),
});
const container = resource.extend({
  name: z.string(),
  image: z.string(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  env: z.array(z.string()).default([]),
  user: z.string(),
  capabilities: z.object({ drop: z.array(z.string()), add: z.array(z.string()).default([]) }),
  labels: z.array(pair),
  network_mode: z.string().optional(),
  networks_advanced: z.array(z.object({ name: z.string(), aliases: z.array(z.string()) })).default([]),
  ports: z.array(z.object({ internal: z.number(), external: z.number(), ip: z.string() })).default([]),
  upload: z.array(z.object({ file: z.string(), content: z.string(), permissions: z.string() })).default([]),
  volumes: z
    .array(
      z.object({ volume_name: z.string(), container_path: z.string(), read_only: z.boolean().optional() }),
    )
    .default([]),
});
const network = resource.extend({
  name: z.string(),
  internal: z.boolean(),
  ipam_config: z.tuple([z.object({ subnet: z.string() })]),
});
const volume = resource.extend({ name: z.string(), labels: z.array(pair) });
const data = resource.extend({
  triggers_replace: z.unknown().optional(),
  input: z.unknown().optional(),
});
const stack = z.object({
  output: z
    .record(z.string(), z.object({ value: z.unknown(), sensitive: z.boolean().optional() }))
    .default({}),
  variable: z.record(z.string(), z.unknown()).default({}),
  terraform: z.object({
    backend: z.record(z.string(), z.unknown()),
    required_providers: z.record(z.string(), z.object({ source: z.string(), version: z.string() })),
    required_version: z.string(),
  }),
  resource: z
    .object({
      docker_container: z.record(z.string(), container).default({}),
      docker_network: z.record(z.string(), network).default({}),
      docker_volume: z.record(z.string(), volume).default({}),
      terraform_data: z.record(z.string(), data).default({}),
      random_password: z.record(z.string(), resource).default({}),
      tls_private_key: z.record(z.string(), resource).default({}),
      tls_self_signed_cert: z.record(z.string(), resource).default({}),
      tls_cert_request: z.record(z.string(), resource).default({}),
      tls_locally_signed_cert: z.record(z.string(), resource).default({}),
    })
    .prefault({}),
});

export type SynthesizedContainer = z.output<typeof container>;

/** Labels of a resource by their names. */
export function labelsOf({ labels }: Pick<SynthesizedContainer, 'labels'>): Map<string, string> {
  return new Map(labels.map(({ label, value }): [string, string] => [label, value]));
}

/** What a container is told apart by: another one replaces it. */
export function revisionOf(of: SynthesizedContainer): string {
  return labelsOf(of).get('dev.portcullis.revision') ?? '';
}

interface Shapes {
  readonly docker_container: SynthesizedContainer;
  readonly docker_network: z.output<typeof network>;
  readonly docker_volume: z.output<typeof volume>;
  readonly terraform_data: z.output<typeof data>;
  readonly random_password: z.output<typeof resource>;
  readonly tls_private_key: z.output<typeof resource>;
  readonly tls_self_signed_cert: z.output<typeof resource>;
  readonly tls_cert_request: z.output<typeof resource>;
  readonly tls_locally_signed_cert: z.output<typeof resource>;
}
type Known = keyof Shapes;

/** A synthesized stack, looked at by the paths of its constructs. */
export class Synthesized {
  readonly parsed: z.output<typeof stack>;
  private readonly resources: { readonly [K in Known]: Readonly<Record<string, Shapes[K]>> };

  /** @param text content of `cdk.tf.json` */
  constructor(
    readonly text: string,
    private readonly name: string,
  ) {
    this.parsed = stack.parse(JSON.parse(text));
    this.resources = this.parsed.resource;
  }

  /** Resources of a type, by construct path below the stack. */
  all<K extends Known>(type: K): Map<string, Shapes[K]> {
    const found: Readonly<Record<string, Shapes[K]>> = this.resources[type];
    return new Map(
      Object.values(found).map((one) => [one['//'].metadata.path.slice(this.name.length + 1), one]),
    );
  }

  /** One resource by the path of its construct. */
  one<K extends Known>(type: K, path: string): Shapes[K] {
    const found = this.all(type).get(path);
    if (found === undefined) {
      throw new Error(`${type} must be one of ${[...this.all(type).keys()].join(', ')}, got '${path}'`);
    }
    return found;
  }

  container(path: string): SynthesizedContainer {
    return this.one('docker_container', path);
  }

  /** Terraform address of a resource. */
  address(type: Known, path: string): string {
    const found = Object.entries(this.parsed.resource[type]).find(
      ([, { '//': own }]) => own.metadata.path === `${this.name}/${path}`,
    );
    if (found === undefined) throw new Error(`${type} '${path}' must be there`);
    return `${type}.${found[0]}`;
  }
}

export type Declare<T> = (stack: PlatformStack, platform: DockerPlatform) => T;

export const VERSIONS = { docker: '4.5.0', random: '3.7.2', tls: '4.1.0' } as const;

/** Synthesizes into a fresh folder what `build` puts into an app, and reads one stack of it. */
export function synthesizeApp(name: string, build: (app: PlatformApp) => void): Synthesized {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-synth-'));
  try {
    const app = new PlatformApp({ outdir: folder, skipValidation: false });
    build(app);
    app.synth();
    return new Synthesized(readFileSync(join(folder, 'stacks', name, 'cdk.tf.json'), 'utf8'), name);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function assemble<T>(
  app: PlatformApp,
  declare: Declare<T>,
  props: Partial<DockerPlatformProps>,
  generations: Generations,
): T {
  const made = new PlatformStack(app, 'unit', {
    backend: { type: 'local' },
    providers: VERSIONS,
    generations,
  });
  const platform = new DockerPlatform(made, 'Platform', {
    environment: 'unit',
    tools: { reference: 'portcullis/tools:1', version: '1' },
    network: { range: '10.216.0.0/16', pinned: {} },
    logs: { mebibytes: 1, files: 2 },
    protect: false,
    ...props,
  });
  return declare(made, platform);
}

/** Synthesizes a stack named `unit` on a Docker platform. */
export function synthesize(
  declare: Declare<void>,
  props: Partial<DockerPlatformProps> = {},
  generations: Generations = {},
): Synthesized {
  return synthesizeApp('unit', (app) => {
    assemble(app, declare, props, generations);
  });
}

/** Declares the same without synthesizing, for what is wrong or asked before. */
export function declared<T>(
  declare: Declare<T>,
  props: Partial<DockerPlatformProps> = {},
  generations: Generations = {},
): T {
  // The application makes its folder at once, even when nothing is written.
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-declared-'));
  try {
    return assemble(new PlatformApp({ outdir: folder }), declare, props, generations);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
