import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Duration, Size } from '../../../constructs/quantities.js';
import { JsonService } from '../../../constructs/services/json-service.js';
import { docker, must, type Ran } from '../harness/run.js';
import { TestStack, type Declare } from '../harness/stack.js';
import { containerOf, containersOf, inside, PORT, RESOURCES, server, sleeper, type Inspected } from './fixtures.js';

const ENVIRONMENT = 'e2e-replicas';

/** Ordinal and revision in the name of a replica; the end is Terraform's own. */
const NAME = /^\/portcullis-e2e-replicas-service-([12])-([0-9a-f]{8})-[0-9a-f]{4}$/;

interface Version {
  readonly message: string;
  /** Failures in a row that the patient may have. */
  readonly failures: number;
  readonly pids: number;
  /** Whether there is a workload that is only well while its file says so. */
  readonly patient: string | undefined;
}

const FIRST: Version = { message: 'first', failures: 3, pids: 64, patient: undefined };

function declare(version: Version): Declare {
  return (stack, platform, { tools, jsonService }) => {
    const { workload } = new JsonService(stack, 'Service', {
      platform,
      image: jsonService,
      name: 'service',
      message: version.message,
      replicas: 2,
      resources: RESOURCES,
    });
    platform.workload(stack, 'Client', sleeper(tools, { name: 'client', scratch: [{ path: '/tmp', size: Size.mebibytes(1) }] }));
    workload.allow('http', 'client');

    const { readiness } = server(tools, { name: 'follower' });
    platform.workload(
      stack,
      'Follower',
      server(tools, {
        name: 'follower',
        readiness: { ...readiness, failures: version.failures },
        resources: { ...RESOURCES, pids: version.pids },
      }),
    );
    if (version.patient !== undefined) {
      platform.workload(
        stack,
        'Patient',
        sleeper(tools, {
          name: 'patient',
          files: [{ name: 'state', path: '/etc/patient', files: [{ name: 'well', content: version.patient }], reloads: true }],
          readiness: {
            command: ['grep', '-q', 'yes', '/etc/patient/well'],
            interval: Duration.seconds(1),
            timeout: Duration.seconds(1),
            failures: 1,
            startup: Duration.seconds(1),
          },
        }),
      );
    }
  };
}

/**
 * Asks the shared alias each 50 ms until it is told to stop, at most a minute. A request is lost when
 * two attempts, each at the addresses that the name has then, found nobody.
 */
const LOOP = `
const { lookup } = require('node:dns/promises');
const { existsSync } = require('node:fs');
const sum = { asked: 0, lost: [], messages: {} };
async function once(turn) {
  const all = await lookup('service', { all: true, family: 4 });
  const { address } = all[turn % all.length];
  const answer = await fetch('http://' + address + ':${PORT}/service', { signal: AbortSignal.timeout(2000) });
  if (answer.status !== 200) throw new Error('status ' + answer.status);
  const { message } = await answer.json();
  sum.messages[message] = (sum.messages[message] ?? 0) + 1;
}
(async () => {
  const end = Date.now() + 60_000;
  for (let turn = 0; Date.now() < end && !existsSync('/tmp/stop'); turn++) {
    sum.asked++;
    await once(turn).catch(() => once(turn + 1)).catch((error) => sum.lost.push(String(error.cause?.code ?? error)));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  process.stdout.write(JSON.stringify(sum), () => process.exit());
})();`;

interface Sum {
  readonly asked: number;
  readonly lost: readonly string[];
  readonly messages: Readonly<Record<string, number>>;
}

let stack: TestStack;
let version = FIRST;

const only = (component: string): Promise<Inspected> => containerOf(ENVIRONMENT, component);
const names = (containers: readonly Inspected[]): string[] => containers.map(({ Name }) => Name).sort();

/** Declares a change of what is declared. */
async function declareNow(change: Partial<Version>): Promise<void> {
  version = { ...version, ...change };
  await stack.declare(declare(version));
}

