/** Plugins that change what passes: request and response headers, request ids, functions of your own. */
import type { Mistakes } from '../../mistakes.js';
import type { Secret } from '../../secrets/secret.js';
import { prefixed } from '../../secrets/sealed.js';
import type { HttpMethod } from '../model.js';
import {
  checkHeaderName,
  checkHeaderNames,
  EVERY_PROTOCOL,
  HEADER_NAME,
  type ConfigValue,
  type GatewayPlugin,
} from './plugin.js';

/** A header's or parameter's value; a secret ends up readable in Kong's database. */
export type TransformValue = string | Secret;
type Pairs = Readonly<Record<string, TransformValue>>;

/** Changes to one part of a request. */
export interface RequestChanges {
  readonly headers?: Pairs;
  readonly query?: Pairs;
}

export interface RequestTransformerProps {
  readonly remove?: { readonly headers?: readonly string[]; readonly query?: readonly string[] };
  /** Old name → new name. */
  readonly rename?: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
  };
  /**
   * What the service gets, whatever the caller sent.
   *
   * Kong's `add` leaves an existing header as it is and `replace` leaves a missing one out; this is both.
   */
  readonly set?: RequestChanges;
  /** Added beside what the caller sent. */
  readonly append?: RequestChanges;
  /** Method that the service gets. */
  readonly method?: HttpMethod;
  /** Path that the service gets. */
  readonly path?: string;
}

/** Changes a request before the service gets it. Source: Kong's plugin `request-transformer`. */
export function requestTransformer(props: RequestTransformerProps): GatewayPlugin {
  return {
    name: 'request-transformer',
    onClients: true,
    protocols: EVERY_PROTOCOL,
    requestHeaders: [
      ...(props.remove?.headers ?? []),
      ...Object.entries(props.rename?.headers ?? {}).flat(),
      ...Object.keys(props.set?.headers ?? {}),
      ...Object.keys(props.append?.headers ?? {}),
    ],
    check(mistakes, path) {
      checkHeaderNames(mistakes, `${path}.remove.headers`, props.remove?.headers ?? []);
      checkRenames(mistakes, `${path}.rename.headers`, props.rename?.headers ?? {});
      for (const kind of ['set', 'append'] as const) {
        for (const part of ['headers', 'query'] as const) {
          checkPairs(mistakes, `${path}.${kind}.${part}`, props[kind]?.[part] ?? {}, part === 'headers');
        }
      }
      mistakes.unless(
        props.path === undefined || /^\/[^$]*$/.test(props.path),
        `${path}.path`,
        "begin with a slash and hold no '$'",
        props.path,
        "write for example '/v2'",
      );
      mistakes.unless(Object.values(props).some(Boolean), path, 'change something', {}, 'remove the plugin');
    },
    config: () => ({
      http_method: props.method,
      remove: part(props.remove?.headers, props.remove?.query),
      rename: part(renames(props.rename?.headers), renames(props.rename?.query)),
      replace: {
        ...part(pairs(props.set?.headers), pairs(props.set?.query)),
        uri: props.path,
      },
      add: part(pairs(props.set?.headers), pairs(props.set?.query)),
      append: part(pairs(props.append?.headers), pairs(props.append?.query)),
    }),
  };
}

export interface ResponseTransformerProps {
  readonly remove?: { readonly headers?: readonly string[]; readonly json?: readonly string[] };
  /** Old name → new name. */
  readonly rename?: { readonly headers?: Readonly<Record<string, string>> };
  /** What the caller gets, whatever the service said. `json` acts on top-level members of a JSON answer. */
  readonly set?: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly json?: Readonly<Record<string, string>>;
  };
  /** Added beside what the service said. */
  readonly append?: { readonly headers?: Readonly<Record<string, string>> };
}

/**
 * Changes an answer before the caller gets it, those that Kong itself makes included.
 *
 * Source: Kong's plugin `response-transformer`.
 */
export function responseTransformer(props: ResponseTransformerProps): GatewayPlugin {
  return {
    name: 'response-transformer',
    onClients: true,
    check(mistakes, path) {
      checkHeaderNames(mistakes, `${path}.remove.headers`, props.remove?.headers ?? []);
      checkRenames(mistakes, `${path}.rename.headers`, props.rename?.headers ?? {});
      checkPairs(mistakes, `${path}.set.headers`, props.set?.headers ?? {}, true);
      checkPairs(mistakes, `${path}.append.headers`, props.append?.headers ?? {}, true);
      mistakes.unless(Object.values(props).some(Boolean), path, 'change something', {}, 'remove the plugin');
    },
    config: () => ({
      remove: { headers: [...(props.remove?.headers ?? [])], json: [...(props.remove?.json ?? [])] },
      rename: { headers: renames(props.rename?.headers) ?? [] },
      replace: jsonPart(props.set),
      add: jsonPart(props.set),
      append: { headers: pairs(props.append?.headers) ?? [] },
    }),
  };
}

