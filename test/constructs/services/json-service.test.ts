import { describe, expect, test } from 'vitest';
import { Duration } from '../../../constructs/quantities.js';
import { jsonService } from '../../helper/components.js';
import { thrown } from '../../helper/failure.js';
import { declared, synthesize } from '../../helper/synth.js';

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
      "'drain' must be at most 60 seconds, got 61; leave it out for 3 seconds (at unit/hello)",
    );
  });
});
