import { describe, expect, test } from 'vitest';
import type { GuardedProps } from '../../../constructs/gateway/access.js';
import type { RouteDeclaration, ServiceDeclaration } from '../../../constructs/gateway/model.js';
import type { RulesInput, TrustedIssuer } from '../../../constructs/identity/model.js';
import { Duration } from '../../../constructs/quantities.js';
import { CLIENT, service } from '../../helper/gateway-model.js';
import {
  guardedRoute,
  guardedService,
  ISSUER,
  ruleMistakes,
  rulesInput,
  SESSIONS,
  withAccess,
  withRoutes,
} from '../../helper/identity-model.js';

test.each(['http://elsewhere.example/login', 'http://localhost:8000/login?x=1', '/login'])(
  'a login page at %s is refused',
  (loginUrl) => {
    expect(ruleMistakes(rulesInput({ loginUrl }))).toEqual([
      `sessions.loginUrl must be an address below publicUrl without a query, got "${loginUrl}"; leave it out for '/account/login'`,
    ]);
  },
);

const WITH_ISSUER = { issuers: [ISSUER] };
const ONE_AUTHORIZER = 'where the factors of sessions are asked for: its 403 would look like a missing one';

describe('a guarded route is refused with', () => {
  test.each<[string, Partial<RouteDeclaration>, string]>([
    [
      'a regular expression',
      { paths: ['~/a+'] },
      'paths must be plain prefixes where the route is guarded, got "~/a+"; a rule compares whole URLs; write the prefix, such as /orders',
    ],
    [
      'headers',
      { headers: { 'X-A': ['b'] } },
      'headers must be left out where the route is guarded, got ["X-A"]; a rule looks at URL and method alone; part the requests by path or host',
    ],
  ])('%s', (_what, change, line) => {
    expect(ruleMistakes(withRoutes(guardedRoute('hello', {}, change)))).toEqual([`routes.hello.${line}`]);
  });

  const claim = 'access.claims';
  const word = 'must be letters, digits, dots, dashes, colons, slashes and underscores';
  test.each<[string, GuardedProps, Partial<RulesInput>, string]>([
    [
      'nobody admitted',
      { sessions: false },
      {},
      'access must admit somebody, got {"sessions":false,"methods":[],"issuers":[]}; add sessions, methods or issuers',
    ],
    [
      'an issuer that nobody knows',
      { issuers: ['nobody'] },
      WITH_ISSUER,
      'access.issuers must be among the trusted issuers, partner, got "nobody"; declare it or correct it',
    ],
    [
      'an issuer where none is trusted',
      { issuers: ['nobody'] },
      {},
      'access.issuers must be among the trusted issuers, got "nobody"; declare it or correct it',
    ],
    [
      'an issuer twice',
      { issuers: ['partner', 'partner'] },
      WITH_ISSUER,
      'access.issuers must be unique, got "partner"; remove one of them',
    ],
    [
      'groups without methods',
      { groups: ['partners'] },
      {},
      'access.groups must come with methods of clients, got ["partners"]; add methods or leave groups out',
    ],
    [
      'a second factor without sessions',
      { sessions: false, methods: ['key'], aal: 'aal2' },
      {},
      'access.aal must come with sessions, of which alone it speaks, got "aal2"; admit sessions or leave it out',
    ],
    [
      'a second factor that nobody can have',
      { aal: 'aal2' },
      { sessions: { ...SESSIONS, secondFactor: false } },
      'access.aal must be one that people can reach, got "aal2"; enable a second factor, such as TOTP, or leave it out',
    ],
    [
      'a second factor beside outside issuers',
      { aal: 'aal2', issuers: ['partner'] },
      WITH_ISSUER,
      'access.issuers must be left out where a second factor is demanded: nothing says with what their people signed in, got ["partner"]; give them a route of their own',
    ],
    [
      'a remote authorizer beside a second factor',
      { aal: 'aal2', authorization: { kind: 'remote', url: 'https://decide.example.com' } },
      {},
      `access.authorization must not be remote ${ONE_AUTHORIZER}, got "remote"; decide in the service by the claim 'aal', or demand no second factor here`,
    ],
    [
      'a remote authorizer where every session may be refused',
      { authorization: { kind: 'remote', url: 'https://decide.example.com' } },
      { sessions: { ...SESSIONS, aalQuestion: true } },
      `access.authorization must not be remote ${ONE_AUTHORIZER}, got "remote"; decide in the service by the claim 'aal', or demand no second factor here`,
    ],
    [
      'deny beside a second factor',
      { aal: 'aal2', authorization: { kind: 'deny' } },
      {},
      `access.authorization must not be deny ${ONE_AUTHORIZER}, got "deny"; remove the route instead`,
    ],
    [
      'a remote authorizer over plain HTTP',
      { authorization: { kind: 'remote', url: 'http://decide.example.com' } },
      {},
      `access.authorization.url must be an https URL without credentials, got "http://decide.example.com"; write for example 'https://login.example.com/keys'`,
    ],
    [
      'a claim that is taken',
      { claims: { aud: { value: 'x' } } },
      {},
      `${claim}.aud must leave alone what every service's token says, got "aud"; choose another name`,
    ],
    [
      'a claim with a blank',
      { claims: { 'a b': { value: 'x' } } },
      {},
      `${claim}.a b ${word}, got "a b"; rename it`,
    ],
    [
      'a trait with a quote',
      { claims: { a: { trait: 'a"' } } },
      {},
      `${claim}.a.trait ${word}, got "a\\""; name a trait of the schema`,
    ],
    [
      'a trait without sessions',
      { sessions: false, methods: ['key'], claims: { a: { trait: 'a' } } },
      {},
      `${claim}.a.trait must come with sessions, got "a"; admit sessions`,
    ],
    [
      'a claim without issuers',
      { claims: { a: { claim: 'a' } } },
      {},
      `${claim}.a.claim must come with issuers, got "a"; name them in access.issuers`,
    ],
    [
      'a claim with a blank in its source',
      { issuers: ['partner'], claims: { a: { claim: 'a b' } } },
      WITH_ISSUER,
      `${claim}.a.claim ${word}, got "a b"; name a claim of the issuer`,
    ],
    [
      'a value with a line end',
      { claims: { a: { value: 'a\n' } } },
      {},
      `${claim}.a.value must be at most 256 printable ASCII characters, got "a\\n"; shorten it`,
    ],
  ])('%s', (_what, access, change, line) => {
    expect(ruleMistakes(withAccess(access, change))).toEqual([`routes.hello.${line}`]);
  });

  test('sessions where there is no session system', () => {
    const input = rulesInput();
    Reflect.deleteProperty(input, 'sessions');
    expect(ruleMistakes(input)).toEqual([
      'routes.hello.access.sessions must be false where there is no session system, got true; add Kratos and session-check, or write sessions: false',
    ]);
  });
});

