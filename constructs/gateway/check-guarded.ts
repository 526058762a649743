/** Checks guarded routes, and what the gateway is told of the identity system behind it. */
import type { Mistakes } from '../mistakes.js';
import { STRANGER, type Guarded } from './access.js';
import { guardedRoutes } from './guarded-routes.js';
import { SECURE_API } from './guarded-state.js';
import { tokenIssuers } from './issuers.js';
import type { GatewayDeclaration, IdentityGate, RouteDeclaration, ServiceDeclaration } from './model.js';
import type { GatewayPlugin } from './plugins/plugin.js';
import { checkRateLimit } from './plugins/traffic.js';
import { VERIFY_ROUTES } from './verify-state.js';

/** Names of routes that belong to the gateway where there is an identity system. */
export const GATE_ROUTES: readonly string[] = [
  SECURE_API,
  ...Object.values(VERIFY_ROUTES).map(({ name }) => name),
];

/** Headers that carry a credential to the identity system; nothing may change them on the way. */
const CREDENTIALS: readonly string[] = ['authorization', 'apikey', 'x-session-token', 'cookie'];

/** Notes every mistake of a guarded route that no other route could have. */
export function checkGuarded(
  mistakes: Mistakes,
  path: string,
  route: RouteDeclaration,
  access: Guarded,
  gateway: GatewayDeclaration,
): void {
  mistakes.unless(
    gateway.identity !== undefined,
    `${path}.access`,
    'have an identity system to decide who may pass',
    'guarded',
    "set the gateway's identity",
  );
  route.paths.forEach((text, i) => {
    mistakes.unless(
      !text.startsWith('~'),
      `${path}.paths[${i}]`,
      'be a plain path on a guarded route, whose rule is found by it again',
      text,
      'write a prefix',
    );
  });
  mistakes.unless(
    route.headers === undefined,
    `${path}.headers`,
    'be left out of a guarded route, whose rule is found without them',
    Object.keys(route.headers ?? {}),
    'choose by path',
  );
  mistakes.unless(
    access.sessions || access.methods.length > 0 || access.issuers.length > 0,
    `${path}.access`,
    'let somebody in',
    'guarded',
    'allow sessions, or name methods or issuers',
  );
  mistakes.unless(
    access.groups === undefined || access.methods.length > 0,
    `${path}.access.groups`,
    'come with methods, since only clients are in groups',
    access.groups,
    'name methods or leave them out',
  );
  mistakes.unique(`${path}.access.issuers`, access.issuers, 'remove one of them');
  for (const plugin of route.plugins ?? []) checkOnTheWay(mistakes, `${path}.plugins.${plugin.name}`, plugin);
}

/** Notes what would act on guarded routes from another place: from their service, the gateway, or a client. */
export function checkAroundGuarded(mistakes: Mistakes, gateway: GatewayDeclaration): void {
  const guarded = guardedRoutes(gateway);
  if (guarded.length === 0) return;
  const services = new Set<ServiceDeclaration>(guarded.map(({ service }) => service));
  const clients = guarded.some(({ access }) => access.methods.length > 0) ? gateway.clients : [];
  for (const [path, plugins = []] of [
    ['plugins', gateway.plugins] as const,
    ...[...services].map(({ name, plugins }) => [`services.${name}.plugins`, plugins] as const),
    ...clients.map(({ name, plugins }) => [`clients.${name}.plugins`, plugins] as const),
  ]) {
    for (const plugin of plugins) checkOnTheWay(mistakes, `${path}.${plugin.name}`, plugin);
  }
}

