import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { hygieneChunk } from '../../../constructs/gateway/hygiene.js';
import type { GatewayDeclaration, RouteDeclaration } from '../../../constructs/gateway/model.js';
import {
  correlationId,
  customPlugin,
  preFunction,
  prometheus,
  requestSizeLimiting,
  type GatewayPlugin,
} from '../../../constructs/gateway/plugins/index.js';
import { EVERY_PROTOCOL } from '../../../constructs/gateway/plugins/plugin.js';
import { renderState } from '../../../constructs/gateway/state.js';
import { Duration, Size } from '../../../constructs/quantities.js';
import { present } from '../../helper/failure.js';
import {
  CLIENT,
  KONG_3_0,
  KONG_3_9,
  MADE,
  model,
  rendered,
  route,
  service,
  withRoute,
  type RenderedPlugin,
} from '../../helper/gateway-model.js';

const document = rendered(model());

function renderedRoute(
  change: Partial<RouteDeclaration>,
): Readonly<Record<string, unknown>> & { readonly plugins: readonly RenderedPlugin[] } {
  return present(rendered(withRoute(change)).services[0]?.routes[0]);
}

describe('the state file', () => {
  test('quotes every text, because decK takes some bare words for truth values and numbers', () => {
    const odd = { name: 'no', key: MADE.key, limit: { minute: 1 }, groups: ['on', 'y'] };
    const { text } = renderState(model({ clients: [odd] }), KONG_3_9);
    expect(text).toContain('- username: "no"\n');
    expect(text).toContain('- group: "on"\n');
    expect(parse(text, { version: '1.1' })).toEqual(parse(text));
  });

  test('quotes the names of fields that decK would take for something else', () => {
    const plugin = customPlugin({ name: 'my-plugin', config: { y: 1, on: 'x' } });
    const { text } = renderState(model({ plugins: [plugin] }), KONG_3_9);
    expect(text).toContain('"y": 1\n');
    expect(parse(text, { version: '1.1' })).toEqual(parse(text));
  });

  test('has the form of version 3.0, as text, and owns what carries the tag alone', () => {
    expect(renderState(model(), KONG_3_9).text).toMatch(
      /^_format_version: "3\.0"\n_info:\n {2}select_tags:\n {4}- "portcullis-unit"\nservices:\n/,
    );
  });

  test('is the same for the same declaration', () => {
    expect(renderState(model(), KONG_3_9).text).toBe(renderState(model(), KONG_3_9).text);
  });

  test('keeps services, routes, clients and plugins in the order of the declaration', () => {
    const reversed = rendered(
      model({
        services: ['zz', 'aa'].map((name) =>
          service({ name, routes: ['z', 'a'].map((end) => route({ name: `${name}-${end}` })) }),
        ),
        clients: ['zz', 'aa'].map((name) => ({ ...CLIENT, name })),
      }),
    );
    expect(reversed.services.map(({ name }) => name)).toEqual(['zz', 'aa']);
    expect(reversed.services.flatMap(({ routes }) => routes.map(({ name }) => name))).toEqual([
      'zz-z',
      'zz-a',
      'aa-z',
      'aa-a',
    ]);
    expect(reversed.upstreams.map(({ name }) => name)).toEqual(['zz.upstream', 'aa.upstream']);
    expect(reversed.consumers.map(({ username }) => username)).toEqual(['zz', 'aa']);
  });

  test('has nothing behind a gateway without services and clients', () => {
    expect(rendered(model({ services: [], clients: [] }))).toMatchObject({
      services: [],
      upstreams: [],
      consumers: [],
    });
  });
});

describe('a service', () => {
  test('is reached by the shared name of its replicas, within two seconds, and tried twice more', () => {
    const { routes, plugins, ...own } = present(document.services[0]);
    expect(own).toEqual({
      name: 'hello',
      protocol: 'http',
      host: 'hello.upstream',
      port: 8080,
      retries: 2,
      connect_timeout: 2000,
      read_timeout: 30_000,
      write_timeout: 30_000,
    });
    expect([routes.length, plugins]).toEqual([1, []]);
  });

  test('takes retries, each timeout and plugins', () => {
    const timeouts = {
      connect: Duration.milliseconds(1),
      read: Duration.hours(1),
      write: Duration.seconds(1.5),
    };
    const change = { retries: 0, timeouts, plugins: [prometheus()] };
    expect(rendered(model({ services: [service(change)] })).services[0]).toMatchObject({
      retries: 0,
      connect_timeout: 1,
      read_timeout: 3_600_000,
      write_timeout: 1500,
      plugins: [{ name: 'prometheus' }],
    });
  });
});

