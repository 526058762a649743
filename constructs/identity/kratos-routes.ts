/** What of Kratos people reach through the gateway, and how often. */
import { publicAccess } from '../gateway/access.js';
import type { RateLimit, RouteDeclaration, ServiceDeclaration } from '../gateway/model.js';
import { outagePages } from '../gateway/outage-pages.js';
import type { GatewayPlugin } from '../gateway/plugins/plugin.js';
import { rateLimiting, type Counters } from '../gateway/plugins/traffic.js';
import { preFunction, requestTransformer } from '../gateway/plugins/transform.js';
import type { Kratos } from './kratos.js';
import { returnCheckChunk } from './return-check.js';

/** How often one address may ask; opening a form, reading it and sending it are three requests. */
export interface KratosLimits {
  readonly login: RateLimit;
  readonly registration: RateLimit;
  readonly recovery: RateLimit;
  /** @default - that of recovery */
  readonly verification?: RateLimit;
  /** Where they are counted. @default { kind: 'local' } */
  readonly counters?: Counters;
}

/** Kratos' own paths that browsers and programs need; health, metrics and the rest stay inside. */
const OPEN = ['self-service', 'sessions', 'schemas', '\\.well-known'] as const;

/**
 * Segments as they are: Kratos takes an encoded slash for one, and with it a path that another route counts.
 * What doesn't match is refused like any path that nobody knows.
 */
const BELOW = '(?:/[A-Za-z0-9._~-]+)*';

/**
 * The declaration of Kratos' public listener, below its base path.
 *
 * A replica that can't reach its database is taken out, so that a browser gets a page with 503 from the
 * gateway. No request is sent twice: most of them change something.
 */
export function kratosDeclaration(kratos: Kratos, limits: KratosLimits): ServiceDeclaration {
  const base = kratos.basePath.replaceAll('.', '\\.');
  const checked = preFunction({ access: [returnCheckChunk(kratos.settings.returnUrls)] });
  const limited = (flow: 'login' | 'registration' | 'recovery' | 'verification'): RouteDeclaration => ({
    ...open(`kratos-${flow}`, `~${base}(/self-service/${flow}${BELOW})$`, [
      checked,
      rateLimiting({
        limit: limits[flow] ?? limits.recovery,
        by: 'ip',
        ...(limits.counters === undefined ? {} : { counters: limits.counters }),
      }),
    ]),
    priority: 1,
  });
  return {
    name: 'kratos',
    workload: kratos.workload,
    listener: kratos.listener,
    port: kratos.port,
    health: { path: '/health/ready' },
    retries: 0,
    plugins: [outagePages()],
    routes: [
      open('kratos', `~${base}(/(?:${OPEN.join('|')})${BELOW})$`, [checked]),
      limited('login'),
      limited('registration'),
      limited('recovery'),
      limited('verification'),
    ],
  };
}

function open(name: string, path: string, plugins: readonly GatewayPlugin[]): RouteDeclaration {
  return {
    name,
    paths: [path],
    access: publicAccess('where people log in; Kratos checks every request itself'),
    plugins: [...plugins, belowBase()],
  };
}

/**
 * Sends Kratos its own path, which it knows nothing before.
 *
 * Stripping would take away everything that a route matched, its own part of Kratos' path included. What
 * the first group of the route's expression holds is sent; Kong has normalized it before.
 */
function belowBase(): GatewayPlugin {
  const transformer = requestTransformer({ path: '/' });
  return {
    ...transformer,
    config: (kong) => ({
      ...transformer.config(kong),
      replace: { headers: [], querystring: [], uri: '$(uri_captures[1])' },
    }),
  };
}
