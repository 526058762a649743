import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { jsonServiceDeclaration } from '../../../constructs/gateway/gateway.js';
import type { GatewayDeclaration } from '../../../constructs/gateway/model.js';
import { renderState, type GatewayState } from '../../../constructs/gateway/state.js';
import { Duration } from '../../../constructs/quantities.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { jsonService } from '../../helper/components.js';
import { declared } from '../../helper/synth.js';

const plugins = z.array(z.object({ name: z.string(), config: z.record(z.string(), z.unknown()) }));
const stateSchema = z.strictObject({
  _format_version: z.string(),
  _info: z.strictObject({ select_tags: z.array(z.string()) }),
  services: z.array(
    z.looseObject({
      name: z.string(),
      host: z.string(),
      routes: z.array(z.looseObject({ name: z.string(), plugins })),
    }),
  ),
  upstreams: z.array(
    z.looseObject({ name: z.string(), targets: z.array(z.unknown()), healthchecks: z.looseObject({}) }),
  ),
  consumers: z.array(
    z.looseObject({
      username: z.string(),
      keyauth_credentials: z.array(z.strictObject({ key: z.string() })),
      plugins,
    }),
  ),
  plugins,
});

function rendered(change: Partial<GatewayDeclaration> = {}): GatewayState {
  return declared((stack, platform) =>
    renderState({
      tag: 'portcullis-unit',
      hosts: ['localhost', '127.0.0.1'],
      services: [jsonServiceDeclaration(jsonService(stack, platform, 'hello'))],
      clients: [
        { name: 'my-app', key: Secret.generated(stack, 'client-my-app'), limit: { second: 5, hour: 100 } },
      ],
      requestIdHeader: 'X-Request-Id',
      ...change,
    }),
  );
}

const state = rendered();
const document = stateSchema.parse(parse(state.text));
const [service] = document.services;
const [route] = service?.routes ?? [];
const [consumer] = document.consumers;

describe('the state file', () => {
  test('has the form of version 3.0, as text, and owns what carries the tag alone', () => {
    expect(state.text.startsWith('_format_version: "3.0"\n')).toBe(true);
    expect(document._info.select_tags).toEqual(['portcullis-unit']);
  });

  test('sends each service to its replicas by their shared name', () => {
    expect(service).toMatchObject({
      name: 'hello',
      host: 'hello.upstream',
      protocol: 'http',
      port: 8080,
      retries: 2,
    });
    expect(document.upstreams[0]).toMatchObject({
      name: 'hello.upstream',
      algorithm: 'round-robin',
      targets: [{ target: 'hello:8080', weight: 100 }],
    });
  });

  test('keeps the path of a request and answers known hosts alone', () => {
    expect(route).toMatchObject({
      name: 'hello',
      paths: ['/hello'],
      hosts: ['localhost', '127.0.0.1'],
      strip_path: false,
      preserve_host: true,
    });
    expect(route).not.toHaveProperty('methods');
  });

  test('lets a route name its methods', () => {
    const only = declared((stack, platform) => jsonServiceDeclaration(jsonService(stack, platform, 'hello')));
    const limited = rendered({
      services: [{ ...only, routes: [{ name: 'hello', paths: ['/hello'], methods: ['GET', 'HEAD'] }] }],
    });
    expect(stateSchema.parse(parse(limited.text)).services[0]?.routes[0]).toMatchObject({
      methods: ['GET', 'HEAD'],
    });
  });

  test('takes a key from a header alone and does not pass it on', () => {
    expect(route?.plugins).toEqual([
      {
        name: 'key-auth',
        config: {
          key_names: ['apikey'],
          key_in_header: true,
          key_in_query: false,
          key_in_body: false,
          hide_credentials: true,
        },
      },
    ]);
  });

  test('limits each client by itself, with the bounds that were given and no others', () => {
    expect(consumer?.plugins).toEqual([
      {
        name: 'rate-limiting',
        config: {
          second: 5,
          hour: 100,
          limit_by: 'consumer',
          policy: 'local',
          fault_tolerant: false,
          hide_client_headers: false,
        },
      },
    ]);
  });

  test('gives every request an id and tells it back', () => {
    expect(document.plugins).toEqual([
      {
        name: 'correlation-id',
        config: { header_name: 'X-Request-Id', generator: 'uuid', echo_downstream: true },
      },
    ]);
  });

  test('asks replicas every second and takes them out after two failures, unless told otherwise', () => {
    const active = (text: string): unknown =>
      stateSchema.parse(parse(text)).upstreams[0]?.healthchecks.active;
    expect(active(state.text)).toMatchObject({
      http_path: '/health/ready',
      healthy: { interval: 1, http_statuses: [200] },
      unhealthy: { interval: 1, http_failures: 2, tcp_failures: 2, timeouts: 2 },
    });
    const only = declared((stack, platform) => jsonServiceDeclaration(jsonService(stack, platform, 'hello')));
    const health = { path: '/up', interval: Duration.milliseconds(500), failures: 5 };
    expect(active(rendered({ services: [{ ...only, health }] }).text)).toMatchObject({
      http_path: '/up',
      healthy: { interval: 0.5 },
      unhealthy: { interval: 0.5, http_failures: 5 },
    });
  });
});

describe('keys of clients', () => {
  test('stand in the text as placeholders of decK, quoted so that they stay text', () => {
    expect(consumer?.keyauth_credentials).toEqual([
      { key: '${{ env "DECK_ENV_KEY_MY_APP_0" }}' },
      { key: '${{ env "DECK_ENV_KEY_MY_APP_1" }}' },
    ]);
    expect(state.text.match(/'\$\{\{ env "[A-Z0-9_]+" \}\}'/g)).toHaveLength(2);
    expect(state.text).not.toMatch(/TfToken|random_password/);
  });

  test('each slot has a variable of its own, and every placeholder has a value', () => {
    expect([...state.secrets].map(([name, sealed]) => [name, sealed.label])).toEqual([
      ['DECK_ENV_KEY_MY_APP_0', 'client-my-app#0'],
      ['DECK_ENV_KEY_MY_APP_1', 'client-my-app#1'],
    ]);
  });

  test('no two clients share a variable', () => {
    const two = declared((stack) =>
      renderState({
        tag: 't',
        hosts: ['localhost'],
        services: [],
        requestIdHeader: 'X-Request-Id',
        clients: ['aa', 'aa-0'].map((name) => ({
          name,
          key: Secret.generated(stack, `client-${name}`, { slots: 11 }),
          limit: { minute: 1 },
        })),
      }),
    );
    expect(two.secrets.size).toBe(22);
  });
});

test('the same model gives the same text', () => {
  expect(rendered().text).toBe(state.text);
});
