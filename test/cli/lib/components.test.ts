import { describe, expect, test } from 'vitest';
import { Components } from '../../../cli/lib/components.js';
import { gateway } from '../../helper/components.js';
import { synthesize } from '../../helper/synth.js';

const stack = synthesize((scope, platform) => {
  gateway(scope, platform, ['hello']);
});
const components = new Components(stack.parsed);

describe('Components', () => {
  test.each([
    ['docker_container', 'Kong/Proxy/Resource', 'kong'],
    ['docker_container', 'hello/Workload/Replica2', 'hello'],
    ['docker_container', 'Postgres/Server/Files-secrets/Writer', 'postgres-secrets'],
    ['docker_network', 'Platform/Edge-hello--kong', 'hello--kong'],
    ['docker_volume', 'Postgres/Data/Resource', 'postgres-data'],
    ['terraform_data', 'Gateway/Sync/Run', 'deck-sync'],
    ['terraform_data', 'Kong/Migrations/Run', 'kong-migrations'],
    ['terraform_data', 'Postgres/Server/Files-secrets/Written', 'postgres-secrets'],
    ['terraform_data', 'Kong/Proxy/Attached', 'kong'],
  ] as const)('%s at %s belongs to %s', (type, path, component) => {
    expect(components.of(stack.address(type, path))).toBe(component);
  });

  test('what belongs to none is known by its label, its place, or else its address', () => {
    const slot = stack.address('random_password', 'client-demo/Slot0');
    expect(components.nameOf(slot)).toBe('client-demo/Slot0');
    expect(components.nameOf(stack.address('terraform_data', 'client-demo/Generation0/Resource'))).toBe(
      'client-demo/Generation0',
    );
    expect(components.nameOf(stack.address('docker_container', 'Kong/Proxy/Resource'))).toBe('kong');
    expect(components.nameOf('docker_volume.gone', { 'dev.portcullis.component': 'old-data' })).toBe(
      'old-data',
    );
    expect(components.nameOf('terraform_data.gone')).toBe('terraform_data.gone');
  });

  test('an image is known by its reference', () => {
    const image = { name: 'kong:3.9.3', '//': { metadata: { path: 'unit/Platform/Image-1' } } };
    const some = new Components({ resource: { docker_image: { a: image } } });
    expect(some.nameOf('docker_image.a')).toBe('kong:3.9.3');
  });

  test('what belongs to none has none', () => {
    expect(components.of(stack.address('random_password', 'client-demo/Slot0'))).toBeUndefined();
    expect(components.of('')).toBeUndefined();
  });

  test('all of them are listed once, sorted', () => {
    expect(components.names).toEqual([...new Set(components.names)].sort());
    expect(components.names).toEqual(
      expect.arrayContaining([
        'deck-sync',
        'hello',
        'kong',
        'kong-migrations',
        'postgres',
        'postgres-accounts-kong',
      ]),
    );
  });

  test('an empty stack has none', () => {
    expect(new Components({}).names).toEqual([]);
  });
});
