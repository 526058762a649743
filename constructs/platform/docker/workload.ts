/** What a workload and a job are on Docker, and what changes with them. */
import type { Container } from '@cdktf/provider-docker/lib/container/index.js';
import { Construct } from 'constructs';
import { invalid, unsupported } from '../../errors.js';
import { shortHash } from '../names.js';
import type { IJob, IWorkload, JobSpec, WorkloadSpec } from '../platform.js';
import type { TerraformData } from '../terraform-data.js';
import { checkEnd, type Edges } from './edges.js';
import type { WrittenFiles } from './files.js';

/** Replicas of a program that stays. */
export class DockerWorkload extends Construct implements IWorkload {
  readonly containers: Container[] = [];
  readonly files: WrittenFiles[] = [];
  constructor(
    scope: Construct,
    id: string,
    readonly spec: WorkloadSpec,
    private readonly edges: Edges,
  ) {
    super(scope, id);
  }
  get name(): string {
    return this.spec.name;
  }
  /** Why it is never replaced in parallel, as part of a sentence: a fixed port and a volume can't be held twice. */
  get heldBy(): string | undefined {
    if (this.spec.listeners.some(({ publish }) => publish !== undefined)) return 'a port is published';
    if ((this.spec.volumes ?? []).length > 0) return 'a volume is held';
    return this.spec.exclusive === true ? 'it is exclusive' : undefined;
  }
  get inPlace(): boolean {
    return this.heldBy !== undefined;
  }
  allow(listener: string, caller: string): void {
    if (!this.spec.listeners.some((known) => known.name === listener)) {
      const names = this.spec.listeners.map((l) => l.name).join(', ');
      throw invalid(
        'listener',
        `be one of ${names}`,
        listener,
        'name a listener that exists',
        this.node.path,
      );
    }
    this.edges.between(this.spec.name, checkEnd('caller', caller, this.node.path));
  }
  administrationUrl(port: number): string {
    return `http://127.0.0.1:${port}`;
  }
}

/**
 * Checks how many there may be, and what replicas can't do.
 *
 * @throws PortcullisError when a workload that is replaced in place has replicas, or replicas act on storage
 */
export function checkReplicas(workload: DockerWorkload): void {
  const { heldBy, spec, node } = workload;
  if (heldBy !== undefined && spec.replicas !== 1) {
    throw invalid(
      'replicas',
      `be 1 where ${heldBy}`,
      spec.replicas,
      spec.exclusive === true ? 'set it to 1' : 'set it to 1, or use a platform that spreads them',
      node.path,
    );
  }
  if (heldBy === undefined && (spec.actsOn ?? []).length > 0) {
    throw unsupported(
      'docker',
      `replicas ('${spec.name}') that act on storage`,
      "leave 'actsOn' out and let the program notice",
      node.path,
    );
  }
}

/** A container that ends, and the resource that starts it. */
export class DockerJob extends Construct implements IJob {
  container: Container | undefined;
  run: TerraformData | undefined;
  readonly files: WrittenFiles[] = [];
  constructor(
    scope: Construct,
    id: string,
    readonly spec: JobSpec,
  ) {
    super(scope, id);
  }
  get name(): string {
    return this.spec.name;
  }
}

/** Changes with everything that replaces a container, so that old and new can stand side by side. */
export function fingerprint(owner: DockerWorkload | DockerJob, edges: readonly unknown[]): string {
  const { spec } = owner;
  return shortHash({
    image: spec.image.reference,
    entrypoint: spec.entrypoint ?? [],
    command: spec.command ?? [],
    environment: spec.environment ?? {},
    user: spec.user,
    memory: spec.resources.memory.toMebibytes(),
    cpu: spec.resources.cpu,
    // Set when a container is made; neither the provider nor its provisioner changes it later.
    ...('readiness' in spec ? { pids: spec.resources.pids } : {}),
    scratch: (spec.scratch ?? []).map(({ path, size }) => [path, size.toMebibytes()]),
    files: (spec.files ?? []).map((set, i) => [
      set.name,
      set.path,
      set.reloads && 'readiness' in spec ? '' : (owner.files[i]?.digest ?? ''),
    ]),
    edges,
    ...('readiness' in spec
      ? {
          // The provider plans a changed number as an update and then does nothing.
          probe: [
            spec.readiness.command,
            spec.readiness.interval.toGoDuration(),
            spec.readiness.timeout.toGoDuration(),
            spec.readiness.failures,
            spec.readiness.startup.toGoDuration(),
          ],
          stop: [spec.stop.signal, spec.stop.grace.toSeconds()],
        }
      : {}),
  });
}
