import { describe, expect, test } from 'vitest';
import {
  proxyCache,
  rateLimiting,
  requestSizeLimiting,
  requestTermination,
  type LimitBy,
} from '../../../../constructs/gateway/plugins/index.js';
import { Duration, Size } from '../../../../constructs/quantities.js';
import { configOf, KONG_3_0, KONG_3_9, MADE } from '../../../helper/gateway-model.js';

const limit = { minute: 5 };
const CLOSED = { fault_tolerant: false, hide_client_headers: false };

describe('a limit', () => {
  test.each([KONG_3_0, KONG_3_9])('counts by client in memory and fails closed, with Kong %j', (kong) => {
    expect(configOf(rateLimiting({ limit }), kong)).toEqual({
      minute: 5,
      limit_by: 'consumer',
      policy: 'local',
      ...CLOSED,
    });
  });

  test('takes every period', () => {
    const all = { second: 1, minute: 2, hour: 3, day: 4, month: 5, year: 6 };
    expect(configOf(rateLimiting({ limit: all }))).toMatchObject(all);
  });

  test.each<[LimitBy, object]>([
    ['ip', { limit_by: 'ip' }],
    ['credential', { limit_by: 'credential' }],
    ['service', { limit_by: 'service' }],
    [{ header: 'X-Tenant' }, { limit_by: 'header', header_name: 'X-Tenant' }],
    [{ path: '/login' }, { limit_by: 'path', path: '/login' }],
  ])('counts by %j', (by, fields) => {
    expect(configOf(rateLimiting({ limit, by }))).toEqual({
      minute: 5,
      policy: 'local',
      ...CLOSED,
      ...fields,
    });
  });

  test('may fail open, keep its headers to itself and count in the database', () => {
    const props = { limit, failOpen: true, hideHeaders: true, counters: { kind: 'cluster' } } as const;
    expect(configOf(rateLimiting(props))).toEqual({
      minute: 5,
      limit_by: 'consumer',
      policy: 'cluster',
      fault_tolerant: true,
      hide_client_headers: true,
    });
  });
});

describe('counters in Redis', () => {
  const least = rateLimiting({ limit, counters: { kind: 'redis', host: 'redis' } });
  const most = rateLimiting({
    limit,
    counters: {
      kind: 'redis',
      host: 'redis',
      port: 6380,
      username: 'kong',
      password: MADE.token,
      tls: true,
      database: 3,
      timeout: Duration.milliseconds(1500),
    },
  });
  const leastFields = {
    host: 'redis',
    port: 6379,
    ssl: false,
    ssl_verify: false,
    database: 0,
    timeout: 2000,
  };
  const mostFields = {
    host: 'redis',
    port: 6380,
    username: 'kong',
    password: '${{ env "DECK_ENV_LOG_TOKEN_0" }}',
    ssl: true,
    ssl_verify: true,
    database: 3,
    timeout: 1500,
  };
  const common = { minute: 5, limit_by: 'consumer', policy: 'redis', ...CLOSED };

  test.each([
    ['least', least, leastFields],
    ['most', most, mostFields],
  ])('at %s are a record of their own from Kong 3.8 on', (_what, plugin, fields) => {
    for (const minor of [8, 9, 10]) {
      expect(configOf(plugin, { major: 3, minor })).toEqual({ ...common, redis: fields });
    }
  });

  test.each([
    ['least', least, leastFields],
    ['most', most, mostFields],
  ])('at %s are flat fields before', (_what, plugin, fields) => {
    const flat = Object.fromEntries(Object.entries(fields).map(([name, value]) => [`redis_${name}`, value]));
    for (const minor of [0, 7]) expect(configOf(plugin, { major: 3, minor })).toEqual({ ...common, ...flat });
  });
});

describe('a size', () => {
  test('is counted in megabytes of 2^20 bytes', () => {
    expect(configOf(requestSizeLimiting({ limit: Size.gibibytes(1) }))).toEqual({
      allowed_payload_size: 1024,
      size_unit: 'megabytes',
      require_content_length: false,
    });
  });

  test('may have to be said', () => {
    const props = { limit: Size.mebibytes(1), requireContentLength: true };
    expect(configOf(requestSizeLimiting(props))).toMatchObject({ require_content_length: true });
  });
});

describe('a termination', () => {
  test('by default says 503', () => {
    expect(configOf(requestTermination())).toEqual({ status_code: 503 });
  });

  test('takes a message, or a body, and a trigger', () => {
    expect(configOf(requestTermination({ status: 410, message: 'gone', trigger: 'X-Old' }))).toEqual({
      status_code: 410,
      message: 'gone',
      trigger: 'X-Old',
    });
    expect(
      configOf(requestTermination({ body: { contentType: 'text/plain', text: 'a: "b"\n# c\n' } })),
    ).toEqual({
      status_code: 503,
      content_type: 'text/plain',
      body: 'a: "b"\n# c\n',
    });
  });
});

describe('a cache', () => {
  test('by default keeps what the service lets it keep', () => {
    expect(configOf(proxyCache())).toEqual({
      strategy: 'memory',
      cache_ttl: 300,
      request_method: ['GET', 'HEAD'],
      response_code: [200, 301, 404],
      content_type: [
        'text/plain',
        'text/plain; charset=utf-8',
        'application/json',
        'application/json; charset=utf-8',
      ],
      cache_control: true,
    });
  });

  test('takes what is said otherwise', () => {
    expect(
      configOf(
        proxyCache({
          ttl: Duration.milliseconds(1500),
          methods: ['GET'],
          statuses: [200],
          contentTypes: ['text/html'],
          varyHeaders: ['Accept-Language'],
          varyQuery: ['page'],
          cacheControl: false,
        }),
      ),
    ).toEqual({
      strategy: 'memory',
      cache_ttl: 2,
      request_method: ['GET'],
      response_code: [200],
      content_type: ['text/html'],
      vary_headers: ['Accept-Language'],
      vary_query_params: ['page'],
      cache_control: false,
    });
  });
});
