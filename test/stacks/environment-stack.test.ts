import { describe, expect, test } from 'vitest';
import { PortcullisError } from '../../constructs/errors.js';
import { loadEnvironment, type Environment } from '../../env/index.js';
import { UPSTREAM_PROVIDERS } from '../../images/channel.js';
import { EnvironmentStack } from '../../stacks/environment-stack.js';
import { PRODUCTION, VALID, environment } from '../helper/environment.js';
import { present, thrown } from '../helper/failure.js';
import { synthesizeApp, type Synthesized } from '../helper/synth.js';

function synthesized(of: Environment): Synthesized {
  return synthesizeApp(of.name, (app) => {
    new EnvironmentStack(app, { environment: of, providers: UPSTREAM_PROVIDERS });
  });
}

const dev = synthesized(loadEnvironment('dev'));

/** Every text in a synthesized stack, with the keys that lead to it. */
function texts(
  value: unknown,
  path: readonly string[] = [],
): { readonly path: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ path: path.join('.'), text: value }];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, [...path, key]));
}

describe('the dev stack', () => {
  test('is the same text whatever folder it is synthesized into', () => {
    expect(synthesized(loadEnvironment('dev')).text).toBe(dev.text);
  });

  test('names no folder of this machine', () => {
    expect(dev.text).not.toContain(process.cwd());
    expect(dev.text).not.toContain('/tmp/portcullis');
    expect(dev.parsed.terraform.backend).toEqual({
      local: { path: '../../../.portcullis/state/dev/terraform.tfstate' },
    });
  });

  test('pins the providers of the channel exactly', () => {
    const versions = Object.entries(dev.parsed.terraform.required_providers).map(([name, { version }]) => [
      name,
      version,
    ]);
    expect(Object.fromEntries(versions)).toEqual({
      docker: `= ${UPSTREAM_PROVIDERS.docker}`,
      random: `= ${UPSTREAM_PROVIDERS.random}`,
      tls: `= ${UPSTREAM_PROVIDERS.tls}`,
    });
  });

  test('uploads known plain files and expressions of secrets, nothing else', () => {
    const uploads = [...dev.all('docker_container').values()].flatMap(({ upload }) => upload);
    const made =
      /^(\$\{(jsonencode\()?(random_password\.[\w-]+\.result|tls_private_key\.[\w-]+\.(private|public)_key_pem|tls_\w+_cert\.[\w-]+\.cert_pem)\)?\})+$/;
    const plain = uploads.filter(({ content }) => !made.test(content));
    expect([...new Set(plain.map(({ file }) => file))].sort()).toEqual([
      '/files/.incoming/accounts.sql',
      '/files/.incoming/config.json',
      '/files/.incoming/dsn.json',
      '/files/.incoming/kong.yaml',
      '/files/.incoming/kratos.json',
      '/files/.incoming/mail.json',
      '/files/.incoming/migrate.json',
      '/files/.incoming/pg_hba.conf',
      '/files/.incoming/pg_user',
      '/files/.incoming/rules.json',
      '/files/.incoming/secrets.json',
      '/files/.incoming/site.json',
      '/files/.incoming/start.json',
    ]);
    expect(uploads.length).toBeGreaterThan(plain.length);
  });

  test('names the result of a secret in uploads and sensitive outputs alone', () => {
    const places = texts(JSON.parse(dev.text))
      .filter(({ text }) => /random_password\.[\w-]+\.result|tls_private_key\.[\w-]+\.private_key/.test(text))
      .map(({ path }) => path);
    expect(places.length).toBeGreaterThan(0);
    for (const path of places)
      expect(path).toMatch(
        /^(resource\.docker_container\.[^.]+\.upload\.\d+\.content|resource\.tls_\w+\.[^.]+\.(ca_)?private_key_pem|output\.secret_\w+\.value\.value)$/,
      );
    for (const [name, { sensitive }] of Object.entries(dev.parsed.output))
      expect(sensitive === true).toBe(name.startsWith('secret_'));
  });

  test('holds no text that could be a password', () => {
    const looks = texts(JSON.parse(dev.text)).filter(
      ({ path, text }) =>
        /(password|secret|token|api_?key)$/i.test(path.split('.').at(-1) ?? '') && !text.startsWith('${'),
    );
    expect(looks).toEqual([]);
    const long = texts(JSON.parse(dev.text)).filter(({ text }) =>
      /(?<![\w/.-])(?=\w*\d)(?=\w*[A-Z])(?=\w*[a-z])[A-Za-z0-9]{24,}(?![\w/.-])/.test(text),
    );
    expect(long).toEqual([]);
  });

  test('gives no container a secret by a variable where it could read a file', () => {
    const variables = [...dev.all('docker_container').values()].flatMap(({ env }) => env);
    expect(variables.filter((variable) => variable.includes('_FILE='))).not.toEqual([]);
    for (const variable of variables.filter((text) =>
      /PASSWORD|SECRET|TOKEN|KEY/.test(text.split('=')[0] ?? ''),
    )) {
      expect(variable).toMatch(
        /^(\w+_FILE=\/run\/portcullis\/secrets\/\w+|KONG_SSL_CERT_KEY=\/run\/portcullis\/tls\/key\.pem|IDENTITY_KEYS=\/run\/portcullis\/identity\/keys\.json)$/,
      );
    }
    expect(variables.join()).not.toMatch(/random_password|tls_private_key/);
  });

  test('publishes two ports, on this machine', () => {
    expect([...dev.all('docker_container').values()].flatMap(({ ports }) => ports)).toEqual([
      { internal: 8000, external: 8000, ip: '127.0.0.1' },
      { internal: 8443, external: 8443, ip: '127.0.0.1' },
    ]);
  });

  test('may be thrown away', () => {
    expect(dev.text).not.toContain('prevent_destroy');
  });

  test('has one authority, whose certificates last as long as the environment says', () => {
    expect([...dev.all('tls_locally_signed_cert').keys()].sort()).toEqual([
      'Postgres/Certificate/Resource',
      'gate/Resource',
    ]);
    for (const certificate of dev.all('tls_locally_signed_cert').values())
      expect(certificate).toMatchObject({ validity_period_hours: 720 });
    expect(dev.one('tls_cert_request', 'gate/Request')).toMatchObject({
      dns_names: ['localhost'],
      ip_addresses: ['127.0.0.1'],
    });
    expect(dev.one('tls_self_signed_cert', 'authority/Slot0').subject).toEqual([
      { common_name: 'portcullis dev ca 0' },
    ]);
  });

  test('hands over its address, what its gate is verified with, and the keys of its clients', () => {
    expect(Object.keys(dev.parsed.output).sort()).toEqual([
      'ca_certificate',
      'rotation',
      'secret_client_demo',
      'secret_jwt_demo',
      'secret_oauth2_demo',
      'secret_user_demo',
      'url',
    ]);
    expect(dev.parsed.output.secret_jwt_demo?.value).toMatchObject({ id: 'demo.0.0', slot: 0 });
    expect(dev.parsed.output.ca_certificate?.value).toBe(
      [0, 1, 2]
        .map((slot) => `\${${dev.address('tls_self_signed_cert', `authority/Slot${slot}`)}.cert_pem}`)
        .join(''),
    );
    expect(dev.parsed.output.url?.value).toBe('http://localhost:8000');
  });
});