function jsonPart(set: ResponseTransformerProps['set']): ConfigValue {
  return { headers: pairs(set?.headers) ?? [], json: pairs(set?.json) ?? [] };
}

function part(
  headers: readonly ConfigValue[] | undefined,
  query: readonly ConfigValue[] | undefined,
): { readonly headers: readonly ConfigValue[]; readonly querystring: readonly ConfigValue[] } {
  return { headers: [...(headers ?? [])], querystring: [...(query ?? [])] };
}

function renames(names: Readonly<Record<string, string>> | undefined): string[] | undefined {
  return names === undefined ? undefined : Object.entries(names).map(([from, to]) => `${from}:${to}`);
}

function pairs(values: Pairs | undefined): ConfigValue[] | undefined {
  return values === undefined
    ? undefined
    : Object.entries(values).map(([name, value]) =>
        typeof value === 'string' ? `${name}:${value}` : prefixed(`${name}:`, value.newest),
      );
}

function checkPairs(mistakes: Mistakes, path: string, values: Pairs, headers: boolean): void {
  for (const [name, value] of Object.entries(values)) {
    mistakes.unless(
      headers ? HEADER_NAME.test(name) : /^[^:\s]+$/.test(name),
      `${path}.${name}`,
      headers ? "have a header's name" : 'have a name without colons and spaces',
      name,
      'correct the name',
    );
    if (typeof value !== 'string') continue;
    // Kong would read it as one of its templates, with whatever the caller sent in it.
    mistakes.unless(
      value !== '' && !value.includes('$(') && !/[\r\n]/.test(value),
      `${path}.${name}`,
      "be one line of text without '$('",
      value,
      'for a template use preFunction',
    );
  }
}

function checkRenames(mistakes: Mistakes, path: string, names: Readonly<Record<string, string>>): void {
  for (const name of Object.entries(names).flat()) checkHeaderName(mistakes, path, name);
}

export interface CorrelationIdProps {
  /** @default 'X-Correlation-Id' */
  readonly header?: string;
  /**
   * `uuid` is a random one per request, `uuid#counter` one per worker with a count, `tracker` holds
   * address, port, worker, connection and time.
   *
   * @default 'uuid'
   */
  readonly generator?: 'uuid' | 'uuid#counter' | 'tracker';
  /**
   * Whether the caller is told.
   *
   * @default true
   */
  readonly echo?: boolean;
}

/**
 * Gives every request an id of its own; a caller's own id is kept.
 *
 * The service still gets the gateway's request id, too. The caller isn't told that one any more: Kong
 * runs one plugin of this kind, and otherwise it is the gateway's, which tells it.
 *
 * Source: Kong's plugin `correlation-id`.
 */
export function correlationId(props: CorrelationIdProps = {}): GatewayPlugin {
  const header = props.header ?? 'X-Correlation-Id';
  return {
    name: 'correlation-id',
    onClients: true,
    check(mistakes, path) {
      checkHeaderName(mistakes, `${path}.header`, header);
    },
    config: () => ({
      header_name: header,
      generator: props.generator ?? 'uuid',
      echo_downstream: props.echo ?? true,
    }),
  };
}

/** Phases of a request in which Lua may run. */
export type FunctionPhase = 'rewrite' | 'access' | 'header_filter' | 'body_filter' | 'log';

/** Lua by phase; each entry is one chunk. */
export type FunctionProps = Readonly<Partial<Record<FunctionPhase, readonly string[]>>>;

/**
 * Runs Lua of yours before every other plugin.
 *
 * Kong's sandbox offers `kong`, `ngx` and the plain libraries; a forbidden call fails when the request
 * comes, not before. The gateway's own removal of forged headers runs first. Source: Kong's plugin
 * `pre-function`.
 */
export function preFunction(props: FunctionProps): GatewayPlugin {
  return functions('pre-function', props);
}

/** Runs Lua of yours after every other plugin. Source: Kong's plugin `post-function`. */
export function postFunction(props: FunctionProps): GatewayPlugin {
  return functions('post-function', props);
}

function functions(name: 'pre-function' | 'post-function', props: FunctionProps): GatewayPlugin {
  return {
    name,
    onClients: false,
    protocols: EVERY_PROTOCOL,
    check(mistakes, path) {
      const chunks = Object.entries(props).flatMap(([phase, list]) => list.map((text) => ({ phase, text })));
      mistakes.unless(chunks.length > 0, path, 'hold a function', props, 'add one, for example in access');
      for (const { phase, text } of chunks) {
        mistakes.unless(text.trim() !== '', `${path}.${phase}`, 'hold code', text, 'remove the empty one');
      }
    },
    config: () => Object.fromEntries(Object.entries(props).map(([phase, list]) => [phase, [...list]])),
  };
}
