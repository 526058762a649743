/** Plugins that bound, answer or remember requests: limits, sizes, termination, cache. */
import type { Mistakes } from '../../mistakes.js';
import { Duration, type Size } from '../../quantities.js';
import type { Secret } from '../../secrets/secret.js';
import type { RateLimit } from '../model.js';
import {
  checkHeaderName,
  checkHeaderNames,
  EVERY_PROTOCOL,
  since,
  type GatewayPlugin,
  type PluginConfig,
} from './plugin.js';

/** Where a rate limiter counts. */
export type Counters =
  /** In each node's memory: fast, and with n nodes up to n times the limit passes. */
  | { readonly kind: 'local' }
  /** In Kong's database, which all nodes share: one write per request. */
  | { readonly kind: 'cluster' }
  /** In a Redis server that all nodes share. */
  | {
      readonly kind: 'redis';
      readonly host: string;
      /** @default 6379 */
      readonly port?: number;
      readonly username?: string;
      readonly password?: Secret;
      /**
       * Whether to speak TLS and verify the server's certificate.
       *
       * @default false
       */
      readonly tls?: boolean;
      /** @default 0 */
      readonly database?: number;
      /** @default Duration.seconds(2) */
      readonly timeout?: Duration;
    };

/** Whose requests are counted together; an unknown client counts by its address. */
export type LimitBy =
  'consumer' | 'credential' | 'ip' | 'service' | { readonly header: string } | { readonly path: string };

export interface RateLimitingProps {
  readonly limit: RateLimit;
  /** @default 'consumer' */
  readonly by?: LimitBy;
  /** @default { kind: 'local' } */
  readonly counters?: Counters;
  /**
   * Whether requests pass uncounted while the counters can't be reached. If not, they get 500.
   *
   * @default false
   */
  readonly failOpen?: boolean;
  /**
   * Whether to keep the `RateLimit-*` headers from clients.
   *
   * @default false
   */
  readonly hideHeaders?: boolean;
}

const PERIODS = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const;

/** Notes the mistakes of a limit. */
export function checkRateLimit(mistakes: Mistakes, path: string, limit: RateLimit): void {
  const bounds = PERIODS.flatMap((period) => {
    const bound = limit[period];
    return bound === undefined ? [] : [{ period, bound }];
  });
  mistakes.unless(bounds.length > 0, path, 'set at least one period', limit, 'set for example minute');
  bounds.forEach(({ period, bound }, i) => {
    mistakes.wholeNumber(`${path}.${period}`, bound, 1, 1_000_000_000, 'leave it out for no bound');
    const shorter = bounds[i - 1];
    mistakes.unless(
      shorter === undefined || bound >= shorter.bound,
      `${path}.${period}`,
      `be no less than that of a ${shorter?.period ?? ''}`,
      bound,
      'raise it',
    );
  });
}

/**
 * Answers 429 to whoever sends more than allowed; the answer says when to come again.
 *
 * Kong counts a request just after it has let it pass: of several at the same moment more than the limit
 * can get through, wherever the counters are.
 *
 * Unlike Kong's own default it fails closed. Source: Kong's plugin `rate-limiting`.
 */
export function rateLimiting(props: RateLimitingProps): GatewayPlugin {
  const by = props.by ?? 'consumer';
  const counters = props.counters ?? { kind: 'local' };
  return {
    name: 'rate-limiting',
    onClients: true,
    check(mistakes, path) {
      checkRateLimit(mistakes, `${path}.limit`, props.limit);
      if (typeof by === 'object' && 'header' in by) checkHeaderName(mistakes, `${path}.by.header`, by.header);
      if (typeof by === 'object' && 'path' in by)
        mistakes.unless(
          by.path.startsWith('/'),
          `${path}.by.path`,
          'begin with a slash',
          by.path,
          'put one before it',
        );
      checkCounters(mistakes, `${path}.counters`, counters);
    },
    config: (kong) => ({
      ...Object.fromEntries(PERIODS.map((period) => [period, props.limit[period]])),
      limit_by: typeof by === 'string' ? by : 'header' in by ? 'header' : 'path',
      header_name: typeof by === 'object' && 'header' in by ? by.header : undefined,
      path: typeof by === 'object' && 'path' in by ? by.path : undefined,
      policy: counters.kind,
      fault_tolerant: props.failOpen ?? false,
      hide_client_headers: props.hideHeaders ?? false,
      ...(counters.kind === 'redis' ? redisConfig(counters, since(kong, 3, 8)) : {}),
    }),
  };
}

/** Notes the mistakes of where a limiter counts. */
export function checkCounters(mistakes: Mistakes, path: string, counters: Counters): void {
  if (counters.kind !== 'redis') return;
  mistakes.unless(
    /^[A-Za-z0-9.-]+$/.test(counters.host),
    `${path}.host`,
    'be a host name or an address',
    counters.host,
    "write for example 'redis.example.com'",
  );
  mistakes.wholeNumber(`${path}.port`, counters.port ?? 6379, 1, 65_535, 'leave it out for 6379');
  mistakes.unless(
    /^[A-Za-z0-9._@-]+$/.test(counters.username ?? 'default'),
    `${path}.username`,
    'be letters, digits, dots, dashes, underscores and @',
    counters.username,
    'correct it',
  );
  mistakes.wholeNumber(`${path}.database`, counters.database ?? 0, 0, 15, 'leave it out for 0');
}

