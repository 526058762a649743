import { describe, expect, test } from 'vitest';
import { webServiceDeclaration } from '../../../constructs/gateway/gateway.js';
import { guarded } from '../../../constructs/gateway/access.js';
import { PortcullisError } from '../../../constructs/errors.js';
import { Duration, Size } from '../../../constructs/quantities.js';
import { KeyPair } from '../../../constructs/secrets/key-pair.js';
import { KeySet } from '../../../constructs/secrets/key-set.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import type { WebServiceProps } from '../../../constructs/services/web-service.js';
import { webService } from '../../helper/components.js';
import { thrown } from '../../helper/failure.js';
import { declared, revisionOf, synthesize, type Synthesized } from '../../helper/synth.js';

const PATH = 'notes/Workload/Resource';
type Change = Partial<Omit<WebServiceProps, 'platform'>>;

function made(change: Change = {}): Synthesized {
  return synthesize((scope, platform) => {
    webService(scope, platform, 'notes', change);
  });
}

describe('WebService', () => {
  const plain = made().container(PATH);

  test('has by default a port, a small folder, no root and 13 seconds to end', () => {
    expect(plain).toMatchObject({
      env: ['PORT=3000'],
      user: '10001:10001',
      tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=16m,mode=1777' },
      healthcheck: {
        test: ['CMD', 'wget', '-q', '-T', '2', '-O', '/dev/null', 'http://127.0.0.1:3000/health'],
        interval: '2s',
        start_period: '30s',
      },
      stop_signal: 'SIGTERM',
      stop_timeout: 13,
    });
    expect(plain.volumes).toEqual([]);
  });

  test('has as many containers as replicas, and publishes none', () => {
    const mine = [...made({ replicas: 3 }).all('docker_container')].filter(([path]) =>
      path.startsWith('notes/'),
    );
    expect(mine.length).toBe(3);
    expect(mine.flatMap(([, { ports }]) => ports)).toEqual([]);
  });

  test('is what it is told to be', () => {
    const container = made({
      health: '/ready',
      probe: ['/probe', '3000'],
      startup: Duration.minutes(2),
      user: { uid: 101, gid: 102 },
      environment: { COLOUR: 'blue', PRICE: '${amount}' },
      scratch: [{ path: '/var/cache/own', size: Size.mebibytes(4) }],
      grace: Duration.seconds(40),
    }).container(PATH);
    expect(container).toMatchObject({
      // A template mark of Terraform's is a text like any other.
      env: ['COLOUR=blue', 'PORT=3000', 'PRICE=$${amount}'],
      user: '101:102',
      healthcheck: { test: ['CMD', '/probe', '3000'], start_period: '2m0s' },
      tmpfs: { '/var/cache/own': 'rw,noexec,nosuid,nodev,size=4m,mode=1777' },
      stop_timeout: 40,
    });
  });

  test('calls out only where it may', () => {
    const networks = (change: Change): string[] => [...made(change).all('docker_network').keys()];
    expect(networks({})).toEqual([]);
    expect(networks({ egress: true })).toEqual(['Platform/Edge-egress--notes']);
  });

  test('reads its secrets from files, and is replaced when one changes', () => {
    const with_ = (generation: number): Synthesized =>
      synthesize(
        (scope, platform) => {
          const secrets = { 'api-token': Secret.generated(scope, 'api-token', { class: 'apiKeys' }) };
          webService(scope, platform, 'notes', { secrets });
        },
        {},
        { apiKeys: generation },
      );
    const [before, after] = [with_(0), with_(1)];
    expect(before.container(PATH).volumes).toMatchObject([
      { container_path: '/run/portcullis/secrets', read_only: true },
    ]);
    const { upload } = before.container('notes/Workload/Files-secrets/Writer');
    expect(upload.map(({ file }) => file)).toEqual(['/files/.incoming/api-token']);
    expect(before.container(PATH).env.join()).not.toContain('random_password');
    expect(revisionOf(after.container(PATH))).not.toBe(revisionOf(before.container(PATH)));
  });

  test('is told whose identities are good, for itself, and follows the keys without a restart', () => {
    const with_ = (generation: number): Synthesized =>
      synthesize(
        (scope, platform) => {
          const pair = KeyPair.generated(scope, 'identity');
          const keys = new KeySet(
            'identity',
            [0, 1, 2].map((slot) => ({ key: pair.publicKey(slot) })),
          );
          webService(scope, platform, 'notes', {
            identity: { issuer: 'https://example.com', keys, algorithms: ['ES256'] },
          });
        },
        {},
        { signingKeys: generation },
      );
    const container = with_(0).container(PATH);
    expect(container.env).toEqual([
      'IDENTITY_ALGORITHMS=ES256',
      'IDENTITY_AUDIENCE=notes',
      'IDENTITY_ISSUER=https://example.com',
      'IDENTITY_KEYS=/run/portcullis/identity/keys.json',
      'PORT=3000',
    ]);
    expect(container.volumes).toMatchObject([
      { container_path: '/run/portcullis/identity', read_only: true },
    ]);
    expect(revisionOf(with_(1).container(PATH))).toBe(revisionOf(container));
  });

  test('fails with every mistake at once', () => {
    const error = thrown(() =>
      declared((scope, platform) =>
        webService(scope, platform, 'notes', {
          name: 'my--notes',
          port: 0,
          health: 'health',
          probe: [],
          replicas: 17,
          user: { uid: 0, gid: 1.5 },
          environment: { 'A-B': '1', PORT: '80', IDENTITY_KEYS: '/tmp/keys' },
          secrets: { '../token': Secret.generated(scope, 'token') },
          scratch: [
            { path: 'tmp', size: Size.mebibytes(1) },
            { path: '/tmp/../etc', size: Size.mebibytes(1) },
            { path: '/tmp', size: Size.mebibytes(1) },
            { path: '/tmp', size: Size.mebibytes(1) },
          ],
          grace: Duration.minutes(11),
          identity: { issuer: 'gate', keys: new KeySet('none', []), algorithms: [] },
        }),
      ),
    );
    expect(error).toBeInstanceOf(PortcullisError);
    expect(error.message.split('\n')).toEqual([
      "service 'my--notes' has 18 mistakes:",
      '  environment must have names of letters, digits and underscores, got "A-B"; rename it',
      '  environment must leave alone what the service sets by itself, got "IDENTITY_KEYS"; remove it',
      '  environment must leave alone what the service sets by itself, got "PORT"; remove it',
      '  grace must be from 1 to 600 seconds, got 660; leave it out for 13 seconds',
      '  health must be a path of letters, digits, dots, dashes and slashes, got "health"; write for example \'/health\'',
      "  identity.algorithms must name an algorithm, got []; write for example ['RS256']",
      '  identity.issuer must be an address, got "gate"; write what the signer puts into its tokens',
      '  identity.keys must hold a key, got 0; hand over the public keys of the signer',
      '  name must be 2 to 40 small letters, digits and single dashes, got "my--notes"; rename it',
      '  port must be a whole number from 1 to 65535, got 0; write the port that the program listens on',
      '  probe must be a command, each word for itself, got []; leave it out where the image has wget',
      '  replicas must be a whole number from 1 to 16, got 17; use 2',
      '  scratch.path must be a folder, beginning with a slash, got "/tmp/../etc"; write for example \'/tmp\'',
      '  scratch.path must be a folder, beginning with a slash, got "tmp"; write for example \'/tmp\'',
      '  scratch.path must be unique, got "/tmp"; name each once',
      '  secrets must have file names of letters, digits, dots, dashes and underscores, got "../token"; rename it',
      '  user.gid must be a whole number from 1 to 2147483647, got 1.5; leave it out for 10001',
      '  user.uid must be a whole number from 1 to 2147483647, got 0; leave it out for 10001',
      ' (at unit/notes)',
    ]);
  });
});

describe('webServiceDeclaration', () => {
  const declaration = (...route: [] | [Parameters<typeof webServiceDeclaration>[1]]) => {
    let found: ReturnType<typeof webServiceDeclaration> | undefined;
    synthesize((scope, platform) => {
      found = webServiceDeclaration(webService(scope, platform, 'notes', { health: '/ready' }), ...route);
    });
    return found;
  };

  test('is one route at the name of the service', () => {
    expect(declaration()).toMatchObject({
      name: 'notes',
      listener: 'http',
      port: 3000,
      health: { path: '/ready' },
      routes: [{ name: 'notes', paths: ['/notes'] }],
    });
  });

  test('has what its route says instead', () => {
    const access = guarded({ methods: ['key'] });
    expect(declaration({ paths: ['/diary'], access })?.routes).toEqual([
      { name: 'notes', paths: ['/diary'], access },
    ]);
  });
});
