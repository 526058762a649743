/** A real log-in through the gate, by Kratos' flows for programs. */
import { ask, type Exchange } from './ask.js';
import { CommandError } from './output.js';

export interface Person {
  readonly email: string;
  readonly password: string;
}

const FLOWS = '/.ory/kratos/self-service';

/**
 * Logs a person in, and registers them before where nobody has that address yet.
 *
 * @returns the token of the session
 * @throws CommandError with what was answered instead of a session
 */
export async function logIn(url: string, person: Person): Promise<string> {
  const known = await submit(url, 'login', {
    method: 'password',
    identifier: person.email,
    password: person.password,
  });
  const token = sessionToken(known);
  if (token !== undefined) return token;
  if (known.status !== 400) throw refused('a log-in', known);
  const made = await submit(url, 'registration', {
    method: 'password',
    password: person.password,
    traits: { email: person.email },
  });
  const first = sessionToken(made);
  if (first === undefined) throw refused('a registration', made);
  return first;
}

async function submit(
  url: string,
  flow: 'login' | 'registration',
  fields: Readonly<Record<string, unknown>>,
): Promise<Exchange> {
  const begun = await ask(`${url}${FLOWS}/${flow}/api`, { accept: 'application/json' });
  const id = field(begun, 'id');
  if (begun.status !== 200 || typeof id !== 'string') throw refused(`the beginning of a ${flow}`, begun);
  return ask(
    `${url}${FLOWS}/${flow}?flow=${encodeURIComponent(id)}`,
    { accept: 'application/json', 'content-type': 'application/json' },
    { method: 'POST', body: JSON.stringify(fields) },
  );
}

function sessionToken(answer: Exchange): string | undefined {
  const token = answer.status === 200 ? field(answer, 'session_token') : undefined;
  return typeof token === 'string' ? token : undefined;
}

function field({ body }: Exchange, name: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}

/** The answer itself stays unsaid: a flow repeats what was entered. */
function refused(what: string, { status }: Exchange): CommandError {
  return new CommandError(
    `${what} through the gate must succeed, got ${status === 0 ? 'no answer' : status}`,
    [],
    'run `npx portcullis doctor`, then the same command again',
  );
}
