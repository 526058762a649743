import { describe, expect, test } from 'vitest';
import { clients, publicAccess } from '../../../constructs/gateway/access.js';
import { checkGateway } from '../../../constructs/gateway/check.js';
import type { RouteDeclaration } from '../../../constructs/gateway/model.js';
import { acl, jwt, keyAuth, oauth2 } from '../../../constructs/gateway/plugins/index.js';
import { CLIENT, KONG_3_9, MADE, mistakesIn, withRoute } from '../../helper/gateway-model.js';

const HEADER = `be a header's name of letters, digits and dashes`;
const HEADER_REMEDY = `write for example 'X-Request-Id'`;
const PLAIN = 'be a plain path, without blanks, query, empty or dotted parts, encoded slashes or dots';

describe('a route is refused with', () => {
  test.each<[string, Partial<RouteDeclaration>, string]>([
    ['no path', { paths: [] }, `paths must name at least one, got []; write ['/']`],
    [
      'a path without a slash',
      { paths: ['hello'] },
      `paths[0] must begin with a slash, got "hello"; write '/hello'`,
    ],
    ['an empty path', { paths: [''] }, `paths[0] must begin with a slash, got ""; write '/'`],
    ...[
      '/a b',
      '/a?b=c',
      '/a#b',
      '/a/../b',
      '/./a',
      '/..',
      '/a//b',
      '/a%2Fb',
      '/%2e%2e/a',
      '/a%zz',
      '/ä',
      '/a\n',
    ].map((path): [string, Partial<RouteDeclaration>, string] => [
      `the path ${JSON.stringify(path)}`,
      { paths: ['/hello', path] },
      `paths[1] must ${PLAIN}, got ${JSON.stringify(path)}; write for example '/orders'`,
    ]),
    ...['~/a[', '~/(', '~a', '~', '~^/a'].map((path): [string, Partial<RouteDeclaration>, string] => [
      `the regular expression ${path}`,
      { paths: [path] },
      `paths[0] must be a regular expression beginning with '~/', got "${path}"; correct it`,
    ]),
    [
      'a template of decK in a regular expression',
      { paths: ['~/a${{ env "DECK_ENV_CLIENT_APP_0" }}'] },
      `paths[0] must hold no '\${{', which decK would read as a template, got "~/a\${{ env \\"DECK_ENV_CLIENT_APP_0\\" }}"; write it another way`,
    ],
    [
      'a template of decK in a header',
      { headers: { 'X-A': ['${{ env "DECK_ENV_CLIENT_APP_0" }}'] } },
      `headers.X-A must hold no '\${{', which decK would read as a template, got "\${{ env \\"DECK_ENV_CLIENT_APP_0\\" }}"; write it another way`,
    ],
    [
      'a host that the gateway has not',
      { hosts: ['other'] },
      `hosts must be among the gateway's hosts, localhost, got "other"; add it there or remove it here`,
    ],
    ['no host', { hosts: [] }, `hosts must name at least one, got []; leave it out for all of the gateway's`],
    ['a path twice', { paths: ['/a', '/b', '/a'] }, 'paths must be unique, got "/a"; remove one of them'],
    ['a method twice', { methods: ['GET', 'GET'] }, 'methods must be unique, got "GET"; remove one of them'],
    ['no method', { methods: [] }, 'methods must name at least one, got []; leave it out for all'],
    [
      'a header name with a blank',
      { headers: { 'X-A': ['b'], 'X B': ['c'] } },
      `headers must ${HEADER}, got "X B"; ${HEADER_REMEDY}`,
    ],
    [
      'the header of the host',
      { headers: { Host: ['localhost'] } },
      'headers must leave the host to hosts, got "Host"; write hosts instead',
    ],
    [
      'a header without a value',
      { headers: { 'X-A': [] } },
      'headers.X-A must name at least one, got []; add a value',
    ],
    [
      'a priority below 0',
      { priority: -1 },
      'priority must be a whole number from 0 to 1000, got -1; leave it out for 0',
    ],
    [
      'half a priority',
      { priority: 0.5 },
      'priority must be a whole number from 0 to 1000, got 0.5; leave it out for 0',
    ],
    [
      'no way to show who one is',
      { access: clients({ methods: [] }) },
      `access.methods must name at least one, got []; write ['key']`,
    ],
    [
      'a way twice',
      { access: clients({ methods: ['key', 'key'] }) },
      'access.methods must be unique, got "key"; remove one of them',
    ],
    [
      'OAuth2 without HTTPS',
      { access: clients({ methods: ['oauth2'] }) },
      'access.methods must leave out oauth2 without HTTPS, got ["oauth2"]; give Kong a certificate',
    ],
    [
      'no group',
      { access: clients({ groups: [] }) },
      'access.groups must name at least one, got []; leave it out for every client',
    ],
    [
      'a group without clients',
      { access: clients({ groups: ['admins'] }) },
      'access.groups must be groups that a client is in, got "admins"; add it to clients.groups or correct it',
    ],
    [
      'no reason to be public',
      { access: publicAccess(' because   ') },
      'access.reason must say in a few words why everybody may pass, got " because   "; write it for whoever reviews it',
    ],
    ...[keyAuth(), jwt(), oauth2({ provisionKey: MADE.provisionKey }), acl({ allow: ['all'] })].map(
      (plugin): [string, Partial<RouteDeclaration>, string] => [
        `${plugin.name} written by hand`,
        { plugins: [plugin] },
        `plugins.${plugin.name} must leave it to access who may pass, got "${plugin.name}"; write access: clients({ … })`,
      ],
    ),
  ])('%s', (_what, change, line) => {
    expect(mistakesIn(withRoute(change))).toEqual([`routes.hello.${line}`]);
  });
});

describe('the path where access tokens are got', () => {
  const taken = withRoute({ paths: ['/oauth2/token'] });

  test('is refused where a client gets them', () => {
    const tokens = { ...CLIENT, oauth2: MADE.oauth2 };
    expect(mistakesIn({ ...taken, clients: [tokens], https: true, provisionKey: MADE.provisionKey })).toEqual(
      [
        'routes.hello.paths must leave the path where clients get access tokens, got "/oauth2/token"; choose another',
      ],
    );
  });

  test('is like any other where none does', () => {
    expect(() => {
      checkGateway(taken, KONG_3_9, 'unit/Gateway');
    }).not.toThrow();
  });
});