describe('a ledger', () => {
  test('reaches the secrets of its class and no others', () => {
    const of = loadEnvironment('dev');
    const stepped = synthesizeApp(of.name, (app) => {
      new EnvironmentStack(app, {
        environment: of,
        providers: UPSTREAM_PROVIDERS,
        generations: { apiKeys: 1 },
      });
    });
    const differing = [...dev.all('random_password')]
      .filter(
        ([path, value]) => JSON.stringify(value) !== JSON.stringify(stepped.one('random_password', path)),
      )
      .map(([path]) => path);
    expect(differing).toEqual(['client-demo/Slot1', 'oauth2-demo/Slot1']);
    expect(stepped.parsed.output.rotation?.value).toMatchObject({
      passwords: { generation: 0 },
      apiKeys: { generation: 1 },
    });
  });
});

describe('an environment', () => {
  test('outside dev protects its data', () => {
    const prod = synthesized(environment(PRODUCTION));
    expect(prod.one('docker_volume', 'Postgres/Data/Resource').lifecycle).toEqual({ prevent_destroy: true });
  });

  test('passes what it says on to the components', () => {
    const stack = synthesized(
      environment({
        platform: { kind: 'docker', host: 'ssh://builder' },
        kong: { workers: 3, drain: '20s' },
        postgres: { maxConnections: 50 },
        services: { hello: { replicas: 3, message: 'good day' } },
        retention: { logs: { mebibytes: 7 } },
        network: { pinned: { 'kong--postgres': '10.212.0.0/28' } },
      }),
    );
    expect(stack.container('Kong/Proxy/Resource').env).toEqual(
      expect.arrayContaining(['KONG_NGINX_WORKER_PROCESSES=3', 'PORTCULLIS_DRAIN_SECONDS=20']),
    );
    expect(stack.container('Postgres/Server/Resource').command).toContain('max_connections=50');
    expect(stack.container('hello/Workload/Replica3').env).toContain('SERVICE_MESSAGE=good day');
    expect(stack.container('world/Workload/Resource')).toMatchObject({
      log_opts: { 'max-size': '7m', 'max-file': '3' },
    });
    expect(stack.one('docker_network', 'Platform/Edge-kong--postgres').ipam_config[0].subnet).toBe(
      '10.212.0.0/28',
    );
    expect(JSON.parse(stack.text)).toMatchObject({ provider: { docker: [{ host: 'ssh://builder' }] } });
  });

  test.each([
    ['5s', '2500', { enabled: true, ttl: '2500ms', max_cost: 10_000 }],
    ['5ms', '2', { enabled: true, ttl: '2ms', max_cost: 10_000 }],
    ['1ms', '0', { enabled: false, max_cost: 1 }],
    ['0s', '0', { enabled: false, max_cost: 1 }],
  ])('lets a revoked session live on for %s, half of it where each remembers', (revocation, half, cache) => {
    const stack = synthesized(environment({ identity: { sessions: { revocation } } }));
    expect(stack.container('SessionCheck/Workload/Resource').env).toContain(`REMEMBER_MILLISECONDS=${half}`);
    const config = stack
      .container('Oathkeeper/Workload/Files-config/Writer')
      .upload.find(({ file }) => file.endsWith('/config.json'));
    expect(JSON.parse(present(config).content)).toMatchObject({
      authenticators: { oauth2_introspection: { config: { cache } } },
    });
  });

  describe('has account pages', () => {
    const site = (stack: Synthesized): unknown =>
      JSON.parse(present(stack.container('AccountUi/Workload/Files-site/Writer').upload[0]).content);
    const variables = { clientId: 'work_id', clientSecret: 'work_secret' };

    test('with a start page in dev that shows how to get a password, and never one', () => {
      expect(site(dev)).toMatchObject({
        origins: ['http://localhost:8000', 'https://localhost:8443'],
        landing: {
          environment: 'dev',
          services: [
            { name: 'hello', path: '/hello' },
            { name: 'world', path: '/world' },
          ],
          people: [
            {
              address: 'demo@example.com',
              command: 'npx portcullis secret get user-demo --env dev',
            },
          ],
          mail: '/mail',
          docs: 'docs/tutorial.md',
        },
      });
      const mailed = { mail: { kind: 'smtp' as const, host: 'smtp.example.com', from: 'a@example.com' } };
      const relayed = synthesized(environment({ identity: mailed }));
      expect(site(relayed)).not.toHaveProperty('landing.mail');
    });

    test('without one elsewhere', () => {
      expect(site(synthesized(environment(PRODUCTION)))).not.toHaveProperty('landing');
    });

    test('that look and lead as the environment says', () => {
      const made = synthesized(
        environment({
          account: { name: 'Shop', colours: { accent: '#000000' }, language: 'de', replicas: 3 },
          identity: {
            methods: { recovery: false },
            providers: [
              {
                kind: 'oidc',
                id: 'work',
                issuer: 'https://id.example.com',
                origins: ['https://login.example.com'],
                ...variables,
              },
            ],
          },
        }),
      );
      expect(site(made)).toMatchObject({
        name: 'Shop',
        colours: { accent: '#000000', onAccent: '#ffffff' },
        language: 'de',
        recovery: false,
        formTargets: ['https://id.example.com', 'https://login.example.com'],
        providers: [{ id: 'work', label: 'work', tells: ['email', 'name'] }],
      });
      expect(made.container('AccountUi/Workload/Replica3').image).toBeDefined();
    });

    test('that Kong serves below /account alone, and where browsers are led', () => {
      const gateway = dev
        .container('Gateway/Sync/Files-state/Writer')
        .upload.find(({ file }) => file.endsWith('/kong.yaml'));
      expect(gateway?.content).toContain('"~/account(?:/|(?:/[A-Za-z0-9._~-]+)*)$"');
      const rules = dev
        .container('Oathkeeper/Workload/Files-rules/Writer')
        .upload.find(({ file }) => file.endsWith('/rules.json'));
      expect(rules?.content).toContain('"to": "http://localhost:8000/account/login?aal=aal2"');
      expect(rules?.content).not.toContain('self-service');
    });
  });

  test('without certificates has no authority', () => {
    const stack = synthesized(environment({ postgres: { tls: false } }));
    expect(stack.text).not.toMatch(/tls_\w+_cert/);
    expect(stack.container('Postgres/Server/Resource').command?.join(' ')).not.toContain('ssl');
  });

  test('may bring the certificate of its gate', () => {
    const certificate = { kind: 'brought' as const, certificate: 'gate_certificate', key: 'gate_key' };
    const stack = synthesized(
      environment({ public: { ...VALID.public, hosts: ['localhost'], tls: { certificate } } }),
    );
    expect(Object.keys(stack.parsed.variable)).toEqual(['gate_certificate', 'gate_key']);
    expect(stack.container('Kong/Proxy/Files-tls/Writer').upload.map(({ content }) => content)).toEqual([
      '${var.gate_certificate}',
      '${var.gate_key}',
    ]);
    expect(Object.keys(stack.parsed.output)).toEqual(['rotation', 'secret_user_demo', 'url']);
  });

  test('fails when its platform is not built yet', () => {
    const error = thrown(() =>
      synthesized(environment({ platform: { kind: 'kubernetes', context: 'prod' } })),
    );
    expect(error).toBeInstanceOf(PortcullisError);
    expect(error.message).toBe(
      "platform 'kubernetes' can't do environments yet; set platform to { kind: 'docker' } (at dev)",
    );
  });
});
