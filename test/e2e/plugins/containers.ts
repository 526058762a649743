/** Questions that only a container can ask or answer: Kong's own listeners, decK, the engine. */
import { containerOf } from '../platform/fixtures.js';
import { docker, must, run, type Ran } from '../harness/run.js';
import { deployment } from './deployment.js';
import { ENVIRONMENT } from './theme.js';

export interface AdminCall {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
}

export interface AdminAnswer {
  readonly status: number;
  readonly body: string;
}

const CALLS = `
const calls = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
(async () => {
  const answers = [];
  for (const { origin, method = 'GET', path, body } of calls) {
    const answer = await fetch(origin + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    answers.push({ status: answer.status, body: await answer.text() });
  }
  process.stdout.write(JSON.stringify(answers), () => process.exit());
})();`;

async function asked(origin: string, calls: readonly AdminCall[]): Promise<readonly AdminAnswer[]> {
  const kong = await containerOf(ENVIRONMENT, 'kong');
  const answer = await must(
    'docker',
    [
      'run',
      '--rm',
      '-i',
      '--network',
      `container:${kong.Id}`,
      '--entrypoint',
      'node',
      deployment().tools,
      '-e',
      CALLS,
    ],
    { input: JSON.stringify(calls.map((one) => ({ ...one, origin }))) },
  );
  return JSON.parse(answer) as AdminAnswer[];
}

/** Calls of Kong's Admin API, from inside its own network, one after the other. */
export function admin(...calls: AdminCall[]): Promise<readonly AdminAnswer[]> {
  return asked('http://127.0.0.1:8001', calls);
}

/** The metrics of Kong's status listener. */
export async function metrics(): Promise<string> {
  const [answer] = await asked('http://127.0.0.1:8100', [{ path: '/metrics' }]);
  return answer?.body ?? '';
}

const WITH_SECRETS = `
for file in /run/portcullis/secrets/*; do
  export "$(basename "$file")=$(cat "$file")"
done
exec deck "$@"`;

/** decK beside Kong, with the files of the environment's own job; whatever it ends with. */
export async function deck(args: readonly string[], input = ''): Promise<Ran> {
  const [kong, job] = await Promise.all([
    containerOf(ENVIRONMENT, 'kong'),
    containerOf(ENVIRONMENT, 'deck-sync'),
  ]);
  return run(
    'docker',
    [
      ...['run', '--rm', '-i', '--network', `container:${kong.Id}`, '--volumes-from', job.Id],
      ...['--user', '10002:10002', '-e', 'DECK_ANALYTICS=off', '-e', 'HOME=/tmp'],
      ...['-e', 'DECK_KONG_ADDR=http://127.0.0.1:8001', '--entrypoint', 'sh', deployment().deck],
      ...['-c', WITH_SECRETS, 'deck', ...args],
    ],
    { input },
  );
}

/** The values that decK's job reads, by the name of their variable; each is a JSON string. */
export async function deckSecrets(): Promise<ReadonlyMap<string, string>> {
  const job = await containerOf(ENVIRONMENT, 'deck-sync');
  const program = `
    const fs = require('node:fs');
    const folder = '/run/portcullis/secrets/';
    process.stdout.write(JSON.stringify(fs.readdirSync(folder).map((name) => [name, fs.readFileSync(folder + name, 'utf8')])));`;
  const answer = await docker(
    ...['run', '--rm', '--network', 'none', '--volumes-from', job.Id, '--user', '10002:10002'],
    ...['--entrypoint', 'node', deployment().tools, '-e', program],
  );
  return new Map(JSON.parse(answer) as [string, string][]);
}

/** What a component's container has logged. */
export async function logs(component: string): Promise<string> {
  const { Id } = await containerOf(ENVIRONMENT, component);
  return (await run('docker', ['logs', Id])).all;
}

/** Tells one replica of `echo`, by the name that it gives itself, to be another way. */
export async function signal(replica: string, name: 'USR2' | 'HUP' | 'CONT'): Promise<void> {
  await docker('kill', '--signal', name, replica);
}