describe('a guarded service is refused with', () => {
  const shared =
    'must be left out where every route is guarded: Oathkeeper calls the service, by its shared name';

  test.each<[string, Partial<ServiceDeclaration>, string]>([
    [
      'another name than its workload',
      { name: 'other' },
      `other.name must be the name of its workload, 'hello', where a route is guarded: it is the audience of tokens, got "other"; rename one of them`,
    ],
    [
      'no port',
      { port: 0 },
      'hello.port must be a whole number from 1 to 65535, got 0; name the port of the listener',
    ],
    [
      'balancing',
      { balancing: { algorithm: 'round-robin' } },
      `hello.balancing ${shared}, got {"algorithm":"round-robin"}; leave it out`,
    ],
    ['retries', { retries: 1 }, `hello.retries ${shared}, got 1; leave it out`],
    [
      'timeouts',
      { timeouts: { read: Duration.seconds(1) } },
      `hello.timeouts ${shared}, got {"read":{"amount":1000}}; leave it out`,
    ],
  ])('%s', (_what, change, line) => {
    expect(ruleMistakes(rulesInput({ services: [{ ...guardedService(), ...change }] }))).toEqual([
      `services.${line}`,
    ]);
  });

  test('none of them where Kong calls it for another route', () => {
    const mixed = guardedService(guardedRoute('hello'), { name: 'open', paths: ['/open'] });
    expect(ruleMistakes(rulesInput({ services: [{ ...mixed, retries: 1 }] }))).toEqual([]);
  });

  test('nothing where no route is guarded', () => {
    expect(ruleMistakes(rulesInput({ services: [service({ name: 'other', retries: 1 })] }))).toEqual([]);
  });
});

