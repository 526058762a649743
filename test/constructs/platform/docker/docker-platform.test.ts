import { describe, expect, test } from 'vitest';
import type { WorkloadSpec } from '../../../../constructs/platform/platform.js';
import { Duration, Size } from '../../../../constructs/quantities.js';
import { thrown } from '../../../helper/failure.js';
import { RESOURCES, job, workload } from '../../../helper/specs.js';
import { declared, revisionOf, synthesize, type Synthesized } from '../../../helper/synth.js';

const READINESS = workload('web').readiness;

function withWeb(change: Partial<WorkloadSpec>): Synthesized {
  return synthesize((scope, platform) => {
    platform.workload(scope, 'Web', workload('web', change));
  });
}

describe('replicas', () => {
  const plain = revisionOf(withWeb({}).container('Web/Resource'));
  const changes: Record<string, Partial<WorkloadSpec>> = {
    'another image': { image: { reference: 'example/program:2', version: '2' } },
    'another command': { command: ['go'] },
    'another variable': { environment: { A: '1' } },
    'another user': { user: { uid: 5, gid: 5 } },
    'more memory': { resources: { ...RESOURCES, memory: Size.mebibytes(128) } },
    'another share of the processor': { resources: { ...RESOURCES, cpu: 1 } },
    'another probe': { readiness: { ...READINESS, command: ['/other'] } },
    'another signal': { stop: { signal: 'SIGINT', grace: Duration.seconds(5) } },
    'another caller': { listeners: [{ name: 'http', port: 8080, callers: ['ant'] }] },
  };

  test.each(Object.entries(changes))(
    '%s gives them another revision, which replaces them',
    (_what, change) => {
      expect(revisionOf(withWeb(change).container('Web/Resource'))).not.toBe(plain);
    },
  );

  test('the new ones come first, under a name that none before had and no plan changes', () => {
    const stack = withWeb({ replicas: 2 });
    for (const [ordinal, path] of [
      [1, 'Web/Resource'],
      [2, 'Web/Replica2'],
    ] as const) {
      const { name, lifecycle } = stack.container(path);
      expect(name).toBe(`portcullis-unit-web-${ordinal}-${plain}-\${substr(uuid(), 0, 4)}`);
      expect(lifecycle).toEqual({ create_before_destroy: true, ignore_changes: ['name'] });
    }
  });

  test('one more leaves the others as they are', () => {
    const [two, three] = [withWeb({ replicas: 2 }), withWeb({ replicas: 3 })];
    for (const [path, container] of two.all('docker_container'))
      expect(three.container(path)).toEqual(container);
  });
});

describe('a workload that acts on storage', () => {
  const withStorage = (change: Partial<WorkloadSpec>): Synthesized =>
    synthesize((scope, platform) => {
      const data = platform.volume(scope, 'Data', { name: 'data', size: Size.gibibytes(1) });
      platform.workload(scope, 'Door', workload('door', { actsOn: [data], ...change }));
    });

  test('is replaced with it, by a label whose value is open while the storage is made', () => {
    const publish = { address: '127.0.0.1', port: 8000 };
    const stack = withStorage({ listeners: [{ name: 'http', port: 8080, publish }] });
    expect(stack.container('Door/Resource').labels).toContainEqual({
      label: 'dev.portcullis.storage.data',
      value: `\${${stack.address('docker_volume', 'Data/Resource')}.id}`,
    });
  });

  test('fails as replicas, which would make Terraform keep two of the storage', () => {
    expect(thrown(() => withStorage({})).message).toBe(
      "platform 'docker' can't do replicas ('door') that act on storage; leave 'actsOn' out and let the program notice (at unit/Door)",
    );
  });
});

