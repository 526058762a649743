import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Postgres } from '../../../constructs/data/postgres.js';
import { Kong } from '../../../constructs/gateway/kong.js';
import { Duration, Size } from '../../../constructs/quantities.js';
import { CertificateAuthority } from '../../../constructs/secrets/certificate-authority.js';
import { Certificate } from '../../../constructs/secrets/certificate.js';
import { served, steadily } from '../harness/https.js';
import { docker, run } from '../harness/run.js';
import { TestStack, type Declare } from '../harness/stack.js';
import { containerOf, inside, type Inspected } from './fixtures.js';

const ENVIRONMENT = 'e2e-tls';
const PORT = 28_443;
const BUNDLE = '/run/portcullis/secrets/pg_ca';

interface Shape {
  /** Whether the database speaks TLS. */
  readonly tls?: boolean;
  /** Whether the certificate of the gate comes from outside. */
  readonly brought?: boolean;
}

function declare({ tls = true, brought = false }: Shape = {}): Declare {
  return (stack, platform, images) => {
    const authority = new CertificateAuthority(stack, 'authority', { name: ENVIRONMENT });
    const postgres = new Postgres(stack, 'Postgres', {
      platform,
      image: images.postgres,
      resources: { memory: Size.mebibytes(256), cpu: 1, pids: 128 },
      storage: Size.gibibytes(1),
      ...(tls ? { tls: { authority, lifetime: Duration.days(30) } } : {}),
    });
    new Kong(stack, 'Kong', {
      platform,
      image: images.kong,
      database: postgres.addDatabase('kong'),
      resources: { memory: Size.mebibytes(512), cpu: 2, pids: 128 },
      workers: 1,
      drain: Duration.seconds(1),
      publish: { address: '127.0.0.1', port: PORT - 443 },
      tls: {
        certificate: brought
          ? Certificate.fromVariables(stack, 'gate', { certificate: 'gate_certificate', key: 'gate_key' })
          : new Certificate(stack, 'gate', {
              authority,
              names: ['localhost'],
              addresses: ['127.0.0.1'],
            }),
        publish: { address: '127.0.0.1', port: PORT },
      },
    });
  };
}

let stack: TestStack;

const kong = (): Promise<Inspected> => containerOf(ENVIRONMENT, 'kong');
const postgres = (): Promise<Inspected> => containerOf(ENVIRONMENT, 'postgres');

/** What tells a container and its run from any other. */
async function runs(): Promise<readonly string[]> {
  return [await kong(), await postgres()].flatMap(({ Id, State }) => [Id, State.StartedAt]);
}

async function bundle(): Promise<string> {
  return inside(await kong(), 'cat', BUNDLE);
}

/** A query on the server, over its socket. */
async function query(statement: string): Promise<string> {
  return inside(await postgres(), 'psql', '-qtAX', '-U', 'postgres', '-c', statement);
}

/** How Kong's sessions at the database came in, as soon as it has one: it looks again and again. */
function sessions(): Promise<string> {
  const statement =
    "select distinct ssl, version from pg_stat_ssl join pg_stat_activity using (pid) where usename like 'kong%'";
  return eventually(
    'a session of Kong',
    async () => (await query(statement)).trim(),
    (found) => found !== '',
  );
}

/** The certificate that Postgres shows, once it is verified for its name with Kong's bundle. */
async function ofPostgres(): Promise<X509Certificate> {
  const shown = await inside(
    await kong(),
    'bash',
    '-c',
    `openssl s_client -starttls postgres -connect postgres:5432 -CAfile ${BUNDLE} -verify_hostname postgres -verify_return_error </dev/null`,
  );
  return new X509Certificate(/-----BEGIN[^]*?END CERTIFICATE-----/.exec(shown)?.[0] ?? '');
}

