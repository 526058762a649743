import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Postgres } from '../../../constructs/data/postgres.js';
import { Duration, Size } from '../../../constructs/quantities.js';
import { JsonService } from '../../../constructs/services/json-service.js';
import { TestStack, type Declare } from '../harness/stack.js';
import { containerOf, containers, inside, job, RESOURCES, sleeper, type Inspected } from './fixtures.js';

const ENVIRONMENT = 'e2e-hardening';
const WORKLOADS = ['postgres', 'service', 'sleeper'];
const JOBS = ['postgres-accounts-test', 'admin'];

const declare: Declare = (stack, platform, { tools, jsonService, postgres }) => {
  new JsonService(stack, 'Service', {
    platform,
    image: jsonService,
    name: 'service',
    message: 'hardened',
    replicas: 1,
    resources: RESOURCES,
  });
  const database = new Postgres(stack, 'Postgres', {
    platform,
    image: postgres,
    resources: { memory: Size.mebibytes(256), cpu: 1, pids: 100 },
    storage: Size.gibibytes(1),
  });
  database.addDatabase('test');
  const alone = platform.workload(
    stack,
    'Sleeper',
    sleeper(tools, { name: 'sleeper', scratch: [{ path: '/tmp', size: Size.mebibytes(8) }] }),
  );
  platform.job(
    stack,
    'Admin',
    job(tools, { name: 'admin', line: 'true', deadline: Duration.seconds(30), administers: alone }),
  );
};

/** Starts programs until the engine refuses, and says how many there came to be. */
const BOMB = `
const { spawn } = require('node:child_process');
let started = 0;
let refused = 0;
let open = Number(process.argv[1]);
const children = [];
const settle = () => {
  if (--open > 0) return;
  process.stdout.write(JSON.stringify({ started, refused }));
  for (const child of children) child.kill('SIGKILL');
};
for (let left = open; left > 0; left--) {
  try {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    child.once('spawn', () => { started++; children.push(child); settle(); });
    child.once('error', () => { refused++; settle(); });
  } catch {
    refused++;
    settle();
  }
}`;

let stack: TestStack;
let all: readonly Inspected[];

const only = (component: string): Promise<Inspected> => containerOf(ENVIRONMENT, component);
const component = ({ Config }: Inspected): string => Config.Labels['dev.portcullis.component'] ?? '';

beforeAll(async () => {
  stack = await TestStack.create(ENVIRONMENT, ['json-service', 'postgres']);
  await stack.declare(declare);
  await stack.apply();
  all = await containers(ENVIRONMENT);
});

afterAll(async () => {
  await stack.destroy();
});

describe('every container', () => {
  test('but a writer is one that the tests below look at', () => {
    const writers = all.filter(({ Name }) => /-writer-[0-9a-f]{8}-[0-9a-f]{4}$/.test(Name));
    expect(
      all
        .filter((container) => !writers.includes(container))
        .map(component)
        .sort(),
    ).toEqual([...WORKLOADS, ...JOBS].sort());
    expect(writers.map(component).sort()).toEqual([
      'postgres-accounts-test-secrets',
      'postgres-config',
      'postgres-secrets',
    ]);
  });

  test.each([...WORKLOADS, ...JOBS])('%s is hardened', async (name) => {
    const { Config, HostConfig } = await only(name);
    expect(HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      CapAdd: null,
      SecurityOpt: ['no-new-privileges:true'],
      Privileged: false,
    });
    expect(Config.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(HostConfig.Memory).toBeGreaterThan(0);
    expect(HostConfig.MemorySwap).toBe(HostConfig.Memory);
    expect(HostConfig.PidsLimit).toBeGreaterThan(0);
  });

  test.each(WORKLOADS)('%s has a health check and passes it', async (name) => {
    const { Config, State } = await only(name);
    expect(Config.Healthcheck?.Test[0]).toBe('CMD');
    expect(State.Health?.Status).toBe('healthy');
  });

  test.each(JOBS)('%s has ended well', async (name) => {
    const { State } = await only(name);
    expect(State).toMatchObject({ Status: 'exited', ExitCode: 0 });
  });

  test('a job that administers a workload has that one’s network and none of its own', async () => {
    expect((await only('admin')).HostConfig.NetworkMode).toBe(`container:${(await only('sleeper')).Id}`);
  });
});

describe('inside a container', () => {
  test('the root can not be written to, a scratch folder can', async () => {
    const container = await only('sleeper');
    await expect(inside(container, 'touch', '/written')).rejects.toThrow('Read-only file system');
    expect(await inside(container, 'bash', '-c', 'echo kept >/tmp/written && cat /tmp/written')).toBe('kept');
  });

  test('no program in a scratch folder can be run', async () => {
    const line = 'cp "$(type -P sleep)" /tmp/sleep && chmod 700 /tmp/sleep && exec /tmp/sleep 0';
    await expect(inside(await only('sleeper'), 'bash', '-c', line)).rejects.toThrow('Permission denied');
  });

  test('there are no capabilities and no new privileges', async () => {
    const status = await inside(await only('sleeper'), 'cat', '/proc/1/status');
    const set = (field: string): string | undefined =>
      new RegExp(`^${field}:\\s*(\\S+)$`, 'm').exec(status)?.[1];
    expect([set('CapEff'), set('CapPrm'), set('CapBnd'), set('NoNewPrivs')]).toEqual([
      '0000000000000000',
      '0000000000000000',
      '0000000000000000',
      '1',
    ]);
  });

  test('a program that multiplies is refused at the limit, and the rest goes on', async () => {
    const container = await only('sleeper');
    const limit = container.HostConfig.PidsLimit ?? 0;
    const attempts = limit + 50;
    const counted = JSON.parse(await inside(container, 'node', '-e', BOMB, String(attempts))) as {
      started: number;
      refused: number;
    };
    expect(limit).toBe(RESOURCES.pids);
    expect(counted.started + counted.refused).toBe(attempts);
    expect(counted.started).toBeLessThan(limit);
    expect(counted.refused).toBeGreaterThanOrEqual(50);
    expect(await inside(await only('service'), 'node', '-p', '1 + 1')).toBe('2');
    const after = await only('sleeper');
    expect([after.Id, after.State.StartedAt]).toEqual([container.Id, container.State.StartedAt]);
  });
});

test('nothing is left to change', async () => {
  expect(await stack.plan()).toEqual([]);
});
