/**
 * The seam between what a component needs and how a platform provides it.
 *
 * Everything here is plain data. A component never asks which platform it is on; a platform that
 * can't do what is asked throws at synth.
 */
import type { Construct, IDependable } from 'constructs';
import type { Duration, Size } from '../quantities.js';
import type { KeySet } from '../secrets/key-set.js';
import type { Sealed } from '../secrets/sealed.js';

/** An image by reference, with the version of the program in it where behaviour depends on that. */
export interface Image {
  /** What the container engine runs, for example `kong:3.9.3`. */
  readonly reference: string;
  /** Version of the program inside, for example `3.9.3`. */
  readonly version: string;
}

/** A file that a workload or job reads. */
export interface FileSpec {
  /** Name inside the set's folder, without a slash. */
  readonly name: string;
  /** Plain text, a secret's value, or keys that become a JSON Web Key Set. */
  readonly content: string | Sealed | KeySet;
}

/** Files that are written together and read from one folder. */
export interface FileSet {
  /** Name of the set, unique in its workload. */
  readonly name: string;
  /** Folder in the reader's file system. */
  readonly path: string;
  readonly files: readonly FileSpec[];
  /**
   * Whether the program notices changed files by itself. If not, a change of plain content
   * replaces the workload, and a new generation of a secret does too.
   */
  readonly reloads: boolean;
}

/** A port that a workload listens on, and who may call it. */
export interface ListenerSpec {
  readonly name: string;
  readonly port: number;
  /**
   * Names of the workloads and jobs that may call it; more can be added by `IWorkload.allow`.
   *
   * @default - nobody but those added later
   */
  readonly callers?: readonly string[];
  /**
   * Published to people outside the platform at this address and port of the host.
   *
   * @default - not published
   */
  readonly publish?: { readonly address: string; readonly port: number };
}

/** How a platform learns whether a program is well: by a command that ends with 0. */
export interface ProbeSpec {
  /** Run inside the container, without a shell. */
  readonly command: readonly string[];
  /** The same question over HTTP, for platforms that ask from outside. */
  readonly http?: { readonly port: number; readonly path: string };
  readonly interval: Duration;
  readonly timeout: Duration;
  /** Failures in a row that make the program count as ill. */
  readonly failures: number;
  /** How long after its start a program may still fail the probe. */
  readonly startup: Duration;
}

export interface ResourceSpec {
  readonly memory: Size;
  /** CPU cores, for example 0.5. */
  readonly cpu: number;
  /** Most processes and threads at once. */
  readonly pids: number;
}

export interface UserSpec {
  readonly uid: number;
  readonly gid: number;
}

/** What a container is, whether it stays or ends. */
export interface ContainerSpec {
  /** Name by which others reach it; letters, digits and dashes. */
  readonly name: string;
  readonly image: Image;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** Plain values only: no secret, no Terraform expression. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: readonly FileSet[];
  readonly user: UserSpec;
  readonly resources: ResourceSpec;
  /** Folders in memory that the program may write to; the root is read-only. */
  readonly scratch?: readonly { readonly path: string; readonly size: Size }[];
  /** Storage that it writes to. */
  readonly volumes?: readonly { readonly volume: IVolume; readonly path: string }[];
  /**
   * Storage that it acts upon, mounted or not. When it is recreated a job runs again, and a workload,
   * which must hold a port or a volume, starts anew: what it remembers is no longer so.
   */
  readonly actsOn?: readonly IVolume[];
  /** What must be done before it starts. */
  readonly after?: readonly IDependable[];
  /**
   * Whether it may open connections to the world outside of the platform.
   *
   * @default false
   */
  readonly egress?: boolean;
}

export interface WorkloadSpec extends ContainerSpec {
  readonly listeners: readonly ListenerSpec[];
  /** Whether it can take traffic; `up` waits for it. */
  readonly readiness: ProbeSpec;
  readonly replicas: number;
  /**
   * Whether two must never run at once: the old one is stopped before a new one starts.
   *
   * @default false
   */
  readonly exclusive?: boolean;
  readonly stop: { readonly signal: string; readonly grace: Duration };
}

export interface JobSpec extends ContainerSpec {
  /** The longest that it may run before it is ended and counts as failed. */
  readonly deadline: Duration;
  /** The workload whose administrative listener it speaks to, at `IWorkload.administrationUrl`. */
  readonly administers?: IWorkload;
}

/** Storage that outlives the containers using it. */
export interface IVolume {
  readonly name: string;
}

/** Something that must be ready before what depends on it. */
export interface IWorkload extends IDependable {
  readonly name: string;
  /** Lets a workload or job, by its name, call a listener. */
  allow(listener: string, caller: string): void;
  /** Where a job that administers this workload finds a listener bound by `administrationBind`. */
  administrationUrl(port: number): string;
}

export interface IJob extends IDependable {
  readonly name: string;
}

/** One environment's platform. */
export interface IPlatform {
  readonly kind: 'docker' | 'kubernetes';
  /** Address that an unauthenticated administrative listener binds to. */
  readonly administrationBind: string;
  volume(scope: Construct, id: string, spec: { readonly name: string; readonly size: Size }): IVolume;
  workload(scope: Construct, id: string, spec: WorkloadSpec): IWorkload;
  job(scope: Construct, id: string, spec: JobSpec): IJob;
}
