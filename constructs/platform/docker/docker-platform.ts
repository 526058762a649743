/** `DockerPlatform`: workloads, jobs and storage on one Docker engine. */
import { Construct } from 'constructs';
import { Container } from '@cdktf/provider-docker/lib/container/index.js';
import { DockerProvider } from '@cdktf/provider-docker/lib/provider/index.js';
import { invalid, unsupported } from '../../errors.js';
import type { Size } from '../../quantities.js';
import { checkName } from '../names.js';
import type { IJob, Image, IPlatform, IVolume, IWorkload, JobSpec, WorkloadSpec } from '../platform.js';
import { containerConfig, patience, published, type LogRetention } from './container-config.js';
import { labels, passingName, storageLabel, type DockerContext } from './context.js';
import { ALONE, Edges, OUTSIDE, EGRESS, checkEnd } from './edges.js';
import { keepAttached, limitPids, runToEnd } from './engine-command.js';
import { WrittenFiles } from './files.js';
import { addresses, checkOrder, resources } from './order.js';
import type { SubnetsProps } from './subnets.js';
import { DockerVolume, dockerVolume } from './volume.js';
import { DockerJob, DockerWorkload, checkReplicas, fingerprint } from './workload.js';

export interface DockerPlatformProps {
  /** Name of the environment; part of every name and label. */
  readonly environment: string;
  /** Image of our own that writes files into volumes. */
  readonly tools: Image;
  readonly network: SubnetsProps;
  /** How much of each container's log the engine keeps. */
  readonly logs: LogRetention;
  /**
   * Address of the engine, for example `ssh://host`.
   *
   * @default - `DOCKER_HOST`, or else the local socket
   */
  readonly host?: string;
  /** Refuse every plan that would destroy a volume. */
  readonly protect: boolean;
}

/**
 * Runs an environment on one Docker engine.
 *
 * Names, networks and order of start are settled in `finish`, when all callers are known; the stack
 * calls it once before synthesis.
 */