describe('an exclusive workload', () => {
  const withOnly = (called: boolean, more: Partial<WorkloadSpec> = {}): Synthesized =>
    synthesize((scope, platform) => {
      const only = platform.workload(scope, 'Only', workload('only', { exclusive: true, ...more }));
      platform.workload(scope, 'Web', workload('web'));
      if (called) only.allow('http', 'web');
    });

  test('keeps its name, and goes before its successor comes', () => {
    const { name, lifecycle } = withOnly(true).container('Only/Resource');
    expect(name).toBe('portcullis-unit-only');
    expect(lifecycle).toEqual({ ignore_changes: ['networks_advanced'] });
    expect(withOnly(true).container('Web/Resource').lifecycle).toHaveProperty('create_before_destroy');
  });

  test('stays when its networks come and go, egress included', () => {
    const revision = (stack: Synthesized): string => revisionOf(stack.container('Only/Resource'));
    const plain = withOnly(false);
    const all = withOnly(true, { egress: true });
    expect(revision(all)).toBe(revision(plain));
    expect(all.container('Only/Resource').name).toBe(plain.container('Only/Resource').name);
    const networks = (stack: Synthesized): string | undefined =>
      stack.one('terraform_data', 'Only/Attached').provisioner[0]?.['local-exec'].environment.NETWORKS;
    const edge = (stack: Synthesized, key: string): string =>
      `\${${stack.address('docker_network', `Platform/Edge-${key}`)}.name}`;
    expect(networks(plain)).toBe(edge(plain, 'alone--only'));
    expect(networks(all)).toBe(`${edge(all, 'egress--only')} ${edge(all, 'only--web')}`);
  });

  test('is replaced by another setting', () => {
    expect(revisionOf(withOnly(true, { command: ['go'] }).container('Only/Resource'))).not.toBe(
      revisionOf(withOnly(true).container('Only/Resource')),
    );
  });

  test('may act on storage', () => {
    const stack = synthesize((scope, platform) => {
      const data = platform.volume(scope, 'Data', { name: 'data', size: Size.gibibytes(1) });
      platform.workload(scope, 'Only', workload('only', { exclusive: true, actsOn: [data] }));
    });
    expect(stack.container('Only/Resource').labels.map(({ label }) => label)).toContain(
      'dev.portcullis.storage.data',
    );
  });

  test('fails when it has two replicas', () => {
    expect(thrown(() => withOnly(true, { replicas: 2 })).message).toBe(
      "'replicas' must be 1 where it is exclusive, got 2; set it to 1 (at unit/Only)",
    );
  });

  test.each([false, true])('fails when replicas wait for it (behind a job: %s)', (behind) => {
    const error = thrown(() =>
      synthesize((scope, platform) => {
        const only = platform.workload(scope, 'Only', workload('only', { exclusive: true }));
        const load = platform.job(scope, 'Load', job('load', { after: [only] }));
        platform.workload(scope, 'Web', workload('web', { after: [behind ? load : only] }));
      }),
    );
    expect(error.message).toBe(
      "platform 'docker' can't do replicas ('web') that wait for an exclusive workload ('only'); leave 'after' out and let the program retry until what it needs is there (at unit/Web)",
    );
  });
});

describe('a workload that holds a port or a volume', () => {
  const stack = synthesize((scope, platform) => {
    const data = platform.volume(scope, 'Data', { name: 'data', size: Size.gibibytes(1) });
    platform.workload(
      scope,
      'Store',
      workload('store', {
        volumes: [{ volume: data, path: '/data' }],
        listeners: [{ name: 'http', port: 8080, callers: ['web'] }],
      }),
    );
    platform.workload(scope, 'Web', workload('web'));
  });

  test('keeps its name, and no new network replaces it', () => {
    expect(stack.container('Store/Resource')).toMatchObject({
      name: 'portcullis-unit-store',
      lifecycle: { ignore_changes: ['networks_advanced'] },
    });
  });

  test('is kept on exactly its networks by a resource of its own', () => {
    const attached = stack.one('terraform_data', 'Store/Attached');
    const network = stack.address('docker_network', 'Platform/Edge-store--web');
    const container = stack.address('docker_container', 'Store/Resource');
    expect(attached.triggers_replace).toEqual({
      container: `\${${container}.id}`,
      networks: { 0: `\${${network}.id}` },
    });
    const [step] = attached.provisioner;
    expect(step?.['local-exec'].environment).toEqual({
      NETWORKS: `\${${network}.name}`,
      NAME: `\${${container}.name}`,
    });
    expect(step?.['local-exec'].command).toContain('docker network connect --alias store "$network" "$NAME"');
    expect(step?.['local-exec'].command).toContain('docker network disconnect -f "$network" "$NAME"');
  });

  test.each([
    ['a volume', true, 'a volume is held'],
    ['a published port', false, 'a port is published'],
  ])('fails when it has %s and two replicas', (_what, volume, reason) => {
    const error = thrown(() =>
      declared((scope, platform) => {
        const data = platform.volume(scope, 'Data', { name: 'data', size: Size.gibibytes(1) });
        const held = volume
          ? { volumes: [{ volume: data, path: '/data' }] }
          : { listeners: [{ name: 'http', port: 8080, publish: { address: '127.0.0.1', port: 9000 } }] };
        platform.workload(scope, 'Store', workload('store', { ...held, replicas: 2 }));
      }),
    );
    expect(error.message).toBe(
      `'replicas' must be 1 where ${reason}, got 2; set it to 1, or use a platform that spreads them (at unit/Store)`,
    );
  });
});

