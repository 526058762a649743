/** The first real result: one command from a fresh clone, then everything it promises. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Checkout, leftovers, requireNoDevEnvironment } from '../harness/checkout.js';
import { gate, json } from '../harness/http.js';
import { secured } from '../harness/https.js';
import { docker, run, type Ran } from '../harness/run.js';

let stranger: Checkout;
let up: Ran;
let key: string;
let listeningBefore: Set<string>;

/**
 * Addresses and ports that this machine listens on, read from the kernel.
 *
 * Without those that the kernel chose itself: other programs come and go there.
 */
function listening(): Set<string> {
  const found = new Set<string>();
  const [least = 0, most = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
    .trim()
    .split(/\s+/)
    .map(Number);
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(file, 'utf8').split('\n').slice(1)) {
      const [, local = '', , state] = line.trim().split(/\s+/);
      const port = Number.parseInt(local.split(':')[1] ?? '', 16);
      if (state === '0A' && (port < least || port > most)) found.add(local);
    }
  }
  return found;
}

async function ids(component: string): Promise<string[]> {
  const list = await docker(
    'ps',
    '-q',
    '--no-trunc',
    '--filter',
    `label=dev.portcullis.component=${component}`,
    '--filter',
    'label=dev.portcullis.environment=dev',
  );
  return list
    .split('\n')
    .filter((id) => id !== '')
    .sort();
}

interface Inspected {
  readonly Name: string;
  readonly Config: {
    readonly Env: string[];
    readonly Cmd: string[] | null;
    readonly User: string;
    readonly Labels: Record<string, string>;
  };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: string[] | null;
    readonly CapAdd: string[] | null;
    readonly NetworkMode: string;
  };
}

async function inspectAll(): Promise<Inspected[]> {
  const all = (await docker('ps', '-a', '-q', '--filter', 'label=dev.portcullis.environment=dev')).split(
    '\n',
  );
  return JSON.parse(await docker('inspect', ...all)) as Inspected[];
}

/** Every value that Terraform generated, from the state. */
async function secretValues(): Promise<string[]> {
  const state = JSON.parse((await stranger.terraform('state', 'pull')).out) as {
    resources: {
      type: string;
      instances: { attributes: { result?: string; private_key_pem?: string } }[];
    }[];
  };
  return state.resources
    .filter(({ type }) => type === 'random_password' || type === 'tls_private_key')
    .flatMap(({ instances }) =>
      // Of a private key one line, which nothing wraps or escapes.
      instances.map(
        ({ attributes }) => attributes.result ?? attributes.private_key_pem?.split('\n')[1] ?? '',
      ),
    );
}

beforeAll(async () => {
  await requireNoDevEnvironment();
  stranger = await Checkout.copy(false);
  listeningBefore = listening();
  up = await run('npm', ['run', 'up', '--', '--install'], { cwd: stranger.root });
  key = (await stranger.portcullis(['secret', 'get', 'client-demo', '--yes'])).out.trim();
});
afterAll(async () => {
  await stranger.remove();
});

describe('up from a fresh clone', () => {
  test('ends with the line that says where it is ready', () => {
    expect(up.all).toContain('installing dependencies (npm ci)');
    expect(up.all.trimEnd().split('\n').at(-1)).toBe('ready: http://localhost:8000');
    expect(up.code).toBe(0);
  });

  test('says how long each step took', () => {
    for (const step of ['checks', 'images', 'synth', 'providers', 'requests through the gate']) {
      expect(up.all).toMatch(new RegExp(`^${step}: [0-9.]+ s$`, 'm'));
    }
  });

  test('keeps its state where only its owner can read it', () => {
    expect(statSync(join(stranger.root, '.portcullis')).mode & 0o777).toBe(0o700);
    expect(existsSync(join(stranger.root, '.portcullis/state/dev/plan'))).toBe(false);
  });

  test('leaves nothing for terraform to change', async () => {
    expect((await stranger.terraform('plan', '-detailed-exitcode', '-no-color')).code).toBe(0);
  });

  test('changes nothing when it runs again', async () => {
    const before = await ids('kong');
    const again = await stranger.npm('up');
    expect(again.code).toBe(0);
    expect(again.all).toContain('nothing to change');
    expect(await ids('kong')).toEqual(before);
  });

  test('passes every check of doctor', async () => {
    const { code, out } = await stranger.portcullis(['doctor', '--json']);
    const { findings } = JSON.parse(out) as { findings: { check: string; ok: boolean }[] };
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['docker', 'images', 'containers', 'gate']),
    );
    expect(code).toBe(0);
  });
});

