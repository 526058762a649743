/** Checks names and paths of a gateway against each other. */
import type { Mistakes } from '../mistakes.js';
import { isName } from '../platform/names.js';
import { KeyPair } from '../secrets/key-pair.js';
import { GATE_ROUTES } from './check-guarded.js';
import { keyId } from './client-state.js';
import { SECURE_API } from './guarded-state.js';
import type { GatewayDeclaration, RouteDeclaration } from './model.js';
import { TOKEN_ROUTE } from './state.js';

/** Notes what is there twice, and names of another form. */
export function checkNames(mistakes: Mistakes, gateway: GatewayDeclaration): void {
  const pages: readonly RouteDeclaration[] = gateway.pages ?? [];
  const routes = [...gateway.services.flatMap((service) => service.routes), ...pages];
  // With an identity system some names are the gateway's own.
  const own = gateway.identity === undefined ? [] : GATE_ROUTES.map((name) => ({ name }));
  const services = gateway.identity === undefined ? [] : [{ name: SECURE_API }];
  for (const [path, named] of [
    ['services', [...gateway.services, ...services]],
    ['routes', [...routes, { name: TOKEN_ROUTE }, ...own]],
    ['clients', gateway.clients],
  ] as const) {
    const names = named.map(({ name }) => name);
    mistakes.unique(`${path}.name`, names, 'rename one of them');
    for (const name of names) {
      mistakes.unless(
        isName(name),
        `${path}.name`,
        'be 2 to 40 small letters, digits and single dashes',
        name,
        'rename it',
      );
    }
  }
  const kids = gateway.clients.flatMap(({ name, jwt = [] }) =>
    jwt instanceof KeyPair
      ? Array.from({ length: jwt.slots }, (_, slot) => keyId(name, jwt, slot))
      : jwt.map(({ kid }) => kid),
  );
  mistakes.unique('clients.jwt.kid', kids, 'give each key a kid of its own');
  const keys = gateway.clients.flatMap(({ key }) => key ?? []);
  for (const shared of new Set(keys.filter((key, i) => keys.indexOf(key) !== i))) {
    mistakes.add('clients.key', 'be the key of one client alone', shared, 'declare a secret for each');
  }
  const taken = routes.flatMap((route) => {
    const headers = route.headers === undefined ? '' : JSON.stringify(route.headers);
    const requests = (route.hosts ?? gateway.hosts).flatMap((host) =>
      (route.methods ?? ['']).flatMap((method) =>
        route.paths.map((path) => `${method} ${host}${path} ${headers}`.trim()),
      ),
    );
    return [...new Set(requests)];
  });
  mistakes.unique('routes.paths', taken, 'two routes would answer the same request; change one');
}