describe('a route', () => {
  test('keeps the path and the host of a request, answers known hosts alone, and asks for a key', () => {
    const { plugins, ...own } = renderedRoute({});
    expect(own).toEqual({
      name: 'hello',
      protocols: ['http', 'https'],
      hosts: ['localhost'],
      paths: ['/hello'],
      regex_priority: 0,
      strip_path: false,
      preserve_host: true,
      request_buffering: true,
      response_buffering: true,
    });
    expect(plugins.map(({ name }) => name)).toEqual(['key-auth', 'request-transformer']);
  });

  test('takes what is said otherwise', () => {
    expect(
      renderedRoute({
        paths: ['~/users/\\d+$', '/a'],
        hosts: ['127.0.0.1'],
        methods: ['GET', 'HEAD'],
        headers: { 'X-Version': ['1', '02'] },
        stripPath: true,
        preserveHost: false,
        httpsOnly: true,
        priority: 7,
        buffering: { request: false, response: false },
      }),
    ).toMatchObject({
      protocols: ['https'],
      hosts: ['127.0.0.1'],
      paths: ['~/users/\\d+$', '/a'],
      methods: ['GET', 'HEAD'],
      headers: { 'X-Version': ['1', '02'] },
      regex_priority: 7,
      strip_path: true,
      preserve_host: false,
      request_buffering: false,
      response_buffering: false,
    });
  });

  test.each([
    [{ request: false }, [false, true]],
    [{ response: false }, [true, false]],
    [{}, [true, true]],
  ])('with the buffering %j collects the other body', (buffering, found) => {
    const { request_buffering: request, response_buffering: response } = renderedRoute({ buffering });
    expect([request, response]).toEqual(found);
  });

  test('has its own plugins after those that see to its access', () => {
    expect(renderedRoute({ plugins: [prometheus()] }).plugins.map(({ name }) => name)).toEqual([
      'key-auth',
      'prometheus',
      'request-transformer',
    ]);
  });
});

describe('for every request', () => {
  function everywhere(
    plugins: readonly GatewayPlugin[],
    change: Partial<GatewayDeclaration> = {},
  ): RenderedPlugin[] {
    return rendered(model({ plugins, ...change })).plugins;
  }

  test('forged headers go, an id is given and told back, and the body is bounded', () => {
    expect(document.plugins).toEqual([
      {
        name: 'pre-function',
        protocols: EVERY_PROTOCOL,
        config: { rewrite: [hygieneChunk('X-Request-Id')] },
      },
      {
        name: 'correlation-id',
        config: { header_name: 'X-Request-Id', generator: 'uuid', echo_downstream: true },
      },
      {
        name: 'request-size-limiting',
        config: { allowed_payload_size: 8, size_unit: 'megabytes', require_content_length: false },
      },
    ]);
  });

  test('header and size are those of the declaration', () => {
    const [first, second, third] = everywhere([], {
      requestIdHeader: 'X-Trace',
      requestSize: Size.gibibytes(1),
    });
    expect(first?.config).toEqual({ rewrite: [hygieneChunk('X-Trace')] });
    expect(second?.config).toMatchObject({ header_name: 'X-Trace' });
    expect(third?.config).toMatchObject({ allowed_payload_size: 1024 });
  });

  test('a plugin of the declaration stands for the one of its kind', () => {
    const own = [
      requestSizeLimiting({ limit: Size.mebibytes(1) }),
      correlationId({ echo: false }),
      prometheus(),
    ];
    expect(
      everywhere(own).map(({ name, config }) => [name, config.allowed_payload_size, config.echo_downstream]),
    ).toEqual([
      ['pre-function', undefined, undefined],
      ['request-size-limiting', 1, undefined],
      ['correlation-id', undefined, false],
      ['prometheus', undefined, undefined],
    ]);
  });

  test('a function of the declaration runs after forged headers are gone, never instead', () => {
    const [first, ...others] = everywhere([preFunction({ rewrite: ['-- own'], access: ['-- access'] })]);
    expect(first).toEqual({
      name: 'pre-function',
      protocols: EVERY_PROTOCOL,
      config: { rewrite: [hygieneChunk('X-Request-Id'), '-- own'], access: ['-- access'] },
    });
    expect(others.map(({ name }) => name)).toEqual(['correlation-id', 'request-size-limiting']);
  });

  test('a function in another phase leaves the removal of forged headers where it is', () => {
    expect(everywhere([preFunction({ log: ['-- own'] })])[0]?.config).toEqual({
      rewrite: [hygieneChunk('X-Request-Id')],
      log: ['-- own'],
    });
  });
});

describe('the version of Kong', () => {
  const counters = { kind: 'redis', host: 'redis', password: MADE.token } as const;

  test('decides how the limits of clients name their counters', () => {
    const [old, now] = [KONG_3_0, KONG_3_9].map(
      (kong) => rendered(model({ counters }), kong).consumers[0]?.plugins[0]?.config,
    );
    expect(old).toMatchObject({ policy: 'redis', redis_host: 'redis' });
    expect(old).not.toHaveProperty('redis');
    expect(now).toMatchObject({ policy: 'redis', redis: { host: 'redis' } });
    expect(now).not.toHaveProperty('redis_host');
  });
});
