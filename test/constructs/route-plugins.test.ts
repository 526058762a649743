/** What the gateway adds to declared plugins: credentials go no further, and nothing allows more than Kong takes. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { clients, publicAccess } from '../../constructs/gateway/access.js';
import { jsonServiceDeclaration, type GatewayProps } from '../../constructs/gateway/gateway.js';
import type { RouteDeclaration } from '../../constructs/gateway/model.js';
import {
  preFunction,
  rateLimiting,
  requestSizeLimiting,
  requestTransformer,
  type GatewayPlugin,
} from '../../constructs/gateway/plugins/index.js';
import { Size } from '../../constructs/quantities.js';
import { CertificateAuthority } from '../../constructs/secrets/certificate-authority.js';
import { Certificate } from '../../constructs/secrets/certificate.js';
import { KeyPair } from '../../constructs/secrets/key-pair.js';
import { Secret } from '../../constructs/secrets/secret.js';
import { gateway, jsonService, kong } from '../helper/components.js';
import { present, thrown } from '../helper/failure.js';
import { declared, synthesize } from '../helper/synth.js';

interface Rendered {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}
interface State {
  readonly services: readonly { readonly routes: readonly { readonly plugins?: readonly Rendered[] }[] }[];
  readonly consumers: readonly {
    readonly username: unknown;
    readonly plugins: readonly Rendered[];
    readonly jwt_secrets?: readonly Readonly<Record<string, unknown>>[];
  }[];
  readonly plugins: readonly Rendered[];
}

interface Given {
  readonly route?: Partial<RouteDeclaration>;
  readonly service?: readonly GatewayPlugin[];
  readonly gateway?: readonly GatewayPlugin[];
  readonly client?: readonly GatewayPlugin[];
  readonly change?: Partial<Omit<GatewayProps, 'platform'>>;
  readonly name?: string;
  readonly signs?: boolean;
}

const OPEN = publicAccess('a case that is not about who may pass');

/** State of a gateway with one service, one route and one client. */
function rendered(given: Given = {}): State {
  const { text } = declared((stack, platform) => {
    const service = jsonServiceDeclaration(jsonService(stack, platform, 'hello'), given.route);
    const authority = new CertificateAuthority(stack, 'authority');
    const secured = kong(stack, platform, {
      tls: {
        certificate: new Certificate(stack, 'gate', { authority, names: ['localhost'] }),
        publish: { address: '127.0.0.1', port: 8443 },
      },
    });
    return gateway(stack, platform, [], {
      kong: secured,
      services: [{ ...service, plugins: given.service ?? [] }],
      clients: [
        {
          name: given.name ?? 'demo',
          key: Secret.generated(stack, 'key'),
          ...(given.signs === true ? { jwt: KeyPair.generated(stack, 'pair') } : {}),
          limit: { minute: 1 },
          plugins: given.client ?? [],
        },
      ],
      plugins: given.gateway ?? [],
      ...given.change,
    }).state;
  });
  return parse(text) as State;
}

function plugin(list: readonly Rendered[] | undefined, name: string): Rendered {
  const found = (list ?? []).filter((one) => one.name === name);
  expect(found).toHaveLength(1);
  return present(found[0]);
}

const ofRoute = (state: State, name: string): Rendered => plugin(state.services[0]?.routes[0]?.plugins, name);
const removed = ({ config }: Rendered): unknown => (config.remove as { headers: unknown }).headers;
const set = (value: string): GatewayPlugin => requestTransformer({ set: { headers: { 'X-Set': value } } });

describe('credentials', () => {
  test('are taken away on a route for clients, and the key alone on one for everybody', () => {
    expect(removed(ofRoute(rendered(), 'request-transformer'))).toEqual(['apikey', 'Authorization']);
    const open = ofRoute(rendered({ route: { access: OPEN } }), 'request-transformer');
    expect(removed(open)).toEqual(['apikey']);
  });

  test.each<[string, Given, string]>([
    ["the route's", { route: { plugins: [set('route')] }, service: [set('service')] }, 'route'],
    ["the service's", { service: [set('service')], gateway: [set('gateway')] }, 'service'],
    ["the gateway's", { gateway: [set('gateway')] }, 'gateway'],
  ])('are taken away by %s own changes, which stay', (_whose, given, value) => {
    for (const access of [clients(), OPEN]) {
      const found = ofRoute(rendered({ ...given, route: { ...given.route, access } }), 'request-transformer');
      expect(found.config).toMatchObject({ add: { headers: [`X-Set:${value}`] } });
      expect(removed(found)).toContain('apikey');
    }
  });

  test("are taken away by a client's own changes, after what it removes", () => {
    const own = requestTransformer({ remove: { headers: ['X-Gone'] } });
    const found = plugin(rendered({ client: [own] }).consumers[0]?.plugins, 'request-transformer');
    expect(removed(found)).toEqual(['X-Gone', 'apikey', 'Authorization']);
  });
});

