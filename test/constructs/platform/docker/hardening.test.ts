import { describe, expect, test } from 'vitest';
import { Size } from '../../../../constructs/quantities.js';
import { Secret } from '../../../../constructs/secrets/secret.js';
import { job, workload } from '../../../helper/specs.js';
import { labelsOf, revisionOf, synthesize } from '../../../helper/synth.js';

const PUBLISH = { address: '127.0.0.1', port: 9000 };

const stack = synthesize((scope, platform) => {
  const key = Secret.generated(scope, 'key');
  const files = [
    { name: 'secrets', path: '/run/secrets', files: [{ name: 'key', content: key.newest }], reloads: true },
  ];
  const data = platform.volume(scope, 'Data', { name: 'data', size: Size.gibibytes(1) });
  platform.workload(
    scope,
    'Web',
    workload('web', { replicas: 2, files, scratch: [{ path: '/tmp', size: Size.mebibytes(8) }] }),
  );
  platform.workload(scope, 'Store', workload('store', { volumes: [{ volume: data, path: '/data' }] }));
  platform.workload(
    scope,
    'Door',
    workload('door', { listeners: [{ name: 'http', port: 8080, publish: PUBLISH }] }),
  );
  platform.job(scope, 'Load', job('load', { files }));
});
const containers = [...stack.all('docker_container')];
const writers = containers.filter(([path]) => path.endsWith('/Writer'));
const others = containers.filter(([path]) => !path.endsWith('/Writer'));
const workloads = others.filter(([path]) => !path.startsWith('Load/'));

test('the sample holds every kind of container', () => {
  expect(containers.map(([path]) => path).sort()).toEqual([
    'Door/Resource',
    'Load/Files-secrets/Writer',
    'Load/Resource',
    'Store/Resource',
    'Web/Files-secrets/Writer',
    'Web/Replica2',
    'Web/Resource',
  ]);
});

describe.each(others)('container %s', (_path, container) => {
  test('has a read-only root, no capability and no way to gain one', () => {
    expect(container).toMatchObject({
      read_only: true,
      capabilities: { drop: ['ALL'], add: [] },
      security_opts: ['no-new-privileges:true'],
    });
    expect(container).not.toHaveProperty('privileged');
  });

  test('runs as a number that is not root', () => {
    expect(container.user).toMatch(/^[1-9]\d*:\d+$/);
  });

  test('is limited in memory without swap, in processor time and in the size of its log', () => {
    expect(container).toMatchObject({
      memory: 64,
      memory_swap: 64,
      cpus: '0.5',
      log_driver: 'json-file',
      log_opts: { 'max-size': '1m', 'max-file': '2' },
    });
  });

  test('uploads nothing, mounts nothing of the host and does not share its network', () => {
    expect(container.upload).toEqual([]);
    expect(container).not.toHaveProperty('mounts');
    expect(container).not.toHaveProperty('devices');
    for (const volume of container.volumes)
      expect(volume.volume_name).toMatch(/^\$\{docker_volume\..+\.name\}$/);
    expect(container.network_mode).not.toBe('host');
  });

  test('carries the labels by which commands find it, and its revision', () => {
    const labels = labelsOf(container);
    expect(labels.get('dev.portcullis.environment')).toBe('unit');
    expect(['web', 'store', 'door', 'load']).toContain(labels.get('dev.portcullis.component'));
    expect(revisionOf(container)).toMatch(/^[0-9a-f]{8}$/);
  });
});

describe.each(workloads)('workload container %s', (_path, container) => {
  test('has a health check that the deployment waits for', () => {
    expect(container).toMatchObject({
      healthcheck: {
        test: ['CMD', '/probe'],
        interval: '2s',
        timeout: '1s',
        retries: 3,
        start_period: '20s',
      },
      wait: true,
    });
    // Longer than it may fail its probe: 20 s and three times 2 s.
    expect(container.wait_timeout).toBeGreaterThan(26);
  });

  test('gets its limit of processes right after its start', () => {
    expect(container.provisioner.map((step) => step['local-exec'])).toEqual([
      {
        command:
          'export DOCKER_HOST="$${DOCKER_HOST:-unix:///var/run/docker.sock}"; docker update --pids-limit 20 "$NAME" >/dev/null',
        environment: { NAME: '${self.name}' },
      },
    ]);
  });

  test('is stopped by its own signal with its own patience', () => {
    expect(container).toMatchObject({
      stop_signal: 'SIGTERM',
      stop_timeout: 5,
      destroy_grace_seconds: 5,
      restart: 'unless-stopped',
    });
  });
});

describe.each(writers)('writer %s', (path, container) => {
  test('may do nothing but hand files over, and has no network', () => {
    expect(container).toMatchObject({
      user: '0:0',
      network_mode: 'none',
      capabilities: { drop: ['ALL'], add: ['CAP_CHOWN'] },
      security_opts: ['no-new-privileges:true'],
      memory: 128,
      memory_swap: 128,
      networks_advanced: [],
    });
    expect(container).not.toHaveProperty('privileged');
  });

  test('ends, and counts as done when it ended with 0', () => {
    expect(container).toMatchObject({ start: false, must_run: false });
    const written = stack.one('terraform_data', path.replace(/Writer$/, 'Written'));
    expect(written.provisioner[0]?.['local-exec'].command).toContain('docker start -a "$NAME"; code=$?');
    expect(written.triggers_replace).toEqual({
      container: `\${${stack.address('docker_container', path)}.id}`,
    });
  });

  test('sees one volume and none of the host', () => {
    expect(container.volumes).toEqual([
      {
        container_path: '/files',
        volume_name: `\${${stack.address('docker_volume', path.replace(/Writer$/, 'Volume'))}.name}`,
      },
    ]);
  });
});

test('folders in memory can hold no program and no device', () => {
  expect(stack.container('Web/Resource')).toMatchObject({
    tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=8m,mode=1777' },
  });
});

test('a whole number of processors is written as the provider reads it back', () => {
  const whole = synthesize((scope, platform) => {
    platform.workload(
      scope,
      'Web',
      workload('web', { resources: { memory: Size.mebibytes(64), cpu: 2, pids: 20 } }),
    );
  });
  expect(whole.container('Web/Resource')).toMatchObject({ cpus: '2.0' });
});
