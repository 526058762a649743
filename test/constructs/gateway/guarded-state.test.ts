/** Kong's state for guarded routes: where they lead, what acts on them, and that nothing leads around. */
import { describe, expect, test } from 'vitest';
import { guarded, publicAccess, type GuardedProps } from '../../../constructs/gateway/access.js';
import {
  preFunction,
  rateLimiting,
  requestTransformer,
  responseTransformer,
} from '../../../constructs/gateway/plugins/index.js';
import { postFunction } from '../../../constructs/gateway/plugins/transform.js';
import { renderState } from '../../../constructs/gateway/state.js';
import { Duration } from '../../../constructs/quantities.js';
import { CLIENT, KONG_3_9, MADE, model, rendered, route, service } from '../../helper/gateway-model.js';
import {
  guardedModel,
  guardedPlugin,
  guardedRoute,
  identityGate,
  secureApi,
} from '../../helper/guarded-model.js';
import { present } from '../../helper/failure.js';

const EVERYTHING: GuardedProps = { methods: ['key', 'jwt', 'oauth2'], groups: ['staff'] };
const OPEN = publicAccess('a case that is not about who may pass');

function names(access: GuardedProps): string[] {
  return guardedRoute(guardedModel(access)).plugins.map(({ name }) => name);
}

function chunks(of: Readonly<Record<string, unknown>>, phase: string): string[] {
  return (of[phase] ?? []) as string[];
}

describe('where guarded routes lead', () => {
  test('is the identity system, by whole path and with the host that was named', () => {
    const api = secureApi(guardedModel());
    expect(api).toMatchObject({ host: 'secure-api.upstream', port: 4455, protocol: 'http', retries: 2 });
    expect(guardedRoute(guardedModel({}, {}, { stripPath: true, preserveHost: false }))).toMatchObject({
      paths: ['/hello'],
      strip_path: false,
      preserve_host: true,
    });
  });

  test('is probed by a path that it answers with 403', () => {
    const { upstreams } = rendered(guardedModel());
    expect(upstreams.map(({ name }) => name)).toEqual(['secure-api.upstream']);
    expect(upstreams[0]).toMatchObject({
      targets: [{ target: 'oathkeeper:4455' }],
      healthchecks: {
        active: {
          http_path: '/.portcullis/ready',
          healthy: { http_statuses: [403] },
          unhealthy: { http_statuses: [404, 429, 500, 501, 502, 503, 504, 505] },
        },
      },
    });
  });

  test('is waited for as long as the most patient service asks', () => {
    const patient = service({
      timeouts: { read: Duration.seconds(90) },
      routes: [route({ access: guarded() })],
    });
    expect(secureApi(guardedModel({}, { services: [patient] }))).toMatchObject({
      connect_timeout: 2000,
      read_timeout: 90_000,
      write_timeout: 30_000,
    });
  });

  test('is not the service itself, unless it has another route', () => {
    const plain = route({ name: 'plain', paths: ['/plain'], access: OPEN });
    const mixed = rendered(
      guardedModel({}, { services: [service({ routes: [route({ access: guarded() }), plain] })] }),
    );
    expect(rendered(guardedModel()).services.map(({ name }) => name)).toEqual(['secure-api']);
    expect(mixed.services.map(({ name, routes }) => [name, routes.map((one) => one.name)])).toEqual([
      ['hello', ['plain']],
      ['secure-api', ['hello', 'secure-api']],
    ]);
    expect(mixed.upstreams.map(({ name }) => name)).toEqual(['hello.upstream', 'secure-api.upstream']);
  });

  test('is also where whatever no route takes leads, on hosts where none takes everything', () => {
    const hosts = ['localhost', 'other'];
    const home = route({ name: 'home', paths: ['/'], hosts: ['other'], access: OPEN });
    const some = route({ name: 'some', paths: ['/'], hosts: ['localhost'], methods: ['GET'], access: OPEN });
    const all = route({ name: 'all', paths: ['/'], access: guarded() });
    const of = (...more: (typeof home)[]): unknown =>
      secureApi(
        guardedModel({}, { hosts, services: [service({ routes: [route({ access: guarded() }), ...more] })] }),
      ).routes.find(({ name }) => name === 'secure-api')?.hosts;
    expect([of(), of(home), of(some), of(all)]).toEqual([hosts, ['localhost'], hosts, undefined]);
  });
});