beforeAll(async () => {
  stack = await TestStack.create(ENVIRONMENT, ['json-service']);
  await declareNow({});
  await stack.apply();
});

afterAll(async () => {
  await stack.destroy();
});

describe('replicas that change', () => {
  let before: readonly Inspected[];
  let after: readonly Inspected[];
  let sum: Sum;

  beforeAll(async () => {
    before = await containersOf(ENVIRONMENT, 'service');
    const { Id: asker } = await only('client');
    const loop = must('docker', ['exec', asker, 'node', '-e', LOOP]);
    try {
      await declareNow({ message: 'second' });
      await stack.apply();
    } finally {
      await docker('exec', asker, 'touch', '/tmp/stop');
    }
    sum = JSON.parse(await loop) as Sum;
    after = await containersOf(ENVIRONMENT, 'service');
  });

  test('are all replaced, under names with another hash', () => {
    const parts = (all: readonly Inspected[]): (string | undefined)[][] =>
      names(all).map((name) => [...(NAME.exec(name) ?? [])].slice(1));
    expect(parts(after).map(([ordinal]) => ordinal)).toEqual(['1', '2']);
    expect(new Set([...parts(before), ...parts(after)].map(([, hash]) => hash)).size).toBe(2);
    expect(after.filter(({ Id }) => before.some((old) => old.Id === Id))).toEqual([]);
  });

  test('keep their aliases', () => {
    for (const { Id, Name, NetworkSettings } of after) {
      const [, ordinal] = NAME.exec(Name) ?? [];
      const aliases = Object.values(NetworkSettings.Networks).map(({ Aliases }) => new Set(Aliases));
      expect(aliases).toEqual([new Set(['service', `service-${ordinal}`, Id.slice(0, 12)])]);
    }
  });

  test('are found by the shared alias at two addresses', async () => {
    const script = `require('node:dns').lookup('service', { all: true }, (_, all) => process.stdout.write(JSON.stringify(all.map((one) => one.address).sort())))`;
    const addresses = after.flatMap(({ NetworkSettings }) => Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress));
    expect(addresses).toHaveLength(2);
    expect(JSON.parse(await inside(await only('client'), 'node', '-e', script))).toEqual(addresses.sort());
  });

  test('leave no request without an answer meanwhile', () => {
    expect(sum.lost).toEqual([]);
    expect(sum.messages['first']).toBeGreaterThan(0);
    expect(sum.messages['second']).toBeGreaterThan(0);
  });

  test('leave nothing to change', async () => {
    expect(await stack.plan()).toEqual([]);
  });
});

describe('what a replica is made of', () => {
  test('can change in its probe alone', async () => {
    await declareNow({ failures: 4 });
    const { code, all } = await stack.tryApply();
    expect(all).not.toContain('Error:');
    expect(code).toBe(0);
  });

  test('can change in its limit of processes alone', async () => {
    await declareNow({ pids: 65 });
    await stack.tryApply();
    expect((await only('follower')).HostConfig.PidsLimit).toBe(65);
  });
});

describe('a workload that never becomes well', () => {
  let failed: Ran;

  beforeAll(async () => {
    await declareNow({ patient: 'no' });
    failed = await stack.tryApply();
  });

  test('fails the apply, naming its container', async () => {
    const [{ Name = '' } = {}] = await containersOf(ENVIRONMENT, 'patient');
    expect(failed.code).toBe(1);
    expect(Name).toMatch(/^\/portcullis-e2e-replicas-patient-1-[0-9a-f]{8}-[0-9a-f]{4}$/);
    expect(failed.all).toContain(Name.slice(1));
    expect(failed.all).toContain('Error:');
  });

  test('comes up with the next apply once it is corrected', async () => {
    await declareNow({ patient: 'yes' });
    const { code, all } = await stack.tryApply();
    expect(all).not.toContain('Error:');
    expect(code).toBe(0);
    expect((await only('patient')).State.Health?.Status).toBe('healthy');
    expect(await stack.plan()).toEqual([]);
  });
});
