import { describe, expect, test } from 'vitest';
import { Duration, Size } from '../../../../constructs/quantities.js';
import { thrown } from '../../../helper/failure.js';
import { job, workload } from '../../../helper/specs.js';
import { declared, revisionOf, synthesize, type Synthesized } from '../../../helper/synth.js';

const files = [{ name: 'set', path: '/run/set', files: [{ name: 'a', content: 'x' }], reloads: false }];

const stack = synthesize((scope, platform) => {
  const data = platform.volume(scope, 'Data', { name: 'data', size: Size.gibibytes(1) });
  const store = platform.workload(
    scope,
    'Store',
    workload('store', { volumes: [{ volume: data, path: '/data' }] }),
  );
  const load = platform.job(
    scope,
    'Load',
    job('load', { files, after: [store], actsOn: [data], deadline: Duration.seconds(90) }),
  );
  store.allow('http', 'load');
  const pages = platform.volume(scope, 'Pages', { name: 'pages', size: Size.gibibytes(1) });
  platform.workload(
    scope,
    'Web',
    workload('web', { after: [load], volumes: [{ volume: pages, path: '/pages' }] }),
  );
  platform.job(scope, 'Tune', job('tune', { administers: store }));
});
const container = stack.container('Load/Resource');
const run = stack.one('terraform_data', 'Load/Run');

describe('a job', () => {
  test('is made without being started, and its end is no error of the container', () => {
    expect(container).toMatchObject({ start: false, must_run: false });
    for (const key of ['restart', 'healthcheck', 'wait']) expect(container).not.toHaveProperty(key);
  });

  test('has a name that none before it had, which no plan changes', () => {
    expect(container.name).toMatch(/^portcullis-unit-load-[0-9a-f]{8}-\$\{substr\(uuid\(\), 0, 4\)\}$/);
    expect(container.lifecycle).toEqual({ ignore_changes: ['name'] });
  });

  test('is run by a resource of its own that shows log and exit code and keeps the deadline', () => {
    expect(run.provisioner.map((step) => step['local-exec'])).toEqual([
      {
        command: [
          'export DOCKER_HOST="$${DOCKER_HOST:-unix:///var/run/docker.sock}"; docker update --pids-limit 20 "$NAME" >/dev/null || exit 1',
          '(for _ in $(seq 90); do sleep 1; done; docker kill "$NAME") >/dev/null 2>&1 & guard=$!',
          'docker start -a "$NAME"; code=$?',
          'kill "$guard" 2>/dev/null',
          'exit "$code"',
        ].join('\n'),
        environment: { NAME: `\${${stack.address('docker_container', 'Load/Resource')}.name}` },
      },
    ]);
  });

  test('runs again for a new container, for recreated or lost storage and for rewritten files', () => {
    expect(run.triggers_replace).toEqual({
      container: `\${${stack.address('docker_container', 'Load/Resource')}.id}`,
      // Lost storage is made anew, which triggers nothing, but what held it is new then.
      'holder-store': `\${${stack.address('docker_container', 'Store/Resource')}.id}`,
    });
    expect(run.lifecycle).toEqual({
      replace_triggered_by: [
        stack.address('docker_volume', 'Data/Resource'),
        stack.address('terraform_data', 'Load/Files-set/Written'),
      ],
    });
  });

  test('waits for its files, for what it comes after and for the networks attached to that', () => {
    expect(run.depends_on).toEqual(
      expect.arrayContaining([
        stack.address('terraform_data', 'Load/Files-set/Written'),
        stack.address('docker_container', 'Store/Resource'),
        stack.address('terraform_data', 'Store/Attached'),
      ]),
    );
  });

  test('is done before what comes after it starts', () => {
    expect(stack.container('Web/Resource').depends_on).toContain(stack.address('terraform_data', 'Load/Run'));
  });

  test('that administers a workload shares its network and nothing else', () => {
    const tune = stack.container('Tune/Resource');
    expect(tune.network_mode).toBe(`container:\${${stack.address('docker_container', 'Store/Resource')}.id}`);
    expect(tune.networks_advanced).toEqual([]);
    expect(tune.depends_on).toContain(stack.address('docker_container', 'Store/Resource'));
  });

  test('talks to the engine that the provider talks to', () => {
    const remote = synthesize(
      (scope, platform) => {
        platform.job(scope, 'Load', job('load'));
      },
      { host: 'ssh://builder' },
    );
    const [first] = remote.one('terraform_data', 'Load/Run').provisioner;
    expect(first?.['local-exec'].command).toMatch(/^export DOCKER_HOST='ssh:\/\/builder'; docker update /);
    expect(JSON.parse(remote.text)).toMatchObject({ provider: { docker: [{ host: 'ssh://builder' }] } });
  });
});