describe('what acts on a guarded route', () => {
  test('is a dispatcher, what puts headers right, and the limit of people; with clients what knows them', () => {
    expect(names({})).toEqual(['pre-function', 'post-function', 'rate-limiting']);
    expect(names(EVERYTHING)).toEqual([
      'key-auth',
      'jwt',
      'oauth2',
      'acl',
      'pre-function',
      'post-function',
      'rate-limiting',
    ]);
  });

  test('lets whoever is no client through, and the credential with it', () => {
    const gateway = guardedModel(EVERYTHING, { clients: [{ ...CLIENT, groups: ['staff'] }] });
    for (const name of ['key-auth', 'oauth2']) {
      expect(guardedPlugin(gateway, name)).toMatchObject({
        anonymous: 'gate-anonymous',
        hide_credentials: false,
      });
    }
    expect(guardedPlugin(gateway, 'jwt')).toMatchObject({ anonymous: 'gate-anonymous' });
    expect(guardedPlugin(gateway, 'oauth2')).toMatchObject({ global_credentials: true });
    expect(guardedPlugin(gateway, 'acl')).toMatchObject({ allow: ['staff', 'gate-anonymous'] });
    const { consumers, plugins } = rendered(gateway);
    expect(consumers.at(-1)).toEqual({
      username: 'gate-anonymous',
      acls: [{ group: 'gate-anonymous' }],
      plugins: [],
    });
    expect(plugins.filter(({ name }) => name === 'request-termination')).toEqual([]);
  });

  test('needs nobody who stands for people where no client may pass, and no group where none is asked for', () => {
    expect(rendered(guardedModel()).consumers.map(({ username }) => username)).toEqual(['app']);
    expect(rendered(guardedModel({ methods: ['key'] })).consumers.at(-1)).toEqual({
      username: 'gate-anonymous',
      plugins: [],
    });
  });

  test('counts by address, or by a header that the dispatcher sets and that goes no further', () => {
    expect(guardedPlugin(guardedModel(), 'rate-limiting')).toMatchObject({ minute: 30, limit_by: 'ip' });
    const bySession = guardedModel({}, { identity: identityGate({ limitBy: 'session' }) });
    expect(guardedPlugin(bySession, 'rate-limiting')).toMatchObject({
      limit_by: 'header',
      header_name: 'X-Gate-Count',
    });
    const [set, cleared] = ['pre-function', 'post-function'].map((name) =>
      chunks(guardedPlugin(bySession, name), 'access').join(''),
    );
    expect(set).toContain('set("X-Gate-Count", ');
    expect(cleared).toContain('"x-gate-count"');
    // That one is for the identity system.
    expect(cleared).not.toContain('x-gate-session');
    expect(chunks(guardedPlugin(guardedModel(), 'pre-function'), 'access').join('')).not.toContain(
      'X-Gate-Count',
    );
    expect(guardedPlugin(bySession, 'rate-limiting', 'secure-api')).toMatchObject({ limit_by: 'ip' });
  });

  test.each([
    [{}, '"aal1."'],
    [{ aal: 'aal2' }, '"aal2."'],
    [{ sessions: false, methods: ['key'] }, undefined],
  ] as const)('of %j hands a session on with what is demanded of it: %s', (access, aal) => {
    const dispatcher = chunks(guardedPlugin(guardedModel(access), 'pre-function'), 'access').join('');
    const handedOn = /set\("X-Gate-Session", (\S+)/.exec(dispatcher)?.[1];
    expect(handedOn).toBe(aal);
  });

  test('are its own plugins and those of its service, the own ones first', () => {
    const limit = (minute: number): ReturnType<typeof rateLimiting> =>
      rateLimiting({ limit: { minute }, by: 'ip' });
    const change = (to: string): ReturnType<typeof requestTransformer> =>
      requestTransformer({ set: { headers: { 'X-Shop': to } } });
    const gateway = guardedModel(
      {},
      {
        services: [
          service({
            plugins: [limit(1), change('service'), responseTransformer({ remove: { headers: ['X-A'] } })],
            routes: [route({ access: guarded(), plugins: [change('route')] })],
          }),
        ],
      },
    );
    expect(guardedRoute(gateway).plugins.map(({ name }) => name)).toEqual([
      'request-transformer',
      'response-transformer',
      'pre-function',
      'post-function',
      'rate-limiting',
    ]);
    expect(guardedPlugin(gateway, 'rate-limiting')).toMatchObject({ minute: 1 });
    expect(JSON.stringify(guardedPlugin(gateway, 'request-transformer'))).toContain('X-Shop:route');
    expect(JSON.stringify(guardedPlugin(gateway, 'request-transformer'))).not.toContain('apikey');
  });

  test("runs the route's functions after the dispatcher and before headers are put right", () => {
    const gateway = guardedModel(
      { aal: 'aal2', methods: ['oauth2'] },
      {},
      {
        plugins: [
          preFunction({ access: ['-- own'], log: ['-- log'], rewrite: ['-- too early'] }),
          postFunction({ access: ['-- own'], header_filter: ['-- own'] }),
        ],
      },
    );
    const [pre, post] = ['pre-function', 'post-function'].map((name) => guardedPlugin(gateway, name));
    expect(chunks(present(pre), 'access')).toEqual([
      expect.stringContaining('session_of'),
      expect.stringContaining('access_token'),
      '-- own',
    ]);
    expect(pre).toMatchObject({ log: ['-- log'] });
    expect(pre).not.toHaveProperty('rewrite');
    expect(chunks(present(post), 'access')).toEqual([
      '-- own',
      expect.stringContaining('x-consumer-username'),
    ]);
    expect(chunks(present(post), 'header_filter')).toEqual([
      '-- own',
      expect.stringContaining('Required-AAL'),
    ]);
  });

  test.each([
    [{ aal: 'aal2' }, false, true],
    [{}, true, true],
    [{}, false, false],
    [{ aal: 'aal2', sessions: false, methods: ['key'] }, true, false],
  ] as const)('of %j asks for a second factor where Kratos asks %s: %s', (access, aalQuestion, expected) => {
    const gateway = guardedModel(access, { identity: identityGate({ aalQuestion }) });
    expect(Object.hasOwn(guardedPlugin(gateway, 'post-function'), 'header_filter')).toBe(expected);
  });

  test('keeps a client’s own changes and not the removal of its credential', () => {
    const plugins = [requestTransformer({ set: { headers: { 'X-Shop': 'client' } } })];
    const gateway = guardedModel({ methods: ['key'] }, { clients: [{ ...CLIENT, plugins }] });
    const state = rendered(gateway);
    const here = state.plugins.find(({ name }) => name === 'request-transformer');
    expect(here).toMatchObject({ route: 'hello', consumer: 'app' });
    expect(JSON.stringify(here)).not.toContain('apikey');
    expect(JSON.stringify(state.consumers[0]?.plugins)).toContain('apikey');
    const people = rendered({ ...gateway, services: guardedModel().services });
    expect(people.plugins.some(({ name }) => name === 'request-transformer')).toBe(false);
  });
});

describe('whose a credential is', () => {
  const gateway = guardedModel(EVERYTHING, {
    clients: [
      { ...CLIENT, groups: ['staff'] },
      { name: 'other', oauth2: MADE.oauth2, limit: { minute: 1 } },
    ],
  });
  const state = rendered(gateway);

  test('is answered by routes for Kong’s own name, without the one that stands for strangers', () => {
    const routes = (state.routes ?? []).filter(({ name }) => name.startsWith('gate-'));
    expect(
      routes.map(({ name, hosts, paths, methods, plugins }) => [
        name,
        hosts,
        paths,
        methods,
        plugins.map((p) => p.name),
      ]),
    ).toEqual([
      ['gate-key', ['kong'], ['/key'], ['GET'], ['pre-function', 'key-auth', 'post-function']],
      ['gate-oauth2', ['kong'], ['/oauth2'], ['GET'], ['pre-function', 'oauth2', 'post-function']],
    ]);
    for (const { plugins } of routes) {
      expect(plugins[1]?.config).not.toHaveProperty('anonymous');
      expect(JSON.stringify(plugins[0]?.config)).toContain('8010');
    }
    expect(routes[1]?.plugins[1]?.config).toMatchObject({ global_credentials: true });
  });

  test('is answered without the limit of any client, each on the routes that know it', () => {
    const neutral = state.plugins.filter(({ name }) => name === 'rate-limiting');
    expect(
      neutral.map(({ route: at, consumer, config }) => [
        at,
        consumer,
        config.policy,
        config.hide_client_headers,
      ]),
    ).toEqual([
      ['gate-key', 'app', 'local', true],
      ['gate-oauth2', 'other', 'local', true],
    ]);
    expect(neutral[0]?.config.second).toBe(1_000_000_000);
  });

  test('is asked by methods of guarded routes alone', () => {
    const routes = (access: GuardedProps): string[] =>
      (rendered(guardedModel(access)).routes ?? []).map(({ name }) => name);
    expect([routes({}), routes({ methods: ['jwt'] }), routes({ methods: ['key'] })]).toEqual([
      [],
      [],
      ['gate-key'],
    ]);
  });

  test('is the only thing that is answered on its listener', () => {
    const rewrite = (of: typeof state): string => {
      const own = of.plugins.find(({ name }) => name === 'pre-function');
      return chunks(present(own).config, 'rewrite').join('');
    };
    expect(rewrite(state)).toContain('local answered = { ["/key"] = true, ["/oauth2"] = true }');
    expect(rewrite(rendered(model({ verification: { host: 'kong', port: 8010 } })))).toContain(
      'local answered = {}',
    );
    expect(rewrite(rendered(model()))).not.toContain('server_port');
  });
});

test('a page is a route without a service, for everybody', () => {
  const page = { name: 'page', paths: ['/page'], status: 503, title: 'A & B', text: '<b>' };
  const [made] = rendered(model({ pages: [page] })).routes ?? [];
  expect(made).toMatchObject({ name: 'page', hosts: ['localhost'], paths: ['/page'] });
  expect(made?.plugins[0]).toMatchObject({
    name: 'request-termination',
    config: {
      status_code: 503,
      content_type: 'text/html; charset=utf-8',
      body: expect.stringContaining('<h1>A &amp; B</h1><p>&lt;b&gt;</p>') as string,
    },
  });
});

test('an identity system without a guarded route changes nothing but what is forged', () => {
  const bare = rendered(model());
  const { plugins, ...same } = rendered(model({ identity: identityGate() }));
  expect(same).toEqual({ ...bare, plugins: undefined } satisfies object);
  expect(JSON.stringify(plugins)).toContain('x-session-');
  expect(JSON.stringify(bare)).not.toContain('x-session-');
});

test('the same declaration gives the same text', () => {
  const gateway = guardedModel(EVERYTHING, { clients: [{ ...CLIENT, groups: ['staff'] }] });
  expect(renderState(gateway, KONG_3_9).text).toBe(renderState(gateway, KONG_3_9).text);
});
