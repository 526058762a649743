/** People as programs and browsers act for them: registration, log-in, factors, mail. */
import { createHmac } from 'node:crypto';
import { ask, json, type Answer } from '../harness/http.js';

export const KRATOS = '/.ory/kratos';
export const FLOWS = `${KRATOS}/self-service`;
const PORT = 8000;

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  /** Token of the session that began with the registration. */
  readonly token: string;
}

interface Session {
  readonly id: string;
  readonly authenticator_assurance_level: string;
  readonly identity: { readonly id: string };
}

export interface Node {
  readonly attributes: {
    readonly name?: string;
    readonly value?: unknown;
    readonly id?: string;
    readonly text?: {
      readonly text?: string;
      readonly context?: {
        readonly secret?: string;
        readonly secrets?: readonly { readonly context?: { readonly secret?: string } }[];
      };
    };
  };
}

export type Json = Readonly<Record<string, unknown>>;

/** Limits are by the minute. */
const PATIENCE_MILLISECONDS = 90_000;

let count = 0;

/** A JSON request through the gate; waits while a limit is used up. */
export async function call(
  path: string,
  { headers = {}, body }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: Json } = {},
): Promise<Answer> {
  const begun = performance.now();
  for (;;) {
    const answer = await ask({
      port: PORT,
      path,
      headers: {
        host: `localhost:${PORT}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status !== 429 || performance.now() - begun > PATIENCE_MILLISECONDS) return answer;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

/** Begins a flow for programs and submits it. */
export async function flow(
  name: 'login' | 'registration' | 'settings' | 'recovery' | 'verification',
  body: Json,
  { token, query = '' }: { readonly token?: string; readonly query?: string } = {},
): Promise<Answer> {
  const headers: Record<string, string> = token === undefined ? {} : { 'x-session-token': token };
  const begun = await call(`${FLOWS}/${name}/api${query}`, { headers });
  if (begun.status !== 200) return begun;
  return call(`${FLOWS}/${name}?flow=${String(json(begun).id)}`, { headers, body });
}

/** Registers somebody nobody else is. */
export async function register(): Promise<Person> {
  const email = `person-${Date.now()}-${++count}@example.com`;
  const password = `correct horse ${Date.now()} ${count}`;
  const answer = await flow('registration', { method: 'password', password, traits: { email } });
  if (answer.status !== 200)
    throw new Error(`registration must succeed, got ${answer.status}: ${answer.body}`);
  const { session_token: token, session } = json(answer) as { session_token: string; session: Session };
  return { id: session.identity.id, email, password, token };
}

/** Logs in for a program; gives the session's token. */
export async function logIn({ email, password }: Pick<Person, 'email' | 'password'>): Promise<string> {
  const answer = await flow('login', { method: 'password', identifier: email, password });
  if (answer.status !== 200) throw new Error(`log-in must succeed, got ${answer.status}: ${answer.body}`);
  return (json(answer) as { session_token: string }).session_token;
}

/** Cookies of an answer, as a request sends them back. */
export function cookies(answer: Answer): string {
  const set = answer.headers['set-cookie'] ?? [];
  return (Array.isArray(set) ? set : [set]).map((cookie) => cookie.split(';')[0] ?? '').join('; ');
}

/** Logs in as a browser does; gives the cookies of the session. */
export async function logInByCookie({
  email,
  password,
}: Pick<Person, 'email' | 'password'>): Promise<string> {
  const begun = await call(`${FLOWS}/login/browser`);
  const { id, ui } = json(begun) as { id: string; ui: { nodes: Node[] } };
  const csrf = ui.nodes.find(({ attributes }) => attributes.name === 'csrf_token')?.attributes.value;
  const answer = await call(`${FLOWS}/login?flow=${id}`, {
    headers: { cookie: cookies(begun) },
    body: { method: 'password', identifier: email, password, csrf_token: csrf },
  });
  // 422 sends the owner of a second factor on to it.
  if (![200, 422].includes(answer.status))
    throw new Error(`log-in must succeed, got ${answer.status}: ${answer.body}`);
  const all = cookies(answer);
  if (!all.includes('ory_kratos_session=')) throw new Error('log-in must set the session cookie');
  return [cookies(begun), all].join('; ');
}

/** Ends a session by its owner's wish, for a program. */
export async function logOut(token: string): Promise<void> {
  const answer = await ask({
    port: PORT,
    path: `${FLOWS}/logout/api`,
    method: 'DELETE',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ session_token: token }),
  });
  if (answer.status !== 204) throw new Error(`log-out must succeed, got ${answer.status}: ${answer.body}`);
}

/** The same for a browser. */
export async function logOutByCookie(cookie: string): Promise<void> {
  const begun = await call(`${FLOWS}/logout/browser`, { headers: { cookie } });
  const { logout_token: token } = json(begun) as { logout_token: string };
  const answer = await call(`${FLOWS}/logout?token=${encodeURIComponent(token)}`, { headers: { cookie } });
  if (![204, 302, 303].includes(answer.status)) throw new Error(`log-out must succeed, got ${answer.status}`);
}

/** Text of the newest mail to somebody, from the catcher behind the gate. */
export async function mailTo(address: string, holding = ''): Promise<string> {
  for (let i = 0; i < 100; i++) {
    const found = await call(`/mail/api/v1/search?query=${encodeURIComponent(`to:"${address}"`)}`);
    const { messages = [] } = json(found) as { messages?: { ID: string }[] };
    for (const { ID } of messages) {
      const { Text: text } = json(await call(`/mail/api/v1/message/${ID}`)) as { Text: string };
      if (text.includes(holding)) return text;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error(`mail to ${address} must come, got none`);
}

/** What an authenticator program shows now, for the secret that Kratos gave out (RFC 6238). */
export function totp(secret: string, at = Date.now()): string {
  const bits = Array.from(secret.replace(/=+$/, ''), (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Sets up an authenticator program for somebody; gives its secret. */
export async function enrolTotp(token: string): Promise<string> {
  const headers = { 'x-session-token': token };
  const begun = await call(`${FLOWS}/settings/api`, { headers });
  const { id, ui } = json(begun) as { id: string; ui: { nodes: Node[] } };
  const secret = ui.nodes.find(({ attributes }) => attributes.id === 'totp_secret_key')?.attributes.text;
  const value = secret?.context?.secret ?? secret?.text;
  if (value === undefined) throw new Error('settings must show the secret of an authenticator program');
  const answer = await call(`${FLOWS}/settings?flow=${id}`, {
    headers,
    body: { method: 'totp', totp_code: totp(value) },
  });
  if (answer.status !== 200) throw new Error(`enrolment must succeed, got ${answer.status}: ${answer.body}`);
  return value;
}