function redisConfig(redis: Extract<Counters, { kind: 'redis' }>, nested: boolean): PluginConfig {
  const fields: PluginConfig = {
    host: redis.host,
    port: redis.port ?? 6379,
    username: redis.username,
    password: redis.password?.newest,
    ssl: redis.tls ?? false,
    ssl_verify: redis.tls ?? false,
    database: redis.database ?? 0,
    timeout: (redis.timeout ?? Duration.seconds(2)).toMilliseconds(),
  };
  return nested
    ? { redis: fields }
    : Object.fromEntries(Object.entries(fields).map(([name, value]) => [`redis_${name}`, value]));
}

export interface RequestSizeLimitingProps {
  /** Largest body. */
  readonly limit: Size;
  /**
   * Whether a request without a length, and not sent in chunks, gets 411: one without a body, too.
   *
   * @default false
   */
  readonly requireContentLength?: boolean;
}

/**
 * Answers 413 to a body larger than the limit, by its declared length.
 *
 * Kong can't measure a body sent in chunks that it had to put on disk; the gateway's own
 * `maxRequestBody` bounds those. Source: Kong's plugin `request-size-limiting`.
 */
export function requestSizeLimiting(props: RequestSizeLimitingProps): GatewayPlugin {
  return {
    name: 'request-size-limiting',
    onClients: true,
    check(mistakes, path) {
      mistakes.wholeNumber(`${path}.limit`, props.limit.toMebibytes(), 1, 2047, 'stay below 2 GiB');
    },
    config: () => ({
      allowed_payload_size: props.limit.toMebibytes(),
      // Kong's megabyte has 2^20 bytes.
      size_unit: 'megabytes',
      require_content_length: props.requireContentLength ?? false,
    }),
  };
}

export interface RequestTerminationProps {
  /** @default 503 */
  readonly status?: number;
  /** Text of a JSON answer. */
  readonly message?: string;
  /** Whole body instead of a message. */
  readonly body?: { readonly contentType: string; readonly text: string };
  /** Only requests that carry this header or query parameter are answered. */
  readonly trigger?: string;
}

/** Answers by itself; nothing behind it is asked. Source: Kong's plugin `request-termination`. */
export function requestTermination(props: RequestTerminationProps = {}): GatewayPlugin {
  return {
    name: 'request-termination',
    onClients: true,
    check(mistakes, path) {
      mistakes.wholeNumber(`${path}.status`, props.status ?? 503, 200, 599, 'leave it out for 503');
      mistakes.unless(
        props.message === undefined || props.body === undefined,
        `${path}.body`,
        'be alone, without a message',
        props.body?.text,
        'keep one of the two',
      );
      if (props.trigger !== undefined) checkHeaderName(mistakes, `${path}.trigger`, props.trigger);
    },
    config: () => ({
      status_code: props.status ?? 503,
      message: props.message,
      content_type: props.body?.contentType,
      body: props.body?.text,
      trigger: props.trigger,
    }),
  };
}

export interface ProxyCacheProps {
  /**
   * How long an answer is kept where `cacheControl` is off.
   *
   * @default Duration.minutes(5)
   */
  readonly ttl?: Duration;
  /** @default ['GET', 'HEAD'] */
  readonly methods?: readonly ('GET' | 'HEAD')[];
  /** @default [200, 301, 404] */
  readonly statuses?: readonly number[];
  /**
   * Compared exactly, parameters included.
   *
   * @default - plain text and JSON, each with and without `charset=utf-8`
   */
  readonly contentTypes?: readonly string[];
  /** Request headers whose values make different answers. */
  readonly varyHeaders?: readonly string[];
  /** Query parameters whose values make different answers; by default all do. */
  readonly varyQuery?: readonly string[];
  /**
   * Whether the service decides by `Cache-Control`: only an answer with a `max-age` is then kept, and
   * none that is `private` or `no-store`, which Kong's own default ignores.
   *
   * @default true
   */
  readonly cacheControl?: boolean;
}

/**
 * Keeps answers in each node's memory, per client and route; `X-Cache-Status` tells which were.
 *
 * Source: Kong's plugin `proxy-cache`.
 */
export function proxyCache(props: ProxyCacheProps = {}): GatewayPlugin {
  return {
    name: 'proxy-cache',
    onClients: true,
    protocols: EVERY_PROTOCOL,
    check(mistakes, path) {
      const statuses = props.statuses ?? [200];
      mistakes.unless(statuses.length > 0, `${path}.statuses`, 'name at least one', statuses, 'write [200]');
      statuses.forEach((status, i) => {
        mistakes.wholeNumber(`${path}.statuses[${i}]`, status, 200, 599, 'write for example 200');
      });
      checkHeaderNames(mistakes, `${path}.varyHeaders`, props.varyHeaders ?? []);
    },
    config: () => ({
      strategy: 'memory',
      cache_ttl: Math.ceil((props.ttl ?? Duration.minutes(5)).toSeconds()),
      request_method: [...(props.methods ?? ['GET', 'HEAD'])],
      response_code: [...(props.statuses ?? [200, 301, 404])],
      content_type: [
        ...(props.contentTypes ?? [
          'text/plain',
          'text/plain; charset=utf-8',
          'application/json',
          'application/json; charset=utf-8',
        ]),
      ],
      vary_headers: props.varyHeaders === undefined ? undefined : [...props.varyHeaders],
      vary_query_params: props.varyQuery === undefined ? undefined : [...props.varyQuery],
      cache_control: props.cacheControl ?? true,
    }),
  };
}
