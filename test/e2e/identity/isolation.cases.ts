/** Who reaches what inside, and what of that is seen from outside. */
import { beforeAll, describe, expect, test } from 'vitest';
import { docker, must } from '../harness/run.js';
import { rawRequest } from '../harness/raw.js';
import { secured } from '../harness/https.js';
import { askBeside, connectBeside, type Told } from './beside.js';
import { bearer, accessToken, clientKey } from './credentials.js';
import { authority, containers } from './deployment.js';

/** Ports that other containers can open, by component; everything else of it is its own alone. */
const LISTENING: Readonly<Record<string, readonly number[]>> = {
  kong: [8000, 8010, 8443],
  oathkeeper: [4455],
  'session-check': [8090],
  'account-ui': [8091],
  kratos: [4433],
  'kratos-courier': [],
  mail: [1025, 8025],
  postgres: [5432],
  hello: [8080],
  world: [8080],
};

/** Listeners that know no callers: administration, status, metrics. */
const OWN: Readonly<Record<string, readonly number[]>> = {
  kong: [8001, 8100],
  oathkeeper: [4456, 9000],
  kratos: [4434],
  'kratos-courier': [4435],
};

/** Who calls whom. Each pair has a network of its own, without filters: it leads both ways. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['account-ui', 'kratos'],
  ['kong', 'account-ui'],
  ['kong', 'kratos'],
  ['kong', 'mail'],
  ['kong', 'oathkeeper'],
  ['kong', 'postgres'],
  ['kratos', 'postgres'],
  ['kratos-courier', 'mail'],
  ['kratos-courier', 'postgres'],
  ['oathkeeper', 'hello'],
  ['oathkeeper', 'session-check'],
  ['oathkeeper', 'world'],
  ['session-check', 'kratos'],
];

const COMPONENTS = Object.keys(LISTENING);

/** Ports that any of them could listen on, and those of programs of their kind. */
const PORTS = [
  ...new Set([...Object.values(LISTENING), ...Object.values(OWN)].flat()),
  8444,
  8002,
  4436,
  2375,
  22,
];

function neighbours(component: string): string[] {
  return PAIRS.filter((pair) => pair.includes(component)).map(([a, b]) => (a === component ? b : a));
}

interface Place {
  readonly component: string;
  readonly id: string;
  readonly addresses: readonly string[];
}

async function places(): Promise<Place[]> {
  const all = await Promise.all(
    COMPONENTS.map(async (component) => {
      const ids = await containers(component);
      const inspected = JSON.parse(await docker('inspect', ...ids)) as {
        Id: string;
        NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
      }[];
      return inspected.map(({ Id, NetworkSettings }) => ({
        component,
        id: Id,
        addresses: Object.entries(NetworkSettings.Networks)
          .filter(([name, { IPAddress }]) => name.startsWith('portcullis-dev-') && IPAddress !== '')
          .map(([, { IPAddress }]) => IPAddress),
      }));
    }),
  );
  return all.flat();
}

