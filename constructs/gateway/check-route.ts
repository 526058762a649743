/** Checks one route's declaration. */
import type { Mistakes } from '../mistakes.js';
import { clients } from './access.js';
import { checkGuarded } from './check-guarded.js';
import type { GatewayDeclaration, RouteDeclaration } from './model.js';
import { checkHeaderName, checkNoTemplate } from './plugins/plugin.js';
import { isPattern } from './plugins/protection.js';
import { TOKEN_PATH } from './state.js';

/** Notes every mistake of a route. */
export function checkRoute(mistakes: Mistakes, route: RouteDeclaration, gateway: GatewayDeclaration): void {
  const path = `routes.${route.name}`;
  mistakes.unless(route.paths.length > 0, `${path}.paths`, 'name at least one', route.paths, "write ['/']");
  route.paths.forEach((text, i) => {
    checkPath(mistakes, `${path}.paths[${i}]`, text);
  });
  mistakes.unique(`${path}.paths`, route.paths, 'remove one of them');
  mistakes.unless(
    !route.paths.includes(TOKEN_PATH) || gateway.clients.every(({ oauth2 }) => oauth2 === undefined),
    `${path}.paths`,
    'leave the path where clients get access tokens',
    TOKEN_PATH,
    'choose another',
  );
  for (const host of route.hosts ?? []) {
    mistakes.unless(
      gateway.hosts.includes(host),
      `${path}.hosts`,
      `be among the gateway's hosts, ${gateway.hosts.join(', ')}`,
      host,
      'add it there or remove it here',
    );
  }
  mistakes.unless(
    route.hosts === undefined || route.hosts.length > 0,
    `${path}.hosts`,
    'name at least one',
    route.hosts,
    "leave it out for all of the gateway's",
  );
  mistakes.unless(
    route.methods === undefined || route.methods.length > 0,
    `${path}.methods`,
    'name at least one',
    route.methods,
    'leave it out for all',
  );
  mistakes.unique(`${path}.methods`, route.methods ?? [], 'remove one of them');
  for (const [name, values] of Object.entries(route.headers ?? {})) {
    checkHeaderName(mistakes, `${path}.headers`, name);
    mistakes.unless(
      name.toLowerCase() !== 'host',
      `${path}.headers`,
      'leave the host to hosts',
      name,
      'write hosts instead',
    );
    mistakes.unless(values.length > 0, `${path}.headers.${name}`, 'name at least one', values, 'add a value');
    for (const value of values) checkNoTemplate(mistakes, `${path}.headers.${name}`, value);
  }
  mistakes.wholeNumber(`${path}.priority`, route.priority ?? 0, 0, 1000, 'leave it out for 0');
  checkAccess(mistakes, path, route, gateway);
}

/** A path as routes and pages take it. */
export function checkPath(mistakes: Mistakes, path: string, text: string): void {
  if (text.startsWith('~')) {
    mistakes.unless(
      text.startsWith('~/') && isPattern(text.slice(1)),
      path,
      "be a regular expression beginning with '~/'",
      text,
      'correct it',
    );
    checkNoTemplate(mistakes, path, text);
    return;
  }
  mistakes.unless(text.startsWith('/'), path, 'begin with a slash', text, `write '/${text}'`);
  mistakes.unless(
    /^[A-Za-z0-9/._~!$&'()*+,;=:@%-]*$/.test(text) &&
      !/\/\/|(^|\/)\.\.?(\/|$)|%(2f|2e|(?![0-9a-f]{2}))/i.test(text),
    path,
    'be a plain path, without blanks, query, empty or dotted parts, encoded slashes or dots',
    text,
    "write for example '/orders'",
  );
}

function checkAccess(
  mistakes: Mistakes,
  path: string,
  route: RouteDeclaration,
  gateway: GatewayDeclaration,
): void {
  const access = route.access ?? clients();
  if (access.kind === 'public') {
    mistakes.unless(
      access.reason.trim().length >= 10,
      `${path}.access.reason`,
      'say in a few words why everybody may pass',
      access.reason,
      'write it for whoever reviews it',
    );
    return;
  }
  if (access.kind === 'guarded') checkGuarded(mistakes, path, route, access, gateway);
  mistakes.unless(
    access.methods.length > 0 || access.kind === 'guarded',
    `${path}.access.methods`,
    'name at least one',
    access.methods,
    "write ['key']",
  );
  mistakes.unique(`${path}.access.methods`, access.methods, 'remove one of them');
  mistakes.unless(
    !access.methods.includes('oauth2') || gateway.https,
    `${path}.access.methods`,
    'leave out oauth2 without HTTPS',
    access.methods,
    'give Kong a certificate',
  );
  mistakes.unless(
    access.groups === undefined || access.groups.length > 0,
    `${path}.access.groups`,
    'name at least one',
    access.groups,
    'leave it out for every client',
  );
  const known = new Set(gateway.clients.flatMap(({ groups }) => groups ?? []));
  for (const group of access.groups ?? []) {
    mistakes.unless(
      known.has(group),
      `${path}.access.groups`,
      'be groups that a client is in',
      group,
      'add it to clients.groups or correct it',
    );
  }
  const methods = { 'key-auth': 'key', jwt: 'jwt', oauth2: 'oauth2', acl: 'groups' } as const;
  for (const { name } of route.plugins ?? []) {
    mistakes.unless(
      !(name in methods),
      `${path}.plugins.${name}`,
      'leave it to access who may pass',
      name,
      'write access: clients({ … })',
    );
    mistakes.unless(
      name !== 'rate-limiting' || access.kind === 'guarded',
      `${path}.plugins.${name}`,
      "be on a route for everybody: a client's own limit goes before it",
      name,
      'set clients.limit, or make the route public',
    );
  }
}