describe('a token in query or body', () => {
  const access = clients({ methods: ['key', 'oauth2'] });

  test('is refused before functions of the route, which stay', () => {
    const own = preFunction({ access: ['local own'], log: ['local late'] });
    const { config } = ofRoute(rendered({ route: { access, plugins: [own] } }), 'pre-function');
    expect(config).toEqual({
      access: [expect.stringContaining('access_token'), 'local own'],
      log: ['local late'],
    });
  });

  test("is refused beside the gateway's functions, whose first phase stays where it is", () => {
    const state = rendered({
      route: { access },
      gateway: [preFunction({ rewrite: ['local early'], access: ['local own'] })],
    });
    expect(ofRoute(state, 'pre-function').config).toEqual({
      access: [expect.stringContaining('access_token'), 'local own'],
    });
    expect(plugin(state.plugins, 'pre-function').config.rewrite).toEqual([
      expect.stringContaining('get_headers'),
      'local early',
    ]);
  });

  test('is nothing to a route without OAuth2', () => {
    expect(rendered().services[0]?.routes[0]?.plugins?.map(({ name }) => name)).not.toContain('pre-function');
  });
});

test('a public key has a secret beside it, because decK wants one', () => {
  const keys = rendered({ signs: true }).consumers[0]?.jwt_secrets;
  expect(keys?.map(({ secret }) => secret)).toEqual(
    Array<string>(3).fill('${{ env "DECK_ENV_GATEWAY_UNUSED_0" }}'),
  );
});

test('a name that YAML 1.1 takes for another kind of value is quoted', () => {
  const { text } = declared((stack, platform) =>
    gateway(stack, platform, [], {
      clients: [{ name: 'no', key: Secret.generated(stack, 'key'), limit: { minute: 1 } }],
    }),
  ).state;
  expect(text).toContain('username: "no"');
  expect(rendered({ name: 'yes' }).consumers[0]?.username).toBe('yes');
});

describe('what would not act', () => {
  test("is refused: a route's limit behind the limit of each client", () => {
    const plugins = [rateLimiting({ limit: { minute: 1 } })];
    expect(thrown(() => rendered({ route: { plugins } })).message).toContain(
      "routes.hello.plugins.rate-limiting must be on a route for everybody: a client's own limit goes before it",
    );
    expect(ofRoute(rendered({ route: { plugins, access: OPEN } }), 'rate-limiting').config).toMatchObject({
      minute: 1,
    });
  });

  const limit = [requestSizeLimiting({ limit: Size.mebibytes(17) })];
  test.each<[string, Given]>([
    ['requestSize', { change: { requestSize: Size.mebibytes(17) } }],
    ['plugins.request-size-limiting', { gateway: limit }],
    ['services.hello.plugins.request-size-limiting', { service: limit }],
    ['routes.hello.plugins.request-size-limiting', { route: { plugins: limit } }],
    ['clients.demo.plugins.request-size-limiting', { client: limit }],
  ])('is refused: %s beyond what Kong takes at all', (path, given) => {
    expect(thrown(() => rendered(given)).message).toContain(
      `${path} must be at most 16 MiB, what Kong takes at all, got 17; raise Kong's maxRequestBody or lower it`,
    );
  });
});

test.each<[string, Size | undefined, string]>([
  ['16 MiB where nothing is said', undefined, '16m'],
  ['what is said', Size.gibibytes(1), '1024m'],
])('Kong takes bodies up to %s', (_what, maxRequestBody, expected) => {
  const { env } = synthesize((stack, platform) => {
    kong(stack, platform, maxRequestBody === undefined ? {} : { maxRequestBody });
  }).container('Kong/Proxy/Resource');
  expect(env).toContain(`KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE=${expected}`);
});
