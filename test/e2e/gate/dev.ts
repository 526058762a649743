/** The one deployed dev environment that all cases of this suite look at. */
import { readFileSync } from 'node:fs';
import { Checkout, requireNoDevEnvironment } from '../harness/checkout.js';

export { componentIds as ids } from '../harness/checkout.js';
import { docker, run, type Ran } from '../harness/run.js';

interface Deployed {
  /** A clone without anything of ours. */
  readonly stranger: Checkout;
  /** How its first `up` ended. */
  readonly up: Ran;
  /** The key of the client `demo`. */
  readonly key: string;
  readonly listeningBefore: ReadonlySet<string>;
}

let deployed: Deployed | undefined;

/** What `deploy` made. */
export function the(): Deployed {
  if (deployed === undefined) throw new Error('the environment must be deployed first');
  return deployed;
}

/** One command in a fresh clone. */
export async function deploy(): Promise<void> {
  await requireNoDevEnvironment();
  const stranger = await Checkout.copy(false);
  const listeningBefore = listening();
  const up = await run('npm', ['run', 'up', '--', '--install'], { cwd: stranger.root });
  const key = (await stranger.portcullis(['secret', 'get', 'client-demo', '--yes'])).out.trim();
  deployed = { stranger, up, key, listeningBefore };
}

/**
 * Addresses and ports that this machine listens on, read from the kernel.
 *
 * Without those that the kernel chose itself: other programs come and go there.
 */
export function listening(): Set<string> {
  const found = new Set<string>();
  const [least = 0, most = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
    .trim()
    .split(/\s+/)
    .map(Number);
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(file, 'utf8').split('\n').slice(1)) {
      const [, local = '', , state] = line.trim().split(/\s+/);
      const port = Number.parseInt(local.split(':')[1] ?? '', 16);
      if (state === '0A' && (port < least || port > most)) found.add(local);
    }
  }
  return found;
}

interface Inspected {
  readonly Name: string;
  readonly Config: {
    readonly Env: string[];
    readonly Cmd: string[] | null;
    readonly User: string;
    readonly Labels: Record<string, string>;
  };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: string[] | null;
    readonly CapAdd: string[] | null;
    readonly NetworkMode: string;
  };
}

export async function inspectAll(): Promise<Inspected[]> {
  const all = (await docker('ps', '-a', '-q', '--filter', 'label=dev.portcullis.environment=dev')).split(
    '\n',
  );
  return JSON.parse(await docker('inspect', ...all)) as Inspected[];
}

/** Every value that Terraform generated, from the state. */
export async function secretValues(): Promise<string[]> {
  const state = JSON.parse((await the().stranger.terraform('state', 'pull')).out) as {
    resources: {
      type: string;
      instances: { attributes: { result?: string; private_key_pem?: string } }[];
    }[];
  };
  return state.resources
    .filter(({ type }) => type === 'random_password' || type === 'tls_private_key')
    .flatMap(({ instances }) =>
      // Of a private key one line, which nothing wraps or escapes.
      instances.map(
        ({ attributes }) => attributes.result ?? attributes.private_key_pem?.split('\n')[1] ?? '',
      ),
    );
}
