import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Size } from '../../../constructs/quantities.js';
import { JsonService } from '../../../constructs/services/json-service.js';
import { present } from '../../helper/failure.js';
import { docker, must } from '../harness/run.js';
import { TestStack, type Declare } from '../harness/stack.js';
import {
  addressTowards,
  ask,
  containerOf,
  containers,
  inside,
  PORT,
  RESOURCES,
  server,
  type Inspected,
} from './fixtures.js';
import { CALL, mirror, neighbours } from './world.js';

const ENVIRONMENT = 'e2e-networks';

/**
 * door (published) → alpha → store (holds a volume) → the world, and with the third service
 * door → omega → store.
 */
function declare(publish: number, third: boolean): Declare {
  return (stack, platform, { tools, jsonService }) => {
    platform.workload(
      stack,
      'Door',
      server(tools, {
        name: 'door',
        listeners: [
          { name: 'http', port: PORT, publish: { address: '127.0.0.1', port: publish } },
          { name: 'other', port: PORT + 1 },
        ],
      }),
    );
    const volume = platform.volume(stack, 'Volume', { name: 'store-data', size: Size.mebibytes(16) });
    const store = platform.workload(
      stack,
      'Store',
      server(tools, {
        name: 'store',
        volumes: [{ volume, path: '/data' }],
        egress: true,
        listeners: [{ name: 'http', port: PORT, callers: ['alpha'] }],
      }),
    );
    const service = (name: string): void => {
      const { workload } = new JsonService(stack, name, {
        platform,
        image: jsonService,
        name,
        message: `I am ${name}`,
        replicas: 1,
        resources: RESOURCES,
      });
      workload.allow('http', 'door');
    };
    service('alpha');
    if (third) {
      service('omega');
      store.allow('http', 'omega');
    }
  };
}

let stack: TestStack;
let publish: number;

const only = (component: string): Promise<Inspected> => containerOf(ENVIRONMENT, component);
/** A network's edge; the end of its name is a hash of its subnet. */
const edge = (name: string): string => name.replace(/^portcullis-e2e-networks-(.+)-[0-9a-f]{4}$/, '$1');
const edgesOf = (container: Inspected): string[] =>
  Object.keys(container.NetworkSettings.Networks).map(edge).sort();

/** How a container stands on the network of an edge. */
function standing(
  { NetworkSettings: { Networks } }: Inspected,
  name: string,
): { IPAddress: string; Gateway: string } {
  return present(Object.entries(Networks).find(([network]) => edge(network) === name)?.[1]);
}