export function isolation(): void {
  describe('from inside', () => {
    let all: Place[];
    /** By component: what of the others it opened, as `component:port`. */
    let opened: ReadonlyMap<string, readonly string[]>;

    beforeAll(async () => {
      all = await places();
      const tried = COMPONENTS.map(async (component): Promise<[string, string[]]> => {
        const here = all.find((place) => place.component === component);
        if (here === undefined) throw new Error(`${component} must run`);
        const targets = all
          .filter((place) => place.component !== component)
          .flatMap(({ component: of, addresses }) =>
            addresses.flatMap((address) => PORTS.map((port) => ({ of, address, port }))),
          );
        const outcome = await connectBeside(
          here.id,
          targets.map(({ address, port }) => [address, port] as const),
        );
        const open = targets.filter((_, i) => outcome[i] === 'open').map(({ of, port }) => `${of}:${port}`);
        return [component, [...new Set(open)].sort()];
      });
      opened = new Map(await Promise.all(tried));
    });

    test.each(COMPONENTS)('%s reaches its neighbours, and of those no administration', (component) => {
      const expected = neighbours(component).flatMap((name) =>
        (LISTENING[name] ?? []).map((port) => `${name}:${port}`),
      );
      expect(opened.get(component)).toEqual(expected.sort());
    });

    test.each(Object.entries(OWN))('administration of %s answers itself alone', async (component, ports) => {
      for (const { id } of all.filter((place) => place.component === component)) {
        const outcome = await connectBeside(
          id,
          ports.map((port) => ['127.0.0.1', port] as const),
        );
        expect(outcome).toEqual(ports.map(() => 'open'));
      }
    });
  });

  describe('from this machine', () => {
    test('two ports of Kong are published, on the loopback address, and nothing else of anything', async () => {
      const ids = (await docker('ps', '-a', '-q', '--filter', 'label=dev.portcullis.environment=dev')).split(
        '\n',
      );
      const inspected = JSON.parse(await docker('inspect', ...ids)) as {
        Name: string;
        HostConfig: { NetworkMode: string; PublishAllPorts: boolean; PidMode: string };
        NetworkSettings: { Ports: Record<string, { HostIp: string; HostPort: string }[] | null> };
      }[];
      const published = inspected.flatMap(({ NetworkSettings }) =>
        Object.entries(NetworkSettings.Ports).flatMap(([port, at]) =>
          (at ?? []).map(({ HostIp, HostPort }) => `${port} ${HostIp}:${HostPort}`),
        ),
      );
      expect(published.sort()).toEqual(['8000/tcp 127.0.0.1:8000', '8443/tcp 127.0.0.1:8443']);
      for (const { Name, HostConfig } of inspected) {
        expect(HostConfig.NetworkMode, Name).not.toBe('host');
        expect(HostConfig.PidMode, Name).not.toBe('host');
        expect(HostConfig.PublishAllPorts, Name).toBe(false);
      }
    });

    test("administration is not reached by a container's own address either", async () => {
      // A host gets to the addresses of its containers, whatever network they are on.
      const targets = (await places()).flatMap(({ component, addresses }) =>
        addresses.flatMap((address) =>
          (OWN[component] ?? []).map((port): [string, number] => [address, port]),
        ),
      );
      expect(targets.length).toBeGreaterThan(10);
      const program = `const targets = ${JSON.stringify(targets)};
        Promise.all(targets.map(([host, port]) => new Promise((done) => {
          const socket = require('node:net').connect({ host, port, timeout: 3000 });
          socket.on('connect', () => done('open')).on('timeout', () => done('timeout')).on('error', ({ code }) => done(code));
        }))).then((all) => { console.log(JSON.stringify(all)); process.exit(); });`;
      const outcome = JSON.parse(await must(process.execPath, ['-e', program])) as string[];
      expect(new Set(outcome)).toEqual(new Set(['ECONNREFUSED']));
    });
  });

  describe('whose a key is', () => {
    let oathkeeper: string;
    let access: string;
    const ask = (path: string, headers: Readonly<Record<string, string>>): Promise<readonly Told[]> =>
      askBeside(oathkeeper, [{ url: `http://kong:8010${path}`, headers }]);

    beforeAll(async () => {
      [oathkeeper = ''] = await containers('oathkeeper');
      access = await accessToken();
    });

    test('is told to Oathkeeper, and only by the right credential', async () => {
      const told = { sub: 'demo', extra: { kind: 'client', client: 'demo' } };
      const [key] = await ask('/key', { apikey: clientKey('demo') });
      expect(key?.status).toBe(200);
      expect(JSON.parse(key?.body ?? '')).toEqual(told);
      const [token] = await ask('/oauth2', bearer(access));
      expect(token?.status).toBe(200);
      expect(JSON.parse(token?.body ?? '')).toEqual(told);
      for (const [path, headers] of [
        ['/key', {}],
        ['/key', { apikey: 'wrong' }],
        ['/key', bearer(access)],
        ['/key', { 'x-consumer-username': 'demo', 'x-consumer-id': 'demo' }],
        ['/oauth2', {}],
        ['/oauth2', bearer('wrong')],
        ['/oauth2', { apikey: clientKey('demo') }],
        ['/oauth2', { 'x-authenticated-userid': 'demo' }],
      ] as const) {
        const [answer] = await ask(path, headers);
        expect(answer?.status, path).toBe(401);
        expect(answer?.body, path).not.toContain('demo');
      }
    });

    test('is all that is told there: nothing public, and no query', async () => {
      const paths = [
        '/hello',
        '/world',
        '/.ory/kratos/self-service/login/api',
        '/.ory/kratos/sessions/whoami',
        '/mail/',
        '/account',
        '/account/login',
        '/oauth2/token',
        '/',
        `/key?apikey=${clientKey('demo')}`,
        '/key/',
        '/key/x',
        '//key',
        '/KEY',
        '/%6bey',
      ];
      const hosts = ['kong', 'kong:8010', 'localhost', 'localhost:8000', '127.0.0.1:8000'];
      const requests = paths.flatMap((path) =>
        hosts.map((host) => ({
          url: `http://kong:8010${path}`,
          headers: { host, apikey: clientKey('demo') },
        })),
      );
      const answers = await askBeside(oathkeeper, requests);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    });

    test.each([
      'kong',
      'kong:8010',
      'Kong',
      'localhost',
      'localhost:8000',
      '127.0.0.1',
      'verify',
      'oathkeeper',
      'gate-key',
    ])('is told to nobody outside, as host %s', async (host) => {
      const told = /"sub"|"extra"|"kind"/;
      for (const path of [
        '/key',
        '/oauth2',
        '/key/',
        '//key',
        '/%6bey',
        'http://kong/key',
        'http://kong:8010/key',
      ]) {
        for (const header of [
          ['apikey', clientKey('demo')],
          ['Authorization', `Bearer ${access}`],
        ] as const) {
          const answer = await rawRequest(`GET ${path}`, [header], host);
          expect([400, 404], path).toContain(answer.status);
          expect(answer.body, path).not.toMatch(told);
        }
      }
      const options = { path: '/key', servername: 'localhost', headers: { host, apikey: clientKey('demo') } };
      const answer = await secured('localhost', 8443, authority(), options);
      expect(answer.status).toBe(404);
      expect(answer.body).not.toMatch(told);
    });
  });
}
