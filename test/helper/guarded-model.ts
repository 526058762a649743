/** A small valid declaration with guarded routes; a test writes only what it is about. */
import { guarded, type GuardedProps } from '../../constructs/gateway/access.js';
import type { GatewayDeclaration, IdentityGate, RouteDeclaration } from '../../constructs/gateway/model.js';
import { CLIENT, MADE, model, rendered, route, service, type RenderedState } from './gateway-model.js';
import { present } from './failure.js';

export function identityGate(change: Partial<IdentityGate> = {}): IdentityGate {
  return {
    workload: { ...MADE.hello.workload, name: 'oathkeeper' },
    listener: 'proxy',
    port: 4455,
    probePath: '/.portcullis/ready',
    sessionCookie: 'ory_kratos_session',
    canonical: { http: 'http://localhost:8000', https: 'https://localhost:8443' },
    loginUrl: 'http://localhost:8000/account/login',
    aalQuestion: false,
    issuers: [],
    limit: { minute: 30 },
    limitBy: 'address',
    verifyPort: 8010,
    ...change,
  };
}

/** A gateway whose one route is guarded like this. */
export function guardedModel(
  access: GuardedProps = {},
  change: Partial<GatewayDeclaration> = {},
  ofRoute: Partial<RouteDeclaration> = {},
): GatewayDeclaration {
  return model({
    services: [service({ routes: [route({ access: guarded(access), ...ofRoute })] })],
    clients: [CLIENT],
    identity: identityGate(),
    verification: { host: 'kong', port: 8010 },
    https: true,
    provisionKey: MADE.provisionKey,
    ...change,
  });
}

type Service = RenderedState['services'][number];
type Route = Service['routes'][number];

export function secureApi(gateway: GatewayDeclaration): Service {
  return present(rendered(gateway).services.find(({ name }) => name === 'secure-api'));
}

/** A route to the identity system, by its name. */
export function guardedRoute(gateway: GatewayDeclaration, name = 'hello'): Route {
  return present(secureApi(gateway).routes.find((one) => one.name === name));
}

/** Configuration of a plugin of that route. */
export function guardedPlugin(
  gateway: GatewayDeclaration,
  plugin: string,
  name = 'hello',
): Readonly<Record<string, unknown>> {
  return present(guardedRoute(gateway, name).plugins.find((one) => one.name === plugin)).config;
}