async function eventually<T>(what: string, ask: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 60; tries++) {
    const answer = await ask();
    if (good(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`${what} must come`);
}

/** Applies while somebody keeps calling, until both servers show other certificates than before. */
async function renewed(change: () => Promise<void>): Promise<void> {
  const ca = await bundle();
  const before = await runs();
  const old = [await served(PORT, ca), await ofPostgres()];
  const calls = steadily(PORT, ca);
  await change();
  await stack.apply();
  const gate = await eventually(
    'a new certificate of the gate',
    () => served(PORT, ca),
    ({ fingerprint256 }) => fingerprint256 !== old[0]?.fingerprint256,
  );
  const database = await eventually(
    'a new certificate of the database',
    ofPostgres,
    ({ fingerprint256 }) => fingerprint256 !== old[1]?.fingerprint256,
  );
  const { made, failed } = await calls.stop();
  expect(failed).toEqual([]);
  expect(made).toBeGreaterThan(20);
  expect(await runs()).toEqual(before);
  const keys = [...old, gate, database].map(({ publicKey }) =>
    publicKey.export({ type: 'spki', format: 'pem' }),
  );
  expect(new Set(keys).size).toBe(4);
  expect(await stack.plan()).toEqual([]);
}

beforeAll(async () => {
  stack = await TestStack.create(ENVIRONMENT, ['kong-gate', 'postgres']);
  await stack.declare(declare());
  await stack.apply();
});

afterAll(async () => {
  await stack.destroy();
});

describe('the database', () => {
  test('serves Kong over TLS alone', async () => {
    expect(await sessions()).toBe('t|TLSv1.3');
  });

  test('refuses a connection without TLS, even from its own container', async () => {
    const { Id } = await postgres();
    const plain = 'host=127.0.0.1 user=postgres sslmode=disable';
    const { code, all } = await run('docker', ['exec', Id, 'psql', plain, '-c', 'select 1']);
    expect(all).toMatch(/no pg_hba\.conf entry for host .*, no encryption/);
    expect(code).not.toBe(0);
  });

  test('is refused by Kong when another authority vouches for it', async () => {
    const made =
      'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -out /tmp/ca.pem -subj "/CN=e2e-tls ca 2" 2>/dev/null';
    const other = { KONG_LUA_SSL_TRUSTED_CERTIFICATE: '/tmp/ca.pem', PORTCULLIS_DB_WAIT: '1' };
    const { code, all } = await run('docker', [
      'exec',
      ...Object.entries(other).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      (await kong()).Id,
      'bash',
      '-c',
      `${made} && exec bash /usr/local/share/portcullis/entrypoint.sh portcullis-migrate`,
    ]);
    expect(all).toContain('certificate verify failed');
    expect(code).toBe(1);
  });

  test('is stopped by its own signal and starts again on the same data', async () => {
    const { Id } = await postgres();
    await docker('stop', Id);
    const stopped = await postgres();
    expect([stopped.State.Status, stopped.State.ExitCode]).toEqual(['exited', 0]);
    expect((await run('docker', ['logs', Id])).all).toContain('received fast shutdown request');
    await docker('start', Id);
    await eventually('the database', postgres, ({ State }) => State.Health?.Status === 'healthy');
  });
});

test('a certificate whose renewal is due is taken over by both without a restart or a failed request', async () => {
  await renewed(async () => {
    // Time can't be waited for; the clocks are told that theirs is up.
    const state = JSON.parse(await stack.terraform('state', 'pull')) as {
      serial: number;
      resources: { name: string; instances: { attributes: Record<string, unknown> }[] }[];
    };
    const clocks = state.resources.filter(({ name }) => name.includes('Clock_'));
    expect(clocks).toHaveLength(2);
    for (const { instances } of clocks)
      for (const { attributes } of instances) attributes.validity_end_time = '2020-01-01T00:00:00Z';
    state.serial += 1;
    const file = join(stack.cwd, 'due.json');
    writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
    await stack.terraform('state', 'push', file);
  });
});

test('a step of the authority is taken by both, and whoever has the bundle of before still trusts them', async () => {
  await renewed(() => stack.declare(declare(), { generations: { certificates: 1 } }));
});

test('a database that had TLS can do without, and keeps its data', async () => {
  await query('create table kept (value int)');
  await stack.declare(declare({ tls: false }), { generations: { certificates: 1 } });
  await stack.apply();
  expect(await sessions()).toBe('f|');
  expect(await query('select count(*) from kept')).toContain('0');
  expect(await stack.plan()).toEqual([]);
});

test('a certificate from outside is served without a restart of Kong', async () => {
  const { Id } = await kong();
  const pem = await inside(
    await kong(),
    'bash',
    '-c',
    'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /tmp/brought.key -out /tmp/brought.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null && cat /tmp/brought.pem /tmp/brought.key',
  );
  const [certificate = '', key = ''] = pem.match(/-----BEGIN[^]*?-----END [A-Z ]+-----\n?/g) ?? [];
  stack.supply('gate_certificate', certificate);
  stack.supply('gate_key', key);
  await stack.declare(declare({ tls: false, brought: true }), { generations: { certificates: 1 } });
  await stack.apply();
  const shown = await eventually(
    'the certificate from outside',
    () => served(PORT, certificate).catch(() => undefined),
    (found) => found !== undefined,
  );
  expect(shown?.fingerprint256).toBe(new X509Certificate(certificate).fingerprint256);
  expect((await kong()).Id).toBe(Id);
  expect(await stack.plan()).toEqual([]);
});
