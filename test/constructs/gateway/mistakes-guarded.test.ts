/** Every mistake that only a gateway with guarded routes can have. */
import { describe, expect, test } from 'vitest';
import { checkGateway } from '../../../constructs/gateway/check.js';
import { guarded, type GuardedProps } from '../../../constructs/gateway/access.js';
import type {
  GatewayDeclaration,
  IdentityGate,
  RouteDeclaration,
} from '../../../constructs/gateway/model.js';
import { proxyCache, rateLimiting, requestTransformer } from '../../../constructs/gateway/plugins/index.js';
import { CLIENT, KONG_3_9, MADE, mistakesIn, model, route, service } from '../../helper/gateway-model.js';
import { guardedModel, identityGate } from '../../helper/guarded-model.js';

const TRANSFORM = requestTransformer({ set: { headers: { Authorization: 'x' } } });
const CREDENTIAL =
  'leave credentials as they are where a route is guarded, got "Authorization"; choose another header';
const CACHE =
  'be left out where a route is guarded: who may see an answer is decided behind the gateway, got "proxy-cache"; remove it';

test('a guarded route with an identity system is accepted', () => {
  expect(() => {
    checkGateway(
      guardedModel(
        { methods: ['key', 'jwt', 'oauth2'], aal: 'aal2' },
        { clients: [{ ...CLIENT, jwt: MADE.keyPair, oauth2: MADE.oauth2 }] },
        {
          stripPath: true,
          plugins: [
            rateLimiting({ limit: { minute: 1 }, by: 'ip' }),
            requestTransformer({ set: { headers: { 'X-Shop': 'north' } } }),
          ],
        },
      ),
      KONG_3_9,
      'unit',
    );
  }).not.toThrow();
});

describe('a guarded route is refused', () => {
  test.each<[string, GuardedProps, Partial<RouteDeclaration>, string]>([
    [
      'with a regular expression',
      {},
      { paths: ['~/hello/[0-9]+'] },
      `paths[0] must be a plain path on a guarded route, whose rule is found by it again, got "~/hello/[0-9]+"; write a prefix`,
    ],
    [
      'with headers',
      {},
      { headers: { 'X-A': ['b'] } },
      'headers must be left out of a guarded route, whose rule is found without them, got ["X-A"]; choose by path',
    ],
    [
      'that lets nobody in',
      { sessions: false },
      {},
      'access must let somebody in, got "guarded"; allow sessions, or name methods or issuers',
    ],
    [
      'with groups and no methods',
      { groups: ['a'] },
      {},
      'access.groups must come with methods, since only clients are in groups, got ["a"]; name methods or leave them out',
    ],
    [
      'with an issuer twice',
      { issuers: ['a', 'a'] },
      {},
      'access.issuers must be unique, got "a"; remove one of them',
    ],
    [
      'with a method twice',
      { methods: ['key', 'key'] },
      {},
      'access.methods must be unique, got "key"; remove one of them',
    ],
    [
      'with a change of a credential',
      {},
      { plugins: [TRANSFORM] },
      `plugins.request-transformer must ${CREDENTIAL}`,
    ],
    ['with a cache', {}, { plugins: [proxyCache()] }, `plugins.proxy-cache must ${CACHE}`],
    [
      'with a limit that counts all people as one',
      {},
      { plugins: [rateLimiting({ limit: { minute: 1 } })] },
      `plugins.rate-limiting.by must tell people apart where a route is guarded, and to the gateway they are one consumer, got "consumer"; write by: 'ip'`,
    ],
  ])('%s', (_what, access, ofRoute, expected) => {
    const known = { clients: [{ ...CLIENT, groups: ['a'] }] };
    expect(mistakesIn(guardedModel(access, known, ofRoute))).toEqual([`routes.hello.${expected}`]);
  });

  test('without an identity system', () => {
    const open = model({ services: [service({ routes: [route({ access: guarded() })] })] });
    expect(mistakesIn(open)).toEqual([
      `routes.hello.access must have an identity system to decide who may pass, got "guarded"; set the gateway's identity`,
    ]);
  });

  test('with OAuth2 and no HTTPS', () => {
    expect(mistakesIn(guardedModel({ methods: ['oauth2'] }, { https: false }))).toEqual([
      `routes.hello.access.methods must leave out oauth2 without HTTPS, got ["oauth2"]; give Kong a certificate`,
    ]);
  });

  test.each(['apikey', 'X-Session-Token', 'cookie', 'X-Gate-Token-1'])(
    'with %s removed, renamed, set or appended',
    (name) => {
      for (const change of [
        { remove: { headers: [name] } },
        { rename: { headers: { 'X-Other': name } } },
        { rename: { headers: { [name]: 'X-Other' } } },
        { set: { headers: { [name]: 'x' } } },
        { append: { headers: { [name]: 'x' } } },
      ]) {
        expect(mistakesIn(guardedModel({}, {}, { plugins: [requestTransformer(change)] }))).toEqual([
          `routes.hello.plugins.request-transformer must ${CREDENTIAL.replace('Authorization', name)}`,
        ]);
      }
    },
  );
});