describe('the gate', () => {
  test('refuses a request without credentials with 401 as json', async () => {
    const answer = await gate('/hello');
    expect(answer.status).toBe(401);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(json(answer)).toHaveProperty('message');
  });

  test('refuses a wrong key and a key in the query string', async () => {
    expect((await gate('/hello', { apikey: 'wrong' })).status).toBe(401);
    expect((await gate(`/hello?apikey=${key}`)).status).toBe(401);
  });

  test.each(['hello', 'world'])(
    'lets the client pass to %s and shows both replicas in ten requests',
    async (service) => {
      const replicas = new Set<unknown>();
      for (let i = 0; i < 10; i++) {
        const answer = await gate(`/${service}`, { apikey: key });
        expect(answer.status).toBe(200);
        const body = json(answer);
        expect(body).toMatchObject({ service, message: service });
        expect(body.requestId).toBe(answer.headers['x-request-id']);
        replicas.add(body.replica);
      }
      expect(replicas.size).toBe(2);
    },
  );

  test('answers nothing on a host that is not public', async () => {
    const answer = await gate('/hello', { host: 'elsewhere.example', apikey: key });
    expect(answer.status).toBe(404);
    expect(json(answer)).toHaveProperty('message');
  });

  test('stops a client over its limit with 429 and says how long', async () => {
    let last = await gate('/hello', { apikey: key });
    let sent = 1;
    for (; sent < 120 && last.status === 200; sent++) last = await gate('/hello', { apikey: key });
    expect(last.status).toBe(429);
    expect(last.headers).toMatchObject({ 'ratelimit-limit': '60', 'ratelimit-remaining': '0' });
    expect(Number(last.headers['ratelimit-reset'])).toBeGreaterThan(0);
    expect(sent).toBeLessThanOrEqual(120);
  });
});

describe('the gate with HTTPS', () => {
  let ca: string;

  beforeAll(async () => {
    ca = (await stranger.terraform('output', '-raw', 'ca_certificate')).out;
  });

  test.each(['localhost', '127.0.0.1'])('is verified as %s by what was handed over', async (host) => {
    expect(await secured(host, 8443, ca)).toMatchObject({ status: 401, protocol: 'TLSv1.3' });
    expect((await secured(host, 8443, ca, { maxVersion: 'TLSv1.2' })).protocol).toBe('TLSv1.2');
  });

  test('is not verified without it, nor by another name', async () => {
    await expect(secured('localhost', 8443, '')).rejects.toThrow(/unable to|self-signed/);
    await expect(secured('localhost', 8443, ca, { servername: 'elsewhere.example' })).rejects.toThrow(
      /does not match/,
    );
  });

  test('refuses TLS 1.1, and plain HTTP', async () => {
    // Without the level this client would refuse by itself.
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(secured('localhost', 8443, ca, old)).rejects.toThrow(/alert protocol version/);
    expect((await gate('/hello', {}, 'GET', 8443)).status).toBe(400);
  });
});

describe('secrets', () => {
  test('are listed without their values and shown only when asked for twice', async () => {
    const list = await stranger.portcullis(['secret', 'list']);
    expect(list.out).toMatch(/client-demo +0 +0 /);
    expect(list.all).not.toContain(key);
    const refused = await stranger.portcullis(['secret', 'get', 'client-demo']);
    expect(refused.code).toBe(1);
    expect(refused.all).toContain('add --yes');
    expect(refused.all).not.toContain(key);
  });

  test('stand in no environment, command, label, log, plan or synthesized file', async () => {
    const values = await secretValues();
    expect(values.length).toBeGreaterThanOrEqual(5);
    expect(values.every((value) => value.length >= 40)).toBe(true);
    const shown = [
      JSON.stringify((await inspectAll()).map(({ Name, Config }) => ({ Name, Config }))),
      stranger.read('cdktf.out/stacks/dev/cdk.tf.json'),
      up.all,
      (await stranger.terraform('plan', '-no-color')).all,
      ...(
        await Promise.all(['kong', 'hello', 'postgres'].flatMap((c) => ids(c))).then((lists) =>
          Promise.all(lists.flat().map((id) => run('docker', ['logs', id]))),
        )
      ).map(({ all }) => all),
    ];
    for (const text of shown) {
      expect(text.length).toBeGreaterThan(0);
      expect(values.filter((value) => text.includes(value)).length).toBe(0);
    }
  });
});