describe('data volumes', () => {
  const withData = (protect: boolean): Synthesized =>
    synthesize(
      (scope, platform) => {
        platform.volume(scope, 'Data', { name: 'data', size: Size.gibibytes(1) });
        platform.workload(
          scope,
          'Web',
          workload('web', {
            files: [{ name: 'set', path: '/s', files: [{ name: 'a', content: 'x' }], reloads: true }],
          }),
        );
      },
      { protect },
    );

  test('are marked as data, others are not', () => {
    const marked = [...withData(false).all('docker_volume').values()].map(({ name, labels }) => [
      name,
      labels.some(({ label, value }) => label === 'dev.portcullis.data' && value === 'true'),
    ]);
    expect(marked).toEqual([
      ['portcullis-unit-data', true],
      ['portcullis-unit-web-set', false],
    ]);
  });

  test('may not be destroyed where data is protected', () => {
    const stack = withData(true);
    expect(stack.one('docker_volume', 'Data/Resource').lifecycle).toEqual({ prevent_destroy: true });
    expect(stack.text.split('prevent_destroy')).toHaveLength(2);
  });

  test('may be destroyed where it is not', () => {
    expect(withData(false).text).not.toContain('prevent_destroy');
  });
});

describe('what is refused', () => {
  test('fails when a workload, a job or a volume has a name that is taken', () => {
    const clash = (second: 'workload' | 'job' | 'volume'): string =>
      thrown(() =>
        declared((scope, platform) => {
          platform.workload(scope, 'One', workload('web'));
          if (second === 'workload') platform.workload(scope, 'Two', workload('web'));
          else if (second === 'job') platform.job(scope, 'Two', job('web'));
          else platform.volume(scope, 'Two', { name: 'web', size: Size.gibibytes(1) });
        }),
      ).message;
    const text = `'name' must be unique in its environment ('unit/One' has it), got "web"; rename one of them`;
    expect(clash('workload')).toBe(`${text} (at unit/Two)`);
    expect(clash('job')).toBe(`${text} (at unit/Two)`);
    expect(clash('volume')).toBe(`${text} (at unit)`);
  });

  test.each([
    ['environment.A', { environment: { A: 'x ${TfToken[TOKEN.1]}' } }],
    ['command', { command: ['${TfToken[TOKEN.1]}'] }],
    ['entrypoint', { entrypoint: ['${TfToken[TOKEN.1]}'] }],
  ])('fails when %s holds a Terraform expression', (property, change) => {
    expect(thrown(() => withWeb(change)).message).toBe(
      `'${property}' must be plain text, got "(a Terraform expression)"; use a file with a Secret (at unit/Web)`,
    );
  });

  test('fails when the environment’s name is no label', () => {
    expect(thrown(() => synthesize(() => undefined, { environment: 'Dev' })).message).toBe(
      `'environment' must be 2 to 40 small letters, digits and dashes, got "Dev"; rename it (at unit/Platform)`,
    );
  });
});

test('text that looks like an expression stays text', () => {
  const container = withWeb({ environment: { A: '${a} $${b} %{c}' }, command: ['echo "${d}"'] }).container(
    'Web/Resource',
  );
  expect(container.env).toEqual(['A=$${a} $$${b} %%{c}']);
  expect(container.command).toEqual(['echo "$${d}"']);
});

test('variables are sorted, so that their order changes nothing', () => {
  expect(withWeb({ environment: { B: '2', A: '1' } }).container('Web/Resource').env).toEqual(['A=1', 'B=2']);
});
