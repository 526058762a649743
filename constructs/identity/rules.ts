/** Oathkeeper's rules, one per guarded route and one for the gateway's probes. */
import type { Mistakes } from '../mistakes.js';
import { authenticators, authorizer, errors, mutators } from './handlers.js';
import { guardedRoutes, type GuardedRoute, type Rule, type RulesInput } from './model.js';
import { answers, decoded, isBelow, urlPattern } from './url-pattern.js';

/** Where the gateway asks a replica whether it has rules. */
export const PROBE_PATH = '/.portcullis/ready';

/** A rule before it is written: a route, or one of its paths where that is cut off. */
interface Part {
  readonly id: string;
  readonly guarded: GuardedRoute;
  readonly paths: readonly string[];
}

/**
 * All rules; overlaps are noted as mistakes.
 *
 * @param probed name of the workload that has these rules, as the gateway's probes call it
 */
export function renderRules(input: RulesInput, probed: string, mistakes: Mistakes): Rule[] {
  const parts = guardedRoutes(input).flatMap(partsOf);
  const found = new Set<string>();
  const rules = parts.map((part) => ({ part, rule: renderRule(part, parts, input, mistakes, found) }));
  checkReach(rules, input, mistakes, found);
  return [probeRule(probed), ...rules.map(({ rule }) => rule)];
}

/** What is cut off is part of a rule, so that each path of such a route has one. */
function partsOf(guarded: GuardedRoute): Part[] {
  const { name, paths, stripPath } = guarded.route;
  const plain = paths.filter((path) => !path.startsWith('~'));
  if (plain.length === 0) return [];
  if (stripPath !== true || plain.length === 1) return [{ id: name, guarded, paths: plain }];
  return plain.map((path, index) => ({ id: `${name}.${index + 1}`, guarded, paths: [path] }));
}

function renderRule(
  part: Part,
  parts: readonly Part[],
  input: RulesInput,
  mistakes: Mistakes,
  found: Set<string>,
): Rule {
  const { service, route, hosts, methods } = part.guarded;
  const others = parts.filter((other) => other !== part);
  const except = (path: string): string[] =>
    others.flatMap((other) => other.paths.filter((inner) => answersAlone(inner, path, part, other)));
  for (const other of others) checkOverlap(part, other, mistakes, found);
  const prefix = part.paths[0] ?? '/';
  return {
    id: part.id,
    description: `route '${route.name}' of service '${service.name}'`,
    match: {
      url: urlPattern({
        hosts,
        ports: input.ports,
        httpsOnly: route.httpsOnly ?? false,
        paths: part.paths.map((path) => ({ path, except: except(path) })),
      }),
      methods,
    },
    authenticators: authenticators(part.guarded, input),
    authorizer: authorizer(part.guarded, input),
    mutators: mutators(part.guarded, input),
    errors: errors(part.guarded, input),
    upstream: {
      url: `http://${service.workload.name}:${service.port}`,
      preserve_host: route.preserveHost ?? true,
      ...(route.stripPath === true && prefix !== '/' ? { strip_path: decoded(prefix) } : {}),
    },
  };
}

/**
 * Whether `inner` of another rule lies below `path` of this one and answers there alone. It does where
 * it has every host and method of this one; otherwise some requests would have two rules, or none.
 */
function answersAlone(inner: string, path: string, part: Part, other: Part): boolean {
  const [mine, others] = [part.guarded, other.guarded];
  return (
    decoded(inner) !== decoded(path) &&
    isBelow(inner, path) &&
    mine.hosts.every((host) => others.hosts.includes(host)) &&
    mine.methods.every((method) => others.methods.includes(method)) &&
    (others.route.httpsOnly !== true || mine.route.httpsOnly === true)
  );
}

function checkOverlap(part: Part, other: Part, mistakes: Mistakes, found: Set<string>): void {
  const [mine, others] = [part.guarded, other.guarded];
  const pair = [mine.route.name, others.route.name].sort().join(' ');
  const sharing =
    mine.hosts.some((host) => others.hosts.includes(host)) &&
    mine.methods.some((method) => others.methods.includes(method));
  const shared = other.paths.find((inner) =>
    part.paths.some((path) => isBelow(inner, path) && !answersAlone(inner, path, part, other)),
  );
  if (!sharing || shared === undefined || found.has(pair)) return;
  found.add(pair);
  mistakes.add(
    `routes.${mine.route.name}.paths`,
    `share no request with route '${others.route.name}'`,
    shared,
    'two rules would answer; give the longer path every host and method of the shorter, or part them',
  );
}

/** Tries each route's own paths on all rules. */
function checkReach(
  rules: readonly { readonly part: Part; readonly rule: Rule }[],
  input: RulesInput,
  mistakes: Mistakes,
  found: ReadonlySet<string>,
): void {
  for (const { route, hosts, methods } of guardedRoutes(input)) {
    if ([...found].some((pair) => pair.split(' ').includes(route.name))) continue;
    if (route.paths.some((path) => path.startsWith('~'))) continue;
    const port = input.ports[0];
    const wrong = hosts
      .flatMap((host) => route.paths.map((path) => `https://${host}:${port ?? ''}${decoded(path)}`))
      .find((url) =>
        methods.some(
          (method) =>
            rules.filter(({ rule: { match } }) => match.methods.includes(method) && answers(match.url, url))
              .length !== 1,
        ),
      );
    if (wrong === undefined && route.paths.length > 0 && hosts.length > 0) continue;
    mistakes.add(
      `routes.${route.name}.paths`,
      'reach exactly one rule',
      wrong ?? route.paths,
      'name plain paths, such as /orders, on hosts and ports of the gateway',
    );
  }
}

/** Answers 403 as soon as rules are loaded, and 404 before; its host name is none that people can call. */
function probeRule(host: string): Rule {
  return {
    id: 'portcullis.probe',
    description: 'answers 403 to the probes of the gateway once rules are loaded',
    match: { url: String.raw`http://${host}<(?::\d+)?>${PROBE_PATH}`, methods: ['GET'] },
    authenticators: [{ handler: 'noop' }],
    authorizer: { handler: 'deny' },
    mutators: [{ handler: 'noop' }],
    upstream: { url: `http://${host}` },
  };
}