describe('isolation', () => {
  test("of the host's own addresses only the proxy's two ports listen, on the loopback address", () => {
    const fresh = [...listening()].filter((socket) => !listeningBefore.has(socket));
    expect(fresh.sort()).toEqual(['0100007F:1F40', '0100007F:20FB']);
  });

  test('every container but the writers has a read-only root and no capabilities', async () => {
    const all = await inspectAll();
    expect(all.length).toBeGreaterThanOrEqual(12);
    for (const { Name, Config, HostConfig } of all) {
      expect(HostConfig.CapDrop, Name).toEqual(['ALL']);
      expect(Config.User, Name).toMatch(/^\d+:\d+$/);
      if (Name.includes('-writer-')) {
        expect(HostConfig.CapAdd, Name).toEqual(['CAP_CHOWN']);
        expect(HostConfig.NetworkMode, Name).toBe('none');
      } else {
        expect(HostConfig.ReadonlyRootfs, Name).toBe(true);
        expect(HostConfig.CapAdd ?? [], Name).toEqual([]);
      }
    }
  });

  test("hello reaches neither kong's administration nor postgres", async () => {
    const [hello = ''] = await ids('hello');
    const [postgres = ''] = await ids('postgres');
    const addresses = JSON.parse(
      await docker('inspect', '--format', '{{json .NetworkSettings.Networks}}', postgres),
    ) as Record<string, { IPAddress: string }>;
    const targets: [string, number][] = [
      ['kong', 8001],
      ['kong', 8100],
      ['kong', 8444],
      ['postgres', 5432],
      ...Object.values(addresses).map(({ IPAddress }): [string, number] => [IPAddress, 5432]),
    ];
    const program = `const net = require('net'); const targets = ${JSON.stringify(targets)};
      Promise.all(targets.map(([host, port]) => new Promise((done) => {
        const socket = net.connect({ host, port, timeout: 2000 });
        socket.on('connect', () => done('open')); socket.on('error', (e) => done(e.code)); socket.on('timeout', () => done('timeout'));
      }))).then((all) => { console.log(JSON.stringify(all)); process.exit(0); });`;
    const outcome = JSON.parse(await docker('exec', hello, 'node', '-e', program)) as string[];
    expect(outcome.length).toBe(targets.length);
    expect(outcome).not.toContain('open');
    expect(outcome.slice(0, 3)).toEqual(['ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED']);
    expect(outcome[3]).toMatch(/ENOTFOUND|EAI_AGAIN|timeout/);
  });
});

describe('a third service', () => {
  test('comes and goes without replacing a running container', async () => {
    const before = {
      kong: await ids('kong'),
      postgres: await ids('postgres'),
      hello: await ids('hello'),
      world: await ids('world'),
    };
    const undo = stranger.edit(
      'stacks/environment-stack.ts',
      '    const clients = ',
      `    this.services.push(new JsonService(this, 'third', { platform, image: environment.images.jsonService, name: 'third', message: 'third', replicas: 1, resources: resources(environment.services.hello.resources) }));\n    const clients = `,
    );
    expect((await run(process.execPath, ['bin/app.mjs'], { cwd: stranger.root })).code).toBe(0);
    await stranger.terraform('plan', '-out=third.bin');
    const plan = JSON.parse((await stranger.terraform('show', '-json', 'third.bin')).out) as {
      resource_changes: { address: string; type: string; change: { actions: string[] } }[];
    };
    const replaced = plan.resource_changes
      .filter(({ type, change }) => type === 'docker_container' && change.actions.includes('delete'))
      .map(({ address }) => address);
    // Only decK's job and the writer of its state: they have ended and run again.
    expect(replaced.map((address) => address.split('.')[1]?.replace(/_[0-9A-F]{8}$/, '')).sort()).toEqual([
      'Gateway_Sync',
      'Gateway_Sync_Files-state_Writer',
    ]);

    expect((await stranger.npm('up')).code).toBe(0);
    expect({
      kong: await ids('kong'),
      postgres: await ids('postgres'),
      hello: await ids('hello'),
      world: await ids('world'),
    }).toEqual(before);
    const fresh = (await stranger.portcullis(['secret', 'get', 'client-demo', '--yes'])).out.trim();
    const answer = await gate('/third', { apikey: fresh });
    // The limit test may have used this minute up; what matters is that the route exists.
    expect([200, 429]).toContain(answer.status);

    undo();
    expect((await stranger.npm('up')).code).toBe(0);
    expect(await ids('kong')).toEqual(before.kong);
    expect(await ids('third')).toEqual([]);
    expect((await gate('/third', { apikey: fresh })).status).toBe(404);
    expect((await stranger.terraform('plan', '-detailed-exitcode')).code).toBe(0);
  });
});

