import { describe, expect, test } from 'vitest';
import type { KratosProps } from '../../../constructs/identity/kratos.js';
import { CertificateAuthority } from '../../../constructs/secrets/certificate-authority.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { postgres } from '../../helper/components.js';
import { kratos } from '../../helper/identity.js';
import { declared, revisionOf, synthesize, type Synthesized } from '../../helper/synth.js';

type Change = Partial<Omit<KratosProps, 'platform'>>;

function withKratos(change: Change = {}, generations = {}): Synthesized {
  return synthesize(
    (scope, platform) => {
      kratos(scope, platform, change);
    },
    {},
    generations,
  );
}

function file(stack: Synthesized, part: string, set: string, name: string): string {
  const { upload } = stack.container(`Kratos/${part}/Files-${set}/Writer`);
  return upload.find((one) => one.file.endsWith(`/${name}`))?.content ?? '';
}

/** Secrets of a file in their order, by construct: `cookie-a#2`. */
function order(text: string): string[] {
  return [...text.matchAll(/random_password\.Kratos_kratos-([a-z-]+)_Slot(\d)/g)].map(
    ([, name = '', slot = '']) => `${name}#${slot}`,
  );
}

const stack = withKratos();
const serve = stack.container('Kratos/Workload/Resource');
const courier = stack.container('Kratos/Courier/Resource');
const migrations = stack.container('Kratos/Migrations/Resource');

describe('a replica', () => {
  test('serves from its files, calls nobody and sends no mail', () => {
    expect(serve.command).toEqual([
      'serve',
      ...['-c', '/run/portcullis/config/kratos.json'],
      ...['-c', '/run/portcullis/start/start.json'],
      ...['-c', '/run/portcullis/start/dsn.json'],
      ...['-c', '/run/portcullis/secrets/secrets.json'],
      '--sqa-opt-out',
    ]);
    expect(serve.env).toEqual(['HOME=/tmp', 'SQA_OPT_OUT=true']);
    expect(serve.user).toBe('10000:10000');
  });

  test('relaxes its cookies in development alone', () => {
    const dev = withKratos({ development: true, publicUrl: 'http://example.com' });
    expect(dev.container('Kratos/Workload/Resource').command?.at(-1)).toBe('--dev');
    expect(dev.container('Kratos/Courier/Resource').command).not.toContain('--dev');
  });

  test('has a twin by default', () => {
    const replicas = (one: Synthesized): number =>
      [...one.all('docker_container').keys()].filter((path) =>
        /^Kratos\/Workload\/(Resource|Replica\d+)$/.test(path),
      ).length;
    expect([replicas(stack), replicas(withKratos({ replicas: 3 }))]).toEqual([2, 3]);
  });

  test('publishes nothing and keeps the administrative listener to itself', () => {
    expect(serve.ports).toEqual([]);
    expect(JSON.parse(file(stack, 'Workload', 'start', 'start.json'))).toMatchObject({
      serve: {
        public: { base_url: 'https://example.com/.ory/kratos/', host: '0.0.0.0', port: 4433 },
        admin: { host: '127.0.0.1', port: 4434 },
      },
      log: { level: 'warning', leak_sensitive_values: false },
    });
  });

  test('is ready when its database is and its migrations are done', () => {
    expect(serve).toMatchObject({
      healthcheck: {
        test: [
          ...['CMD', 'wget', '-q', '-T', '2', '-O', '/dev/null'],
          'http://127.0.0.1:4434/admin/health/ready',
        ],
      },
    });
  });

  test('waits for nothing that is replaced in place', () => {
    expect(serve.depends_on.filter((address) => !address.includes('Kratos'))).toEqual([]);
  });
});

describe('the courier', () => {
  test('is one, with the way to the mail server that replicas do not know', () => {
    expect(courier.command?.slice(0, 2)).toEqual(['courier', 'watch']);
    expect(courier.command).toContain('/run/portcullis/mail/mail.json');
    expect(courier.command).not.toContain('/run/portcullis/secrets/secrets.json');
    expect(file(stack, 'Courier', 'mail', 'mail.json')).toContain(
      '"connection_uri":"smtp://mail:1025/?disable_starttls=true"',
    );
    const paths = [...stack.all('docker_container').keys()];
    expect(paths.filter((path) => /^Kratos\/Courier\/(Resource|Replica)/.test(path))).toHaveLength(1);
    expect(paths).not.toContain('Kratos/Workload/Files-mail/Writer');
  });

  test('is asked at its metrics', () => {
    expect(courier.command?.slice(-2)).toEqual(['--expose-metrics-port', '4435']);
    expect(JSON.stringify(courier.healthcheck)).toContain('http://127.0.0.1:4435/metrics/prometheus');
  });

  test('reaches the catcher; replicas do not', () => {
    const networks = (path: string): string[] =>
      stack.container(path).networks_advanced.map(({ name }) => name);
    const edges = [...stack.all('docker_network').keys()];
    expect(edges).toContain('Platform/Edge-kratos-courier--mail');
    expect(edges).not.toContain('Platform/Edge-kratos--mail');
    expect(networks('Kratos/Courier/Resource')).not.toEqual(networks('Kratos/Workload/Resource'));
  });
});

