import { describe, expect, test } from 'vitest';
import { guarded } from '../../../constructs/gateway/access.js';
import { jsonServiceDeclaration } from '../../../constructs/gateway/gateway.js';
import { Oathkeeper, type OathkeeperProps } from '../../../constructs/identity/oathkeeper.js';
import { TokenSigner } from '../../../constructs/identity/token-signer.js';
import type { IPlatform } from '../../../constructs/platform/platform.js';
import type { PlatformStack } from '../../../constructs/platform/stack.js';
import { Duration, Size } from '../../../constructs/quantities.js';
import { KeyPair } from '../../../constructs/secrets/key-pair.js';
import { jsonService } from '../../helper/components.js';
import { present, thrown } from '../../helper/failure.js';
import { ISSUER } from '../../helper/identity-model.js';
import { RESOURCES, workload } from '../../helper/specs.js';
import { declared, labelsOf, synthesize, type Synthesized } from '../../helper/synth.js';

type Sessions = NonNullable<OathkeeperProps['sessions']>;
type Change = (stack: PlatformStack, platform: IPlatform, sessions: Sessions) => Partial<OathkeeperProps>;

function oathkeeper(stack: PlatformStack, platform: IPlatform, change: Change = () => ({})): Oathkeeper {
  const kong = platform.workload(stack, 'Kong', {
    ...workload('kong'),
    listeners: [
      { name: 'proxy', port: 8000 },
      { name: 'verify', port: 8010 },
    ],
  });
  const check = platform.workload(stack, 'SessionCheck', workload('session-check'));
  const sessions: Sessions = {
    check: { workload: check, port: 8090 },
    aalQuestion: false,
    cookie: 'ory_kratos_session',
    secondFactor: true,
  };
  return new Oathkeeper(stack, 'Oathkeeper', {
    platform,
    image: { reference: 'oryd/oathkeeper:v0.40.9', version: '0.40.9' },
    resources: { ...RESOURCES, memory: Size.mebibytes(256) },
    signer: new TokenSigner(stack, 'Signer', { issuer: 'http://localhost:8000' }),
    services: [
      jsonServiceDeclaration(jsonService(stack, platform, 'hello'), {
        access: guarded({ methods: ['key'] }),
      }),
    ],
    clients: [],
    hosts: ['localhost'],
    ports: [8000],
    publicUrl: 'http://localhost:8000',
    kong,
    verifyPort: 8010,
    sessions,
    ...change(stack, platform, sessions),
  });
}

function synthesized(change?: Change): Synthesized {
  return synthesize((stack, platform) => {
    oathkeeper(stack, platform, change);
  });
}

