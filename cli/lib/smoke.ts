/** The last step of a deployment: requests through the gate, as a stranger and as a client. */
import { ownServices, type Environment } from '../../env/index.js';
import { ask, type Exchange } from './ask.js';
import { logIn, type Person } from './login.js';
import { CommandError } from './output.js';

const PATIENCE_MILLISECONDS = 60_000;
/** The longest that a change may take to reach every worker, at the longest `kong.propagation`. */
const SETTLING_MILLISECONDS = 61_000;
const PAUSE_MILLISECONDS = 300;
const LOGIN_PATIENCE_MILLISECONDS = 20_000;
/** Log-ins are limited. */
const LOGIN_PAUSE_MILLISECONDS = 2000;
/** Each of Kong's workers learns of a change by itself: one right answer says nothing of the others. */
const STRANGERS = 20;
/** Fewer, because they count against the client's own limit. */
const CLIENTS = 3;

/** What is tried with, as far as the environment hands it over. */
export interface Credentials {
  /** A client's. */
  readonly key?: string | undefined;
  readonly person?: Person | undefined;
}

/**
 * Waits until the gate refuses a stranger, at every service of one's own too, and lets a client and a person
 * pass.
 *
 * @throws CommandError with what was answered instead
 */
export async function provePassage(
  environment: Environment,
  { key, person }: Credentials,
  signal: AbortSignal,
): Promise<void> {
  const url = `${environment.public.url}/hello`;
  await expectStatus(url, {}, 401, 'a request without credentials', STRANGERS, signal);
  // What such a service answers to those who may pass is its own business.
  for (const { path } of ownServices(environment.services)) {
    const own = `${environment.public.url}${path}`;
    await expectStatus(own, {}, 401, 'a request without credentials', STRANGERS, signal);
  }
  if (key !== undefined)
    await expectStatus(url, { apikey: key }, 200, "a request with the client's key", CLIENTS, signal);
  if (person === undefined || signal.aborted) return;
  const token = await logInPatiently(environment.public.url, person, signal);
  if (token === undefined) return;
  await expectStatus(url, { 'x-session-token': token }, 200, "a request with a person's session", 1, signal);
}

/** Workers that know the services' routes may still lack those of the log-in: they learn one after another. */
async function logInPatiently(url: string, person: Person, signal: AbortSignal): Promise<string | undefined> {
  const end = Date.now() + LOGIN_PATIENCE_MILLISECONDS;
  while (!signal.aborted) {
    try {
      return await logIn(url, person);
    } catch (error) {
      if (!(error instanceof CommandError) || Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOGIN_PAUSE_MILLISECONDS));
  }
  return undefined;
}

/** Waits until every worker of Kong refuses a stranger, but no longer than a change may take. */
export async function settle(environment: Environment, signal: AbortSignal): Promise<void> {
  await untilStatus(`${environment.public.url}/hello`, {}, 401, STRANGERS, SETTLING_MILLISECONDS, signal);
}

async function expectStatus(
  url: string,
  headers: Readonly<Record<string, string>>,
  wanted: number,
  what: string,
  times: number,
  signal: AbortSignal,
): Promise<void> {
  const got = await untilStatus(url, headers, wanted, times, PATIENCE_MILLISECONDS, signal);
  if (got === undefined) return;
  throw new CommandError(
    `${what} to ${url} must get ${wanted}, got ${got.status === 0 ? 'no answer' : got.status}`,
    got.body === '' ? [] : [got.body.slice(0, 300)],
    'run `npx portcullis doctor`, then the same command again',
  );
}

/** Asks until the wanted answer came so often in a row; what came instead when the time is up. */
async function untilStatus(
  url: string,
  headers: Readonly<Record<string, string>>,
  wanted: number,
  times: number,
  patience: number,
  signal: AbortSignal,
): Promise<Exchange | undefined> {
  const end = Date.now() + patience;
  let got: Exchange = { status: 0, body: '' };
  let inARow = 0;
  while (Date.now() < end && !signal.aborted) {
    got = await ask(url, headers);
    inARow = got.status === wanted ? inARow + 1 : 0;
    if (inARow === times) return undefined;
    if (inARow > 0) continue;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
  return got;
}
