/** Checks what rules are derived from; every mistake is noted with path, rule, what was got and remedy. */
import type { ServiceDeclaration } from '../gateway/model.js';
import { clients as admitClients, type ClaimSource } from '../gateway/access.js';
import type { Mistakes } from '../mistakes.js';
import { isName } from '../platform/names.js';
import { RESERVED_CLAIMS } from './claims.js';
import {
  asksForFactor,
  guardedRoutes,
  serviceAt,
  type GuardedRoute,
  type RulesInput,
  type TrustedIssuer,
} from './model.js';

/** Notes every mistake but overlaps, which show when the rules are rendered. */
export function checkRulesInput(mistakes: Mistakes, input: RulesInput): void {
  const guarded = guardedRoutes(input);
  mistakes.unless(input.ports.length > 0, 'ports', 'name a port', input.ports, 'add the published ones');
  mistakes.unless(
    input.loginUrl.startsWith(`${input.publicUrl}/`) && !/[?#\s]/.test(input.loginUrl),
    'sessions.loginUrl',
    'be an address below publicUrl without a query',
    input.loginUrl,
    "leave it out for '/account/login'",
  );
  checkIssuers(mistakes, input);
  for (const route of guarded) {
    checkGuardedRoute(mistakes, route, input);
    checkFactors(mistakes, route, input);
  }
  for (const service of input.services) {
    if (service.routes.some((route) => guarded.some((one) => one.route === route))) {
      checkGuardedService(mistakes, service);
    }
  }
}

function checkGuardedRoute(mistakes: Mistakes, { route, access }: GuardedRoute, input: RulesInput): void {
  const path = `routes.${route.name}`;
  const at = `${path}.access`;
  mistakes.unless(
    !route.paths.some((one) => one.startsWith('~')),
    `${path}.paths`,
    'be plain prefixes where the route is guarded',
    route.paths.find((one) => one.startsWith('~')),
    'a rule compares whole URLs; write the prefix, such as /orders',
  );
  mistakes.unless(
    route.headers === undefined,
    `${path}.headers`,
    'be left out where the route is guarded',
    Object.keys(route.headers ?? {}),
    'a rule looks at URL and method alone; part the requests by path or host',
  );
  mistakes.unless(
    access.sessions || access.methods.length > 0 || access.issuers.length > 0,
    at,
    'admit somebody',
    { sessions: false, methods: [], issuers: [] },
    'add sessions, methods or issuers',
  );
  mistakes.unless(
    !access.sessions || input.sessions !== undefined,
    `${at}.sessions`,
    'be false where there is no session system',
    true,
    'add Kratos and session-check, or write sessions: false',
  );
  mistakes.unique(`${at}.issuers`, access.issuers, 'remove one of them');
  const known = input.issuers.map(({ name }) => name);
  for (const name of access.issuers.filter((one) => !known.includes(one))) {
    mistakes.add(
      `${at}.issuers`,
      `be among the trusted issuers${known.length === 0 ? '' : `, ${known.join(', ')}`}`,
      name,
      'declare it or correct it',
    );
  }
  mistakes.unless(
    access.groups === undefined || access.methods.length > 0,
    `${at}.groups`,
    'come with methods of clients',
    access.groups,
    'add methods or leave groups out',
  );
  for (const [name, source] of Object.entries(access.claims)) {
    checkClaim(mistakes, `${at}.claims.${name}`, name, source, access.sessions, access.issuers.length > 0);
  }
  if (access.authorization.kind === 'remote') {
    checkUrl(mistakes, `${at}.authorization.url`, access.authorization.url, input);
    mistakes.unless(
      !asksForFactor(access, input.sessions),
      `${at}.authorization`,
      'not be remote where the factors of sessions are asked for: its 403 would look like a missing one',
      'remote',
      "decide in the service by the claim 'aal', or demand no second factor here",
    );
  }
  mistakes.unless(
    access.authorization.kind !== 'deny' || !asksForFactor(access, input.sessions),
    `${at}.authorization`,
    'not be deny where the factors of sessions are asked for: its 403 would look like a missing one',
    'deny',
    'remove the route instead',
  );
}

function checkFactors(mistakes: Mistakes, { route, access }: GuardedRoute, { sessions }: RulesInput): void {
  if (access.aal !== 'aal2') return;
  const at = `routes.${route.name}.access.aal`;
  mistakes.unless(
    access.sessions,
    at,
    'come with sessions, of which alone it speaks',
    'aal2',
    'admit sessions or leave it out',
  );
  mistakes.unless(
    sessions?.secondFactor !== false,
    at,
    'be one that people can reach',
    'aal2',
    'enable a second factor, such as TOTP, or leave it out',
  );
  mistakes.unless(
    access.issuers.length === 0,
    `routes.${route.name}.access.issuers`,
    'be left out where a second factor is demanded: nothing says with what their people signed in',
    access.issuers,
    'give them a route of their own',
  );
}

function checkClaim(
  mistakes: Mistakes,
  at: string,
  name: string,
  source: ClaimSource,
  sessions: boolean,
  issuers: boolean,
): void {
  const reserved: readonly string[] = RESERVED_CLAIMS;
  mistakes.unless(
    !reserved.includes(name),
    at,
    "leave alone what every service's token says",
    name,
    'choose another name',
  );
  const word = /^[A-Za-z][A-Za-z0-9_.:/-]{0,127}$/;
  const rule = 'be letters, digits, dots, dashes, colons, slashes and underscores';
  mistakes.unless(word.test(name), at, rule, name, 'rename it');
  if ('trait' in source) {
    mistakes.unless(word.test(source.trait), `${at}.trait`, rule, source.trait, 'name a trait of the schema');
    mistakes.unless(sessions, `${at}.trait`, 'come with sessions', source.trait, 'admit sessions');
  } else if ('claim' in source) {
    mistakes.unless(word.test(source.claim), `${at}.claim`, rule, source.claim, 'name a claim of the issuer');
    mistakes.unless(issuers, `${at}.claim`, 'come with issuers', source.claim, 'name them in access.issuers');
  } else {
    mistakes.unless(
      /^[\x20-\x7e]{0,256}$/.test(source.value),
      `${at}.value`,
      'be at most 256 printable ASCII characters',
      source.value,
      'shorten it',
    );
  }
}

/** Such a service is called by Oathkeeper, which knows none of this. */
function checkGuardedService(mistakes: Mistakes, service: ServiceDeclaration): void {
  const path = `services.${service.name}`;
  mistakes.unless(
    service.name === service.workload.name,
    `${path}.name`,
    `be the name of its workload, '${service.workload.name}', where a route is guarded: it is the audience of tokens`,
    service.name,
    'rename one of them',
  );
  mistakes.wholeNumber(`${path}.port`, service.port, 1, 65_535, 'name the port of the listener');
  if (service.routes.some((route) => (route.access ?? admitClients()).kind !== 'guarded')) return;
  for (const setting of ['balancing', 'timeouts', 'retries'] as const) {
    mistakes.unless(
      service[setting] === undefined,
      `${path}.${setting}`,
      'be left out where every route is guarded: Oathkeeper calls the service, by its shared name',
      service[setting],
      'leave it out',
    );
  }
}

function checkIssuers(mistakes: Mistakes, input: RulesInput): void {
  const { issuers, clients } = input;
  for (const field of ['name', 'issuer'] as const) {
    mistakes.unique(
      `issuers.${field}`,
      issuers.map((one) => one[field]),
      'remove one of them',
    );
  }
  for (const issuer of issuers) {
    const path = `issuers.${issuer.name}`;
    mistakes.unless(
      isName(issuer.name),
      `${path}.name`,
      'be 2 to 40 small letters, digits and single dashes',
      issuer.name,
      'rename it',
    );
    mistakes.unless(
      /^[\x21-\x7e]{1,512}$/.test(issuer.issuer),
      `${path}.issuer`,
      'be the exact value of iss, without blanks',
      issuer.issuer,
      'copy it from a token',
    );
    mistakes.unless(
      !clients.some(({ name }) => name === issuer.issuer),
      `${path}.issuer`,
      'differ from the names of clients, whose tokens they are the issuers of',
      issuer.issuer,
      'rename the client',
    );
    mistakes.unless(
      issuer.issuer !== input.signer.issuer,
      `${path}.issuer`,
      'be somebody else than who signs the tokens of services',
      issuer.issuer,
      'a service could call with the token that it got; remove it',
    );
    checkUrl(mistakes, `${path}.jwksUrl`, issuer.jwksUrl, input);
    checkLists(mistakes, path, issuer);
  }
}

function checkLists(mistakes: Mistakes, path: string, { audience, algorithms, scopes }: TrustedIssuer): void {
  mistakes.unless(
    audience.length > 0,
    `${path}.audience`,
    'name at least one: a token for somebody else is no token for us',
    audience,
    'add the one that it issues for this API',
  );
  mistakes.unless(
    algorithms === undefined || algorithms.length > 0,
    `${path}.algorithms`,
    'name at least one',
    algorithms,
    'leave it out for RS256',
  );
  mistakes.unique(`${path}.audience`, audience, 'remove one of them');
  mistakes.unique(`${path}.scopes`, scopes ?? [], 'remove one of them');
}

/** What leaves the environment goes encrypted; a workload of ours is called by its name. */
function checkUrl(mistakes: Mistakes, path: string, text: string, input: RulesInput): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const ours = serviceAt(text, input.services) !== undefined;
  const schemes = input.development || ours ? ['http:', 'https:'] : ['https:'];
  mistakes.unless(
    url !== undefined && schemes.includes(url.protocol) && url.username === '' && url.password === '',
    path,
    `be ${schemes.includes('http:') ? 'an http or https' : 'an https'} URL without credentials`,
    url === undefined || (url.username === '' && url.password === '') ? text : 'one with credentials',
    "write for example 'https://login.example.com/keys'",
  );
}
