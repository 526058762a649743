import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { thrown } from '../../../helper/failure.js';
import { job, workload } from '../../../helper/specs.js';
import { declared, synthesize, type Synthesized } from '../../../helper/synth.js';

const NAMES = ['ant', 'bee', 'cow', 'dog'];

/** Networks that a container stands on, as Terraform expressions. */
function networksOf(stack: Synthesized, path: string): string[] {
  return stack.container(path).networks_advanced.map(({ name }) => name);
}

/** A stack of workloads where each pair says that the first may call the second. */
function calls(
  names: readonly string[],
  pairs: readonly (readonly [caller: string, called: string])[],
): Synthesized {
  return synthesize((scope, platform) => {
    for (const name of names) {
      const callers = pairs.filter(([, called]) => called === name).map(([caller]) => caller);
      platform.workload(scope, name, workload(name, { listeners: [{ name: 'http', port: 8080, callers }] }));
    }
  });
}

describe('networks', () => {
  test('two workloads share one exactly where one may call the other', () => {
    const pair = fc
      .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES))
      .filter(([caller, called]) => caller !== called);
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 6 }), (pairs) => {
        const stack = calls(NAMES, pairs);
        for (const one of NAMES) {
          for (const other of NAMES.filter((name) => name > one)) {
            const shared = networksOf(stack, `${one}/Resource`).filter((name) =>
              networksOf(stack, `${other}/Resource`).includes(name),
            );
            const may = pairs.some((ends) => ends.includes(one) && ends.includes(other));
            expect(shared).toHaveLength(may ? 1 : 0);
          }
        }
      }),
      { numRuns: 10 },
    );
  });

  test('there is one per pair, whichever calls, and it has no way out', () => {
    const stack = calls(
      ['ant', 'bee'],
      [
        ['ant', 'bee'],
        ['bee', 'ant'],
      ],
    );
    const networks = [...stack.all('docker_network').values()];
    expect(networks).toHaveLength(1);
    expect(networks[0]).toMatchObject({
      name: 'portcullis-unit-ant--bee-8ef7',
      internal: true,
      driver: 'bridge',
    });
  });

  test('a workload that nobody calls has no network at all', () => {
    const stack = calls(['ant'], []);
    expect(stack.container('ant/Resource')).toMatchObject({ network_mode: 'none', networks_advanced: [] });
    expect(stack.all('docker_network').size).toBe(0);
  });

  test('only a published listener has a way out, at the address that was asked for', () => {
    const stack = synthesize((scope, platform) => {
      const publish = { address: '127.0.0.1', port: 9000 };
      platform.workload(
        scope,
        'Door',
        workload('door', { listeners: [{ name: 'http', port: 8080, publish, callers: ['ant'] }] }),
      );
      platform.workload(scope, 'Ant', workload('ant'));
    });
    expect([...stack.all('docker_network').values()].map(({ name, internal }) => [name, internal])).toEqual([
      ['portcullis-unit-ant--door-0ff6', true],
      ['portcullis-unit-door--outside-1b66', false],
    ]);
    expect(stack.container('Door/Resource').ports).toEqual([
      { internal: 8080, external: 9000, ip: '127.0.0.1' },
    ]);
    expect(stack.container('Ant/Resource').ports).toEqual([]);
    expect(networksOf(stack, 'Ant/Resource')).toHaveLength(1);
  });

  test('who may call out has a network of its own for that, workload or job', () => {
    const stack = synthesize((scope, platform) => {
      platform.workload(scope, 'Ant', workload('ant', { egress: true, replicas: 2 }));
      platform.workload(scope, 'Bee', workload('bee', { egress: false }));
      platform.job(scope, 'Load', job('load', { egress: true }));
    });
    const networks = [...stack.all('docker_network')].map(([path, { internal }]) => [path, internal]);
    expect(networks).toEqual([
      ['Platform/Edge-ant--egress', false],
      ['Platform/Edge-egress--load', false],
    ]);
    for (const [path, edge] of [
      ['Ant/Resource', 'ant--egress'],
      ['Ant/Replica2', 'ant--egress'],
      ['Load/Resource', 'egress--load'],
    ] as const) {
      expect(networksOf(stack, path)).toEqual([
        `\${${stack.address('docker_network', `Platform/Edge-${edge}`)}.name}`,
      ]);
    }
    expect(stack.container('Bee/Resource').network_mode).toBe('none');
  });

  test('the way out leaves the networks to others internal, and has a subnet that can be pinned', () => {
    const pinned = { 'ant--egress': '10.216.7.16/28' };
    const stack = synthesize(
      (scope, platform) => {
        platform.workload(scope, 'Ant', workload('ant', { egress: true })).allow('http', 'bee');
        platform.workload(scope, 'Bee', workload('bee'));
      },
      { network: { range: '10.216.0.0/16', pinned } },
    );
    expect(stack.one('docker_network', 'Platform/Edge-ant--bee').internal).toBe(true);
    expect(stack.one('docker_network', 'Platform/Edge-ant--egress').ipam_config[0].subnet).toBe(
      '10.216.7.16/28',
    );
  });

  test('calling out or not gives replicas another revision, because a network can’t be added to them', () => {
    const [without, beside] = [false, true].map((egress) =>
      synthesize((scope, platform) => {
        platform.workload(scope, 'Ant', workload('ant', { egress }));
      }).container('Ant/Resource'),
    );
    expect(beside?.name).not.toBe(without?.name);
  });

  test('fails when a job calls out from inside of the workload that it administers', () => {
    const error = thrown(() =>
      declared((scope, platform) => {
        const administers = platform.workload(scope, 'Web', workload('web'));
        platform.job(scope, 'Tune', job('tune', { administers, egress: true }));
      }),
    );
    expect(error.message).toBe(
      "platform 'docker' can't do a job ('tune') that administers a workload and calls out; give the workload egress, or split the job (at unit/Tune)",
    );
  });

  test('a job stands on the networks of what it may call', () => {
    const stack = synthesize((scope, platform) => {
      const store = platform.workload(scope, 'Store', workload('store'));
      platform.job(scope, 'Load', job('load'));
      store.allow('http', 'load');
    });
    expect(networksOf(stack, 'Load/Resource')).toEqual(networksOf(stack, 'Store/Resource'));
  });

  test('a name answers for all replicas, a numbered one for each', () => {
    const stack = synthesize((scope, platform) => {
      platform.workload(
        scope,
        'Web',
        workload('web', { replicas: 2, listeners: [{ name: 'http', port: 8080, callers: ['ant'] }] }),
      );
    });
    expect(
      ['Web/Resource', 'Web/Replica2'].map((path) =>
        stack.container(path).networks_advanced.map(({ aliases }) => aliases),
      ),
    ).toEqual([[['web', 'web-1']], [['web', 'web-2']]]);
  });

  test('a subnet stays when another edge comes', () => {
    const subnet = (stack: Synthesized): string =>
      stack.one('docker_network', 'Platform/Edge-ant--bee').ipam_config[0].subnet;
    const more = calls(NAMES, [
      ['ant', 'bee'],
      ['ant', 'cow'],
      ['cow', 'dog'],
    ]);
    expect(subnet(more)).toBe(subnet(calls(NAMES, [['ant', 'bee']])));
  });

  test('fails when a listener is allowed that is not there', () => {
    const error = thrown(() =>
      declared((scope, platform) => platform.workload(scope, 'Web', workload('web')).allow('admin', 'ant')),
    );
    expect(error.message).toBe(
      `'listener' must be one of http, got "admin"; name a listener that exists (at unit/Web)`,
    );
  });

  test('fails when a caller has no name', () => {
    const error = thrown(() =>
      declared((scope, platform) => platform.workload(scope, 'Web', workload('web')).allow('http', 'A B')),
    );
    expect(error.message).toBe(
      `'caller' must be 2 to 40 small letters, digits and dashes, got "A B"; rename it (at unit/Web)`,
    );
  });

  test.each(['outside', 'alone', 'egress'])('fails when a workload or a caller is called %s', (name) => {
    const message = `must be another than '${name}', got "${name}"; rename it (at unit/Web)`;
    const named = thrown(() =>
      declared((scope, platform) => platform.workload(scope, 'Web', workload(name))),
    );
    expect(named.message).toBe(`'name' ${message}`);
    const calling = thrown(() =>
      declared((scope, platform) => platform.workload(scope, 'Web', workload('web')).allow('http', name)),
    );
    expect(calling.message).toBe(`'caller' ${message}`);
  });

  test('fails when a name has two dashes in a row, which would lead two pairs to one network', () => {
    // 'ant' with 'bee--cow', and 'ant--bee' with 'cow', would both be 'ant--bee--cow'.
    const names = ['ant', 'bee--cow', 'ant--bee', 'cow'];
    const error = thrown(() =>
      calls(names, [
        ['ant', 'bee--cow'],
        ['ant--bee', 'cow'],
      ]),
    );
    expect(error.message).toBe(
      `'name' must have no two dashes in a row, got "bee--cow"; rename it (at unit/bee--cow)`,
    );
  });
});
