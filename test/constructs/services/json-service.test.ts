import { describe, expect, test } from 'vitest';
import { Duration } from '../../../constructs/quantities.js';
import { KeyPair } from '../../../constructs/secrets/key-pair.js';
import { KeySet } from '../../../constructs/secrets/key-set.js';
import { jsonService } from '../../helper/components.js';
import { thrown } from '../../helper/failure.js';
import { declared, revisionOf, synthesize, type Synthesized } from '../../helper/synth.js';

const stack = synthesize((scope, platform) => {
  jsonService(scope, platform, 'hello');
  jsonService(scope, platform, 'slow', { drain: Duration.seconds(60), replicas: 1 });
});
const hello = stack.container('hello/Workload/Resource');

describe('JsonService', () => {
  test('tells its program name, message, port and by default three seconds to drain', () => {
    expect(hello.env).toEqual([
      'DRAIN_MILLISECONDS=3000',
      'PORT=8080',
      'SERVICE_MESSAGE=this is hello',
      'SERVICE_NAME=hello',
    ]);
  });

  test('has as many containers as replicas, and publishes none', () => {
    const mine = [...stack.all('docker_container')].filter(([path]) => path.startsWith('hello/'));
    expect(mine.map(([path]) => path).sort()).toEqual(['hello/Workload/Replica2', 'hello/Workload/Resource']);
    expect(mine.flatMap(([, { ports }]) => ports)).toEqual([]);
  });

  test('is asked whether it takes traffic, and stopped with a grace that outlasts its drain', () => {
    expect(hello).toMatchObject({
      healthcheck: { test: ['CMD', '/probe', '8080', '/health/ready'] },
      stop_signal: 'SIGTERM',
      stop_timeout: 13,
    });
    expect(stack.container('slow/Workload/Resource')).toMatchObject({ stop_timeout: 70 });
  });

  test('fails when it drains for longer than a minute', () => {
    const error = thrown(() =>
      declared((scope, platform) => jsonService(scope, platform, 'hello', { drain: Duration.seconds(61) })),
    );
    expect(error.message).toBe(
      "service 'hello' has 1 mistake:\n  drain must be at most 60 seconds, got 61; leave it out for 3 seconds\n (at unit/hello)",
    );
  });

  describe('with identity', () => {
    const issuer = 'https://localhost:8443/';

    function guarded(generation: number): Synthesized {
      return synthesize(
        (scope, platform) => {
          const pair = KeyPair.generated(scope, 'identity');
          const keys = new KeySet(
            'identity',
            [0, 1, 2].map((slot) => ({ key: pair.publicKey(slot) })),
          );
          jsonService(scope, platform, 'hello', {
            identity: { issuer, keys, algorithms: ['RS256', 'ES256'] },
          });
        },
        {},
        { signingKeys: generation },
      );
    }

    test('tells its program whose tokens are good, for whom, and where the keys are', () => {
      const made = guarded(0);
      const container = made.container('hello/Workload/Resource');
      expect(container.env.filter((one) => one.startsWith('IDENTITY'))).toEqual([
        'IDENTITY_ALGORITHMS=RS256,ES256',
        'IDENTITY_AUDIENCE=hello',
        `IDENTITY_ISSUER=${issuer}`,
        'IDENTITY_KEYS=/run/portcullis/identity/keys.json',
      ]);
      expect(container.volumes).toMatchObject([
        { container_path: '/run/portcullis/identity', read_only: true },
      ]);
    });

    test('takes over new keys without being replaced', () => {
      const [before, after] = [0, 1].map((generation) =>
        revisionOf(guarded(generation).container('hello/Workload/Resource')),
      );
      expect(before).not.toBe('');
      expect(after).toBe(before);
    });

    test('demands none where it is left out', () => {
      expect(hello.env.join()).not.toContain('IDENTITY');
      expect(hello.volumes).toEqual([]);
    });

    test('fails with every mistake at once', () => {
      const error = thrown(() =>
        declared((scope, platform) =>
          jsonService(scope, platform, 'hello', {
            drain: Duration.minutes(2),
            identity: { issuer: 'gate', keys: new KeySet('none', []), algorithms: [] },
          }),
        ),
      );
      expect(error.message).toBe(
        `service 'hello' has 4 mistakes:
  drain must be at most 60 seconds, got 120; leave it out for 3 seconds
  identity.algorithms must name an algorithm, got []; write for example ['RS256']
  identity.issuer must be an address, got "gate"; write what the signer puts into its tokens
  identity.keys must hold a key, got 0; hand over the public keys of the signer
 (at unit/hello)`,
      );
    });
  });
});