describe('what acts on guarded routes from elsewhere is refused', () => {
  const routes = [route({ access: guarded({ methods: ['key'] }) })];
  test.each<[string, Partial<GatewayDeclaration>, string]>([
    ['their service', { services: [service({ routes, plugins: [TRANSFORM] })] }, 'services.hello.plugins'],
    ['the gateway', { plugins: [TRANSFORM] }, 'plugins'],
    ['a client', { clients: [{ ...CLIENT, plugins: [TRANSFORM] }] }, 'clients.app.plugins'],
  ])('in %s', (_what, change, path) => {
    expect(mistakesIn(guardedModel({ methods: ['key'] }, change))).toEqual([
      `${path}.request-transformer must ${CREDENTIAL}`,
    ]);
  });

  test('and taken in a client that no guarded route lets in', () => {
    expect(() => {
      checkGateway(guardedModel({}, { clients: [{ ...CLIENT, plugins: [TRANSFORM] }] }), KONG_3_9, 'unit');
    }).not.toThrow();
  });
});

describe('an identity system is refused', () => {
  test.each<[string, Partial<IdentityGate>, string]>([
    [
      'with a port that is none',
      { port: 0 },
      'port must be a whole number from 1 to 65535, got 0; name the port of the listener',
    ],
    [
      'with another port to ask at',
      { verifyPort: 8011 },
      `verifyPort must be the port of Kong's listener for it, got 8011; write 8010`,
    ],
    [
      'with a probe that is no path',
      { probePath: 'ready' },
      `probePath must begin with a slash and hold no blanks, braces and empty parts, got "ready"; write for example '/.portcullis/ready'`,
    ],
    [
      'with a cookie of another form',
      { sessionCookie: 'a=b' },
      `sessionCookie must be letters, digits, dashes and underscores, got "a=b"; write for example 'ory_kratos_session'`,
    ],
    [
      'with an origin of another host',
      { canonical: { http: 'http://localhost:8000', https: 'https://elsewhere' } },
      `canonical.https must have one of the gateway's hosts, localhost, got "https://elsewhere"; add it there or correct it`,
    ],
    ...['http://localhost/', 'https://localhost', 'localhost', 'http://a@localhost'].map(
      (origin): [string, Partial<IdentityGate>, string] => [
        `with ${origin} as origin`,
        { canonical: { http: origin, https: 'https://localhost' }, loginUrl: 'https://localhost/login' },
        `canonical.http must be http:// with a host and perhaps a port, got "${origin}"; correct it`,
      ],
    ),
    [
      'with a login elsewhere',
      { loginUrl: 'http://localhost:8000.evil.test/login' },
      'loginUrl must be an address of a canonical origin, got "http://localhost:8000.evil.test/login"; correct one of them',
    ],
    ['without a limit', { limit: {} }, 'limit must set at least one period, got {}; set for example minute'],
    [
      'with a name twice',
      {
        issuers: [
          { name: 'a', issuer: 'https://a' },
          { name: 'a', issuer: 'https://b' },
        ],
      },
      'issuers.name must be unique, got "a"; rename one of them',
    ],
    [
      'with an issuer that is also a client',
      { issuers: [{ name: 'a', issuer: 'app' }] },
      'issuers.issuer must be unique, got "app"; a client signs under its name; rename it or remove one of them',
    ],
  ])('%s', (_what, change, expected) => {
    const gateway = guardedModel(
      {},
      { identity: identityGate(change), clients: [{ ...CLIENT, jwt: MADE.keyPair }] },
    );
    expect(mistakesIn(gateway)).toEqual([`identity.${expected}`]);
  });

  test('without an origin', () => {
    expect(mistakesIn(guardedModel({}, { identity: identityGate({ canonical: {} }) }))).toEqual([
      'identity.canonical must name an origin, got {}; add http or https',
      expect.stringMatching(/^identity\.loginUrl must be an address of a canonical origin/),
    ]);
  });

  test("without Kong's listener for it, and with Kong's own name as host", () => {
    const bare = { ...guardedModel(), verification: undefined };
    expect(mistakesIn(bare)).toEqual([
      `identity.verifyPort must be the port of Kong's listener for it, got 8010; set Kong's verify`,
    ]);
    expect(mistakesIn(guardedModel({}, { hosts: ['localhost', 'kong'] }))).toEqual([
      `hosts must leave out the name that Kong has inside, got "kong"; remove it`,
    ]);
  });
});

