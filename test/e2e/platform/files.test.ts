import type { JsonWebKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Size } from '../../../constructs/quantities.js';
import { KeyPair } from '../../../constructs/secrets/key-pair.js';
import { KeySet } from '../../../constructs/secrets/key-set.js';
import { composed } from '../../../constructs/secrets/sealed.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { TestStack, type Declare } from '../harness/stack.js';
import { containerOf, containers, inside, sleeper, USER, type Inspected } from './fixtures.js';

const ENVIRONMENT = 'e2e-files';
const FOLDER = '/etc/portcullis-test';
/** Everything that a shell, JSON, HCL or a template engine might take for its own. */
const AWKWARD = [
  'plain ${upper("a")} $${b} $$${c} $ {d} ${',
  '%{ if true }x%{ endif } %%{e} %%%{f} %{',
  `"double" 'single' \`back\` \\n \\ \\\\ $(id) $HOME !! #`,
  '\ttab, Grüße, 日本語, 🔑, \u00a0, \u2028.',
  '<<EOF',
  '',
  '',
].join('\n');

/** Texts that a secret stands between; together and before it they would be Terraform's. */
const AROUND = ['$', '{upper("a")} %', '{x}$$'];

interface Version {
  readonly text: string;
  readonly generation: number;
  readonly more: readonly string[];
}

const FIRST: Version = { text: AWKWARD, generation: 0, more: ['extra', 'dropped'] };
const WRITERS = ['reader-live', 'reader-secret', 'replaced-fixed', 'held-fixed'];

function declare(version: Version): Declare {
  return (stack, platform, { tools }) => {
    const secret = Secret.generated(stack, 'password');
    const pair = KeyPair.generated(stack, 'signer', { algorithm: 'ES256' });
    const { signingSlot } = pair;
    const others = [0, 1, 2].filter((slot) => slot !== signingSlot);
    const keys = new KeySet('keys', [
      { key: pair.privateKey(signingSlot), kid: 'signs' },
      { key: pair.publicKey(signingSlot), kid: 'signs' },
      ...others.map((slot) => ({ key: pair.publicKey(slot) })),
    ]);
    const address = composed('address', [...AROUND, secret.slot(0), ...AROUND]);
    const fixed = [
      { name: 'fixed', path: FOLDER, files: [{ name: 'text', content: version.text }], reloads: false },
    ];
    platform.workload(
      stack,
      'Reader',
      sleeper(tools, {
        name: 'reader',
        files: [
          {
            name: 'live',
            path: FOLDER,
            files: [
              { name: 'text', content: version.text },
              ...version.more.map((name) => ({ name, content: name })),
            ],
            reloads: true,
          },
          {
            name: 'secret',
            path: '/run/portcullis/secrets',
            files: [
              ...[0, 1].map((slot) => ({ name: `slot-${slot}`, content: secret.slot(slot) })),
              { name: 'keys.json', content: keys },
              { name: 'address', content: address },
            ],
            reloads: true,
          },
        ],
      }),
    );
    platform.workload(stack, 'Replaced', sleeper(tools, { name: 'replaced', files: fixed }));
    const volume = platform.volume(stack, 'Volume', { name: 'held-data', size: Size.mebibytes(16) });
    platform.workload(
      stack,
      'Held',
      sleeper(tools, { name: 'held', files: fixed, volumes: [{ volume, path: '/data' }] }),
    );
  };
}

let stack: TestStack;

const only = (component: string): Promise<Inspected> => containerOf(ENVIRONMENT, component);
const text = (container: Inspected): Promise<string> => inside(container, 'base64', '-w0', `${FOLDER}/text`);
const base64 = (plain: string): string => Buffer.from(plain).toString('base64');

async function slots(reader: Inspected): Promise<string[]> {
  return Promise.all([0, 1].map((slot) => inside(reader, 'cat', `/run/portcullis/secrets/slot-${slot}`)));
}

async function keySet(): Promise<JsonWebKey[]> {
  const found = await inside(await only('reader'), 'cat', '/run/portcullis/secrets/keys.json');
  return (JSON.parse(found) as { keys: JsonWebKey[] }).keys;
}

async function become(version: Version): Promise<void> {
  await stack.declare(declare(version), {
    generations: { passwords: version.generation, signingKeys: version.generation },
  });
  await stack.apply();
}

beforeAll(async () => {
  stack = await TestStack.create(ENVIRONMENT, []);
  await become(FIRST);
});

afterAll(async () => {
  await stack.destroy();
});

