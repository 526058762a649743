/** The plugins of a route: who may pass, what keeps credentials from going further, and what it asks for. */
import { accessPlugins, clients, type Access } from './access.js';
import type { GatewayDeclaration, RouteDeclaration, ServiceDeclaration } from './model.js';
import type { ConfigValue, GatewayPlugin, PluginConfig } from './plugins/plugin.js';
import { preFunction, requestTransformer } from './plugins/transform.js';

/**
 * Plugins in the place of a route.
 *
 * Kong runs one of a kind, the most specific one. What has to happen on this route therefore goes into
 * the plugin that would have acted here, be it the route's own, its service's or the gateway's.
 */
export function routePlugins(
  route: RouteDeclaration,
  service: ServiceDeclaration,
  gateway: GatewayDeclaration,
): GatewayPlugin[] {
  const access = route.access ?? clients();
  const own = route.plugins ?? [];
  const acting = (name: string): GatewayPlugin | undefined =>
    [own, service.plugins ?? [], gateway.plugins]
      .map((plugins) => plugins.find((plugin) => plugin.name === name))
      .find((plugin) => plugin !== undefined);
  const added = [
    withoutCredentials(acting('request-transformer'), access),
    ...(access.kind === 'clients' && access.methods.includes('oauth2')
      ? [refusingTokensElsewhere(acting('pre-function'))]
      : []),
  ];
  return [
    ...accessPlugins(access, gateway.provisionKey),
    ...own.filter(({ name }) => !added.some((plugin) => plugin.name === name)),
    ...added,
  ];
}

/**
 * A request transformer that also takes away what a caller is known by.
 *
 * Kong's plugin `jwt` passes the token on, each plugin what is for another one, and with a key a caller
 * could send any token: no service sees one. Where everybody may pass, a token may be for the service,
 * and a key is not. Removal comes before renaming and setting, so a header that is set here stays.
 */
export function withoutCredentials(
  transformer: GatewayPlugin = requestTransformer({}),
  access: Access = clients(),
): GatewayPlugin {
  const names = access.kind === 'clients' ? ['apikey', 'Authorization'] : ['apikey'];
  return {
    ...transformer,
    config: (kong) => {
      const config = transformer.config(kong);
      const remove = record(config.remove);
      return { ...config, remove: { ...remove, headers: [...list(remove.headers), ...names] } };
    },
  };
}

/**
 * Lua that refuses an access token in the query string or the body, where Kong's plugin `oauth2` looks
 * when there is no `Authorization`; it would pass a token in a JSON body on.
 */
export const TOKEN_ELSEWHERE = [
  'if kong.request.get_header("authorization") == nil then',
  '  local method = kong.request.get_method()',
  '  local body = (method == "POST" or method == "PUT" or method == "PATCH") and kong.request.get_body()',
  '  if kong.request.get_query().access_token ~= nil or (body and body.access_token ~= nil) then',
  '    return kong.response.exit(401, { message = "Unauthorized" })',
  '  end',
  'end',
  '',
].join('\n');

/** Functions that do so first; Kong runs `rewrite` before it knows the route, so that stays the gateway's. */
function refusingTokensElsewhere(functions: GatewayPlugin = preFunction({})): GatewayPlugin {
  return {
    ...functions,
    config: (kong) => {
      const phases = functions.config(kong);
      return { ...phases, access: [TOKEN_ELSEWHERE, ...list(phases.access)], rewrite: undefined };
    },
  };
}

function record(value: ConfigValue | undefined): PluginConfig {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as PluginConfig) : {};
}

/** The members of a list; of anything else none. */
export function list(value: ConfigValue | undefined): readonly ConfigValue[] {
  return Array.isArray(value) ? (value as readonly ConfigValue[]) : [];
}
