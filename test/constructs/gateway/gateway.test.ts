import { describe, expect, test } from 'vitest';
import { clients, guarded, publicAccess } from '../../../constructs/gateway/access.js';
import { jsonServiceDeclaration } from '../../../constructs/gateway/gateway.js';
import type { RouteDeclaration } from '../../../constructs/gateway/model.js';
import { requestTermination } from '../../../constructs/gateway/plugins/index.js';
import { SYNC_SCRIPT } from '../../../constructs/gateway/sync-script.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { gateway, jsonService, kong } from '../../helper/components.js';
import { identityGate } from '../../helper/guarded-model.js';
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

  test('runs the script with the folder of secrets and the state, and no secret on its command line', () => {
    expect(job.entrypoint).toEqual(['sh', '-c']);
    expect(job.command).toEqual([
      SYNC_SCRIPT,
      'deck-sync',
      '/run/portcullis/secrets',
      '/run/portcullis/state/kong.yaml',
    ]);
    // Terraform would take these marks for its own.
    expect(SYNC_SCRIPT).not.toMatch(/[$%]\{/);
  });

  test('gets the state with decK’s marks escaped from Terraform', () => {
    const [state] = two.container('Gateway/Sync/Files-state/Writer').upload;
    expect(state?.file).toBe('/files/.incoming/kong.yaml');
    expect(state?.content).toContain(`- key: $\${{ env "DECK_ENV_CLIENT_DEMO_0" }}\n`);
    expect(state?.content).not.toMatch(/(?<!\$)\$\{/);
  });

  test('gets text of the declaration with Terraform’s marks escaped, too', () => {
    const stack = synthesize((scope, platform) => {
      gateway(scope, platform, ['hello'], {
        plugins: [requestTermination({ message: 'costs ${5} or %{5}' })],
      });
    });
    expect(stack.container('Gateway/Sync/Files-state/Writer').upload[0]?.content).toContain(
      'message: "costs $${5} or %%{5}"\n',
    );
  });

  test('gets every slot of every key, as a JSON string', () => {
    expect(
      two.container('Gateway/Sync/Files-secrets/Writer').upload.map(({ file, content }) => [file, content]),
    ).toEqual(
      [0, 1].map((slot) => [
        `/files/.incoming/DECK_ENV_CLIENT_DEMO_${slot}`,
        `\${jsonencode(${two.address('random_password', `client-demo/Slot${slot}`)}.result)}`,
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
  test('holds every mistake of the declaration, before anything is applied', () => {
    const { message } = thrown(() =>
      declared((scope, platform) =>
        gateway(scope, platform, ['hello'], {
          hosts: [],
          clients: [{ name: 'demo', limit: {} }],
          requestIdHeader: 'a b',
        }),
      ),
    );
    expect(message.split('\n')).toEqual([
      'the gateway has 4 mistakes:',
      '  clients.demo must have a credential, got {}; add key, jwt or oauth2',
      '  clients.demo.limit must set at least one period, got {}; set for example minute',
      '  hosts must name at least one host, got []; add the public host',
      `  requestIdHeader must be a header's name of letters, digits and dashes, got "a b"; write for example 'X-Request-Id'`,
      ' (at unit/Gateway)',
    ]);
  });

  test('is a listener that the workload of a service has not', () => {
    expect(
      thrown(() =>
        declared((scope, platform) => {
          const hello = jsonServiceDeclaration(jsonService(scope, platform, 'hello'));
          gateway(scope, platform, [], { services: [{ ...hello, listener: 'grpc' }] });
        }),
      ).message,
    ).toBe(
      `'listener' must be one of http, got "grpc"; name a listener that exists (at unit/hello/Workload)`,
    );
  });

  test.each<[string, Partial<RouteDeclaration>]>([
    ['a route', { access: clients({ methods: ['oauth2'] }) }],
    ['a client', {}],
  ])('is OAuth2 on %s, which needs HTTPS, and that alone', (what, route) => {
    const lines = thrown(() =>
      declared((scope, platform) => {
        const hello = jsonServiceDeclaration(jsonService(scope, platform, 'hello'), route);
        const oauth2 = what === 'a client' ? { oauth2: Secret.generated(scope, 'oauth2-app') } : {};
        const key = Secret.generated(scope, 'client-app');
        gateway(scope, platform, [], {
          services: [hello],
          clients: [{ name: 'app', key, limit: { minute: 1 }, ...oauth2 }],
        });
      }),
    ).message.split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/HTTPS.*; give Kong a certificate$/);
  });
});

describe('what is left out', () => {
  test('is the header X-Request-Id, 8 MiB and counters in memory', () => {
    const { text } = declared((scope, platform) => gateway(scope, platform, ['hello'])).state;
    expect(text).toContain('header_name: "X-Request-Id"\n');
    expect(text).toMatch(/allowed_payload_size: 8\n\s+size_unit: "megabytes"\n/);
    expect(text).toContain('policy: "local"\n');
  });

  test('is no secret of its own where nobody uses OAuth2', () => {
    expect([...two.all('random_password').keys()].filter((path) => path.startsWith('Gateway'))).toEqual([]);
  });
});

test('the declaration of a service takes what its route says beyond path and name', () => {
  const [hello, changed] = declared((scope, platform) => {
    const service = jsonService(scope, platform, 'hello');
    return [
      jsonServiceDeclaration(service),
      jsonServiceDeclaration(service, { name: 'other', methods: ['GET'], stripPath: true }),
    ];
  });
  expect(hello).toMatchObject({
    name: 'hello',
    listener: 'http',
    port: 8080,
    health: { path: '/health/ready' },
    routes: [{ name: 'hello', paths: ['/hello'] }],
  });
  expect(changed.routes).toEqual([{ name: 'other', paths: ['/hello'], methods: ['GET'], stripPath: true }]);
});

describe('a guarded service', () => {
  /** A gateway with one guarded service, and another route of it where one is given. */
  function guardedStack(...more: RouteDeclaration[]): Synthesized {
    return synthesize((scope, platform) => {
      const hello = jsonServiceDeclaration(jsonService(scope, platform, 'hello'), { access: guarded() });
      const world = jsonService(scope, platform, 'world');
      gateway(scope, platform, [], {
        kong: kong(scope, platform, { verify: true }),
        services: [{ ...hello, routes: [...hello.routes, ...more] }],
        // Any other workload can stand for the identity system here.
        identity: { ...identityGate(), workload: world.workload, listener: 'http', port: world.port },
      });
    });
  }
  const edges = (stack: Synthesized): string[] =>
    [...stack.all('docker_network').keys()].filter((path) => /(hello--kong|kong--world)/.test(path)).sort();

  test('is called by nobody but the identity system, which Kong calls', () => {
    expect(edges(guardedStack())).toEqual(['Platform/Edge-kong--world']);
  });

  test('is called by Kong for its other routes', () => {
    const open = { name: 'open', paths: ['/open'], access: publicAccess('a case of its own') };
    expect(edges(guardedStack(open))).toEqual(['Platform/Edge-hello--kong', 'Platform/Edge-kong--world']);
  });
});