export class DockerPlatform extends Construct implements IPlatform {
  readonly kind = 'docker';
  /** Networks have no port filter, so an unauthenticated listener stays inside its container. */
  readonly administrationBind = '127.0.0.1';
  private readonly context: DockerContext;
  private readonly edges: Edges;
  private readonly workloads: DockerWorkload[] = [];
  private readonly jobs: DockerJob[] = [];
  private readonly names = new Map<string, string>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DockerPlatformProps,
  ) {
    super(scope, id);
    new DockerProvider(this, 'Provider', props.host === undefined ? {} : { host: props.host });
    this.context = {
      scope: this,
      environment: props.environment,
      prefix: `portcullis-${checkName('environment', props.environment, this.node.path)}`,
      host: props.host,
      tools: props.tools,
      protect: props.protect,
    };
    this.edges = new Edges(this, this.context, props.network);
  }

  volume(scope: Construct, id: string, spec: { readonly name: string; readonly size: Size }): IVolume {
    return new DockerVolume(scope, id, this.context, this.claim(spec.name, scope));
  }

  workload(scope: Construct, id: string, spec: WorkloadSpec): IWorkload {
    const workload = new DockerWorkload(scope, id, spec, this.edges);
    this.claim(spec.name, workload);
    checkReplicas(workload);
    for (const set of spec.files ?? []) {
      this.take(`${spec.name}-${set.name}`, workload);
      workload.files.push(new WrittenFiles(workload, `Files-${set.name}`, this.context, spec, set));
    }
    for (let replica = 1; replica <= spec.replicas; replica++) {
      workload.containers.push(
        new Container(workload, replica === 1 ? 'Resource' : `Replica${replica}`, {
          ...containerConfig(this.context, workload, spec, workload.files, this.props.logs),
          restart: 'unless-stopped',
          healthcheck: {
            test: ['CMD', ...spec.readiness.command],
            interval: spec.readiness.interval.toGoDuration(),
            timeout: spec.readiness.timeout.toGoDuration(),
            retries: spec.readiness.failures,
            startPeriod: spec.readiness.startup.toGoDuration(),
          },
          wait: true,
          waitTimeout: patience(spec.readiness),
          stopSignal: spec.stop.signal,
          stopTimeout: spec.stop.grace.toSeconds(),
          destroyGraceSeconds: spec.stop.grace.toSeconds(),
          ports: published(spec),
          lifecycle: workload.inPlace
            ? { ignoreChanges: ['networks_advanced'] }
            : { createBeforeDestroy: true, ignoreChanges: ['name'] },
        }),
      );
    }
    for (const listener of spec.listeners) {
      for (const caller of listener.callers ?? []) workload.allow(listener.name, caller);
      if (listener.publish !== undefined) this.edges.between(spec.name, OUTSIDE);
    }
    if (spec.egress === true) this.edges.between(spec.name, EGRESS);
    this.workloads.push(workload);
    return workload;
  }

  job(scope: Construct, id: string, spec: JobSpec): IJob {
    const job = new DockerJob(scope, id, spec);
    this.claim(spec.name, job);
    for (const set of spec.files ?? []) {
      this.take(`${spec.name}-${set.name}`, job);
      job.files.push(new WrittenFiles(job, `Files-${set.name}`, this.context, spec, set));
    }
    if (spec.egress === true) {
      if (spec.administers !== undefined) {
        throw unsupported(
          this.kind,
          `a job ('${spec.name}') that administers a workload and calls out`,
          'give the workload egress, or split the job',
          job.node.path,
        );
      }
      this.edges.between(spec.name, EGRESS);
    }
    const host = spec.administers === undefined ? undefined : this.container(spec.administers);
    job.container = new Container(job, 'Resource', {
      ...containerConfig(this.context, job, spec, job.files, this.props.logs),
      ...(host === undefined ? {} : { networkMode: `container:${host.id}` }),
      start: false,
      mustRun: false,
      lifecycle: { ignoreChanges: ['name'] },
    });
    job.run = runToEnd(job, 'Run', this.context, {
      container: job.container,
      pids: spec.resources.pids,
      deadline: spec.deadline,
      replaceTriggeredBy: [
        ...(spec.actsOn ?? []).map(dockerVolume),
        // New plain content or a new generation must reach a job; a new container alone may not follow.
        ...job.files.map((files) => files.written),
      ],
    });
    this.jobs.push(job);
    return job;
  }

  /** Settles names, networks and order; the stack calls it once, before synthesis. */
  finish(): void {
    for (const { inPlace, spec } of this.workloads) {
      // Without any network it would have to be replaced when its first neighbour comes.
      if (inPlace && this.edges.of(spec.name).length === 0) this.edges.between(spec.name, ALONE);
    }
    this.edges.finish();
    for (const workload of this.workloads) checkOrder(workload);
    // Attachments first: what waits for a workload waits for them too.
    for (const workload of this.workloads) this.attachInPlace(workload);
    for (const workload of this.workloads) this.finishWorkload(workload);
    for (const job of this.jobs) this.finishJob(job);
  }

  private finishWorkload(workload: DockerWorkload): void {
    const { spec } = workload;
    const edges = this.edges.of(spec.name);
    const after = [...workload.files.map((files) => files.written), ...resources(spec.after ?? [])];
    workload.containers.forEach((container, index) => {
      const ordinal = index + 1;
      // In place, networks come and go without the container, and the name stays.
      const revision = fingerprint(workload, workload.inPlace ? [] : edges.map((e) => [e.key, e.subnet]));
      // Unknown when storage is made, lost or new, and a label that may change replaces a container.
      const storage = (spec.actsOn ?? []).map((volume) => storageLabel(volume.name, dockerVolume(volume).id));
      container.putLabels([...labels(this.context, spec.name, revision), ...storage]);
      container.name = workload.inPlace
        ? `${this.context.prefix}-${spec.name}`
        : passingName(`${this.context.prefix}-${spec.name}-${ordinal}`, revision);
      this.join(container, spec.name, workload.inPlace ? [] : [`${spec.name}-${ordinal}`]);
      container.dependsOn = addresses(after);
      container.provisioners = [
        {
          type: 'local-exec',
          command: limitPids(this.context, spec.resources.pids),
          environment: { NAME: '${self.name}' },
        },
      ];
    });
  }

  private attachInPlace(workload: DockerWorkload): void {
    const [only] = workload.containers;
    if (!workload.inPlace || only === undefined) return;
    keepAttached(workload, 'Attached', this.context, {
      networks: this.edges.of(workload.spec.name).map(({ network }) => network),
      container: only,
      alias: workload.spec.name,
    });
  }

  private finishJob(job: DockerJob): void {
    const { container, run, spec } = job;
    if (container === undefined || run === undefined) return;
    const edges = this.edges.of(spec.name);
    const revision = fingerprint(
      job,
      edges.map((e) => [e.key, e.subnet]),
    );
    container.putLabels(labels(this.context, spec.name, revision));
    container.name = passingName(`${this.context.prefix}-${spec.name}`, revision);
    if (spec.administers === undefined) this.join(container, spec.name, []);
    const after = [...(spec.after ?? []), ...(spec.administers === undefined ? [] : [spec.administers])];
    container.dependsOn = addresses(resources(after));
    // A volume that was lost is created, not replaced, which triggers nothing; its holder is new then.
    const holders = this.workloads.filter((workload) =>
      (workload.spec.volumes ?? []).some(({ volume }) => spec.actsOn?.includes(volume)),
    );
    run.triggersReplace = {
      container: container.id,
      ...Object.fromEntries(
        holders.flatMap(({ name, containers }) => containers.map(({ id }) => [`holder-${name}`, id])),
      ),
    };
    run.dependsOn = addresses([...job.files.map((files) => files.written), ...resources(after)]);
  }

  private join(container: Container, name: string, more: readonly string[]): void {
    const edges = this.edges.of(name);
    if (edges.length === 0) {
      container.networkMode = 'none';
      return;
    }
    container.putNetworksAdvanced(
      edges.map((edge) => ({ name: edge.network.name, aliases: [name, ...more] })),
    );
  }

  private container(workload: IWorkload): Container {
    const found = this.workloads.find((known) => known === workload);
    const [first] = found?.containers ?? [];
    if (found === undefined || first === undefined || found.containers.length !== 1) {
      throw invalid(
        'administers',
        'be a workload of this platform with one replica',
        workload.name,
        'name another',
      );
    }
    return first;
  }

  private claim(name: string, at: Construct): string {
    return this.take(checkEnd('name', name, at.node.path), at);
  }

  /** Takes a name; those of file sets are made of two and so may be longer. */
  private take(name: string, at: Construct): string {
    const holder = this.names.get(name);
    if (holder !== undefined) {
      throw invalid(
        'name',
        `be unique in its environment ('${holder}' has it)`,
        name,
        'rename one of them',
        at.node.path,
      );
    }
    this.names.set(name, at.node.path);
    return name;
  }
}