describe('issuers are refused with', () => {
  const example = "write for example 'https://login.example.com/keys'";

  test.each<[string, Partial<TrustedIssuer>, string]>([
    [
      'a name with capitals',
      { name: 'Partner' },
      'Partner.name must be 2 to 40 small letters, digits and single dashes, got "Partner"; rename it',
    ],
    [
      'a blank',
      { issuer: 'a b' },
      'partner.issuer must be the exact value of iss, without blanks, got "a b"; copy it from a token',
    ],
    [
      "a client's name",
      { issuer: 'app' },
      'partner.issuer must differ from the names of clients, whose tokens they are the issuers of, got "app"; rename the client',
    ],
    [
      'who signs for services',
      { issuer: 'http://localhost:8000' },
      'partner.issuer must be somebody else than who signs the tokens of services, got "http://localhost:8000"; a service could call with the token that it got; remove it',
    ],
    [
      'keys over plain HTTP',
      { jwksUrl: 'http://a.example/keys' },
      `partner.jwksUrl must be an https URL without credentials, got "http://a.example/keys"; ${example}`,
    ],
    [
      'keys in a file',
      { jwksUrl: 'file:///etc/keys' },
      `partner.jwksUrl must be an https URL without credentials, got "file:///etc/keys"; ${example}`,
    ],
    [
      'a password in the URL',
      { jwksUrl: 'https://user:word@a.example/keys' },
      `partner.jwksUrl must be an https URL without credentials, got "one with credentials"; ${example}`,
    ],
    [
      'no URL',
      { jwksUrl: 'keys' },
      `partner.jwksUrl must be an https URL without credentials, got "keys"; ${example}`,
    ],
    [
      'no audience',
      { audience: [] },
      'partner.audience must name at least one: a token for somebody else is no token for us, got []; add the one that it issues for this API',
    ],
    [
      'no algorithm',
      { algorithms: [] },
      'partner.algorithms must name at least one, got []; leave it out for RS256',
    ],
    [
      'an audience twice',
      { audience: ['a', 'a'] },
      'partner.audience must be unique, got "a"; remove one of them',
    ],
    ['a scope twice', { scopes: ['a', 'a'] }, 'partner.scopes must be unique, got "a"; remove one of them'],
  ])('%s', (_what, change, line) => {
    expect(ruleMistakes(rulesInput({ issuers: [{ ...ISSUER, ...change }] }))).toEqual([`issuers.${line}`]);
  });

  test('the same name or the same issuer twice', () => {
    expect(ruleMistakes(rulesInput({ issuers: [ISSUER, ISSUER] }))).toEqual([
      'issuers.issuer must be unique, got "https://login.partner.example"; remove one of them',
      'issuers.name must be unique, got "partner"; remove one of them',
    ]);
  });

  test('nothing where plain HTTP is for development', () => {
    const issuers = [{ ...ISSUER, jwksUrl: 'http://localhost:9000/keys' }];
    expect(ruleMistakes(rulesInput({ issuers, development: true }))).toEqual([]);
  });
});

test('a workload of ours may decide, over plain HTTP', () => {
  const access = { authorization: { kind: 'remote', url: 'http://hello:8080/decide' } } as const;
  expect(ruleMistakes(withAccess(access))).toEqual([]);
});

test('ports are needed', () => {
  expect(ruleMistakes(rulesInput({ ports: [], services: [], clients: [CLIENT] }))).toEqual([
    'ports must name a port, got []; add the published ones',
  ]);
});
