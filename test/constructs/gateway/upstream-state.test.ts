import { describe, expect, test } from 'vitest';
import type { Balancing, UpstreamHealth } from '../../../constructs/gateway/model.js';
import { Duration } from '../../../constructs/quantities.js';
import { present } from '../../helper/failure.js';
import { model, rendered, service, type RenderedState } from '../../helper/gateway-model.js';

type Upstream = RenderedState['upstreams'][number];

function upstream(change: Parameters<typeof service>[0] = {}): Upstream {
  return present(rendered(model({ services: [service(change)] })).upstreams[0]);
}

const health = (more: Partial<UpstreamHealth>): Upstream['healthchecks'] =>
  upstream({ health: { path: '/up', ...more } }).healthchecks;

test('an upstream has one target, the name that all replicas share, in turns', () => {
  const { healthchecks, ...own } = upstream({ name: 'other', port: 81 });
  expect(own).toEqual({
    name: 'other.upstream',
    algorithm: 'round-robin',
    targets: [{ target: 'hello:81', weight: 100 }],
  });
  expect(Object.keys(healthchecks)).toEqual(['active']);
});

describe('probes', () => {
  test('take the statuses that they are told for good and bad', () => {
    expect(health({ statuses: { healthy: [403], unhealthy: [404] } })).toMatchObject({
      active: { healthy: { http_statuses: [403] }, unhealthy: { http_statuses: [404] } },
    });
  });

  test('come each second and take a replica out after two failures, unless told otherwise', () => {
    expect(health({})).toEqual({
      active: {
        type: 'http',
        http_path: '/up',
        timeout: 1,
        concurrency: 4,
        healthy: { interval: 1, successes: 1, http_statuses: [200] },
        unhealthy: {
          interval: 1,
          http_failures: 2,
          tcp_failures: 2,
          timeouts: 2,
          http_statuses: [404, 429, 500, 501, 502, 503, 504, 505],
        },
      },
    });
  });

  test('take path, interval, timeout and failures', () => {
    const said = { interval: Duration.milliseconds(500), timeout: Duration.seconds(3), failures: 5 };
    expect(health(said).active).toMatchObject({
      http_path: '/up',
      timeout: 3,
      healthy: { interval: 0.5 },
      unhealthy: { interval: 0.5, http_failures: 5, tcp_failures: 5, timeouts: 5 },
    });
  });

  test('are helped by the failures of callers where that is said, and bring replicas back alone', () => {
    expect(health({ passiveFailures: 3 }).passive).toEqual({
      type: 'http',
      healthy: { successes: 0 },
      unhealthy: { http_failures: 3, tcp_failures: 3, timeouts: 3, http_statuses: [500, 502, 503, 504] },
    });
  });
});

describe('balancing', () => {
  const by = 'consistent-hashing';

  test.each<[Balancing, object]>([
    [{ algorithm: 'round-robin' }, {}],
    [{ algorithm: 'least-connections' }, {}],
    [{ algorithm: by, by: 'consumer' }, { hash_on: 'consumer' }],
    [
      { algorithm: by, by: 'ip', fallback: 'path' },
      { hash_on: 'ip', hash_fallback: 'path' },
    ],
    [
      { algorithm: by, by: { header: 'X-A' }, fallback: { header: 'X-B' } },
      { hash_on: 'header', hash_on_header: 'X-A', hash_fallback: 'header', hash_fallback_header: 'X-B' },
    ],
    [
      { algorithm: by, by: { query: 'a' }, fallback: { query: 'b' } },
      {
        hash_on: 'query_arg',
        hash_on_query_arg: 'a',
        hash_fallback: 'query_arg',
        hash_fallback_query_arg: 'b',
      },
    ],
    [
      { algorithm: by, by: { cookie: 'a' } },
      { hash_on: 'cookie', hash_on_cookie: 'a', hash_on_cookie_path: '/' },
    ],
    [
      { algorithm: by, by: { header: 'X-A' }, fallback: { cookie: 'a' } },
      {
        hash_on: 'header',
        hash_on_header: 'X-A',
        hash_fallback: 'cookie',
        hash_on_cookie: 'a',
        hash_on_cookie_path: '/',
      },
    ],
  ])('%j', (balancing, fields) => {
    const { algorithm, ...others } = upstream({ balancing });
    expect(algorithm).toBe(balancing.algorithm);
    expect(Object.fromEntries(Object.entries(others).filter(([name]) => name.startsWith('hash_')))).toEqual(
      fields,
    );
  });
});
