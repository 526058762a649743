import { describe, expect, test } from 'vitest';
import { clients, publicAccess } from '../../../constructs/gateway/access.js';
import { checkGateway } from '../../../constructs/gateway/check.js';
import type { GatewayDeclaration, RouteDeclaration } from '../../../constructs/gateway/model.js';
import { keyAuth } from '../../../constructs/gateway/plugins/index.js';
import { Size } from '../../../constructs/quantities.js';
import { thrown } from '../../helper/failure.js';
import { CLIENT, KONG_3_9, MADE, mistakesIn, model, route, service } from '../../helper/gateway-model.js';

const NAME = 'be 2 to 40 small letters, digits and single dashes';
const HOST = `be a host name in small letters, without scheme and port`;
const HOST_REMEDY = `write for example 'api.example.com'`;
const HEADER = `be a header's name of letters, digits and dashes`;
const HEADER_REMEDY = `write for example 'X-Request-Id'`;

const named = (...names: string[]): Partial<GatewayDeclaration> => ({
  services: names.map((name, i) =>
    service({ name, routes: [route({ name: `route${i}`, paths: [`/${i}`] })] }),
  ),
});
const routes = (...list: RouteDeclaration[]): Partial<GatewayDeclaration> => ({
  services: [service({ routes: list })],
});

describe('a gateway is refused with', () => {
  test.each<[string, Partial<GatewayDeclaration>, string]>([
    [
      'a tag in capitals',
      { tag: 'Dev' },
      `tag must be small letters, digits, dots, dashes and underscores, got "Dev"; write for example 'portcullis-dev'`,
    ],
    [
      'no tag',
      { tag: '' },
      `tag must be small letters, digits, dots, dashes and underscores, got ""; write for example 'portcullis-dev'`,
    ],
    ['no host', { hosts: [] }, 'hosts must name at least one host, got []; add the public host'],
    ['a host twice', { hosts: ['a.b', 'a.b'] }, 'hosts must be unique, got "a.b"; remove one of them'],
    ['a scheme', { hosts: ['a', 'http://a'] }, `hosts[1] must ${HOST}, got "http://a"; ${HOST_REMEDY}`],
    ['a port', { hosts: ['a:8000'] }, `hosts[0] must ${HOST}, got "a:8000"; ${HOST_REMEDY}`],
    ['a host in capitals', { hosts: ['A'] }, `hosts[0] must ${HOST}, got "A"; ${HOST_REMEDY}`],
    ['a wildcard', { hosts: ['*.a'] }, `hosts[0] must ${HOST}, got "*.a"; ${HOST_REMEDY}`],
    [
      'a header name with a blank',
      { requestIdHeader: 'Request Id' },
      `requestIdHeader must ${HEADER}, got "Request Id"; ${HEADER_REMEDY}`,
    ],
    [
      'a header name with an underscore',
      { requestIdHeader: 'request_id' },
      `requestIdHeader must ${HEADER}, got "request_id"; ${HEADER_REMEDY}`,
    ],
    [
      'a size above what Kong can count',
      { requestSize: Size.gibibytes(2) },
      'requestSize must be a whole number from 1 to 2047, got 2048; stay below 2 GiB',
    ],
    [
      'two services of one name',
      named('same', 'same'),
      'services.name must be unique, got "same"; rename one of them',
    ],
    ['a service without a plain name', named('a_b'), `services.name must ${NAME}, got "a_b"; rename it`],
    ['a dash after a dash', named('a--b'), `services.name must ${NAME}, got "a--b"; rename it`],
    ['a name of one letter', named('a'), `services.name must ${NAME}, got "a"; rename it`],
    [
      'two routes of one name',
      routes(route(), route({ paths: ['/other'] })),
      'routes.name must be unique, got "hello"; rename one of them',
    ],
    [
      'the name of the route for tokens',
      routes(route({ name: 'oauth2-token' })),
      'routes.name must be unique, got "oauth2-token"; rename one of them',
    ],
    [
      'two clients of one name',
      { clients: [CLIENT, { ...CLIENT, key: MADE.oauth2 }] },
      'clients.name must be unique, got "app"; rename one of them',
    ],
    [
      'a client without a plain name',
      { clients: [{ ...CLIENT, name: 'a b' }] },
      `clients.name must ${NAME}, got "a b"; rename it`,
    ],
    [
      'two routes for one request',
      routes(route({ hosts: ['localhost'] }), route({ name: 'other' })),
      'routes.paths must be unique, got "localhost/hello"; two routes would answer the same request; change one',
    ],
    [
      'two routes for one method and header',
      routes(...['one', 'two'].map((name) => route({ name, methods: ['GET'], headers: { 'X-A': ['b'] } }))),
      'routes.paths must be unique, got "GET localhost/hello {\\"X-A\\":[\\"b\\"]}"; two routes would answer the same request; change one',
    ],
  ])('%s', (_what, change, line) => {
    expect(mistakesIn(model(change))).toEqual([line]);
  });
});

describe('the report', () => {
  test('holds every mistake of every part, sorted by path', () => {
    const lines = mistakesIn(
      model({
        tag: 'Dev',
        hosts: [],
        clients: [{ name: 'app', limit: {} }],
        services: [service({ port: 0, routes: [route({ paths: ['a b'], methods: [] })] })],
        counters: { kind: 'redis', host: 'a b', port: 0 },
        plugins: [keyAuth({ headers: [] })],
      }),
    );
    expect(lines.map((line) => line.split(' must ')[0])).toEqual([
      'clients.app',
      'clients.app.limit',
      'counters.host',
      'counters.port',
      'hosts',
      'plugins.key-auth.headers',
      'routes.hello.methods',
      'routes.hello.paths[0]',
      'routes.hello.paths[0]',
      'services.hello.port',
      'tag',
    ]);
  });

  test('shows a secret in a wrong place by its label only', () => {
    const other = { ...CLIENT, name: 'other' };
    expect(mistakesIn(model({ clients: [CLIENT, other] }))).toEqual([
      "clients.key must be the key of one client alone, got the secret 'client-app'; declare a secret for each",
    ]);
    // A program in plain JavaScript can do this, too.
    const untyped = { tag: MADE.key } as unknown as Partial<GatewayDeclaration>;
    expect(
      thrown(() => {
        checkGateway(model(untyped), KONG_3_9, 'unit');
      }).message,
    ).toBe("secret 'client-app' can't become a string; hand the Secret itself to a property that takes one");
  });

  test('stays away where nothing is wrong', () => {
    const fine = model({
      hosts: ['localhost', '127.0.0.1', 'api.example.com'],
      clients: [{ ...CLIENT, groups: ['admins'] }],
      https: true,
      services: [
        service({
          routes: [
            route({
              paths: ['/', '/a.b/c..d/~e', '/a%20b', '~/users/\\d+$'],
              hosts: ['localhost'],
              methods: ['GET', 'HEAD'],
              headers: { 'X-Version': ['1', '2'] },
              priority: 1000,
              access: clients({ methods: ['key', 'jwt', 'oauth2'], groups: ['admins'] }),
            }),
            route({ name: 'other', methods: ['POST'] }),
            route({ name: 'third', headers: { 'X-A': ['b'] }, access: publicAccess('for the probes') }),
          ],
        }),
      ],
    });
    expect(() => {
      checkGateway(fine, KONG_3_9, 'unit');
    }).not.toThrow();
  });
});
