/** Checks a gateway's declaration; every mistake is noted with path, rule, what was got and remedy. */
import { Mistakes } from '../mistakes.js';
import { KeyPair } from '../secrets/key-pair.js';
import { Sealed } from '../secrets/sealed.js';
import { ANONYMOUS } from './access.js';
import { checkPublicKey } from './check-key.js';
import { checkRoute } from './check-route.js';
import { checkAroundGuarded, checkIdentity } from './check-guarded.js';
import { checkNames } from './check-names.js';
import type { ClientDeclaration, GatewayDeclaration, HashKey, ServiceDeclaration } from './model.js';
import { checkPage } from './pages.js';
import {
  checkHeaderName,
  checkNoTemplate,
  type ConfigValue,
  type GatewayPlugin,
  type KongVersion,
} from './plugins/plugin.js';
import { checkCounters, checkRateLimit } from './plugins/traffic.js';

/** Host names as Kong compares them: small letters, no port; IPv4 addresses included. */
export const HOST_NAME =
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/**
 * Checks everything that can be known before Kong is asked.
 *
 * @throws PortcullisError with every mistake in one report
 */
export function checkGateway(gateway: GatewayDeclaration, kong: KongVersion, at: string): void {
  const mistakes = new Mistakes();
  mistakes.unless(
    /^[a-z0-9][a-z0-9._-]*$/.test(gateway.tag),
    'tag',
    'be small letters, digits, dots, dashes and underscores',
    gateway.tag,
    "write for example 'portcullis-dev'",
  );
  mistakes.unless(
    gateway.hosts.length > 0,
    'hosts',
    'name at least one host',
    gateway.hosts,
    'add the public host',
  );
  mistakes.unique('hosts', gateway.hosts, 'remove one of them');
  gateway.hosts.forEach((host, i) => {
    mistakes.unless(
      HOST_NAME.test(host),
      `hosts[${i}]`,
      'be a host name in small letters, without scheme and port',
      host,
      "write for example 'api.example.com'",
    );
  });
  checkHeaderName(mistakes, 'requestIdHeader', gateway.requestIdHeader);
  mistakes.wholeNumber('requestSize', gateway.requestSize.toMebibytes(), 1, 2047, 'stay below 2 GiB');
  checkCounters(mistakes, 'counters', gateway.counters);
  checkSizes(mistakes, gateway, kong);
  checkNames(mistakes, gateway);
  checkPlugins(mistakes, 'plugins', gateway.plugins, kong, { onClients: false });
  gateway.services.forEach((service) => {
    checkService(mistakes, service, gateway, kong);
  });
  gateway.clients.forEach((client) => {
    checkClient(mistakes, client, gateway, kong);
  });
  if (gateway.identity !== undefined) checkIdentity(mistakes, gateway.identity, gateway);
  checkAroundGuarded(mistakes, gateway);
  (gateway.pages ?? []).forEach((page) => {
    checkPage(mistakes, page);
  });
  mistakes.throwIfAny('the gateway', at);
}

/** A larger limit than the listener's own would never be met. */
function checkSizes(mistakes: Mistakes, gateway: GatewayDeclaration, kong: KongVersion): void {
  const most = gateway.maxRequestBody?.toMebibytes();
  if (most === undefined) return;
  const placed: [path: string, plugins: readonly GatewayPlugin[]][] = [
    ['plugins', gateway.plugins],
    ...gateway.clients.map(({ name, plugins = [] }): [string, typeof plugins] => [
      `clients.${name}.plugins`,
      plugins,
    ]),
    ...gateway.services.flatMap(({ name, plugins = [], routes }) => [
      [`services.${name}.plugins`, plugins] as [string, typeof plugins],
      ...routes.map((route): [string, typeof plugins] => [
        `routes.${route.name}.plugins`,
        route.plugins ?? [],
      ]),
    ]),
  ];
  const limits = placed.flatMap(([path, plugins]) =>
    plugins
      .filter(({ name }) => name === 'request-size-limiting')
      .map((plugin) => [`${path}.request-size-limiting`, plugin.config(kong).allowed_payload_size] as const),
  );
  for (const [path, limit] of [['requestSize', gateway.requestSize.toMebibytes()] as const, ...limits]) {
    mistakes.unless(
      typeof limit === 'number' && limit <= most,
      path,
      `be at most ${most} MiB, what Kong takes at all`,
      limit,
      "raise Kong's maxRequestBody or lower it",
    );
  }
}

