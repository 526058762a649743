/** Changes to the stack's own state, each of which a worker shows in its answers. */
import { parse, stringify } from 'yaml';
import { CHANGING } from './stack.js';
import { WORKER_PLUGIN, type Ask } from './workers.js';

interface Plugin {
  readonly name: string;
  readonly config: object;
}

interface Route {
  readonly name: string;
  readonly paths: readonly string[];
  readonly hosts: readonly string[];
  readonly plugins: Plugin[];
}

interface Consumer {
  readonly username: string;
  readonly keyauth_credentials: { readonly key: string }[];
  plugins: Plugin[];
}

interface State {
  readonly services: readonly { readonly name: string; readonly routes: Route[] }[];
  readonly consumers: readonly Consumer[];
  readonly plugins: Plugin[];
}

/** What may change, picked out of the state. */
interface Parts {
  readonly route: Route;
  readonly routes: Route[];
  readonly client: Consumer;
}

/** One thing that changes again and again; its nth value is there to be seen. */
export interface Change {
  readonly name: string;
  readonly write: (parts: Parts, n: number) => void;
  readonly shown: (ask: Ask, n: number) => Promise<boolean>;
}

const PATH = `/${CHANGING}`;
/** Key of the changing client as long as it is fed from here; the stack knows nothing of it. */
export const KNOWN_KEY = { apikey: 'a-key-that-stays' };

export const CHANGES: readonly Change[] = [
  {
    name: 'a header that a plugin adds',
    write({ route }, n) {
      route.plugins.push({ name: 'response-transformer', config: { add: { headers: [`X-Revision:${n}`] } } });
    },
    async shown(ask, n) {
      return (await ask(PATH, KNOWN_KEY)).headers['x-revision'] === String(n);
    },
  },
  {
    name: 'a route that comes and goes',
    write({ routes }, n) {
      if (n % 2 === 1) routes.push(fixedAnswer('passing', 'here'));
    },
    async shown(ask, n) {
      return (await ask('/passing')).status === (n % 2 === 1 ? 200 : 404);
    },
  },
  {
    name: 'an answer that a plugin gives',
    write({ routes }, n) {
      routes.push(fixedAnswer('fixed', `revision ${n}.`));
    },
    async shown(ask, n) {
      return (await ask('/fixed')).body.includes(`revision ${n}.`);
    },
  },
  {
    name: 'the key of a client',
    write({ client }, n) {
      client.keyauth_credentials.push({ key: key(n) });
    },
    async shown(ask, n) {
      const fresh = await ask(PATH, { apikey: key(n) });
      const former = await ask(PATH, { apikey: key(n - 1) });
      return fresh.status === 200 && former.status === 401;
    },
  },
  {
    name: 'the limit of a client',
    write({ client }, n) {
      client.plugins = [{ name: 'rate-limiting', config: { hour: limit(n), policy: 'local' } }];
    },
    async shown(ask, n) {
      return (await ask(PATH, KNOWN_KEY)).headers['x-ratelimit-limit-hour'] === String(limit(n));
    },
  },
];

/** The state in which each change has the value given. */
export function stateWith(own: string, values: ReadonlyMap<Change, number>): string {
  const state = parse(own) as State;
  const routes = state.services.find(({ name }) => name === CHANGING)?.routes;
  const client = state.consumers.find(({ username }) => username === CHANGING);
  const route = routes?.[0];
  if (routes === undefined || route === undefined || client === undefined) {
    throw new Error(`the state must hold a route and a client of '${CHANGING}', got:\n${own}`);
  }
  state.plugins.push(WORKER_PLUGIN);
  client.keyauth_credentials.push({ key: KNOWN_KEY.apikey });
  for (const [change, n] of values) change.write({ route, routes, client }, n);
  // decK looks for its placeholders line by line.
  return stringify(state, { lineWidth: 0 });
}

function fixedAnswer(name: string, message: string): Route {
  return {
    name,
    paths: [`/${name}`],
    hosts: ['localhost'],
    plugins: [{ name: 'request-termination', config: { status_code: 200, message } }],
  };
}

function key(n: number): string {
  return `a-key-that-changes-${n}`;
}

function limit(n: number): number {
  return 1_000_000 + n;
}
