/** Kong's upstreams, rendered from services: replicas, balancing, probes. */
import type { Balancing, HashKey, ServiceDeclaration } from './model.js';

/** Name of the upstream of a service; it stands where Kong expects a host. */
export function upstreamName(service: ServiceDeclaration): string {
  return `${service.name}.upstream`;
}

/** Statuses that say that a replica takes no traffic, where a service doesn't say otherwise. */
export const UNHEALTHY: readonly number[] = [404, 429, 500, 501, 502, 503, 504, 505];

/** An upstream whose one target is the name that all replicas share. */
export function renderUpstream(service: ServiceDeclaration): object {
  const { health } = service;
  const interval = (health.interval?.toMilliseconds() ?? 1000) / 1000;
  const failures = health.failures ?? 2;
  const passive = health.passiveFailures;
  return {
    name: upstreamName(service),
    ...renderBalancing(service.balancing ?? { algorithm: 'round-robin' }),
    targets: [{ target: `${service.workload.name}:${service.port}`, weight: 100 }],
    healthchecks: {
      active: {
        type: 'http',
        http_path: health.path,
        timeout: (health.timeout?.toMilliseconds() ?? 1000) / 1000,
        concurrency: 4,
        healthy: { interval, successes: 1, http_statuses: [...(health.statuses?.healthy ?? [200])] },
        unhealthy: {
          interval,
          http_failures: failures,
          tcp_failures: failures,
          timeouts: failures,
          http_statuses: [...(health.statuses?.unhealthy ?? UNHEALTHY)],
        },
      },
      ...(passive === undefined
        ? {}
        : {
            passive: {
              type: 'http',
              // The probes bring a replica back; an answer to a caller doesn't.
              healthy: { successes: 0 },
              unhealthy: {
                http_failures: passive,
                tcp_failures: passive,
                timeouts: passive,
                http_statuses: [500, 502, 503, 504],
              },
            },
          }),
    },
  };
}

function renderBalancing(balancing: Balancing): object {
  if (balancing.algorithm !== 'consistent-hashing') return { algorithm: balancing.algorithm };
  return {
    algorithm: balancing.algorithm,
    ...hashFields('hash_on', balancing.by),
    ...(balancing.fallback === undefined ? {} : hashFields('hash_fallback', balancing.fallback)),
  };
}

/** Kong names the fallback's fields as the main one's, but the cookie's, of which there is one. */
function hashFields(field: 'hash_on' | 'hash_fallback', key: HashKey): object {
  if (typeof key === 'string') return { [field]: key };
  if ('header' in key) return { [field]: 'header', [`${field}_header`]: key.header };
  if ('query' in key) return { [field]: 'query_arg', [`${field}_query_arg`]: key.query };
  return { [field]: 'cookie', hash_on_cookie: key.cookie, hash_on_cookie_path: '/' };
}
