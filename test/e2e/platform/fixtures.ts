/** Small programs to put on the platform, and questions to the engine about what came of them. */
import type { Image, JobSpec, UserSpec, WorkloadSpec } from '../../../constructs/platform/platform.js';
import { Duration, Size } from '../../../constructs/quantities.js';
import { docker, run } from '../harness/run.js';

/** Numbers that no image knows. */
export const USER: UserSpec = { uid: 12345, gid: 23456 };
export const PORT = 8080;
export const RESOURCES = { memory: Size.mebibytes(128), cpu: 1, pids: 64 };

type Given<T> = Partial<T> & { readonly name: string };

/** Answers each request with its own name, and waits for no one when it is told to stop. */
const SERVER = `require('node:http').createServer((_, answer) => answer.end(process.env.NAME)).listen(${PORT})`;

/** A workload that only stays; told apart from others by what the test gives it. */
export function sleeper(image: Image, given: Given<WorkloadSpec>): WorkloadSpec {
  return {
    image,
    entrypoint: ['sleep'],
    command: ['infinity'],
    user: USER,
    resources: RESOURCES,
    listeners: [],
    readiness: {
      command: ['true'],
      interval: Duration.seconds(1),
      timeout: Duration.seconds(5),
      failures: 3,
      startup: Duration.seconds(5),
    },
    replicas: 1,
    stop: { signal: 'SIGKILL', grace: Duration.seconds(1) },
    ...given,
  };
}

/** A workload that answers HTTP with its name. */
export function server(image: Image, given: Given<WorkloadSpec>): WorkloadSpec {
  return sleeper(image, {
    entrypoint: ['node', '-e'],
    command: [SERVER],
    environment: { NAME: given.name },
    listeners: [{ name: 'http', port: PORT }],
    readiness: {
      command: ['bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${PORT}`],
      interval: Duration.seconds(1),
      timeout: Duration.seconds(5),
      failures: 3,
      startup: Duration.seconds(10),
    },
    ...given,
  });
}

/** A job that runs a line of bash. */
export function job(image: Image, given: Given<JobSpec> & { readonly line: string }): JobSpec {
  const { line, ...spec } = given;
  return {
    image,
    entrypoint: ['bash', '-c'],
    command: [line],
    user: USER,
    resources: RESOURCES,
    deadline: Duration.minutes(1),
    ...spec,
  };
}

/** What `docker inspect` says about a container, as far as the tests ask. */
export interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: {
    readonly User: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Healthcheck?: { readonly Test: readonly string[]; readonly Retries?: number };
  };
  readonly HostConfig: {
    readonly NetworkMode: string;
    readonly ReadonlyRootfs: boolean;
    readonly CapAdd: readonly string[] | null;
    readonly CapDrop: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly Privileged: boolean;
    readonly Memory: number;
    readonly MemorySwap: number;
    readonly PidsLimit: number | null;
  };
  readonly Mounts: readonly { readonly Destination: string; readonly RW: boolean }[];
  readonly NetworkSettings: {
    readonly Networks: Readonly<
      Record<
        string,
        { readonly IPAddress: string; readonly Gateway: string; readonly Aliases: readonly string[] | null }
      >
    >;
    readonly Ports: Readonly<
      Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>
    >;
  };
}

/** Every container of an environment, ended ones too, and what the engine says of each in full. */
export async function containers(environment: string): Promise<readonly Inspected[]> {
  const ids = await listed('ps', '-a', '-q', '--no-trunc', ...ofEnvironment(environment));
  if (ids.length === 0) return [];
  return JSON.parse(await docker('inspect', ...ids)) as Inspected[];
}

/** Containers of one component. */
export async function containersOf(environment: string, component: string): Promise<readonly Inspected[]> {
  const all = await containers(environment);
  return all.filter(({ Config }) => Config.Labels['dev.portcullis.component'] === component);
}

/**
 * The only container of a component.
 *
 * @throws Error when there is none or more than one
 */
export async function containerOf(environment: string, component: string): Promise<Inspected> {
  const [first, ...more] = await containersOf(environment, component);
  if (first === undefined || more.length > 0) {
    throw new Error(
      `'${component}' must have one container, got ${more.length + (first === undefined ? 0 : 1)}`,
    );
  }
  return first;
}

/** Everything of an environment that the engine still knows. */
export async function remains(environment: string): Promise<readonly string[]> {
  const label = ofEnvironment(environment);
  return [
    ...(await listed('ps', '-a', '--format', 'container {{.Names}}', ...label)),
    ...(await listed('network', 'ls', '--format', 'network {{.Name}}', ...label)),
    ...(await listed('volume', 'ls', '--format', 'volume {{.Name}}', ...label)),
  ];
}

/** Output of a command inside a container, expecting 0. */
export function inside(container: Inspected, ...command: string[]): Promise<string> {
  return docker('exec', container.Id, ...command);
}

/** The body of an answer, or the code of the error when no connection came about. */
export interface Answer {
  readonly body?: string;
  readonly error?: string;
}

const ASK = `
fetch(process.argv[1], { signal: AbortSignal.timeout(3000) })
  .then(async (answer) => ({ body: await answer.text() }))
  .catch((error) => ({ error: error.cause?.code ?? error.name }))
  .then((result) => process.stdout.write(JSON.stringify(result), () => process.exit()));`;

/** Asks a URL from inside a container. */
export async function ask(from: Inspected, url: string): Promise<Answer> {
  const { code, out, all } = await run('docker', ['exec', from.Id, 'node', '-e', ASK, url]);
  if (code !== 0) throw new Error(`asking ${url} must end with 0, got ${code}: ${all}`);
  return JSON.parse(out) as Answer;
}

/** Address of a container on the network that it shares with another. */
export function addressTowards(container: Inspected, other: Inspected): string {
  const shared = Object.entries(container.NetworkSettings.Networks).find(
    ([name]) => name in other.NetworkSettings.Networks,
  );
  if (shared === undefined) throw new Error(`${container.Name} and ${other.Name} must share a network`);
  return shared[1].IPAddress;
}

function ofEnvironment(environment: string): string[] {
  return ['--filter', `label=dev.portcullis.environment=${environment}`];
}

async function listed(...args: string[]): Promise<string[]> {
  return (await docker(...args)).split('\n').filter((line) => line !== '');
}
