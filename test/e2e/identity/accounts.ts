/** What people do with their accounts in a browser and out of it: forms, second factors, forgotten passwords. */
import { json, type Answer } from '../harness/http.js';
import { call, cookies, flow, FLOWS, KRATOS, type Json, type Node } from './people.js';

type FormName = 'login' | 'settings' | 'recovery';

/** A flow as the page of a browser shows and submits it. */
export interface Form {
  readonly flow: string;
  /** Where it leads to in the end, when the browser came from somewhere. */
  readonly returnTo: string | undefined;
  readonly csrf: string;
  /** What the browser keeps so far. */
  readonly cookie: string;
}

export interface Whoami {
  readonly id: string;
  readonly authenticator_assurance_level: string;
  readonly identity: {
    readonly id: string;
    readonly verifiable_addresses: readonly { readonly value: string; readonly verified: boolean }[];
  };
}

function form(answer: Answer, cookie: string): Form {
  if (answer.status !== 200) throw new Error(`a flow must be there, got ${answer.status}: ${answer.body}`);
  const { id, ui, return_to } = json(answer) as { id: string; ui: { nodes: Node[] }; return_to?: string };
  const csrf = ui.nodes.find(({ attributes }) => attributes.name === 'csrf_token')?.attributes.value;
  if (typeof csrf !== 'string') throw new Error('a form must have its token');
  return { flow: id, returnTo: return_to, csrf, cookie };
}

/** Begins a flow for browsers, with cookies from before. */
export async function begin(
  name: FormName,
  { cookie = '', query = '' }: { readonly cookie?: string; readonly query?: string } = {},
): Promise<Form> {
  const begun = await call(`${FLOWS}/${name}/browser${query}`, { headers: cookie === '' ? {} : { cookie } });
  return form(begun, together(cookie, cookies(begun)));
}

/** Reads a flow that has begun, as the page does that shows it. */
export async function readForm(name: FormName, id: string, cookie: string): Promise<Form> {
  return form(await call(`${FLOWS}/${name}/flows?id=${id}`, { headers: { cookie } }), cookie);
}

/** Submits a flow as the program of a page does. */
export async function submit(name: FormName, { flow: id, csrf, cookie }: Form, body: Json): Promise<Answer> {
  return call(`${FLOWS}/${name}?flow=${id}`, { headers: { cookie }, body: { ...body, csrf_token: csrf } });
}

/** Cookies after an answer has set some anew. */
export function together(before: string, after: string): string {
  const pairs = [before, after].flatMap((all) => all.split('; ')).filter((pair) => pair !== '');
  return [...new Map(pairs.map((pair) => [pair.split('=')[0], pair])).values()].join('; ');
}

/** What Kratos itself says of a session. */
export async function whoami(
  presented: { readonly token: string } | { readonly cookie: string },
): Promise<Whoami> {
  const headers: Record<string, string> =
    'token' in presented ? { 'x-session-token': presented.token } : { cookie: presented.cookie };
  const answer = await call(`${KRATOS}/sessions/whoami`, { headers });
  if (answer.status !== 200) throw new Error(`Kratos must know the session, got ${answer.status}`);
  return json(answer) as unknown as Whoami;
}

/** Gives the second factor for a program's session. */
export async function stepUp(token: string, body: Json): Promise<void> {
  const answer = await flow('login', body, { token, query: '?aal=aal2' });
  if (answer.status !== 200)
    throw new Error(`stepping up must succeed, got ${answer.status}: ${answer.body}`);
}

/** Makes codes to keep for the day when another second factor is lost. */
export async function makeLookupCodes(token: string): Promise<readonly string[]> {
  const made = await flow('settings', { method: 'lookup_secret', lookup_secret_regenerate: true }, { token });
  const { id, ui } = json(made) as { id: string; ui: { nodes: Node[] } };
  const shown = ui.nodes.find(({ attributes }) => attributes.id === 'lookup_secret_codes')?.attributes.text;
  const codes = (shown?.context?.secrets ?? []).flatMap(({ context }) => context?.secret ?? []);
  if (codes.length === 0) throw new Error(`settings must show codes, got ${made.status}: ${made.body}`);
  const kept = await call(`${FLOWS}/settings?flow=${id}`, {
    headers: { 'x-session-token': token },
    body: { method: 'lookup_secret', lookup_secret_confirm: true },
  });
  if (kept.status !== 200) throw new Error(`codes must be kept, got ${kept.status}: ${kept.body}`);
  return codes;
}
