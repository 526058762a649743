/** Plugins that tell what happened: metrics, and logs to a file or over HTTP. */
import type { Mistakes } from '../../mistakes.js';
import { Duration } from '../../quantities.js';
import type { Secret } from '../../secrets/secret.js';
import {
  checkHeaderName,
  checkHeaderNames,
  EVERY_PROTOCOL,
  since,
  type ConfigValue,
  type GatewayPlugin,
  type KongVersion,
} from './plugin.js';

export interface PrometheusProps {
  /**
   * Whether each client has series of its own; many clients make many series.
   *
   * @default false
   */
  readonly perConsumer?: boolean;
  /** Requests by status. @default true */
  readonly statusCodes?: boolean;
  /** Latency of Kong, of the service and of both. @default true */
  readonly latency?: boolean;
  /** @default true */
  readonly bandwidth?: boolean;
  /** Health of each target behind an upstream. @default true */
  readonly upstreamHealth?: boolean;
}

/**
 * Counts requests; read at `/metrics` of the status listener.
 *
 * All kinds but `perConsumer` are on; in Kong they are off. Source: Kong's plugin `prometheus`.
 */
export function prometheus(props: PrometheusProps = {}): GatewayPlugin {
  return {
    name: 'prometheus',
    onClients: true,
    protocols: EVERY_PROTOCOL,
    check: () => undefined,
    config: () => ({
      per_consumer: props.perConsumer ?? false,
      status_code_metrics: props.statusCodes ?? true,
      latency_metrics: props.latency ?? true,
      bandwidth_metrics: props.bandwidth ?? true,
      upstream_health_metrics: props.upstreamHealth ?? true,
    }),
  };
}

export interface LogProps {
  /**
   * Further headers, of requests and answers, whose values are left out.
   *
   * Always left out: `apikey`, `authorization`, `proxy-authorization`, `cookie`, `set-cookie`,
   * `x-session-token`, and the query string, where people put keys by mistake.
   *
   * @default - no further one
   */
  readonly redactHeaders?: readonly string[];
}

const REDACTED = [
  'apikey',
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-session-token',
] as const;

/**
 * Lua by field of the log entry; nil leaves the field out.
 *
 * Dots separate levels, so a header's name, which has none, is one level.
 */
function redaction(props: LogProps): ConfigValue {
  const headers = [...REDACTED, ...(props.redactHeaders ?? []).map((name) => name.toLowerCase())];
  return {
    ...Object.fromEntries(
      headers.flatMap((name) => [
        [`request.headers.${name}`, 'return nil'],
        [`response.headers.${name}`, 'return nil'],
      ]),
    ),
    'request.querystring': 'return nil',
    'request.uri': 'return kong.request.get_path()',
    'request.url': 'return nil',
    upstream_uri: 'return nil',
  };
}

export interface HttpLogProps extends LogProps {
  /** Where entries are sent. */
  readonly url: string;
  /** @default 'POST' */
  readonly method?: 'POST' | 'PUT' | 'PATCH';
  /** @default Duration.seconds(10) */
  readonly timeout?: Duration;
  /** Headers of the sending request; a secret, such as a token, ends up readable in Kong's database. */
  readonly headers?: Readonly<Record<string, string | Secret>>;
  /**
   * Most entries sent together.
   *
   * @default 50
   */
  readonly batch?: number;
  /**
   * Longest that an entry waits for others.
   *
   * @default Duration.seconds(2)
   */
  readonly delay?: Duration;
}

/**
 * Sends one JSON entry per request to a server; a request never waits for it.
 *
 * Source: Kong's plugin `http-log`.
 */
export function httpLog(props: HttpLogProps): GatewayPlugin {
  const batch = props.batch ?? 50;
  const delay = (props.delay ?? Duration.seconds(2)).toSeconds();
  return {
    name: 'http-log',
    onClients: true,
    check(mistakes, path) {
      mistakes.unless(
        /^https?:\/\/[^\s@/]+(\/\S*)?$/.test(props.url) && URL.canParse(props.url),
        `${path}.url`,
        'be an http or https address without user and password',
        // What may be a password or a token isn't shown.
        props.url.replace(/^.*@/s, '…@').replace(/\?.*$/s, '?…'),
        'put credentials into headers, as a secret',
      );
      mistakes.wholeNumber(`${path}.batch`, batch, 1, 10_000, 'leave it out for 50');
      const names = Object.keys(props.headers ?? {});
      for (const name of names) {
        checkHeaderName(mistakes, `${path}.headers`, name);
        mistakes.unless(
          !/^(host|content-length|content-type)$/i.test(name),
          `${path}.headers.${name}`,
          'be a header that Kong does not set itself',
          name,
          'remove it',
        );
      }
      checkRedacted(mistakes, path, props);
    },
    config: (kong) => ({
      http_endpoint: props.url,
      method: props.method ?? 'POST',
      content_type: 'application/json',
      timeout: (props.timeout ?? Duration.seconds(10)).toMilliseconds(),
      headers:
        props.headers === undefined
          ? undefined
          : Object.fromEntries(
              Object.entries(props.headers).map(([name, value]) => [
                name,
                typeof value === 'string' ? value : value.newest,
              ]),
            ),
      ...batching(kong, batch, delay),
      custom_fields_by_lua: redaction(props),
    }),
  };
}

/** Kong 3.3 moved the settings of the queue into a record of its own. */
function batching(kong: KongVersion, batch: number, delay: number): Readonly<Record<string, ConfigValue>> {
  return since(kong, 3, 3)
    ? { queue: { max_batch_size: batch, max_coalescing_delay: delay } }
    : { queue_size: batch, flush_timeout: delay };
}

export interface FileLogProps extends LogProps {
  /**
   * File that each node appends to, in a folder that Kong may write.
   *
   * @default '/dev/stdout'
   */
  readonly path?: string;
  /**
   * Whether to open the file for each entry, so that another program may rotate it.
   *
   * @default false
   */
  readonly reopen?: boolean;
}

/** Writes one JSON entry per request to a file. Source: Kong's plugin `file-log`. */
export function fileLog(props: FileLogProps = {}): GatewayPlugin {
  const file = props.path ?? '/dev/stdout';
  return {
    name: 'file-log',
    onClients: true,
    check(mistakes, path) {
      mistakes.unless(
        /^\/[^*&%`\s]+$/.test(file),
        `${path}.path`,
        'be an absolute path without blanks and * & % `',
        file,
        "leave it out for '/dev/stdout'",
      );
      checkRedacted(mistakes, path, props);
    },
    config: () => ({ path: file, reopen: props.reopen ?? false, custom_fields_by_lua: redaction(props) }),
  };
}

function checkRedacted(mistakes: Mistakes, path: string, props: LogProps): void {
  checkHeaderNames(mistakes, `${path}.redactHeaders`, props.redactHeaders ?? []);
}
