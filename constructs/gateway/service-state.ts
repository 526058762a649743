/** Kong's services and routes, rendered from the model. */
import { clients } from './access.js';
import type { GatewayDeclaration, RouteDeclaration, ServiceDeclaration } from './model.js';
import type { GatewayPlugin } from './plugins/plugin.js';
import { routePlugins } from './route-plugins.js';
import { upstreamName } from './upstream-state.js';

/** Renders a plugin; what isn't set is left to Kong's defaults. */
export type PluginRenderer = (plugin: GatewayPlugin) => object;

/** A service with its routes, and with its own plugins. */
export function renderService(
  service: ServiceDeclaration,
  gateway: GatewayDeclaration,
  render: PluginRenderer,
): object {
  return {
    ...serviceFields(service),
    ...pluginList(service.plugins ?? [], render),
    routes: service.routes.map((route) =>
      renderRoute(route, gateway, routePlugins(route, service, gateway), render),
    ),
  };
}

/** What a service says beside routes and plugins. */
export function serviceFields(service: ServiceDeclaration): object {
  const { connect, read, write } = service.timeouts ?? {};
  return {
    name: service.name,
    protocol: 'http',
    host: upstreamName(service),
    port: service.port,
    retries: service.retries ?? 2,
    connect_timeout: connect?.toMilliseconds() ?? 2000,
    read_timeout: read?.toMilliseconds() ?? 30_000,
    write_timeout: write?.toMilliseconds() ?? 30_000,
  };
}

/** A route with these plugins. */
export function renderRoute(
  route: RouteDeclaration,
  gateway: GatewayDeclaration,
  plugins: readonly GatewayPlugin[],
  render: PluginRenderer,
): object {
  const guarded = (route.access ?? clients()).kind === 'guarded';
  return {
    name: route.name,
    protocols: route.httpsOnly === true ? ['https'] : ['http', 'https'],
    hosts: [...(route.hosts ?? gateway.hosts)],
    paths: [...route.paths],
    ...(route.methods === undefined ? {} : { methods: [...route.methods] }),
    ...(route.headers === undefined
      ? {}
      : { headers: Object.fromEntries(Object.entries(route.headers).map(([n, v]) => [n, [...v]])) }),
    regex_priority: route.priority ?? 0,
    // Kong's default would cut the path off and the service would see '/'. What is guarded is found by
    // host and whole path again, behind the gateway.
    strip_path: !guarded && (route.stripPath ?? false),
    preserve_host: guarded || (route.preserveHost ?? true),
    request_buffering: route.buffering?.request ?? true,
    response_buffering: route.buffering?.response ?? true,
    ...pluginList(plugins, render),
  };
}

/** The member `plugins`, where there is one. */
export function pluginList(plugins: readonly GatewayPlugin[], render: PluginRenderer): object {
  return plugins.length === 0 ? {} : { plugins: plugins.map(render) };
}
