/** The plugins of a guarded route: one credential on the way in, limits and groups, a second factor on the way out. */
import { accessPlugins } from './access.js';
import { COUNT_HEADER, dispatcherChunk, pathChunk, settledChunk } from './dispatch.js';
import type { GuardedRoute } from './guarded-routes.js';
import { tokenIssuers } from './issuers.js';
import type { GatewayDeclaration, IdentityGate } from './model.js';
import type { GatewayPlugin, PluginConfig } from './plugins/plugin.js';
import { rateLimiting } from './plugins/traffic.js';
import { postFunction, preFunction } from './plugins/transform.js';
import { list, TOKEN_ELSEWHERE } from './route-plugins.js';
import { secondFactorChunks } from './second-factor.js';

/** Limit of people and strangers; a client's own goes before it. */
export function strangersLimit(identity: IdentityGate, gateway: GatewayDeclaration): GatewayPlugin {
  return rateLimiting({
    limit: identity.limit,
    by: identity.limitBy === 'address' ? 'ip' : { header: COUNT_HEADER },
    counters: gateway.counters,
  });
}

/** Plugins of what no declared route takes: it is refused behind the gateway, and counted here. */
export function elsewherePlugins(identity: IdentityGate, gateway: GatewayDeclaration): GatewayPlugin[] {
  const functions = gateway.plugins.find(({ name }) => name === 'pre-function');
  return [
    joined(functions ?? preFunction({}), { access: [pathChunk(identity.canonical)] }, {}),
    rateLimiting({ limit: identity.limit, by: 'ip', counters: gateway.counters }),
  ];
}

/**
 * Plugins in the place of a guarded route.
 *
 * Its service stands behind the identity system, so the service's plugins act here, where the route has
 * none of the kind. A limit of either takes the place of the identity system's.
 */
export function guardedPlugins(
  { route, service, access }: GuardedRoute,
  identity: IdentityGate,
  gateway: GatewayDeclaration,
): GatewayPlugin[] {
  const ofRoute = route.plugins ?? [];
  const own = [
    ...ofRoute,
    ...(service.plugins ?? []).filter(({ name }) => !ofRoute.some((plugin) => plugin.name === name)),
  ];
  const acting = (name: string): GatewayPlugin | undefined =>
    [...own, ...gateway.plugins].find((plugin) => plugin.name === name);
  const jwt = access.methods.includes('jwt');
  const bySession = identity.limitBy === 'session';
  const dispatcher = dispatcherChunk({
    canonical: identity.canonical,
    sessionCookie: identity.sessionCookie,
    sessions: access.sessions,
    aal: access.aal,
    issuers: tokenIssuers(identity.issuers, gateway.clients).filter(({ name, client }) =>
      client === undefined ? name !== undefined && access.issuers.includes(name) : jwt,
    ),
    jwt,
    bySession,
  });
  const asksForMore = access.sessions && (access.aal === 'aal2' || identity.aalQuestion);
  const more = asksForMore ? secondFactorChunks(identity.loginUrl) : undefined;
  const added = [
    joined(
      acting('pre-function') ?? preFunction({}),
      { access: [dispatcher, ...(access.methods.includes('oauth2') ? [TOKEN_ELSEWHERE] : [])] },
      {},
    ),
    joined(
      acting('post-function') ?? postFunction({}),
      {},
      {
        access: [settledChunk({ bySession })],
        ...(more === undefined ? {} : { header_filter: [more.header], body_filter: [more.body] }),
      },
    ),
    acting('rate-limiting') ?? strangersLimit(identity, gateway),
  ];
  return [
    ...accessPlugins(access, gateway.provisionKey),
    ...own.filter(({ name }) => !added.some((plugin) => plugin.name === name)),
    ...added,
  ];
}

type Chunks = Readonly<Record<string, readonly string[]>>;

/** Functions with more before and after them; what runs before a route is known stays the gateway's. */
function joined(functions: GatewayPlugin, before: Chunks, after: Chunks): GatewayPlugin {
  return {
    ...functions,
    config: (kong) => {
      const phases: PluginConfig = { ...functions.config(kong), rewrite: undefined };
      const names = new Set([...Object.keys(phases), ...Object.keys(before), ...Object.keys(after)]);
      return Object.fromEntries(
        [...names].flatMap((name) => {
          const chunks = [...(before[name] ?? []), ...list(phases[name]), ...(after[name] ?? [])];
          return chunks.length === 0 ? [] : [[name, chunks]];
        }),
      );
    },
  };
}