describe('inputs of a job', () => {
  const revision = (change: Parameters<typeof job>[1]): string => {
    const synthesized: Synthesized = synthesize((scope, platform) => {
      platform.job(scope, 'Load', job('load', change));
    });
    return revisionOf(synthesized.container('Load/Resource'));
  };
  const changes: Record<string, Parameters<typeof job>[1]> = {
    'another image': { image: { reference: 'example/program:2', version: '2' } },
    'another command': { command: ['go'] },
    'another entrypoint': { entrypoint: ['sh'] },
    'another variable': { environment: { A: '1' } },
    'another user': { user: { uid: 5, gid: 5 } },
    'a file': { files },
    'another text of that file': {
      files: [{ name: 'set', path: '/run/set', files: [{ name: 'a', content: 'y' }], reloads: false }],
    },
  };

  test('each gives the container another revision, so that it runs again', () => {
    const revisions = Object.values(changes).map(revision);
    expect(new Set([revision({}), ...revisions]).size).toBe(revisions.length + 1);
  });

  test('the same ones give the same revision', () => {
    expect(revision({ environment: { A: '1', B: '2' } })).toBe(revision({ environment: { B: '2', A: '1' } }));
  });

  test('fails when it administers a workload with two replicas', () => {
    const error = thrown(() =>
      declared((scope, platform) => {
        const web = platform.workload(scope, 'Web', workload('web', { replicas: 2 }));
        platform.job(scope, 'Tune', job('tune', { administers: web }));
      }),
    );
    expect(error.message).toBe(
      `'administers' must be a workload of this platform with one replica, got "web"; name another`,
    );
  });

  test('fails when it administers a workload of another platform', () => {
    const foreign = declared((scope, platform) => platform.workload(scope, 'Web', workload('web')));
    const error = thrown(() =>
      declared((scope, platform) => platform.job(scope, 'Tune', job('tune', { administers: foreign }))),
    );
    expect(error.message).toBe(
      `'administers' must be a workload of this platform with one replica, got "web"; name another`,
    );
  });

  test('fails when it acts on a volume of another platform', () => {
    const foreign = { name: 'elsewhere' };
    const error = thrown(() =>
      declared((scope, platform) => platform.job(scope, 'Load', job('load', { actsOn: [foreign] }))),
    );
    expect(error.message).toBe(
      "volume 'elsewhere' must be made by this platform; make it with platform.volume()",
    );
  });
});

describe('replicas', () => {
  test('fails when they wait, even behind a job, for what is replaced in place', () => {
    expect(
      thrown(() =>
        synthesize((scope, platform) => {
          const data = platform.volume(scope, 'Data', { name: 'data', size: Size.gibibytes(1) });
          const store = platform.workload(
            scope,
            'Store',
            workload('store', { volumes: [{ volume: data, path: '/data' }] }),
          );
          const load = platform.job(scope, 'Load', job('load', { after: [store] }));
          platform.workload(scope, 'Web', workload('web', { after: [load] }));
        }),
      ).message,
    ).toBe(
      "platform 'docker' can't do replicas ('web') that wait for a workload with a port or a volume ('store'); leave 'after' out and let the program retry until what it needs is there (at unit/Web)",
    );
  });
});
