/** What every container has in common, whether it stays or ends: hardening, files, limits. */
import type { Construct } from 'constructs';
import type { ContainerConfig } from '@cdktf/provider-docker/lib/container/index.js';
import type { ContainerSpec, ProbeSpec, WorkloadSpec } from '../platform.js';
import { imageId, labels, literal, type DockerContext } from './context.js';
import type { WrittenFiles } from './files.js';
import { dockerVolume } from './volume.js';

export interface LogRetention {
  /** Size in mebibytes at which a container's log file is turned. */
  readonly mebibytes: number;
  /** How many log files are kept. */
  readonly files: number;
}

/** Configuration of a container from its plain description; its name comes later. */
export function containerConfig(
  context: DockerContext,
  owner: Construct,
  spec: ContainerSpec,
  files: readonly WrittenFiles[],
  logs: LogRetention,
): ContainerConfig {
  const at = owner.node.path;
  const memory = spec.resources.memory.toMebibytes();
  const plain = (property: string, values: readonly string[]): string[] =>
    values.map((value) => literal(property, value, at));
  return {
    name: `${context.prefix}-${spec.name}`,
    image: imageId(context, spec.image),
    ...(spec.entrypoint === undefined ? {} : { entrypoint: plain('entrypoint', spec.entrypoint) }),
    ...(spec.command === undefined ? {} : { command: plain('command', spec.command) }),
    env: Object.entries(spec.environment ?? {})
      .map(([key, value]) => `${key}=${literal(`environment.${key}`, value, at)}`)
      .sort(),
    user: `${spec.user.uid}:${spec.user.gid}`,
    readOnly: true,
    capabilities: { drop: ['ALL'] },
    securityOpts: ['no-new-privileges:true'],
    memory,
    // Without it the engine allows as much swap again, and the provider shows a change for ever.
    memorySwap: memory,
    // The provider reads it back with a decimal point and would show a change for ever.
    cpus: Number.isInteger(spec.resources.cpu) ? spec.resources.cpu.toFixed(1) : String(spec.resources.cpu),
    logDriver: 'json-file',
    logOpts: { 'max-size': `${logs.mebibytes}m`, 'max-file': String(logs.files) },
    tmpfs: Object.fromEntries(
      (spec.scratch ?? []).map(({ path, size }) => [
        path,
        `rw,noexec,nosuid,nodev,size=${size.toMebibytes()}m,mode=1777`,
      ]),
    ),
    volumes: [
      ...(spec.volumes ?? []).map(({ volume, path }) => ({
        volumeName: dockerVolume(volume).name,
        containerPath: path,
      })),
      ...(spec.files ?? []).map((set, index) => ({
        volumeName: files[index]?.volume.name ?? '',
        containerPath: set.path,
        readOnly: true,
      })),
    ],
    labels: labels(context, spec.name),
  };
}

/** Ports as the provider reads them back, in the order of their texts; another would be a change for ever. */
export function published({ listeners }: WorkloadSpec): { internal: number; external: number; ip: string }[] {
  return listeners
    .flatMap(({ port, publish }) =>
      publish === undefined ? [] : [{ internal: port, external: publish.port, ip: publish.address }],
    )
    .sort((a, b) => (`${a.internal}/tcp` < `${b.internal}/tcp` ? -1 : 1));
}

/** Seconds after which a container that isn't healthy never will be: its start, then its last failures. */
export function patience({ startup, interval, timeout, failures }: ProbeSpec): number {
  return startup.toSeconds() + failures * (interval.toSeconds() + timeout.toSeconds()) + 5;
}
