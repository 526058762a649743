/** Kong's state for guarded routes: all of them lead to the identity system, and so does whatever no route takes. */
import { admitsStrangers, STRANGER } from './access.js';
import { elsewherePlugins, guardedPlugins } from './guarded-plugins.js';
import { guardedRoutes, type GuardedRoute } from './guarded-routes.js';
import type { GatewayDeclaration, IdentityGate, RouteDeclaration, ServiceDeclaration } from './model.js';
import { Duration } from '../quantities.js';
import { renderRoute, serviceFields, type PluginRenderer } from './service-state.js';
import { renderUpstream, UNHEALTHY } from './upstream-state.js';

/** Name of Kong's service before the identity system, and of its route for whatever no other takes. */
export const SECURE_API = 'secure-api';

/** What is added to Kong's state; nothing where no route is guarded. */
export interface GuardedState {
  readonly services: readonly object[];
  readonly upstreams: readonly object[];
  readonly consumers: readonly object[];
  readonly plugins: readonly object[];
}

/** Renders service, upstream, the consumer that strangers become, and what clients bring along. */
export function renderGuarded(gateway: GatewayDeclaration, render: PluginRenderer): GuardedState {
  const guarded = guardedRoutes(gateway);
  const { identity } = gateway;
  if (identity === undefined || guarded.length === 0) {
    return { services: [], upstreams: [], consumers: [], plugins: [] };
  }
  const service = secureApi(identity, guarded);
  const elsewhere = elsewhereRoute(gateway);
  return {
    services: [
      {
        ...serviceFields(service),
        routes: [
          ...guarded.map((one) =>
            renderRoute(one.route, gateway, guardedPlugins(one, identity, gateway), render),
          ),
          ...(elsewhere === undefined
            ? []
            : [renderRoute(elsewhere, gateway, elsewherePlugins(identity, gateway), render)]),
        ],
      },
    ],
    upstreams: [renderUpstream(service)],
    consumers: strangers(guarded),
    plugins: transformersOfClients(gateway, guarded, render),
  };
}

/** The identity system as one service; a guarded service's patience is its own, too. */
function secureApi(identity: IdentityGate, guarded: readonly GuardedRoute[]): ServiceDeclaration {
  const longest = (which: 'read' | 'write'): Duration =>
    Duration.milliseconds(
      Math.max(...guarded.map(({ service }) => service.timeouts?.[which]?.toMilliseconds() ?? 30_000)),
    );
  return {
    name: SECURE_API,
    workload: identity.workload,
    listener: identity.listener,
    port: identity.port,
    health: { path: identity.probePath, statuses: { healthy: [403], unhealthy: UNHEALTHY } },
    timeouts: { read: longest('read'), write: longest('write') },
    routes: guarded.map(({ route }) => route),
  };
}

/** The route for whatever no declared one takes, on hosts where none takes everything. */
function elsewhereRoute({ hosts, services }: GatewayDeclaration): RouteDeclaration | undefined {
  const everything = services
    .flatMap(({ routes }) => routes)
    .filter(
      ({ paths, methods, headers }) => paths.includes('/') && methods === undefined && headers === undefined,
    );
  const left = hosts.filter((host) => !everything.some((route) => (route.hosts ?? hosts).includes(host)));
  return left.length === 0
    ? undefined
    : {
        name: SECURE_API,
        paths: ['/'],
        hosts: left,
        access: { kind: 'public', reason: 'the identity system refuses whatever it has no rule for' },
      };
}

function strangers(guarded: readonly GuardedRoute[]): object[] {
  const admitting = guarded.filter(({ access }) => admitsStrangers(access));
  if (admitting.length === 0) return [];
  const grouped = admitting.some(({ access }) => access.groups !== undefined);
  return [{ username: STRANGER, ...(grouped ? { acls: [{ group: STRANGER }] } : {}) }];
}

/** A client's own changes to requests, without the removal of its credential, which is needed behind the gateway. */
function transformersOfClients(
  gateway: GatewayDeclaration,
  guarded: readonly GuardedRoute[],
  render: PluginRenderer,
): object[] {
  return guarded
    .filter(({ access }) => admitsStrangers(access))
    .flatMap(({ route }) =>
      gateway.clients.flatMap((client) =>
        (client.plugins ?? [])
          .filter(({ name }) => name === 'request-transformer')
          .map((plugin) => ({ ...render(plugin), route: route.name, consumer: client.name })),
      ),
    );
}
