import { describe, expect, test } from 'vitest';
import { jsonServiceDeclaration } from '../../../constructs/gateway/gateway.js';
import type {
  ClientDeclaration,
  RateLimit,
  RouteDeclaration,
  ServiceDeclaration,
} from '../../../constructs/gateway/model.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { gateway, jsonService } from '../../helper/components.js';
import { thrown } from '../../helper/failure.js';
import { without } from '../../helper/objects.js';
import { declared, synthesize, type Synthesized } from '../../helper/synth.js';

function withServices(...services: string[]): Synthesized {
  return synthesize((scope, platform) => {
    gateway(scope, platform, services);
  });
}

const two = withServices('hello', 'world');

describe('the sync', () => {
  const job = two.container('Gateway/Sync/Resource');

  test('runs beside the Admin API, on no network of its own', () => {
    expect(job.network_mode).toBe(
      `container:\${${two.address('docker_container', 'Kong/Proxy/Resource')}.id}`,
    );
    expect(job.env).toEqual(['DECK_ANALYTICS=off', 'DECK_KONG_ADDR=http://127.0.0.1:8001', 'HOME=/tmp']);
  });

  test('hands keys to decK by variables read from files, and none on a command line', () => {
    const [script = ''] = job.command ?? [];
    expect(job.entrypoint).toEqual(['sh', '-c']);
    expect(script).toContain('export "$(basename "$file")=$(cat "$file")"');
    expect(script).toMatch(/exec deck gateway sync --no-color \/run\/portcullis\/state\/kong\.yaml$/);
    expect(script).not.toContain('DECK_ENV_');
  });

  test('gets the state with decK’s marks escaped from Terraform', () => {
    const [state] = two.container('Gateway/Sync/Files-state/Writer').upload;
    expect(state?.file).toBe('/files/.incoming/kong.yaml');
    expect(state?.content).toContain(`key: '$\${{ env "DECK_ENV_KEY_DEMO_0" }}'`);
    expect(state?.content).not.toMatch(/(?<!\$)\$\{/);
  });

  test('gets every slot of every key', () => {
    expect(
      two.container('Gateway/Sync/Files-secrets/Writer').upload.map(({ file, content }) => [file, content]),
    ).toEqual(
      [0, 1].map((slot) => [
        `/files/.incoming/DECK_ENV_KEY_DEMO_${slot}`,
        `\${${two.address('random_password', `client-demo/Slot${slot}`)}.result}`,
      ]),
    );
  });

  test('runs again when the database was recreated', () => {
    expect(JSON.stringify(two.one('terraform_data', 'Gateway/Sync/Run').lifecycle)).toContain(
      two.address('docker_volume', 'Postgres/Data/Resource'),
    );
  });
});

describe('a third service', () => {
  const three = withServices('hello', 'world', 'planet');

  test('changes no container but that of the sync and the networks of Kong, which are ignored', () => {
    const differing = [...two.all('docker_container')].filter(([path, before]) => {
      const [kept, now] = [before, three.container(path)].map((one) => without(one, 'depends_on'));
      return JSON.stringify(kept) !== JSON.stringify(now);
    });
    expect(differing.map(([path]) => path).sort()).toEqual([
      'Gateway/Sync/Files-state/Writer',
      'Gateway/Sync/Resource',
      'Kong/Proxy/Resource',
    ]);
    const { networks_advanced: before, ...kept } = two.container('Kong/Proxy/Resource');
    const { networks_advanced: after, ...now } = three.container('Kong/Proxy/Resource');
    expect(now).toEqual(kept);
    expect(after).toEqual(expect.arrayContaining(before));
    expect(after).toHaveLength(before.length + 1);
    expect(now.lifecycle).toEqual({ ignore_changes: ['networks_advanced'] });
  });

  test('changes no network, no volume and no secret that was there', () => {
    for (const type of ['docker_network', 'docker_volume', 'random_password'] as const) {
      for (const [path, before] of two.all(type)) expect(three.one(type, path)).toEqual(before);
    }
    expect(
      [...three.all('docker_network').keys()].filter((path) => !two.all('docker_network').has(path)),
    ).toEqual(['Platform/Edge-kong--planet']);
  });

  test('is connected to Kong while Kong runs', () => {
    const [step] = three.one('terraform_data', 'Kong/Proxy/Attached').provisioner;
    expect(step?.['local-exec'].environment.NETWORKS).toContain(
      `\${${three.address('docker_network', 'Platform/Edge-kong--planet')}.name}`,
    );
  });
});

describe('what is refused', () => {
  interface Change {
    readonly hosts?: readonly string[];
    readonly services?: readonly Partial<ServiceDeclaration>[];
    readonly clients?: readonly Partial<ClientDeclaration>[];
  }

  function mistake(change: Change): string {
    return thrown(() =>
      declared((scope, platform) => {
        const { hosts = ['localhost'], services = [{}], clients = [{}] } = change;
        gateway(scope, platform, [], {
          hosts,
          services: services.map((more, i) => ({
            ...jsonServiceDeclaration(jsonService(scope, platform, `service${i}`)),
            ...more,
          })),
          clients: clients.map((more, i) => ({
            name: `client${i}`,
            key: Secret.generated(scope, `key${i}`),
            limit: { minute: 1 },
            ...more,
          })),
        });
      }),
    ).message;
  }

  const route = (change: Partial<RouteDeclaration>): RouteDeclaration => ({
    name: 'hello',
    paths: ['/hello'],
    ...change,
  });

  test.each<[string, Change, string]>([
    [
      'two services have one name',
      { services: [{ name: 'same' }, { name: 'same' }] },
      `'services.name' must be unique, got "same"; rename one of them (at unit/Gateway)`,
    ],
    [
      'two routes have one name',
      { services: [{ routes: [route({}), route({ paths: ['/other'] })] }] },
      `'routes.name' must be unique, got "hello"; rename one of them (at unit/Gateway)`,
    ],
    [
      'two clients have one name',
      { clients: [{ name: 'same' }, { name: 'same' }] },
      `'clients.name' must be unique, got "same"; rename one of them (at unit/Gateway)`,
    ],
    [
      'a client has no plain name',
      { clients: [{ name: 'a b' }] },
      `'clients.name' must be 2 to 40 small letters, digits and dashes, got "a b"; rename it (at unit/Gateway)`,
    ],
    [
      'a path has no slash',
      { services: [{ routes: [route({ paths: ['hello'] })] }] },
      `'routes.paths' must begin with a slash, got "hello"; write '/hello' (at unit/Gateway)`,
    ],
    [
      'there is no host',
      { hosts: [] },
      "'hosts' must name at least one host, got none; add the public host (at unit/Gateway)",
    ],
  ])('fails when %s', (_what, change, message) => {
    expect(mistake(change)).toBe(message);
  });

  test('fails when a limit is empty', () => {
    expect(mistake({ clients: [{ name: 'demo', limit: {} }] })).toBe(
      "'limit' must set second, minute or hour, got none; set one of them (at unit/Gateway/demo)",
    );
  });

  test.each<[RateLimit, number]>([
    [{ second: 10, minute: 5 }, 5],
    [{ minute: 10, hour: 5 }, 5],
    [{ second: 10, hour: 5 }, 5],
    [{ minute: 0 }, 0],
    [{ minute: 1.5 }, 1.5],
  ])('fails when the limit is %j', (limit, got) => {
    expect(mistake({ clients: [{ name: 'demo', limit }] })).toBe(
      `'limit' must be whole numbers from 1 on, none below that of a shorter period, got ${got}; raise it (at unit/Gateway/demo)`,
    );
  });

  test('fails when a service names a listener that its workload has not', () => {
    expect(mistake({ services: [{ listener: 'grpc' }] })).toBe(
      `'listener' must be one of http, got "grpc"; name a listener that exists (at unit/service0/Workload)`,
    );
  });
});

test('equal bounds over longer periods are accepted', () => {
  const state = declared((scope, platform) =>
    gateway(scope, platform, [], {
      clients: [
        { name: 'demo', key: Secret.generated(scope, 'key'), limit: { second: 5, minute: 5, hour: 5 } },
      ],
    }),
  ).state.text;
  expect(state).toMatch(/second: 5\n\s+minute: 5\n\s+hour: 5\n/);
});
