/** Kong's internal routes: whose a client's key or access token is, asked by the identity system alone. */
import type { ClientMethod } from './access.js';
import type { GatewayDeclaration } from './model.js';
import { guardedRoutes } from './guarded-routes.js';
import { keyAuth, oauth2 } from './plugins/authentication.js';
import { ipRestriction } from './plugins/protection.js';
import type { GatewayPlugin } from './plugins/plugin.js';
import { rateLimiting } from './plugins/traffic.js';
import { postFunction, preFunction } from './plugins/transform.js';
import { pluginList, type PluginRenderer } from './service-state.js';

type Asked = Exclude<ClientMethod, 'jwt'>;

/** Route and path by what is asked about; a token that a client signed is verified without Kong. */
export const VERIFY_ROUTES: Readonly<Record<Asked, { readonly name: string; readonly path: string }>> = {
  key: { name: 'gate-key', path: '/key' },
  oauth2: { name: 'gate-oauth2', path: '/oauth2' },
};

/** Nobody asks as often within a second; the clients' own limits were counted when their request came. */
const UNREACHED = 1_000_000_000;

/** Refuses whoever comes by another listener, whatever host it names, or asks about a credential elsewhere. */
function entrance(port: number): string {
  return [
    'return function()',
    `  if ngx.var.server_port ~= "${port}" then`,
    '    return kong.response.exit(404, { message = "no Route matched with those values" })',
    '  end',
    'end',
    '',
  ].join('\n');
}

/** Without the header Kong's plugin would look in the query. */
const AUTHORIZED = [
  'return function()',
  '  if not kong.request.get_header("authorization") then',
  '    return kong.response.exit(401, { message = "Unauthorized" })',
  '  end',
  'end',
  '',
].join('\n');

/** The name comes from Kong itself: no program has to believe a header. */
const ANSWER = [
  'return function()',
  '  local name = kong.client.get_consumer().username',
  '  return kong.response.exit(200, { sub = name, extra = { kind = "client", client = name } })',
  'end',
  '',
].join('\n');

/** What the identity system asks about. */
function asked(gateway: GatewayDeclaration): Asked[] {
  const methods = guardedRoutes(gateway).flatMap(({ access }) => access.methods);
  return (['key', 'oauth2'] as const).filter((method) => methods.includes(method));
}

/** Every path that is answered there. */
export function verifyPaths(gateway: GatewayDeclaration): string[] {
  return asked(gateway).map((method) => VERIFY_ROUTES[method].path);
}

/** The routes, without a service behind them. */
export function renderVerifyRoutes(gateway: GatewayDeclaration, render: PluginRenderer): object[] {
  const { verification, provisionKey } = gateway;
  if (verification === undefined) return [];
  const authentication = (method: Asked): GatewayPlugin[] => {
    if (method === 'key') return [keyAuth()];
    return provisionKey === undefined ? [] : [oauth2({ provisionKey })];
  };
  return asked(gateway).map((method) => ({
    name: VERIFY_ROUTES[method].name,
    protocols: ['http'],
    hosts: [verification.host],
    paths: [VERIFY_ROUTES[method].path],
    methods: ['GET'],
    strip_path: false,
    ...pluginList(
      [
        preFunction({
          access: [entrance(verification.port), ...(method === 'oauth2' ? [AUTHORIZED] : [])],
        }),
        ...authentication(method),
        postFunction({ access: [ANSWER] }),
      ],
      render,
    ),
  }));
}

/**
 * What each client meets on these routes in place of its own limit and of what it says about addresses:
 * both were applied to its request, and here it is the identity system that asks.
 */
export function renderVerifyPlugins(gateway: GatewayDeclaration, render: PluginRenderer): object[] {
  return asked(gateway).flatMap((method) =>
    gateway.clients
      .filter((client) => client[method] !== undefined)
      .flatMap((client) =>
        [
          rateLimiting({ limit: { second: UNREACHED }, hideHeaders: true }),
          ...((client.plugins ?? []).some(({ name }) => name === 'ip-restriction')
            ? [ipRestriction({ deny: ['255.255.255.255/32'] })]
            : []),
        ].map((plugin) => ({
          ...render(plugin),
          route: VERIFY_ROUTES[method].name,
          consumer: client.name,
        })),
      ),
  );
}
