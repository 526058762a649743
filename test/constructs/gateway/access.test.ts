import { describe, expect, test } from 'vitest';
import {
  accessPlugins,
  admitsAnonymous,
  clients,
  publicAccess,
  type Access,
  type ClientMethod,
} from '../../../constructs/gateway/access.js';
import type { GatewayDeclaration } from '../../../constructs/gateway/model.js';
import { prometheus } from '../../../constructs/gateway/plugins/index.js';
import { thrown } from '../../helper/failure.js';
import {
  CLIENT,
  MADE,
  model,
  rendered,
  route,
  service,
  type RenderedPlugin,
} from '../../helper/gateway-model.js';

const METHODS: readonly ClientMethod[] = ['key', 'jwt', 'oauth2'];

/** A gateway with a route per kind of access. */
function open(...accesses: readonly Access[]): GatewayDeclaration {
  return model({
    https: true,
    provisionKey: MADE.provisionKey,
    services: [
      service({
        routes: accesses.map((access, i) => route({ name: `route${i}`, paths: [`/${i}`], access })),
      }),
    ],
  });
}

/** Plugins of the one route with this access. */
function pluginsFor(access: Access): readonly RenderedPlugin[] {
  return rendered(open(access)).services[0]?.routes[0]?.plugins ?? [];
}

function namesAndAnonymous(plugins: readonly RenderedPlugin[]): unknown[] {
  return plugins.map(({ name, config }) => [name, config.anonymous]);
}

describe('a route for clients', () => {
  test('by default asks for a key', () => {
    expect(clients()).toEqual({ kind: 'clients', methods: ['key'] });
  });

  test.each<[ClientMethod, string]>([
    ['key', 'key-auth'],
    ['jwt', 'jwt'],
    ['oauth2', 'oauth2'],
  ])('with %s alone has one plugin for that, which lets nobody pass as anonymous', (method, name) => {
    const [first, ...others] = pluginsFor(clients({ methods: [method] }));
    expect([first?.name, first?.config.anonymous]).toEqual([name, undefined]);
    expect(others.map((plugin) => plugin.name)).toEqual([
      'request-transformer',
      ...(method === 'oauth2' ? ['pre-function'] : []),
    ]);
  });

  test.each(METHODS)('with %s passes no credential on', (method) => {
    const found = pluginsFor(clients({ methods: [method] }));
    expect(found.find(({ name }) => name === 'request-transformer')?.config.remove).toEqual({
      headers: ['apikey', 'Authorization'],
      querystring: [],
    });
  });

  test('with OAuth2 takes no token from the query string', () => {
    const found = pluginsFor(clients({ methods: ['oauth2'] }));
    expect(found.find(({ name }) => name === 'pre-function')?.config.access).toEqual([
      expect.stringContaining('get_query().access_token'),
    ]);
  });

  test('with several tries each and ends as anonymous', () => {
    expect(namesAndAnonymous(pluginsFor(clients({ methods: METHODS }))).slice(0, 3)).toEqual([
      ['key-auth', 'anonymous'],
      ['jwt', 'anonymous'],
      ['oauth2', 'anonymous'],
    ]);
  });

  test('asks for its groups after it knows who calls', () => {
    expect(pluginsFor(clients({ methods: ['jwt'], groups: ['admins', 'staff'] }))).toMatchObject([
      { name: 'jwt' },
      { name: 'acl', config: { allow: ['admins', 'staff'], hide_groups_header: false } },
      { name: 'request-transformer' },
    ]);
  });

  test('takes the provision key of the gateway', () => {
    const [oauth2] = pluginsFor(clients({ methods: ['oauth2'] }));
    expect(oauth2?.config.provision_key).toBe('${{ env "DECK_ENV_GATEWAY_PROVISION_0" }}');
  });

  test('can not have OAuth2 without a provision key', () => {
    expect(thrown(() => accessPlugins(clients({ methods: ['oauth2'] }), undefined)).message).toBe(
      "route access 'oauth2' must come with a provision key",
    );
  });
});

test('a public route asks for nothing and passes everything on but a key', () => {
  const [only, ...others] = pluginsFor(publicAccess('the probes of the balancer'));
  expect([only?.name, others]).toEqual(['request-transformer', []]);
  expect(only?.config.remove).toEqual({ headers: ['apikey'], querystring: [] });
});

describe('callers without a credential', () => {
  const several = clients({ methods: ['key', 'jwt'] });

  test.each<[Access, boolean]>([
    [clients(), false],
    [publicAccess('the probes of the balancer'), false],
    [several, true],
  ])('on a route of %j stand as anonymous: %s', (access, admitted) => {
    expect(admitsAnonymous(access)).toBe(admitted);
  });

  test('have no consumer and no plugin where each route has one method', () => {
    const { consumers, plugins } = rendered(open(clients(), clients({ methods: ['jwt'] })));
    expect(consumers.map(({ username }) => username)).toEqual(['app']);
    expect(plugins.map(({ name }) => name)).not.toContain('request-termination');
  });

  test('meet a 401 on each route with several methods, and on no other', () => {
    const { consumers, plugins } = rendered(open(several, clients(), several, publicAccess('everybody')));
    expect(consumers.at(-1)).toEqual({ username: 'anonymous', plugins: [] });
    expect(plugins.filter(({ consumer }) => consumer !== undefined)).toEqual(
      ['route0', 'route2'].map((name) => ({
        name: 'request-termination',
        config: { status_code: 401, message: 'Unauthorized' },
        route: name,
        consumer: 'anonymous',
      })),
    );
  });

  test('have neither a credential nor a group nor a limit', () => {
    const gateway = {
      ...open(several),
      clients: [{ ...CLIENT, groups: ['admins'], plugins: [prometheus()] }],
    };
    expect(rendered(gateway).consumers).toMatchObject([
      { username: 'app', acls: [{ group: 'admins' }] },
      { username: 'anonymous', plugins: [] },
    ]);
  });
});

describe('access tokens', () => {
  const caller = { name: 'app', oauth2: MADE.oauth2, limit: { minute: 1 } };

  test('are handed out nowhere while no client uses them', () => {
    expect(rendered(open(clients({ methods: ['oauth2'] })))).not.toHaveProperty('routes');
  });

  test('are handed out over HTTPS, to a POST, and nothing is behind that', () => {
    const { routes = [] } = rendered({ ...open(), hosts: ['a', 'b'], clients: [caller] });
    expect(routes).toMatchObject([
      {
        name: 'oauth2-token',
        protocols: ['https'],
        hosts: ['a', 'b'],
        paths: ['/oauth2/token'],
        methods: ['POST'],
        strip_path: false,
        plugins: [
          { name: 'pre-function', config: { access: [expect.stringContaining('invalid_request')] } },
          {
            name: 'oauth2',
            config: {
              enable_client_credentials: true,
              provision_key: '${{ env "DECK_ENV_GATEWAY_PROVISION_0" }}',
            },
          },
          {
            name: 'request-termination',
            config: { status_code: 404, message: 'no Route matched with those values' },
          },
        ],
      },
    ]);
    expect(routes[0]?.plugins[1]?.config).not.toHaveProperty('anonymous');
  });
});