function uploads(stack: Synthesized, set: string): Map<string, string> {
  const { upload } = stack.container(`Oathkeeper/Workload/Files-${set}/Writer`);
  return new Map(upload.map(({ file, content }) => [file.replace(/.*\//, ''), content]));
}

function networks(stack: Synthesized, path: string): string[] {
  return stack
    .container(path)
    .networks_advanced.map(({ name }) => /Edge[^.]*/.exec(name)?.[0] ?? name)
    .sort();
}

const stack = synthesized();
const container = stack.container('Oathkeeper/Workload/Resource');

describe('Oathkeeper', () => {
  test('runs twice, calls nobody at home and publishes nothing', () => {
    expect([...stack.all('docker_container').keys()]).toContain('Oathkeeper/Workload/Replica2');
    expect(container).toMatchObject({
      entrypoint: ['oathkeeper'],
      command: [
        'serve',
        '--config',
        '/run/portcullis/config/config.json',
        '--disable-telemetry',
        '--sqa-opt-out',
      ],
      user: '10003:10003',
      ports: [],
    });
  });

  test('keeps its memory below what it may take', () => {
    expect(container.env).toEqual(['GOGC=400', 'GOMEMLIMIT=204MiB']);
  });

  test('is asked inside its container whether it has rules', () => {
    expect(container).toMatchObject({
      healthcheck: {
        test: ['CMD', 'wget', '-q', '-T', '2', '-O', '/dev/null', 'http://127.0.0.1:4456/health/ready'],
      },
    });
  });

  test('answers callers on every address and administration on none that they reach', () => {
    const config: unknown = JSON.parse(present(uploads(stack, 'config').get('config.json')));
    expect(config).toMatchObject({
      serve: {
        proxy: {
          host: '0.0.0.0',
          port: 4455,
          trust_forwarded_headers: false,
          timeout: { read: '60s', write: '120s' },
        },
        api: { host: '127.0.0.1', port: 4456 },
        prometheus: { host: '127.0.0.1', port: 9000, hide_request_paths: true },
      },
    });
  });

  test('logs no headers, in which keys are', () => {
    expect(JSON.parse(present(uploads(stack, 'config').get('config.json')))).toMatchObject({
      log: { level: 'fatal' },
    });
  });

  test.each<[string, Sessions['remember'], object]>([
    ['never', undefined, { enabled: false, max_cost: 1 }],
    ['never', 'never', { enabled: false, max_cost: 1 }],
    ['2500ms', Duration.milliseconds(2500), { enabled: true, ttl: '2500ms', max_cost: 10_000 }],
  ])('remembers sessions for %s where it is told %j', (_what, remember, cache) => {
    const other = synthesized((_scope, _platform, sessions) => ({
      sessions: { ...sessions, ...(remember === undefined ? {} : { remember }) },
    }));
    expect(JSON.parse(present(uploads(other, 'config').get('config.json')))).toMatchObject({
      authenticators: { oauth2_introspection: { config: { cache } } },
    });
  });

  test('gets its rules, the one for probes first', () => {
    expect(JSON.parse(present(uploads(stack, 'rules').get('rules.json')))).toMatchObject([
      { id: 'portcullis.probe' },
      { id: 'hello' },
    ]);
  });

  test('gets the signing keys as one set in their order', () => {
    expect([...uploads(stack, 'signer').keys()].sort()).toEqual(
      [0, 1, 2, 3].map((index) => `id_token.jwks.json.${index}`),
    );
  });

  test('is replaced by other listeners, and not by other rules', () => {
    const revision = (other: Synthesized): string | undefined =>
      labelsOf(other.container('Oathkeeper/Workload/Resource')).get('dev.portcullis.revision');
    const renamed = synthesized(() => ({ hosts: ['localhost', '127.0.0.1'] }));
    const slower = synthesized(() => ({ timeouts: { write: Duration.seconds(300) } }));
    expect(revision(renamed)).toBe(revision(stack));
    expect(revision(slower)).not.toBe(revision(stack));
  });

  test('reaches the services, session-check and the gateway', () => {
    const mine = networks(stack, 'Oathkeeper/Workload/Resource');
    for (const other of ['hello/Workload/Resource', 'SessionCheck/Resource', 'Kong/Resource']) {
      expect(networks(stack, other).filter((edge) => mine.includes(edge))).toHaveLength(1);
    }
    expect(mine).toHaveLength(3);
  });

  test('does not reach the gateway where no key and no access token has to be looked up', () => {
    const other = synthesized((scope, platform) => ({
      services: [
        jsonServiceDeclaration(jsonService(scope, platform, 'shop'), {
          access: guarded({ methods: ['jwt'] }),
        }),
      ],
    }));
    expect(networks(other, 'Oathkeeper/Workload/Resource')).toHaveLength(2);
  });

  test('reaches the world where an outside issuer is trusted', () => {
    const trusting = synthesized(() => ({ issuers: [ISSUER] }));
    expect(networks(trusting, 'Oathkeeper/Workload/Resource')).toHaveLength(4);
  });

  test('reaches the world where somebody there decides, and not where a service does', () => {
    const deciding =
      (url: string): Change =>
      (scope, platform) => ({
        services: [
          jsonServiceDeclaration(jsonService(scope, platform, 'shop'), {
            access: guarded({ methods: ['oauth2'], authorization: { kind: 'remote', url } }),
          }),
        ],
      });
    const count = (url: string): number =>
      networks(synthesized(deciding(url)), 'Oathkeeper/Workload/Resource').length;
    expect([count('https://decide.example.com'), count('http://shop:8080/decide')]).toEqual([4, 3]);
  });

  test('gets the public keys of clients under the ids that their tokens name', () => {
    const other = synthesized((scope) => ({
      clients: [{ name: 'robot', jwt: KeyPair.generated(scope, 'jwt-robot'), limit: { minute: 1 } }],
    }));
    const writer = other.container('Oathkeeper/Workload/Files-clients/Writer');
    expect(JSON.stringify(writer.command)).toContain('robot.0.0');
    expect(writer.upload.map(({ file }) => file.replace(/.*\//, ''))).toEqual([
      'client-robot.json.0',
      'client-robot.json.1',
      'client-robot.json.2',
    ]);
    expect(writer.upload.every(({ content }) => content.includes('public_key_pem'))).toBe(true);
  });

  test('tells the gateway what it must know', () => {
    const { gate } = declared((scope, platform) =>
      oathkeeper(scope, platform, () => ({ issuers: [ISSUER] })),
    );
    expect(gate).toMatchObject({
      listener: 'proxy',
      port: 4455,
      probePath: '/.portcullis/ready',
      sessionCookie: 'ory_kratos_session',
      loginUrl: 'http://localhost:8000/account/login',
      aalQuestion: false,
      issuers: [{ name: 'partner', issuer: 'https://login.partner.example' }],
      verifyPort: 8010,
    });
  });

  test('leads browsers to the login page that it is told', () => {
    const loginUrl = 'http://localhost:8000/me/login';
    const { gate, rules } = declared((scope, platform) =>
      oathkeeper(scope, platform, (_scope, _platform, sessions) => ({ sessions: { ...sessions, loginUrl } })),
    );
    expect(gate.loginUrl).toBe(loginUrl);
    const to = rules.flatMap(({ errors = [] }) => errors.map(({ config }) => config?.to));
    expect(to.length).toBeGreaterThan(0);
    for (const address of to) expect(address).toMatch(new RegExp(`^${loginUrl}(\\?aal=aal2)?$`));
  });

  test('reports every mistake at once, a rule to nowhere among them', () => {
    const error = thrown(() =>
      declared((scope, platform) =>
        oathkeeper(scope, platform, (inner, on) => ({
          services: [
            {
              ...jsonServiceDeclaration(jsonService(inner, on, 'shop'), {
                access: guarded({ issuers: ['x'] }),
              }),
              listener: 'grpc',
            },
          ],
        })),
      ),
    );
    expect(error.message).toBe(
      [
        'the identity of callers has 2 mistakes:',
        '  routes.shop.access.issuers must be among the trusted issuers, got "x"; declare it or correct it',
        `  services.shop.listener must be a listener of the workload 'shop', got "grpc"; a rule would lead nowhere; correct it`,
        ' (at unit/Oathkeeper)',
      ].join('\n'),
    );
  });
});