/** A credential that is changed, or an answer to one caller that another gets, would undo the gate. */
function checkOnTheWay(mistakes: Mistakes, path: string, plugin: GatewayPlugin): void {
  for (const header of plugin.requestHeaders ?? []) {
    const name = header.toLowerCase();
    mistakes.unless(
      !CREDENTIALS.includes(name) && !name.startsWith('x-gate-'),
      path,
      'leave credentials as they are where a route is guarded',
      header,
      'choose another header',
    );
  }
  mistakes.unless(
    plugin.name !== 'proxy-cache',
    path,
    'be left out where a route is guarded: who may see an answer is decided behind the gateway',
    plugin.name,
    'remove it',
  );
  if (plugin.name !== 'rate-limiting') return;
  const by = plugin.config({ major: 3, minor: 0 }).limit_by;
  mistakes.unless(
    by !== 'consumer' && by !== 'credential',
    `${path}.by`,
    'tell people apart where a route is guarded, and to the gateway they are one consumer',
    by,
    "write by: 'ip'",
  );
}

/** Notes every mistake in what is said of the identity system. */
export function checkIdentity(mistakes: Mistakes, identity: IdentityGate, gateway: GatewayDeclaration): void {
  const { canonical, verifyPort } = identity;
  mistakes.unless(
    gateway.verification?.port === verifyPort,
    'identity.verifyPort',
    "be the port of Kong's listener for it",
    verifyPort,
    gateway.verification === undefined ? "set Kong's verify" : `write ${gateway.verification.port}`,
  );
  mistakes.unless(
    gateway.verification === undefined || !gateway.hosts.includes(gateway.verification.host),
    'hosts',
    'leave out the name that Kong has inside',
    gateway.verification?.host,
    'remove it',
  );
  mistakes.wholeNumber('identity.port', identity.port, 1, 65_535, 'name the port of the listener');
  mistakes.unless(
    /^(?!.*\/\/)\/[^\s{}]*$/.test(identity.probePath),
    'identity.probePath',
    'begin with a slash and hold no blanks, braces and empty parts',
    identity.probePath,
    "write for example '/.portcullis/ready'",
  );
  mistakes.unless(
    /^[A-Za-z0-9_-]{1,64}$/.test(identity.sessionCookie),
    'identity.sessionCookie',
    'be letters, digits, dashes and underscores',
    identity.sessionCookie,
    "write for example 'ory_kratos_session'",
  );
  mistakes.unless(
    canonical.http !== undefined || canonical.https !== undefined,
    'identity.canonical',
    'name an origin',
    canonical,
    'add http or https',
  );
  for (const scheme of ['http', 'https'] as const) {
    const origin = canonical[scheme];
    if (origin === undefined) continue;
    const path = `identity.canonical.${scheme}`;
    const host = originHost(scheme, origin);
    mistakes.unless(
      host !== undefined,
      path,
      `be ${scheme}:// with a host and perhaps a port`,
      origin,
      'correct it',
    );
    mistakes.unless(
      host === undefined || gateway.hosts.includes(host),
      path,
      `have one of the gateway's hosts, ${gateway.hosts.join(', ')}`,
      origin,
      'add it there or correct it',
    );
  }
  const origins = [canonical.http, canonical.https].filter((origin) => origin !== undefined);
  mistakes.unless(
    origins.some((origin) => identity.loginUrl.startsWith(`${origin}/`)),
    'identity.loginUrl',
    'be an address of a canonical origin',
    identity.loginUrl,
    'correct one of them',
  );
  checkRateLimit(mistakes, 'identity.limit', identity.limit);
  mistakes.unique(
    'identity.issuers.name',
    identity.issuers.map(({ name }) => name),
    'rename one of them',
  );
  mistakes.unique(
    'identity.issuers.issuer',
    tokenIssuers(identity.issuers, gateway.clients).map(({ issuer }) => issuer),
    'a client signs under its name; rename it or remove one of them',
  );
  for (const { name, groups = [] } of gateway.clients) {
    mistakes.unless(
      name !== STRANGER && !groups.includes(STRANGER),
      `clients.${name}`,
      'have another name than people and strangers, and another group',
      STRANGER,
      'rename it',
    );
  }
}

/** The host of an origin without path, query and user; undefined where it is none. */
function originHost(scheme: string, origin: string): string | undefined {
  return new RegExp(`^${scheme}://([a-z0-9.-]+)(:[0-9]{1,5})?$`).exec(origin)?.[1];
}
