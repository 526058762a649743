import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Duration, Size } from '../../../constructs/quantities.js';
import { JsonService } from '../../../constructs/services/json-service.js';
import { docker, must, type Ran } from '../harness/run.js';
import { TestStack, type Declare } from '../harness/stack.js';
import {
  containerOf,
  containersOf,
  inside,
  PORT,
  RESOURCES,
  server,
  sleeper,
  type Inspected,
} from './fixtures.js';

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
    platform.workload(
      stack,
      'Client',
      sleeper(tools, { name: 'client', scratch: [{ path: '/tmp', size: Size.mebibytes(1) }] }),
    );
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
          files: [
            {
              name: 'state',
              path: '/etc/patient',
              files: [{ name: 'well', content: version.patient }],
              reloads: true,
            },
          ],
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
 * Asks the shared alias each 50 ms until it is told to stop, at most a minute. As with a gateway that
 * retries, a request is lost when none of the addresses that the name has then answers: a starting
 * replica has the name before it listens.
 */
const LOOP = `
const { lookup } = require('node:dns/promises');
const { existsSync } = require('node:fs');
const sum = { asked: 0, lost: [], messages: {} };
async function ask(address) {
  const answer = await fetch('http://' + address + ':${PORT}/service', { signal: AbortSignal.timeout(2000) });
  if (answer.status !== 200) throw new Error('status ' + answer.status);
  const { message } = await answer.json();
  sum.messages[message] = (sum.messages[message] ?? 0) + 1;
}
async function once(turn) {
  const found = (await lookup('service', { all: true, family: 4 })).map(({ address }) => address).sort();
  const failures = [];
  for (let step = 0; step < found.length; step++) {
    try {
      return await ask(found[(turn + step) % found.length]);
    } catch (error) {
      failures.push(String(error.cause?.code ?? error));
    }
  }
  sum.lost.push(failures.join());
}
(async () => {
  const end = Date.now() + 60_000;
  for (let turn = 0; Date.now() < end && !existsSync('/tmp/stop'); turn++) {
    sum.asked++;
    await once(turn).catch((error) => sum.lost.push(String(error)));
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
    const addresses = after.flatMap(({ NetworkSettings }) =>
      Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress),
    );
    expect(addresses).toHaveLength(2);
    expect(JSON.parse(await inside(await only('client'), 'node', '-e', script))).toEqual(addresses.sort());
  });

  test('leave no request without an answer meanwhile', () => {
    expect(sum.lost).toEqual([]);
    expect(Object.keys(sum.messages).sort()).toEqual(['first', 'second']);
  });

  test('leave nothing to change', async () => {
    expect(await stack.plan()).toEqual([]);
  });
});

describe('a replica that changes in little', () => {
  test('gets another number of failures that its probe allows', async () => {
    await declareNow({ failures: 4 });
    await stack.apply();
    expect((await only('follower')).Config.Healthcheck?.Retries).toBe(4);
    expect(await stack.plan()).toEqual([]);
  });

  test('gets another limit of processes', async () => {
    await declareNow({ pids: 65 });
    await stack.apply();
    expect((await only('follower')).HostConfig.PidsLimit).toBe(65);
    expect(await stack.plan()).toEqual([]);
  });
});

describe('a workload that never becomes well', () => {
  let failed: Ran;

  beforeAll(async () => {
    await declareNow({ patient: 'no' });
    failed = await stack.tryApply();
  });

  test('fails the apply, naming it', async () => {
    expect(failed.code).toBe(1);
    expect(failed.all).toMatch(/Error: [^]*\bwith docker_container\.Patient_/);
    expect((await only('patient')).State.Health?.Status).toBe('unhealthy');
  });

  test('comes up with the next apply once it is corrected', async () => {
    await declareNow({ patient: 'yes' });
    await stack.apply();
    expect((await only('patient')).State.Health?.Status).toBe('healthy');
    const changes = await stack.plan();
    expect(changes.filter(({ address }) => address.includes('Patient'))).toEqual([]);
  });
});