describe('status and diff', () => {
  /** Writes the ledger with one class at a generation. */
  const ledger = (g: number): void => {
    const apiKeys = { g, phase: 'publish', at: new Date().toISOString() };
    writeFileSync(
      join(stranger.root, '.portcullis/state/dev/ledger.json'),
      JSON.stringify({ version: 1, classes: { apiKeys } }),
    );
  };
  const values: string[] = [];

  beforeAll(async () => {
    values.push(...(await secretValues()));
  });
  afterEach(() => {
    rmSync(join(stranger.root, '.portcullis/state/dev/ledger.json'), { force: true });
    expect(existsSync(join(stranger.root, '.portcullis/state/dev/plan'))).toBe(false);
  });

  test('after up every class stands at generation 0 and nothing is overdue', async () => {
    const { code, out } = await stranger.portcullis(['status', '--json']);
    const { version, classes } = JSON.parse(out) as {
      version: number;
      classes: { class: string; generation: number | null; overdue: boolean; secrets: { name: string }[] }[];
    };
    expect(version).toBe(1);
    expect(classes.map((one) => [one.class, one.generation, one.overdue])).toEqual([
      ['passwords', 0, false],
      ['apiKeys', 0, false],
      ['signingKeys', 0, false],
      ['certificates', 0, false],
      ['fixed', null, false],
      ['outside', null, false],
    ]);
    expect(classes[1]?.secrets).toMatchObject([{ name: 'client-demo', slots: [{ slot: 0 }, { slot: 1 }] }]);
    expect(code).toBe(0);
  });

  test('after up there is no difference', async () => {
    const { code, out } = await stranger.portcullis(['diff']);
    expect(out).toBe('infrastructure: no changes');
    expect(code).toBe(0);
  });

  test('an edited message is told by the names of what it changes', async () => {
    const undo = stranger.edit(
      'env/dev.ts',
      'clients: [',
      "services: { hello: { message: 'good day' } }, clients: [",
    );
    const { code, all } = await stranger.portcullis(['diff']);
    undo();
    expect(all.split('\n')).toEqual([
      'infrastructure: 2 changes',
      '  -/+ hello: docker_container (env, labels) ×2',
    ]);
    expect(code).toBe(2);
  });

  test('one step of the ledger changes exactly one slot of the keys of clients', async () => {
    ledger(1);
    const { code, out } = await stranger.portcullis(['diff', '--json']);
    const { risks, sections } = JSON.parse(out) as {
      risks: string[];
      sections: { changes: { component: string; type: string; action: string }[] }[];
    };
    expect(risks).toEqual([]);
    expect(
      sections.flatMap(({ changes }) => changes).filter(({ type }) => type === 'random_password'),
    ).toMatchObject([{ component: 'client-demo/Slot1', action: 'replace' }]);
    expect(values.filter((value) => out.includes(value)).length).toBe(0);
    expect(code).toBe(2);
  });

  test('two steps at once are refused, by diff and by up', async () => {
    ledger(2);
    for (const { code, all } of [await stranger.portcullis(['diff']), await stranger.npm('up')]) {
      expect(all).toContain("'apiKeys' must be at generation 0 or 1, got 2");
      expect(all).toContain('what to do: mend .portcullis/state/dev/ledger.json');
      expect(code).toBe(1);
    }
    expect((await gate('/hello')).status).toBe(401);
  });
});

describe('down, and the way without our wrapper', () => {
  test('down leaves nothing with our label', async () => {
    const down = await stranger.npm('down');
    expect(down.code).toBe(0);
    expect(await leftovers()).toEqual([]);
    const status = await stranger.portcullis(['status']);
    expect(status.all).toContain('what to do: run `npm run up -- --env dev`');
    expect(status.code).toBe(1);
  });

  test('plain cdktf deploy does the same', async () => {
    const lines = [
      'set -e',
      'channel=$(npm run -s images -- list --json | node -p "JSON.parse(require(\'fs\').readFileSync(0)).channel")',
      'npm run -s images -- build',
      'npm run -s images -- use "$channel"',
      'eval "$(npm run -s images -- env)"',
      'npx cdktf deploy dev --auto-approve',
      'cd cdktf.out/stacks/dev && terraform plan -detailed-exitcode -no-color',
    ].join('\n');
    const deployed = await run('bash', ['-c', lines], { cwd: stranger.root, env: { CI: '1' } });
    expect(deployed.all).toContain('No changes.');
    expect(deployed.code).toBe(0);
    const fresh = (await stranger.portcullis(['secret', 'get', 'client-demo', '--yes'])).out.trim();
    expect((await gate('/hello', { apikey: fresh })).status).toBe(200);
    expect((await gate('/hello', { apikey: key })).status).toBe(401);
  });
});
