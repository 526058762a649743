/** Changes, a new database password and lost storage, while somebody uses the gate. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../harness/http.js';
import { Load, type LoadReport } from '../harness/load.js';
import { docker, run } from '../harness/run.js';
import { TestStack } from '../harness/stack.js';
import { containerOf, inside, type Inspected } from '../platform/fixtures.js';
import { CHANGES, KNOWN_KEY, stateWith, type Change } from './changes.js';
import { Deck } from './deck.js';
import { BOUND, declared, ENVIRONMENT, freePort, STEADY, STEADY_KEY, WORKERS } from './stack.js';
import { Workers } from './workers.js';

/** How often each kind of change is made: 200 changes in all. */
const ROUNDS = 40;
/** A machine with other work may take this many times the bound; what was measured is printed. */
const PATIENCE = 5;

let stack: TestStack;
let deck: Deck;
let port: number;
let own: string;
let key: string;
const values = new Map<Change, number>(CHANGES.map((change) => [change, 0]));

function say(text: string): void {
  process.stdout.write(`propagation: ${Math.round(performance.now() / 1000)} s: ${text}\n`);
}

/** Asks again until it is so; seconds is a bound on a fault, not a promise. */
async function eventually(what: string, seconds: number, isSo: () => Promise<boolean>): Promise<number> {
  const begin = performance.now();
  while (!(await isSo())) {
    if (performance.now() - begin > seconds * 1000) throw new Error(`within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return performance.now() - begin;
}

/** Does the work while the steady service is asked, and says how that went. */
async function underLoad(work: () => Promise<void>): Promise<LoadReport> {
  const load = Load.start({
    ...{ port, path: `/${STEADY}`, headers: { apikey: key } },
    ...{ connections: 8, perSecond: 200 },
  });
  await work().finally(() => load.stop());
  return load.stop();
}

function checkLoad(report: LoadReport): void {
  const { sent, failed, resent, slowestMilliseconds } = report;
  say(`${sent} requests, ${failed.length} failed, ${resent} sent again, slowest ${slowestMilliseconds} ms`);
  expect(failed).toEqual([]);
  expect(sent).toBeGreaterThan(1000);
}

/** Makes one change and waits until every worker shows it; milliseconds after decK's end. */
async function make(change: Change, n: number, workers: Workers): Promise<number> {
  await deck.sync(() => {
    values.set(change, n);
    return stateWith(own, values);
  });
  return eventually(`every worker must show ${change.name}, value ${n}`, BOUND * PATIENCE, () =>
    workers.all((worker) => change.shown(worker, n)),
  );
}

/** @param generation step of the rotation of passwords, of which Kong has one for its database */
async function apply(generation: number): Promise<void> {
  const next = declared(port);
  await stack.declare(next.declare, { generations: { passwords: generation } });
  await stack.apply();
  own = next.state;
}

async function status(headers: Readonly<Record<string, string>>): Promise<number> {
  return (await ask({ port, path: `/${STEADY}`, headers })).status;
}

beforeAll(async () => {
  stack = await TestStack.create(ENVIRONMENT, ['kong-gate', 'postgres', 'deck', 'json-service']);
  port = await freePort();
  say('deploys');
  await apply(0);
  deck = await Deck.start();
  key = await deck.secret(STEADY_KEY);
});

afterAll(async () => {
  await stack.destroy();
});

describe('a change', () => {
  const waits: number[] = [];
  let report: LoadReport;

  beforeAll(async () => {
    const workers = new Workers(port, WORKERS);
    for (const change of CHANGES) await make(change, 0, workers);
    workers.close();
    say(`makes ${CHANGES.length * ROUNDS} changes under load`);
    report = await underLoad(async () => {
      // Each kind waits for its own change only, so that decK is always at work.
      await Promise.all(
        CHANGES.map(async (change) => {
          const workers = new Workers(port, WORKERS);
          for (let n = 1; n <= ROUNDS; n++) {
            waits.push(await make(change, n, workers));
            if (waits.length % 50 === 0) say(`${waits.length} changes are in force`);
          }
          workers.close();
        }),
      );
    });
  });

  test('is in force on every worker', () => {
    const sorted = [...waits].sort((one, other) => one - other);
    const [median = 0, most = 0] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
    say(`in force after ${Math.round(median)} ms, at most ${Math.round(most)} ms (bound ${BOUND} s)`);
    expect(waits).toHaveLength(200);
  });

  test('fails no request of others', () => {
    checkLoad(report);
  });
});

describe('a new database password', () => {
  let before: Inspected;
  let passwords: readonly string[];
  let users: readonly string[];

  /** The file's content and so what Kong is to log in with. */
  async function credential(name: 'pg_user' | 'pg_password'): Promise<string> {
    return inside(await containerOf(ENVIRONMENT, 'kong'), 'cat', `/run/portcullis/secrets/${name}`);
  }

  async function query(statement: string): Promise<string> {
    const postgres = await containerOf(ENVIRONMENT, 'postgres');
    return inside(postgres, 'psql', '-U', 'postgres', '-qtA', '-c', statement);
  }

  /** Over TCP, where a password is asked for. */
  async function login(user: string, password: string): Promise<string> {
    const postgres = await containerOf(ENVIRONMENT, 'postgres');
    const env = ['--env', `PGPASSWORD=${password}`];
    const client = ['psql', '-h', '127.0.0.1', '-U', user, '-d', 'kong', '-qtA', '-c', 'select current_user'];
    return (await run('docker', ['exec', ...env, postgres.Id, ...client])).all;
  }

  beforeAll(async () => {
    before = await containerOf(ENVIRONMENT, 'kong');
    users = [await credential('pg_user')];
    passwords = [await credential('pg_password')];
  });

  // Two steps, because the account of the first is left as it was until the second.
  test.each([1, 2])('fails no request when generation %i of it is applied', async (generation) => {
    say(`applies generation ${generation} of the password under load`);
    const report = await underLoad(async () => {
      await apply(generation);
      const user = await credential('pg_user');
      users = [...users, user];
      passwords = [...passwords, await credential('pg_password')];
      const waited = await eventually(`Kong must hold sessions of ${user} alone`, 60, async () => {
        const sessions = "select distinct usename from pg_stat_activity where datname = 'kong'";
        return (await query(sessions)) === user;
      });
      say(`Kong changed over ${(waited / 1000).toFixed(1)} s after the apply`);
    });
    checkLoad(report);
  });

  test('reaches Kong without a new container', async () => {
    const after = await containerOf(ENVIRONMENT, 'kong');
    expect([after.Id, after.State.StartedAt]).toEqual([before.Id, before.State.StartedAt]);
    expect(users).toEqual(['kong_a', 'kong_b', 'kong_a']);
    expect(new Set(passwords).size).toBe(3);
  });

  test('is the one that Postgres takes, and the old one is refused', async () => {
    expect(await login('kong_a', passwords[2] ?? '')).toBe('kong_owner');
    expect(await login('kong_a', passwords[0] ?? '')).toContain('password authentication failed');
  });

  test('is what Kong logs in with when it has to, and makes a change with', async () => {
    await query("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'kong'");
    const workers = new Workers(port, WORKERS);
    for (const change of CHANGES) await make(change, ROUNDS + 1, workers);
    workers.close();
  });
});

describe('the database server', () => {
  async function drop(): Promise<void> {
    await docker('rm', '-f', '-v', (await containerOf(ENVIRONMENT, 'postgres')).Id);
  }

  test('can be replaced while the gate is used, and changes go on at once', async () => {
    say('replaces the database server under load');
    const report = await underLoad(async () => {
      await drop();
      await stack.apply();
      const workers = new Workers(port, WORKERS);
      for (const change of CHANGES) await make(change, ROUNDS + 2, workers);
      workers.close();
    });
    checkLoad(report);
  });

  test('brings accounts, tables and routes back with a plain apply when its storage was lost', async () => {
    await drop();
    await docker('volume', 'rm', `portcullis-${ENVIRONMENT}-postgres-data`);
    say('applies after the loss of the database');
    await stack.apply();
    await eventually(
      'the gate must let the client pass',
      30,
      async () => (await status({ apikey: key })) === 200,
    );
    expect(await status({})).toBe(401);
    expect(await status(KNOWN_KEY)).toBe(401);
    expect(await stack.plan()).toEqual([]);
  });
});