describe('files as they arrive', () => {
  test('content is exact, whatever characters it holds', async () => {
    expect(Buffer.from(await text(await only('reader')), 'base64').toString()).toBe(AWKWARD);
  });

  test('each file has mode 0400 and belongs to the reader', async () => {
    const reader = await only('reader');
    const found = await inside(
      reader,
      'stat',
      '-c',
      '%n %a %u:%g',
      `${FOLDER}/text`,
      '/run/portcullis/secrets/slot-0',
      '/run/portcullis/secrets/keys.json',
    );
    expect(found.split('\n')).toEqual([
      `${FOLDER}/text 400 ${USER.uid}:${USER.gid}`,
      `/run/portcullis/secrets/slot-0 400 ${USER.uid}:${USER.gid}`,
      `/run/portcullis/secrets/keys.json 400 ${USER.uid}:${USER.gid}`,
    ]);
  });

  test('the folder holds the files of the set and nothing besides', async () => {
    expect((await inside(await only('reader'), 'ls', '-A', FOLDER)).split('\n')).toEqual([
      'dropped',
      'extra',
      'text',
    ]);
  });

  test('the folder of a key set holds none of the keys that it was made of', async () => {
    const found = await inside(await only('reader'), 'ls', '-A', '/run/portcullis/secrets');
    expect(found.split('\n')).toEqual(['address', 'keys.json', 'slot-0', 'slot-1']);
  });

  test('a key set has its keys in order, each with its id, and private is only what was given so', async () => {
    const keys = await keySet();
    expect(keys.map(({ alg, crv }) => [alg, crv])).toEqual(Array(4).fill(['ES256', 'P-256']));
    expect(keys.map((key) => 'd' in key)).toEqual([true, false, false, false]);
    expect(keys.map(({ kid }) => kid)).toEqual([
      'signs',
      'signs',
      expect.stringMatching(/^[\w-]{43}$/),
      expect.stringMatching(/^[\w-]{43}$/),
    ]);
    const [signs, verifies, ...others] = keys;
    expect([verifies?.x, verifies?.y]).toEqual([signs?.x, signs?.y]);
    expect(new Set([signs, ...others].map((key) => key?.x)).size).toBe(3);
  });

  test('texts and secrets that were put together arrive as they are', async () => {
    const reader = await only('reader');
    const [first] = await slots(reader);
    const around = AROUND.join('');
    expect(await inside(reader, 'cat', '/run/portcullis/secrets/address')).toBe(
      `${around}${first ?? ''}${around}`,
    );
  });

  test('the reader has the folder read-only', async () => {
    const reader = await only('reader');
    expect(reader.Mounts.map(({ Destination, RW }) => [Destination, RW]).sort()).toEqual([
      [FOLDER, false],
      ['/run/portcullis/secrets', false],
    ]);
    await expect(inside(reader, 'rm', '-f', `${FOLDER}/text`)).rejects.toThrow('Read-only file system');
  });

  test('nothing is left to change', async () => {
    expect(await stack.plan()).toEqual([]);
  });
});

describe('writers', () => {
  test.each(WRITERS)('%s has no network and no capability but to hand files over', async (component) => {
    const { Config, HostConfig, NetworkSettings, State } = await only(component);
    expect(State.Status).toBe('exited');
    expect(Config.User).toBe('0:0');
    expect(HostConfig).toMatchObject({
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      CapAdd: ['CAP_CHOWN'],
      SecurityOpt: ['no-new-privileges:true'],
      Privileged: false,
    });
    expect(HostConfig.PidsLimit).toBeGreaterThan(0);
    expect(HostConfig.Memory).toBeGreaterThan(0);
    expect(HostConfig.MemorySwap).toBe(HostConfig.Memory);
    expect(Object.keys(NetworkSettings.Networks)).toEqual(['none']);
  });

  test('no container shows a secret to the engine', async () => {
    const values = await slots(await only('reader'));
    expect(values.map((value) => value.length)).toEqual([40, 40]);
    const shown = JSON.stringify(await containers(ENVIRONMENT));
    expect(values.filter((value) => shown.includes(value))).toEqual([]);
    const [signs] = await keySet();
    expect(signs?.d).toMatch(/^[\w-]{43}$/);
    expect(shown).not.toContain(signs?.d);
    expect(shown).not.toContain('PRIVATE KEY');
  });
});

describe('files that change', () => {
  const changed: Version = { text: 'changed ${x}\n', generation: 0, more: ['extra'] };
  let before: Record<'reader' | 'replaced' | 'held', Inspected>;

  beforeAll(async () => {
    before = { reader: await only('reader'), replaced: await only('replaced'), held: await only('held') };
    await become(changed);
  });

  test('a program that reloads keeps running and sees the new content', async () => {
    const reader = await only('reader');
    expect([reader.Id, reader.State.StartedAt]).toEqual([before.reader.Id, before.reader.State.StartedAt]);
    expect(await text(reader)).toBe(base64(changed.text));
  });

  test('a file that left the set is gone', async () => {
    expect((await inside(await only('reader'), 'ls', '-A', FOLDER)).split('\n')).toEqual(['extra', 'text']);
  });

  test('a program that does not reload is replaced', async () => {
    const replaced = await only('replaced');
    expect(replaced.Id).not.toBe(before.replaced.Id);
    expect(await text(replaced)).toBe(base64(changed.text));
  });

  test('a program that does not reload and holds a volume is replaced too', async () => {
    const held = await only('held');
    expect(await text(held)).toBe(base64(changed.text));
    expect(held.Id).not.toBe(before.held.Id);
  });

  test('nothing is left to change', async () => {
    expect(await stack.plan()).toEqual([]);
  });

  test('a step of a generation changes exactly one slot and leaves the reader running', async () => {
    const reader = await only('reader');
    const [oldFirst, oldSecond] = await slots(reader);
    const oldKeys = await keySet();
    await become({ ...changed, generation: 1 });
    const [first, second] = await slots(await only('reader'));
    expect(first).toBe(oldFirst);
    expect(second).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(second).not.toBe(oldSecond);
    // Slot 1 is new; slot 0, the first of the others before, signs now, and slot 2 still verifies.
    const keys = await keySet();
    const [oldSigns, , next, gone] = oldKeys.map(({ x }) => x);
    const [signs, verifies, newest, last] = keys.map(({ x }) => x);
    expect([signs, verifies, last]).toEqual([next, next, oldSigns]);
    expect(oldKeys.map(({ x }) => x)).not.toContain(newest);
    expect(keys.map(({ x }) => x)).not.toContain(gone);
    expect(keys.map((key) => 'd' in key)).toEqual([true, false, false, false]);
    const after = await only('reader');
    expect([after.Id, after.State.StartedAt]).toEqual([reader.Id, reader.State.StartedAt]);
    expect(await stack.plan()).toEqual([]);
  });
});
