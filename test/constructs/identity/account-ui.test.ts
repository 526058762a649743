import { describe, expect, test } from 'vitest';
import { AccountUi, type AccountUiProps } from '../../../constructs/identity/account-ui.js';
import type { IPlatform } from '../../../constructs/platform/platform.js';
import type { PlatformStack } from '../../../constructs/platform/stack.js';
import { Size } from '../../../constructs/quantities.js';
import { present, thrown } from '../../helper/failure.js';
import { kratos } from '../../helper/identity.js';
import { RESOURCES } from '../../helper/specs.js';
import { declared, synthesize } from '../../helper/synth.js';

function accountUi(
  stack: PlatformStack,
  platform: IPlatform,
  change: Partial<AccountUiProps> = {},
): AccountUi {
  return new AccountUi(stack, 'AccountUi', {
    platform,
    image: { reference: 'portcullis/account-ui:1', version: '1' },
    resources: { ...RESOURCES, memory: Size.mebibytes(128) },
    kratos: kratos(stack, platform),
    ...change,
  });
}

const stack = synthesize((scope, platform) => void accountUi(scope, platform));
const first = stack.container('AccountUi/Workload/Resource');

describe('AccountUi', () => {
  test('tells its program where Kratos and the file about the platform are', () => {
    expect(first.env).toEqual([
      'DRAIN_MILLISECONDS=3000',
      'KRATOS_URL=http://kratos:4433',
      'PORT=8091',
      'SITE_FILE=/run/portcullis/site/site.json',
    ]);
  });

  test('writes that file', () => {
    const { upload } = stack.container('AccountUi/Workload/Files-site/Writer');
    const { file, content } = present(upload[0]);
    expect([upload.length, file]).toEqual([1, '/files/.incoming/site.json']);
    expect(JSON.parse(content)).toMatchObject({ name: 'Portcullis', origins: ['https://example.com'] });
  });

  test('has two containers, publishes none and is asked whether it takes traffic', () => {
    const mine = [...stack.all('docker_container')].filter(
      ([path]) => path.startsWith('AccountUi/') && !path.includes('/Files-'),
    );
    expect(mine.map(([path]) => path).sort()).toEqual([
      'AccountUi/Workload/Replica2',
      'AccountUi/Workload/Resource',
    ]);
    expect(mine.flatMap(([, { ports }]) => ports)).toEqual([]);
    expect(first).toMatchObject({
      healthcheck: { test: ['CMD', '/probe', '8091', '/health/ready'] },
      user: '10006:10006',
      stop_signal: 'SIGTERM',
      stop_timeout: 13,
    });
  });

  test("is a caller of Kratos' public listener, and does not wait for it", () => {
    const networks = ({ networks_advanced }: typeof first): string[] =>
      networks_advanced.map(({ name }) => name);
    const shared = networks(first).filter((name) =>
      networks(stack.container('Kratos/Workload/Resource')).includes(name),
    );
    expect(shared).toHaveLength(1);
    expect(shared[0]).toMatch(/Edge-account-ui--kratos/);
    expect(first.depends_on.join()).not.toMatch(/docker_container\.Kratos/);
  });

  test('another file replaces it, which reads it once', () => {
    const renamed = synthesize((scope, platform) => void accountUi(scope, platform, { name: 'Shop' }));
    const name = (of: typeof stack): unknown => of.container('AccountUi/Workload/Resource').labels;
    expect(name(renamed)).not.toEqual(name(stack));
  });

  test('fails with every mistake at once', () => {
    const error = thrown(() =>
      declared((scope, platform) =>
        accountUi(scope, platform, {
          replicas: 0,
          resources: { ...RESOURCES, memory: Size.mebibytes(127) },
          name: ' ',
          colours: { accent: 'blue', onAccent: '#ffffff' },
          logo: { type: 'image/png', base64: Buffer.alloc(48 * 1024 + 1).toString('base64') },
          landing: {
            environment: 'dev',
            services: [{ name: 'away', path: '//elsewhere.example' }],
            people: [],
            mail: 'mail',
          },
        }),
      ),
    );
    expect(error.message).toBe(
      `the account pages has 7 mistakes:
  colours.accent must be a colour as #rrggbb, got "blue"; write for example '#1d4ed8'
  landing.mail must be a path of this platform, got "mail"; write for example '/hello'
  landing.services[0].path must be a path of this platform, got "//elsewhere.example"; write for example '/hello'
  logo.base64 must be the picture in base64, of at most 49152 bytes, got "49153 bytes"; make it smaller
  name must be 1 to 40 characters, got " "; leave it out for 'Portcullis'
  replicas must be a whole number from 1 to 16, got 0; leave it out for 2
  resources.memory must be at least 128 MiB, got 127; raise it
 (at unit/AccountUi)`,
    );
  });

  test.each([17, 1.5])('fails with %d replicas', (replicas) => {
    const error = thrown(() => declared((scope, platform) => accountUi(scope, platform, { replicas })));
    expect(error.message).toContain('replicas must be a whole number from 1 to 16');
  });
});
