/** A program in the place of a service that answers with what it got. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gate, json, type Answer } from '../harness/http.js';
import { docker, run } from '../harness/run.js';
import { nodeImage } from './beside.js';
import { clientKey } from './credentials.js';
import { containers } from './deployment.js';

/** The query may ask for a `status` and for a header `location` of the answer. */
const PROGRAM = `require('node:http').createServer({ maxHeaderSize: 65536 }, (asked, answer) => {
  asked.resume().on('end', () => {
    const say = new URL(asked.url, 'http://recorder').searchParams;
    answer.statusCode = Number(say.get('status') ?? 200);
    if (say.has('location')) answer.setHeader('location', say.get('location'));
    answer.setHeader('content-type', 'application/json');
    const headers = [];
    for (let i = 0; i < asked.rawHeaders.length; i += 2) headers.push(asked.rawHeaders.slice(i, i + 2));
    answer.end(JSON.stringify({ recorded: { method: asked.method, url: asked.url, headers } }));
  });
}).listen(8080);`;

export interface Recorded {
  readonly method: string;
  readonly url: string;
  /** As they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface Recorder {
  /** Takes the recorder away and brings the service back. */
  readonly restore: () => Promise<void>;
}

/** What a service got with a request that was let through. */
export function recorded(answer: Answer): Recorded {
  const { recorded: got } = json(answer);
  if (answer.status !== 200 || got === undefined)
    throw new Error(`the recorder must answer, got ${answer.status}: ${answer.body}`);
  return got as Recorded;
}

/** Values of a header, whatever its case. */
export function valuesOf({ headers }: Recorded, name: string): string[] {
  return headers.filter(([known]) => known.toLowerCase() === name).map(([, value]) => value);
}

/** Claims of the token that a service got; it must have got one. */
export function identityOf(got: Recorded): Readonly<Record<string, unknown>> {
  const [token = '', ...others] = valuesOf(got, 'authorization');
  const part = /^Bearer [\w-]+\.([\w-]+)\.[\w-]+$/.exec(token)?.[1];
  if (part === undefined || others.length > 0) throw new Error('a service must get exactly one token');
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
}

/** Puts the recorder in the place of a service until it is restored. */
export async function recordInsteadOf(service: string): Promise<Recorder> {
  const replicas = await containers(service);
  const [first = ''] = replicas;
  const networks = await docker(
    'inspect',
    '--format',
    '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}',
    first,
  );
  const name = `attack-${service}-${randomBytes(4).toString('hex')}`;
  const restore = async (): Promise<void> => {
    await run('docker', ['rm', '-f', name]);
    await docker('start', ...replicas);
    await until(`${service} must be back`, async () => {
      const states = await docker('inspect', '--format', '{{.State.Health.Status}}', ...replicas);
      const answer = await gate(`/${service}`, { apikey: clientKey('demo') });
      return states.split('\n').every((state) => state === 'healthy') && answer.body.includes('"replica"');
    });
  };
  const image = await nodeImage();
  await docker('stop', '-t', '5', ...replicas);
  try {
    await docker(
      'run',
      '-d',
      '--name',
      name,
      '--network',
      networks.trim(),
      '--network-alias',
      service,
      '--read-only',
      '--cap-drop',
      'ALL',
      '--user',
      '65534:65534',
      '--entrypoint',
      'node',
      image,
      '-e',
      PROGRAM,
    );
    await until('the recorder must be reached', async () =>
      (await gate(`/${service}`, { apikey: clientKey('demo') })).body.includes('"recorded"'),
    );
  } catch (error) {
    await restore();
    throw error;
  }
  return { restore };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await holds().catch(() => false)) return;
    await sleep(100);
  }
  throw new Error(`${what} within 300 tries`);
}
