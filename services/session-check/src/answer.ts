/** What session-check says of a session, read from what Kratos says of it. */
import { createHash } from 'node:crypto';

/** How sure Kratos is of the person: one factor, or two. */
export type Aal = 'aal1' | 'aal2';
/** How a session is presented: in the cookie, or as a token in a header. */
export type Kind = 'cookie' | 'token';

/** A session that Kratos knows. */
export interface Active {
  readonly state: 'active';
  readonly aal: Aal;
  /** When it ends, in milliseconds since 1970. */
  readonly expires: number;
  /** The answer where that is enough, written once and sent many times. */
  readonly text: string;
}

/** What Kratos said of a credential. */
export type Verdict =
  | Active
  /** A session is there, and Kratos says nothing of it before the second factor is given. */
  | { readonly state: 'second-factor' }
  | { readonly state: 'inactive' }
  /** Nothing that can be relied upon; `reason` is fit for a log. */
  | { readonly state: 'unknown'; readonly reason: string };

export const INACTIVE = '{"active":false}';
/**
 * Says that a session is there and not enough: of a token whose use isn't access Oathkeeper makes 403,
 * which nothing else that we answer becomes.
 */
export const INSUFFICIENT = '{"active":true,"token_use":"first_factor"}';

/** The form in which a credential or a session's id may be known to others. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whether what Kratos said is enough for what is asked, or asking for less would change nothing. */
export function satisfies(verdict: Verdict, aal: Aal): boolean {
  if (verdict.state === 'second-factor') return false;
  return verdict.state !== 'active' || verdict.aal === 'aal2' || aal === 'aal1';
}

/** The JSON text that the caller gets. */
export function render(verdict: Verdict, aal: Aal): string {
  switch (verdict.state) {
    case 'active':
      return satisfies(verdict, aal) ? verdict.text : INSUFFICIENT;
    case 'second-factor':
      return INSUFFICIENT;
    case 'inactive':
    case 'unknown':
      return INACTIVE;
  }
}

/** Reads the answer of Kratos' `/sessions/whoami` to a credential. */
export function readVerdict(status: number, text: string, credential: string): Verdict {
  if (status === 401) return { state: 'inactive' };
  const body = parse(text);
  if (status === 403 && member(member(body, 'error'), 'id') === 'session_aal2_required')
    return { state: 'second-factor' };
  if (status !== 200) return { state: 'unknown', reason: `status ${status}` };
  const identity = member(body, 'identity');
  const active = member(body, 'active');
  const state = member(identity, 'state');
  if (typeof active !== 'boolean' || typeof state !== 'string') return unexpected('no session');
  if (!active || state !== 'active') return { state: 'inactive' };
  const id = member(body, 'id');
  const subject = member(identity, 'id');
  const aal = member(body, 'authenticator_assurance_level');
  const traits = member(identity, 'traits');
  if (typeof id !== 'string' || id === '') return unexpected('no id of the session');
  if (typeof subject !== 'string' || subject === '') return unexpected('no id of the identity');
  if (aal !== 'aal1' && aal !== 'aal2') return unexpected('an assurance level that is not known');
  if (typeof traits !== 'object' || traits === null || Array.isArray(traits)) return unexpected('no traits');
  const ends = member(body, 'expires_at');
  const expires = typeof ends === 'string' ? Date.parse(ends) : NaN;
  if (Number.isNaN(expires)) return unexpected('no end of the session');
  const hashes = { session_hash: digest(id), credential_hash: digest(credential) };
  return {
    state: 'active',
    aal,
    expires,
    text: JSON.stringify({ active: true, sub: subject, ext: { kind: 'session', ...hashes, aal, traits } }),
  };
}

function unexpected(reason: string): Verdict {
  return { state: 'unknown', reason };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
