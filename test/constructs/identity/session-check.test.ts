import { describe, expect, test } from 'vitest';
import { SessionCheck, type SessionCheckProps } from '../../../constructs/identity/session-check.js';
import type { IPlatform } from '../../../constructs/platform/platform.js';
import type { PlatformStack } from '../../../constructs/platform/stack.js';
import { Duration, Size } from '../../../constructs/quantities.js';
import { thrown } from '../../helper/failure.js';
import { RESOURCES, workload } from '../../helper/specs.js';
import { declared, synthesize } from '../../helper/synth.js';

const ENOUGH = { ...RESOURCES, memory: Size.mebibytes(128) };

function sessionCheck(
  stack: PlatformStack,
  platform: IPlatform,
  change: Partial<SessionCheckProps> = {},
): SessionCheck {
  const kratos = platform.workload(stack, 'Kratos', {
    ...workload('kratos'),
    listeners: [
      { name: 'public', port: 4433 },
      { name: 'admin', port: 4434 },
    ],
  });
  return new SessionCheck(stack, 'SessionCheck', {
    platform,
    image: { reference: 'portcullis/session-check:1', version: '1' },
    resources: ENOUGH,
    replicas: 2,
    kratos: { workload: kratos, port: 4433, listener: 'public', cookie: 'ory_kratos_session' },
    remember: Duration.seconds(5),
    ...change,
  });
}

const stack = synthesize((scope, platform) => void sessionCheck(scope, platform));
const first = stack.container('SessionCheck/Workload/Resource');

describe('SessionCheck', () => {
  test('tells its program where Kratos is, its cookie and the bound', () => {
    expect(first.env).toEqual([
      'DRAIN_MILLISECONDS=3000',
      'KRATOS_URL=http://kratos:4433',
      'PORT=8090',
      'REMEMBER_MILLISECONDS=5000',
      'SESSION_COOKIE=ory_kratos_session',
    ]);
  });

  test.each([
    ['never' as const, '0'],
    [Duration.milliseconds(250), '250'],
    [Duration.seconds(60), '60000'],
  ])('takes %j for the bound', (remember, milliseconds) => {
    const { env } = synthesize(
      (scope, platform) => void sessionCheck(scope, platform, { remember }),
    ).container('SessionCheck/Workload/Resource');
    expect(env).toContain(`REMEMBER_MILLISECONDS=${milliseconds}`);
  });

  test('has as many containers as replicas, publishes none and is asked whether it takes traffic', () => {
    const mine = [...stack.all('docker_container')].filter(([path]) => path.startsWith('SessionCheck/'));
    expect(mine.map(([path]) => path).sort()).toEqual([
      'SessionCheck/Workload/Replica2',
      'SessionCheck/Workload/Resource',
    ]);
    expect(mine.flatMap(([, { ports }]) => ports)).toEqual([]);
    expect(first).toMatchObject({
      healthcheck: { test: ['CMD', '/probe', '8090', '/health/ready'] },
      stop_signal: 'SIGTERM',
      stop_timeout: 13,
    });
  });

  test("is a caller of Kratos' listener", () => {
    const networks = ({ networks_advanced }: typeof first): string[] =>
      networks_advanced.map(({ name }) => name);
    const shared = networks(first).filter((name) =>
      networks(stack.container('Kratos/Resource')).includes(name),
    );
    expect(shared).toHaveLength(1);
    expect(shared[0]).toMatch(/Edge-kratos--session-check/);
  });

  test('does not wait for Kratos, which it can do without', () => {
    expect(first.depends_on.join()).not.toMatch(/docker_container\.Kratos/);
  });

  test('fails with every bound that is broken', () => {
    const error = thrown(() =>
      declared((scope, platform) =>
        sessionCheck(scope, platform, {
          replicas: 17,
          remember: Duration.milliseconds(60_001),
          resources: { ...RESOURCES, memory: Size.mebibytes(127) },
        }),
      ),
    );
    expect(error.message).toBe(
      `session-check has 3 mistakes:
  remember must be at most 60 seconds, got "1m0.001s"; use 5 seconds
  replicas must be a whole number from 1 to 16, got 17; use 2
  resources.memory must be at least 128 MiB, got 127; raise it
 (at unit/SessionCheck)`,
    );
  });

  test.each([0, 1.5])('fails with %d replicas', (replicas) => {
    const error = thrown(() => declared((scope, platform) => sessionCheck(scope, platform, { replicas })));
    expect(error.message).toContain('replicas must be a whole number from 1 to 16');
  });
});
