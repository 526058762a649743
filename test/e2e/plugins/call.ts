/** Requests to the gateway as a stranger sends them, header by header. */
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { expect } from 'vitest';
import { deployment } from './deployment.js';
import { HOSTS } from './theme.js';

type Headers = Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[];

export interface Ask {
  readonly method?: string;
  readonly host?: string;
  /** A list where a name is sent twice. */
  readonly headers?: Headers;
  readonly body?: Buffer | string;
  /** Whether the body is sent without its length. */
  readonly chunked?: boolean;
  /** Whether it goes over HTTPS, with the gateway's certificate verified. */
  readonly secure?: boolean;
  /** Name in the handshake, where it isn't the host's. */
  readonly serverName?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What the program behind the gateway saw. */
export interface Echo {
  readonly replica: string;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly length: number;
}

/** One request on a connection of its own. */
export function call(path: string, ask: Ask = {}): Promise<Answer> {
  const {
    method = 'GET',
    host = HOSTS[0],
    headers = {},
    body,
    chunked = false,
    secure = false,
    serverName = host,
  } = ask;
  const pairs: readonly (readonly [string, string])[] = isList(headers) ? headers : Object.entries(headers);
  const length = body === undefined || chunked ? [] : ['content-length', String(Buffer.byteLength(body))];
  const transfer = chunked ? ['transfer-encoding', 'chunked'] : [];
  return new Promise((resolve, reject) => {
    const { port, securePort, secret } = deployment();
    const tls = { port: securePort, servername: serverName, ca: secret('public-authority') };
    const sent = (secure ? secureRequest : request)({
      host: '127.0.0.1',
      ...(secure ? tls : { port }),
      path,
      method,
      agent: false,
      setHost: false,
      headers: ['host', host, ...length, ...transfer, ...pairs.flat()],
      timeout: 30_000,
    });
    sent.on('response', (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(parts).toString('utf8'),
        });
      });
    });
    sent.on('timeout', () => sent.destroy(new Error(`${path} must be answered, got nothing`)));
    sent.on('error', reject);
    sent.end(body);
  });
}

function isList(headers: Headers): headers is readonly (readonly [string, string])[] {
  return Array.isArray(headers);
}

/** Status of one request. */
export async function status(path: string, ask: Ask = {}): Promise<number> {
  return (await call(path, ask)).status;
}

/** What the program behind the gateway saw of a request that passed. */
export async function seen(path: string, ask: Ask = {}): Promise<Echo> {
  const answer = await call(path, ask);
  expect({ path, status: answer.status }).toEqual({ path, status: 200 });
  return echoOf(answer);
}

/** The same of an answer that is there already. */
export function echoOf({ body }: Answer): Echo {
  return JSON.parse(body) as Echo;
}

/** Values of a header that the program behind the gateway saw, names compared without case. */
export function valuesOf({ headers }: Echo, name: string): string[] {
  return headers.filter(([found]) => found.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

/** Every credential that a request brought to the identity system. */
function credentials(echo: Echo): Record<string, readonly string[]> {
  const names = ['authorization', 'apikey', 'x-session-token', 'cookie'];
  const found = [
    ...names,
    ...echo.headers.map(([name]) => name.toLowerCase()).filter((n) => n.startsWith('x-gate-')),
  ];
  return Object.fromEntries(
    found.map((name) => [name, valuesOf(echo, name)] as const).filter(([, values]) => values.length > 0),
  );
}

/** The same of a request that passed. */
export async function reached(path: string, ask: Ask = {}): Promise<Record<string, readonly string[]>> {
  return credentials(await seen(path, ask));
}

/** Asks until an answer satisfies, and gives that one. */
export async function until<T>(
  ask: () => Promise<T>,
  right: (answer: T) => boolean,
  tries = 150,
): Promise<T> {
  for (let i = 1; ; i++) {
    const answer = await ask();
    if (right(answer)) return answer;
    if (i === tries) throw new Error(`must come right in ${tries} tries, got ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Kong counts a request in a timer of its own, after it has let it pass. */
const COUNTED_MILLISECONDS = 500;

/** Sends the same request, each once the last was counted, until it meets 429; gives every answer, the refusal last. */
export async function exhaust(path: string, ask: Ask = {}): Promise<readonly [...Answer[], Answer]> {
  const answers: Answer[] = [];
  for (let i = 0; i < 40; i++) {
    const answer = await call(path, ask);
    if (answer.status === 429) return [...answers, answer];
    answers.push(answer);
    await new Promise((resolve) => setTimeout(resolve, COUNTED_MILLISECONDS));
  }
  throw new Error(`${path} must meet 429 within 40 requests, got ${answers.map((a) => a.status).join()}`);
}