function checkService(
  mistakes: Mistakes,
  service: ServiceDeclaration,
  gateway: GatewayDeclaration,
  kong: KongVersion,
): void {
  const path = `services.${service.name}`;
  mistakes.wholeNumber(`${path}.port`, service.port, 1, 65_535, 'name the port of the listener');
  mistakes.wholeNumber(`${path}.retries`, service.retries ?? 2, 0, 10, 'leave it out for 2');
  mistakes.unless(
    /^(?!.*\/\/)\/[^\s{}]*$/.test(service.health.path),
    `${path}.health.path`,
    'begin with a slash and hold no blanks, braces and empty parts',
    service.health.path,
    "write for example '/health/ready'",
  );
  mistakes.wholeNumber(`${path}.health.failures`, service.health.failures ?? 2, 1, 255, 'leave it out for 2');
  mistakes.wholeNumber(
    `${path}.health.passiveFailures`,
    service.health.passiveFailures ?? 1,
    1,
    255,
    'leave it out for none',
  );
  for (const [name, timeout] of Object.entries(service.timeouts ?? {})) {
    mistakes.wholeNumber(
      `${path}.timeouts.${name}`,
      timeout.toMilliseconds(),
      1,
      3_600_000,
      'choose whole milliseconds up to one hour',
    );
  }
  if (service.balancing?.algorithm === 'consistent-hashing') {
    const { by, fallback } = service.balancing;
    checkHashKey(mistakes, `${path}.balancing.by`, by);
    if (fallback !== undefined) {
      checkHashKey(mistakes, `${path}.balancing.fallback`, fallback);
      mistakes.unless(
        !(typeof by === 'object' && 'cookie' in by) && JSON.stringify(by) !== JSON.stringify(fallback),
        `${path}.balancing.fallback`,
        'differ from by, which is no cookie',
        fallback,
        'leave it out',
      );
    }
  }
  checkPlugins(mistakes, `${path}.plugins`, service.plugins ?? [], kong, { onClients: false });
  for (const route of service.routes) {
    checkRoute(mistakes, route, gateway);
    checkPlugins(mistakes, `routes.${route.name}.plugins`, route.plugins ?? [], kong, { onClients: false });
  }
}

function checkHashKey(mistakes: Mistakes, path: string, key: HashKey): void {
  if (typeof key === 'string') return;
  const name = 'header' in key ? key.header : 'cookie' in key ? key.cookie : key.query;
  mistakes.unless(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name),
    path,
    'have a name of letters, digits, dashes and underscores',
    name,
    'correct it',
  );
}

function checkClient(
  mistakes: Mistakes,
  client: ClientDeclaration,
  gateway: GatewayDeclaration,
  kong: KongVersion,
): void {
  const path = `clients.${client.name}`;
  mistakes.unless(
    client.name !== ANONYMOUS,
    `${path}.name`,
    'differ from the name of callers without credentials',
    client.name,
    'rename it',
  );
  mistakes.unless(
    [client.key, client.jwt, client.oauth2].some((credential) => credential !== undefined),
    path,
    'have a credential',
    {},
    'add key, jwt or oauth2',
  );
  mistakes.unless(
    client.oauth2 === undefined || gateway.https,
    `${path}.oauth2`,
    'have HTTPS to ask for tokens over',
    'http alone',
    'give Kong a certificate',
  );
  checkRateLimit(mistakes, `${path}.limit`, client.limit);
  mistakes.unique(`${path}.groups`, client.groups ?? [], 'remove one of them');
  (client.groups ?? []).forEach((group, i) => {
    mistakes.unless(
      /^[a-z][a-z0-9._-]{0,62}$/.test(group),
      `${path}.groups[${i}]`,
      'be small letters, digits, dots, dashes and underscores',
      group,
      'rename it',
    );
  });
  if (client.jwt !== undefined && !(client.jwt instanceof KeyPair)) {
    mistakes.unless(
      client.jwt.length > 0,
      `${path}.jwt`,
      'hold a key',
      client.jwt,
      'add one or leave it out',
    );
    client.jwt.forEach((key, i) => {
      checkPublicKey(mistakes, `${path}.jwt[${i}]`, key);
    });
  }
  checkPlugins(mistakes, `${path}.plugins`, client.plugins ?? [], kong, { onClients: true });
  mistakes.unless(
    !(client.plugins ?? []).some(({ name }) => name === 'rate-limiting'),
    `${path}.plugins`,
    'leave limits to the limit of the client',
    'rate-limiting',
    'set clients.limit',
  );
}

function checkPlugins(
  mistakes: Mistakes,
  path: string,
  plugins: readonly GatewayPlugin[],
  kong: KongVersion,
  scope: { readonly onClients: boolean },
): void {
  mistakes.unique(
    path,
    plugins.map(({ name }) => name),
    'Kong runs one of a kind in one place; join them',
  );
  for (const plugin of plugins) {
    const at = `${path}.${plugin.name}`;
    mistakes.unless(
      !scope.onClients || plugin.onClients,
      at,
      'be a plugin that acts on clients',
      plugin.name,
      'put it on a route, a service or the gateway',
    );
    plugin.check(mistakes, at, kong);
    for (const text of textsOf(plugin.config(kong))) {
      checkNoTemplate(mistakes, at, text);
    }
  }
}

function textsOf(value: ConfigValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || value instanceof Sealed) return [];
  return (Array.isArray(value) ? (value as readonly ConfigValue[]) : Object.entries(value).flat()).flatMap(
    textsOf,
  );
}
