import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Duration, Size } from '../../../constructs/quantities.js';
import { docker, type Ran } from '../harness/run.js';
import { TestStack, type Declare } from '../harness/stack.js';
import {
  containerOf,
  containersOf,
  inside,
  job,
  PORT,
  remains,
  server,
  sleeper,
  type Inspected,
} from './fixtures.js';

const ENVIRONMENT = 'e2e-jobs';

/** Writes down on its volume who asked; says no to each one's first question. */
const LEDGER = `
const { appendFileSync, existsSync, readFileSync } = require('node:fs');
require('node:http').createServer((asked, answer) => {
  const seen = existsSync('/data/runs') ? readFileSync('/data/runs', 'utf8') : '';
  appendFileSync('/data/runs', asked.url.slice(1) + '\\n');
  answer.statusCode = asked.url === '/once' && !seen.includes('once\\n') ? 500 : 200;
  answer.end();
}).listen(${PORT})`;

/** Tells the ledger, and ends with 7 when it says no. */
const tell = (name: string): string => `
exec 3<>/dev/tcp/ledger/${PORT}
printf 'GET /${name} HTTP/1.0\\r\\n\\r\\n' >&3
read -r _ status _ <&3
echo "the ledger said $status"
[ "$status" = 200 ] || exit 7`;

interface Version {
  /** Something in the command of the job that fails once. */
  readonly mark: string;
  readonly slow: boolean;
}

function declare({ mark, slow }: Version): Declare {
  return (stack, platform, { tools }) => {
    const volume = platform.volume(stack, 'Volume', { name: 'ledger-data', size: Size.mebibytes(16) });
    const ledger = platform.workload(
      stack,
      'Ledger',
      server(tools, {
        name: 'ledger',
        command: [LEDGER],
        user: { uid: 0, gid: 0 },
        volumes: [{ volume, path: '/data' }],
        listeners: [{ name: 'http', port: PORT, callers: ['once', 'apart'] }],
      }),
    );
    const once = platform.job(
      stack,
      'Once',
      job(tools, { name: 'once', line: `: ${mark}; ${tell('once')}`, after: [ledger], actsOn: [volume] }),
    );
    platform.job(stack, 'Apart', job(tools, { name: 'apart', line: tell('apart'), after: [ledger] }));
    const later = platform.volume(stack, 'LaterVolume', { name: 'later-data', size: Size.mebibytes(16) });
    platform.workload(
      stack,
      'Later',
      sleeper(tools, { name: 'later', after: [once], volumes: [{ volume: later, path: '/data' }] }),
    );
    if (slow) {
      platform.job(
        stack,
        'Slow',
        job(tools, { name: 'slow', line: 'sleep 600', deadline: Duration.seconds(2) }),
      );
    }
  };
}

let stack: TestStack;

const only = (component: string): Promise<Inspected> => containerOf(ENVIRONMENT, component);

/** Who has run, as the ledger's present storage knows it. */
async function runs(): Promise<string[]> {
  return (await inside(await only('ledger'), 'sort', '/data/runs')).split('\n');
}

beforeAll(async () => {
  stack = await TestStack.create(ENVIRONMENT, []);
  await stack.declare(declare({ mark: 'one', slow: false }));
});

afterAll(async () => {
  await stack.destroy();
});

describe('a job that fails', () => {
  let failed: Ran;
  let container: Inspected;

  beforeAll(async () => {
    failed = await stack.tryApply();
    container = await only('once');
  });

  test('fails the apply with its log and its exit code', () => {
    expect(failed.code).toBe(1);
    expect(failed.all).toContain('the ledger said 500');
    expect(failed.all).toContain('exit status 7');
  });

  test('keeps what comes after it from being made', async () => {
    expect(await containersOf(ENVIRONMENT, 'later')).toEqual([]);
  });

  test('is the only thing that the next apply has to do again', async () => {
    const changes = await stack.plan();
    expect(changes.filter(({ actions }) => actions.includes('delete')).map(({ address }) => address)).toEqual(
      [expect.stringMatching(/^terraform_data\.Once_Run_/)],
    );
  });

  test('is started again by the next plain apply, in the same container', async () => {
    await stack.apply();
    expect(await runs()).toEqual(['apart', 'once', 'once']);
    expect((await only('once')).Id).toBe(container.Id);
  });

  test('lets what comes after it start once it has ended', async () => {
    const [once, later] = [await only('once'), await only('later')];
    expect(later.State.Status).toBe('running');
    expect(Date.parse(later.State.StartedAt)).toBeGreaterThan(Date.parse(once.State.FinishedAt));
  });

  test('leaves nothing to change once it has succeeded', async () => {
    expect(await stack.plan()).toEqual([]);
  });
});

describe('a job that changes', () => {
  let failed: Ran;

  beforeAll(async () => {
    await stack.declare(declare({ mark: 'two', slow: true }));
    failed = await stack.tryApply();
  });

  test('runs again, and no other does', async () => {
    expect(await runs()).toEqual(['apart', 'once', 'once', 'once']);
  });

  test('is ended and counts as failed when it takes longer than its deadline', async () => {
    expect(failed.code).toBe(1);
    expect(failed.all).toContain('exit status 137');
    expect((await only('slow')).State.Status).toBe('exited');
  });

  test('goes when it is no longer declared', async () => {
    await stack.declare(declare({ mark: 'two', slow: false }));
    await stack.apply();
    expect(await containersOf(ENVIRONMENT, 'slow')).toEqual([]);
    expect(await stack.plan()).toEqual([]);
  });
});

describe('storage that is recreated', () => {
  /** On new storage the ledger says no to the first question again, and the apply after it brings a yes. */
  async function applyTwice(): Promise<void> {
    expect((await stack.tryApply()).all).toContain('the ledger said 500');
    await stack.apply();
  }

  test('makes the job that acts on it run again, and no other, when it is replaced', async () => {
    const addresses = (await stack.terraform('state', 'list')).split('\n');
    const held = addresses.filter((address) => /^docker_(volume\.Volume|container\.Ledger)_/.test(address));
    expect(held).toHaveLength(2);
    for (const address of held) await stack.terraform('taint', address);
    await applyTwice();
    expect(await runs()).toEqual(['once', 'once']);
    expect(await stack.plan()).toEqual([]);
  });

  test('makes the job that acts on it run again when it was lost', async () => {
    await docker('rm', '-f', (await only('ledger')).Id);
    await docker('volume', 'rm', `portcullis-${ENVIRONMENT}-ledger-data`);
    await applyTwice();
    expect(await runs()).toEqual(['once', 'once']);
    expect(await stack.plan()).toEqual([]);
  });
});

test('a destroy leaves nothing behind', async () => {
  expect((await remains(ENVIRONMENT)).length).toBeGreaterThan(0);
  await stack.terraform('destroy', '-no-color', '-auto-approve', '-input=false');
  expect(await remains(ENVIRONMENT)).toEqual([]);
});
