/** Questions to what nobody outside reaches: Kratos' administration, Oathkeeper's decisions, the database. */
import { must } from '../harness/run.js';
import { runBeside, type Told } from './beside.js';
import { containers } from './deployment.js';

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function ask(component: string, asked: Asked): Promise<Told> {
  const [container = ''] = await containers(component);
  const program = `const { url, ...rest } = input;
    const answer = await fetch(url, rest);
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };`;
  return runBeside<Told>(container, program, asked);
}

/**
 * One request to Kratos' administration.
 *
 * @throws Error unless it is done
 */
export async function administer(
  method: string,
  path: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<void> {
  const told = await ask('kratos', {
    url: `http://127.0.0.1:4434/admin${path}`,
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (told.status >= 300) throw new Error(`Kratos must do it, got ${told.status}: ${told.body}`);
}

/** Claims of the token that a service gets for a session, which no service shows. */
export async function identityFor(
  service: string,
  session: string,
): Promise<Readonly<Record<string, unknown>>> {
  const told = await ask('oathkeeper', {
    url: `http://127.0.0.1:4456/decisions/${service}`,
    method: 'GET',
    headers: {
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'localhost:8000',
      'x-forwarded-uri': `/${service}`,
      'x-forwarded-method': 'GET',
      // As the gateway hands it over.
      'x-gate-session': session,
    },
  });
  const part = /^Bearer [^.]+\.([^.]+)\.[^.]+$/.exec(told.headers.authorization ?? '')?.[1];
  if (part === undefined) throw new Error(`a token must be made, got ${told.status}: ${told.body}`);
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
}

/** Lets a session end by its age, which nobody can do from outside. */
export async function letExpire(session: string): Promise<void> {
  await age('sessions', session);
}

/** The same for a flow that a browser has begun. */
export async function letFlowExpire(
  name: 'login' | 'registration' | 'settings' | 'recovery' | 'verification',
  flow: string,
): Promise<void> {
  await age(`selfservice_${name}_flows`, flow);
}

async function age(table: string, id: string): Promise<void> {
  const [postgres = ''] = await containers('postgres');
  const done = await must(
    'docker',
    ['exec', '-i', postgres, 'psql', '-U', 'postgres', '-d', 'kratos', '-v', `id=${id}`],
    { input: `UPDATE ${table} SET expires_at = now() - interval '1 minute' WHERE id = :'id'` },
  );
  if (done.trim() !== 'UPDATE 1') throw new Error(`a row of ${table} must be there, got '${done}'`);
}