describe('names of the gateway itself are refused', () => {
  test('for services and routes', () => {
    const routes = ['secure-api', 'gate-key', 'gate-oauth2'].map((name) =>
      route({ name, paths: [`/${name}`], access: guarded() }),
    );
    expect(mistakesIn(guardedModel({}, { services: [service({ name: 'secure-api', routes })] }))).toEqual([
      'routes.name must be unique, got "gate-key"; rename one of them',
      'routes.name must be unique, got "gate-oauth2"; rename one of them',
      'routes.name must be unique, got "secure-api"; rename one of them',
      'services.name must be unique, got "secure-api"; rename one of them',
    ]);
  });

  test('for clients and groups', () => {
    for (const change of [{ name: 'gate-anonymous' }, { groups: ['gate-anonymous'] }]) {
      const client = { ...CLIENT, ...change };
      expect(mistakesIn(guardedModel({}, { clients: [client] }))).toEqual([
        `clients.${client.name} must have another name than people and strangers, and another group, got "gate-anonymous"; rename it`,
      ]);
    }
  });
});

describe('a page is refused', () => {
  const page = { name: 'page', paths: ['/page'], status: 503, title: 'Soon', text: 'Come again.' };
  test.each([
    [{ paths: [] }, `paths must name at least one, got []; write ['/page']`],
    [{ paths: ['page'] }, `paths[0] must begin with a slash, got "page"; write '/page'`],
    [{ status: 99 }, 'status must be a whole number from 200 to 599, got 99; write for example 503'],
    [{ title: ' ' }, 'title must say something, got " "; write it'],
    [
      { text: '${{ env "DECK_A" }}' },
      `text must hold no '\${{', which decK would read as a template, got "\${{ env \\"DECK_A\\" }}"; write it another way`,
    ],
  ])('with %j', (change, expected) => {
    expect(mistakesIn(model({ pages: [{ ...page, ...change }] }))).toEqual([`pages.page.${expected}`]);
  });

  test('with the name or the path of a route', () => {
    expect(mistakesIn(model({ pages: [{ ...page, name: 'hello', paths: ['/hello'] }] }))).toEqual([
      'routes.name must be unique, got "hello"; rename one of them',
      'routes.paths must be unique, got "localhost/hello"; two routes would answer the same request; change one',
    ]);
  });
});
