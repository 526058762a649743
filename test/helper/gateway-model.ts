/** A small valid declaration of a gateway, its mistakes and its rendered state; a test writes only what it is about. */
import { parse } from 'yaml';
import { z } from 'zod';
import { checkGateway } from '../../constructs/gateway/check.js';
import { jsonServiceDeclaration } from '../../constructs/gateway/gateway.js';
import type {
  ClientDeclaration,
  GatewayDeclaration,
  RouteDeclaration,
  ServiceDeclaration,
} from '../../constructs/gateway/model.js';
import type { GatewayPlugin, KongVersion } from '../../constructs/gateway/plugins/index.js';
import { renderState } from '../../constructs/gateway/state.js';
import { PortcullisError } from '../../constructs/errors.js';
import { Size } from '../../constructs/quantities.js';
import { KeyPair } from '../../constructs/secrets/key-pair.js';
import { Secret } from '../../constructs/secrets/secret.js';
import { jsonService } from './components.js';
import { present, thrown } from './failure.js';
import { declared } from './synth.js';

export const KONG_3_0: KongVersion = { major: 3, minor: 0 };
export const KONG_3_9: KongVersion = { major: 3, minor: 9 };

/** What needs a stack to be made; a declaration only refers to it. */
export const MADE = declared(
  (stack, platform) => ({
    hello: jsonServiceDeclaration(jsonService(stack, platform, 'hello')),
    key: Secret.generated(stack, 'client-app'),
    oauth2: Secret.generated(stack, 'oauth2-app'),
    keyPair: KeyPair.generated(stack, 'jwt-app'),
    provisionKey: Secret.generated(stack, 'gateway-provision', { slots: 1 }),
    token: Secret.fromVariable(stack, 'log_token', { description: 'token of the log server' }),
  }),
  {},
  { signingKeys: 4 },
);

export const CLIENT: ClientDeclaration = { name: 'app', key: MADE.key, limit: { minute: 60 } };

export function route(change: Partial<RouteDeclaration> = {}): RouteDeclaration {
  return { name: 'hello', paths: ['/hello'], ...change };
}

export function service(change: Partial<ServiceDeclaration> = {}): ServiceDeclaration {
  return { ...MADE.hello, ...change };
}

export function model(change: Partial<GatewayDeclaration> = {}): GatewayDeclaration {
  return {
    tag: 'portcullis-unit',
    hosts: ['localhost'],
    services: [service()],
    clients: [CLIENT],
    requestIdHeader: 'X-Request-Id',
    requestSize: Size.mebibytes(8),
    counters: { kind: 'local' },
    plugins: [],
    provisionKey: undefined,
    https: false,
    ...change,
  };
}

/** A declaration whose one route is this one. */
export function withRoute(change: Partial<RouteDeclaration>): GatewayDeclaration {
  return model({ services: [service({ routes: [route(change)] })] });
}

/** Lines of the report on a declaration; throws when there is none or it has another form. */
export function mistakesIn(gateway: GatewayDeclaration, kong: KongVersion = KONG_3_9): string[] {
  const error = thrown(() => {
    checkGateway(gateway, kong, 'unit/Gateway');
  });
  const lines = error.message.split('\n').slice(1, -1);
  const count = `${lines.length} mistake${lines.length === 1 ? '' : 's'}`;
  const whole = `the gateway has ${count}:\n${lines.join('\n')}\n (at unit/Gateway)`;
  if (!(error instanceof PortcullisError) || error.message !== whole) throw error;
  return lines.map((line) => line.replace(/^ {2}/, ''));
}

const plugin = z.strictObject({
  name: z.string(),
  protocols: z.array(z.string()).optional(),
  config: z.record(z.string(), z.unknown()),
  route: z.string().optional(),
  consumer: z.string().optional(),
});
const plugins = z.array(plugin).default([]);
const routes = z.array(z.looseObject({ name: z.string(), paths: z.array(z.string()), plugins }));
const text = z.record(z.string(), z.string());
const stateSchema = z.strictObject({
  _format_version: z.literal('3.0'),
  _info: z.strictObject({ select_tags: z.array(z.string()) }),
  services: z.array(z.looseObject({ name: z.string(), routes, plugins })),
  routes: routes.optional(),
  upstreams: z.array(z.looseObject({ name: z.string(), healthchecks: z.record(z.string(), z.unknown()) })),
  consumers: z.array(
    z.strictObject({
      username: z.string(),
      acls: z.array(text).optional(),
      keyauth_credentials: z.array(text).optional(),
      jwt_secrets: z.array(text).optional(),
      oauth2_credentials: z.array(z.record(z.string(), z.unknown())).optional(),
      plugins,
    }),
  ),
  plugins,
});

export type RenderedState = z.output<typeof stateSchema>;
export type RenderedPlugin = z.output<typeof plugin>;

/** The rendered state as YAML reads it, placeholders included. */
export function rendered(gateway: GatewayDeclaration, kong: KongVersion = KONG_3_9): RenderedState {
  return stateSchema.parse(parse(renderState(gateway, kong).text));
}

/** A plugin as it is rendered, on a route that has no other. */
export function renderedPlugin(of: GatewayPlugin, kong: KongVersion = KONG_3_9): RenderedPlugin {
  const open = withRoute({ access: { kind: 'public', reason: 'the plugin alone' }, plugins: [of] });
  return present(rendered(open, kong).services[0]?.routes[0]?.plugins[0]);
}

/** Kong's configuration of a plugin. */
export function configOf(of: GatewayPlugin, kong: KongVersion = KONG_3_9): RenderedPlugin['config'] {
  return renderedPlugin(of, kong).config;
}

/** Lines of the report on a plugin, without their common beginning. */
export function mistakesOf(of: GatewayPlugin, kong: KongVersion = KONG_3_9): string[] {
  return mistakesIn(model({ services: [service({ plugins: [of] })] }), kong).map((line) =>
    line.replace(/^services\.hello\.plugins\./, ''),
  );
}