describe('the migrations', () => {
  test('run with the address of the database, after it, and again with its storage', () => {
    expect(migrations.command).toEqual([
      ...['migrate', 'sql', '-e', '--yes'],
      ...['-c', '/run/portcullis/start/migrate.json'],
      ...['-c', '/run/portcullis/start/dsn.json'],
    ]);
    const run = stack.one('terraform_data', 'Kratos/Migrations/Run');
    expect(run.depends_on).toContain(stack.address('terraform_data', 'Postgres/Accounts-kratos/Run'));
    expect(JSON.stringify(run.lifecycle)).toContain(stack.address('docker_volume', 'Postgres/Data/Resource'));
  });

  test('do not run again because a setting changed', () => {
    const changed = withKratos({ returnUrls: ['https://example.com/app'], registration: false });
    expect(file(changed, 'Migrations', 'start', 'migrate.json')).toBe(
      file(stack, 'Migrations', 'start', 'migrate.json'),
    );
  });
});

describe('the address of the database', () => {
  const password = stack.address('random_password', 'Postgres/postgres-kratos/Slot0');

  test('is a file whose password is sealed', () => {
    expect(file(stack, 'Workload', 'start', 'dsn.json')).toBe(
      `{"dsn":"postgres://kratos_a:\${replace(urlencode(${password}.result), "+", "%20")}@postgres:5432/kratos?sslmode=disable&max_conns=20"}`,
    );
  });

  test('names the authority where the database has TLS', () => {
    const secured = synthesize((scope, platform) => {
      const tls = { authority: new CertificateAuthority(scope, 'authority') };
      kratos(scope, platform, {
        database: postgres(scope, platform, { tls }).addDatabase('kratos'),
        connections: 5,
      });
    });
    expect(file(secured, 'Workload', 'start', 'dsn.json')).toContain(
      '/kratos?sslmode=verify-full&sslrootcert=/run/portcullis/certificates/ca.pem&max_conns=5"',
    );
    for (const part of ['Workload', 'Courier', 'Migrations']) {
      expect(file(secured, part, 'certificates', 'ca.pem')).toContain('tls_self_signed_cert');
    }
  });

  test.each(['Workload', 'Courier'])('a new password replaces %s', (part) => {
    const stepped = withKratos({}, { passwords: 1 });
    const path = `Kratos/${part}/Resource`;
    expect(revisionOf(stepped.container(path))).not.toBe(revisionOf(stack.container(path)));
  });

  test('another number of connections replaces replicas, too', () => {
    expect(revisionOf(withKratos({ connections: 30 }).container('Kratos/Workload/Resource'))).not.toBe(
      revisionOf(serve),
    );
  });
});

describe('the secrets', () => {
  test.each([
    [0, [2, 0, 1]],
    [1, [0, 1, 2]],
    [2, [1, 2, 0]],
    [3, [2, 0, 1]],
  ])('at step %d stand in pairs: what signs, the newest, the one before', (signingKeys, slots) => {
    const text = file(withKratos({}, { signingKeys }), 'Workload', 'secrets', 'secrets.json');
    const pairs = (name: string): string[] =>
      slots.flatMap((slot) => [`${name}-a#${slot}`, `${name}-b#${slot}`]);
    expect(order(text)).toEqual([...pairs('cookie'), ...pairs('default'), 'cipher#0']);
    expect(text).toContain('"ciphers":{"algorithm":"aes"}');
  });

  test('are of 32 characters each', () => {
    const lengths = [...stack.all('random_password')]
      .filter(([path]) => path.startsWith('Kratos/'))
      .map(([, { length }]) => length);
    expect(lengths).toEqual(Array.from({ length: 13 }, () => 32));
  });

  test('a step replaces nothing but the file', () => {
    const stepped = withKratos({}, { signingKeys: 1 });
    expect(revisionOf(stepped.container('Kratos/Workload/Resource'))).toBe(revisionOf(serve));
    expect(file(stepped, 'Workload', 'secrets', 'secrets.json')).not.toBe(
      file(stack, 'Workload', 'secrets', 'secrets.json'),
    );
  });

  test('hold the credentials of providers, which the plain file has not', () => {
    const social = synthesize((scope, platform) => {
      kratos(scope, platform, {
        providers: [
          {
            kind: 'github',
            clientId: Secret.fromVariable(scope, 'github_id', { description: 'id at GitHub' }),
            clientSecret: Secret.fromVariable(scope, 'github_secret', { description: 'secret at GitHub' }),
          },
        ],
      });
    });
    const secrets = file(social, 'Workload', 'secrets', 'secrets.json');
    expect(secrets).toContain('"client_id":${jsonencode(var.github_id)}');
    expect(secrets).toContain('"client_secret":${jsonencode(var.github_secret)}');
    expect(file(social, 'Workload', 'config', 'kratos.json')).not.toContain('github');
  });
});

describe('what others ask', () => {
  const asked = (change: Change = {}): unknown[] =>
    declared((scope, platform) => {
      const made = kratos(scope, platform, change);
      return [made.cookie, made.aalQuestion, made.secondFactor, made.loginUrl, made.workload.name];
    });

  test('has defaults', () => {
    expect(asked()).toEqual([
      'ory_kratos_session',
      true,
      true,
      'https://example.com/account/login',
      'kratos',
    ]);
  });

  test('follows what is declared', () => {
    expect(
      asked({
        accountPath: '/me',
        sessions: { aal: 'aal1', cookie: { name: 'session' } },
        methods: { totp: false, lookupCodes: false, webauthn: false },
      }),
    ).toEqual(['session', false, false, 'https://example.com/me/login', 'kratos']);
  });
});
