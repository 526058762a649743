/** Small programs that run where a component stands: its addresses, its loopback address, its networks. */
import { docker, must } from '../harness/run.js';
import { containers } from './deployment.js';

/** Image of our own services, which has Node. */
export async function nodeImage(): Promise<string> {
  const [world = ''] = await containers('world');
  return (await docker('inspect', '--format', '{{.Image}}', world)).trim();
}

/**
 * Runs a program of Node in a container's network; it reads JSON from `input` and returns what is printed.
 *
 * The input comes by stdin: arguments show in the list of processes.
 */
export async function runBeside<T>(container: string, program: string, input: unknown): Promise<T> {
  const body = `const input = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
    (async () => { ${program} })().then((said) => process.stdout.write(JSON.stringify(said), () => process.exit()));`;
  const said = await must(
    'docker',
    [
      'run',
      '--rm',
      '-i',
      '--network',
      `container:${container}`,
      '--read-only',
      '--cap-drop',
      'ALL',
      '--user',
      '65534:65534',
      '--entrypoint',
      'node',
      await nodeImage(),
      '-e',
      body,
    ],
    { input: JSON.stringify(input) },
  );
  return JSON.parse(said) as T;
}

export interface Beside {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Asks from where a container stands, each request by itself; the header Host may be any. */
export function askBeside(container: string, requests: readonly Beside[]): Promise<readonly Told[]> {
  return runBeside(
    container,
    `return Promise.all(input.map(({ url, headers }) => new Promise((done, fail) => {
      require('node:http').get(url, { headers, agent: false, timeout: 10000 }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part)).on('error', fail);
        answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString() }));
      }).on('error', fail);
    })));`,
    requests,
  );
}

/** What became of connections from where a container stands: `open`, or why not. */
export function connectBeside(
  container: string,
  targets: readonly (readonly [host: string, port: number])[],
): Promise<readonly string[]> {
  return runBeside(
    container,
    `return Promise.all(input.map(([host, port]) => new Promise((done) => {
      const socket = require('node:net').connect({ host, port, timeout: 3000 });
      const end = (how) => { socket.destroy(); done(how); };
      socket.on('connect', () => end('open')).on('timeout', () => end('timeout')).on('error', ({ code }) => end(code));
    })));`,
    targets,
  );
}