/** A port of this host that nobody has. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const listening = createServer();
    listening.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = listening.address() as AddressInfo;
      listening.close(() => resolve(port));
    });
  });
}

async function networks(): Promise<
  Record<string, { readonly internal: boolean; readonly subnets: string[] }>
> {
  const label = `label=dev.portcullis.environment=${ENVIRONMENT}`;
  const ids = await docker('network', 'ls', '-q', '--filter', label);
  const found = JSON.parse(await docker('network', 'inspect', ...ids.split('\n'))) as {
    Name: string;
    Internal: boolean;
    IPAM: { Config: { Subnet: string }[] };
  }[];
  return Object.fromEntries(
    found.map(({ Name, Internal, IPAM }) => [
      Name,
      { internal: Internal, subnets: IPAM.Config.map(({ Subnet }) => Subnet) },
    ]),
  );
}

async function become(third: boolean): Promise<void> {
  await stack.declare(declare(publish, third));
  await stack.apply();
}

beforeAll(async () => {
  publish = await freePort();
  stack = await TestStack.create(ENVIRONMENT, ['json-service']);
  await become(false);
});

afterAll(async () => {
  await stack.destroy();
});

describe('who may call', () => {
  test('a declared caller reaches a listener by name', async () => {
    expect((await ask(await only('door'), `http://alpha:${PORT}/alpha`)).body).toContain('I am alpha');
    expect(await ask(await only('alpha'), `http://store:${PORT}/`)).toEqual({ body: 'store' });
  });

  test('nobody else knows the name', async () => {
    const { error } = await ask(await only('door'), `http://store:${PORT}/`);
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(error);
  });

  test('nobody else reaches the address', async () => {
    const [door, alpha, store] = [await only('door'), await only('alpha'), await only('store')];
    const url = `http://${addressTowards(store, alpha)}:${PORT}/`;
    expect(await ask(alpha, url)).toEqual({ body: 'store' });
    const { body, error } = await ask(door, url);
    expect(body).toBeUndefined();
    expect([
      'TimeoutError',
      'ETIMEDOUT',
      'UND_ERR_CONNECT_TIMEOUT',
      'ECONNREFUSED',
      'EHOSTUNREACH',
      'ENETUNREACH',
    ]).toContain(error);
  });

  test('each container stands on the networks of its edges alone', async () => {
    expect(edgesOf(await only('door'))).toEqual(['alpha--door', 'door--outside']);
    expect(edgesOf(await only('alpha'))).toEqual(['alpha--door', 'alpha--store']);
    expect(edgesOf(await only('store'))).toEqual(['alpha--store', 'egress--store']);
  });
});

describe('the way in and out', () => {
  test('only the networks of a published listener and of who calls out are open to the outside', async () => {
    const found = Object.entries(await networks()).map(([name, { internal }]) => [edge(name), internal]);
    expect(Object.fromEntries(found)).toEqual({
      'alpha--door': true,
      'alpha--store': true,
      'door--outside': false,
      'egress--store': false,
    });
  });

  test('who may call out leaves by the network that it has for that', async () => {
    const { port, close } = await mirror();
    try {
      // An address of this host on a network that it does not stand on.
      const away = standing(await only('door'), 'door--outside').Gateway;
      const store = await only('store');
      expect(await ask(store, `http://${away}:${port}/`)).toEqual({
        body: standing(store, 'egress--store').IPAddress,
      });
    } finally {
      close();
    }
  });

  test('beyond this host it gets the answers that the host gets, and nobody else gets any', async () => {
    const called = neighbours();
    // Where none of them answers the host either, silence is all that there is to compare.
    const here = JSON.parse(await must(process.execPath, ['-e', CALL, ...called])) as boolean[];
    const from = async (name: string): Promise<unknown> =>
      JSON.parse(await inside(await only(name), 'node', '-e', CALL, ...called));
    expect(await from('store')).toEqual(here);
    expect(await from('alpha')).toEqual(called.map(() => false));
  });

  test('a published listener is bound to the address that it names', async () => {
    expect((await only('door')).NetworkSettings.Ports).toEqual({
      [`${PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(publish) }],
    });
    expect(await (await fetch(`http://127.0.0.1:${publish}/`)).text()).toBe('door');
  });

  test('no other listener is published', async () => {
    const all = await containers(ENVIRONMENT);
    const bound = all.filter(({ NetworkSettings }) =>
      Object.values(NetworkSettings.Ports).some((ports) => ports !== null),
    );
    expect(bound.map(({ Config }) => Config.Labels['dev.portcullis.component'])).toEqual(['door']);
  });
});

describe('a service that comes and goes', () => {
  const before = new Map<string, Inspected>();
  let beforeNetworks: Awaited<ReturnType<typeof networks>>;

  beforeAll(async () => {
    for (const component of ['door', 'alpha', 'store']) before.set(component, await only(component));
    beforeNetworks = await networks();
  });

  async function expectUntouched(): Promise<void> {
    for (const [component, { Id, State }] of before) {
      const now = await only(component);
      expect([component, now.Id, now.State.StartedAt]).toEqual([component, Id, State.StartedAt]);
    }
  }

  test('is planned without a delete', async () => {
    await stack.declare(declare(publish, true));
    const changes = await stack.plan();
    // Attachments aren't things of the engine: they are made anew to add a network.
    const things = changes.filter(({ type }) => type !== 'terraform_data');
    expect(things.filter(({ actions }) => actions.join() !== 'create')).toEqual([]);
    expect(changes.filter(({ type }) => type === 'docker_container').map(({ address }) => address)).toEqual([
      expect.stringContaining('omega'),
    ]);
  });

  test('leaves every other container running', async () => {
    await stack.apply();
    await expectUntouched();
  });

  test('leaves the other networks their subnets', async () => {
    expect(await networks()).toMatchObject(beforeNetworks);
  });

  test('is reached by the published workload, which was not replaced', async () => {
    expect((await ask(await only('door'), `http://omega:${PORT}/omega`)).body).toContain('I am omega');
  });

  test('reaches the workload that holds a volume, which was not replaced', async () => {
    expect(await ask(await only('omega'), `http://store:${PORT}/`)).toEqual({ body: 'store' });
  });

  test('does not bring its neighbours together', async () => {
    const { error } = await ask(await only('door'), `http://store:${PORT}/`);
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(error);
  });

  test('leaves nothing to change once it is there', async () => {
    expect(await stack.plan()).toEqual([]);
  });

  test('takes its networks along when it goes', async () => {
    await become(false);
    expect(await networks()).toEqual(beforeNetworks);
    expect(edgesOf(await only('door'))).toEqual(['alpha--door', 'door--outside']);
    expect(edgesOf(await only('store'))).toEqual(['alpha--store', 'egress--store']);
    await expectUntouched();
    expect(await stack.plan()).toEqual([]);
  });
});
