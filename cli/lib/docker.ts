/** Questions to the Docker engine, by labels that the platform puts on everything it makes. */
import { execa } from 'execa';

const ENVIRONMENT_LABEL = 'dev.portcullis.environment';
const COMPONENT_LABEL = 'dev.portcullis.component';

export type Kind = 'container' | 'network' | 'volume';

/** The engine's version, or undefined when none answers. */
export async function engineVersion(): Promise<string | undefined> {
  const { stdout, exitCode } = await execa('docker', ['version', '--format', '{{.Server.Version}}'], {
    reject: false,
    stdin: 'ignore',
    timeout: 15_000,
  });
  return exitCode === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

/** Whether the `docker` program is there at all. */
export async function hasClient(): Promise<boolean> {
  const { exitCode } = await execa('docker', ['--version'], { reject: false, stdin: 'ignore' });
  return exitCode === 0;
}

/** Full ids (for volumes names) of everything that carries an environment's label. */
export async function labelled(kind: Kind, environment: string, component?: string): Promise<string[]> {
  const filters = [
    '--filter',
    `label=${ENVIRONMENT_LABEL}=${environment}`,
    ...(component === undefined ? [] : ['--filter', `label=${COMPONENT_LABEL}=${component}`]),
  ];
  const args =
    kind === 'container'
      ? ['ps', '-a', '-q', '--no-trunc']
      : kind === 'network'
        ? ['network', 'ls', '-q', '--no-trunc']
        : ['volume', 'ls', '-q'];
  const { stdout } = await execa('docker', [...args, ...filters], { stdin: 'ignore' });
  return stdout.split('\n').filter((line) => line !== '');
}

/** Removes things by id; what is gone already is fine. */
export async function remove(kind: Kind, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await execa('docker', kind === 'container' ? ['rm', '-f', '-v', id] : [kind, 'rm', id], {
      reject: false,
      stdin: 'ignore',
    });
  }
}

/** The last lines that a component's newest container wrote. */
export async function lastLines(environment: string, component: string, count: number): Promise<string[]> {
  const [newest] = await labelled('container', environment, component);
  if (newest === undefined) return [];
  const { all } = await execa('docker', ['logs', '--tail', String(count), newest], {
    all: true,
    reject: false,
    stdin: 'ignore',
  });
  return all.split('\n').filter((line) => line.trim() !== '');
}

/** What the last failed health check of a component said, empty when none did. */
export async function lastHealthOutput(environment: string, component: string): Promise<string> {
  const [newest] = await labelled('container', environment, component);
  if (newest === undefined) return '';
  const { stdout, exitCode } = await execa(
    'docker',
    ['inspect', '--format', '{{json .State.Health}}', newest],
    { reject: false, stdin: 'ignore' },
  );
  if (exitCode !== 0 || stdout === 'null' || stdout === '') return '';
  const { Log } = JSON.parse(stdout) as { Log?: { ExitCode: number; Output: string }[] };
  return (
    (Log ?? [])
      .filter(({ ExitCode }) => ExitCode !== 0)
      .at(-1)
      ?.Output.trim()
      .slice(0, 300) ?? ''
  );
}

/** Containers with name, component, state and health, for `doctor`. */
export async function containers(
  environment: string,
): Promise<{ name: string; component: string; state: string; status: string }[]> {
  const format = `{{.Names}}\t{{.Label "${COMPONENT_LABEL}"}}\t{{.State}}\t{{.Status}}`;
  const { stdout } = await execa(
    'docker',
    ['ps', '-a', '--filter', `label=${ENVIRONMENT_LABEL}=${environment}`, '--format', format],
    { stdin: 'ignore' },
  );
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', component = '', state = '', status = ''] = line.split('\t');
      return { name, component, state, status };
    });
}

/** Name of the container that publishes a port of the host, if one does. */
export async function publisher(port: number): Promise<{ name: string; environment: string } | undefined> {
  const { stdout, exitCode } = await execa(
    'docker',
    ['ps', '--filter', `publish=${port}`, '--format', `{{.Names}}\t{{.Label "${ENVIRONMENT_LABEL}"}}`],
    { reject: false, stdin: 'ignore' },
  );
  const [first] = stdout.split('\n');
  if (exitCode !== 0 || first === undefined || first === '') return undefined;
  const [name = '', environment = ''] = first.split('\t');
  return { name, environment };
}
