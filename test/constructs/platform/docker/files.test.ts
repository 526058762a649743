import { describe, expect, test } from 'vitest';
import type { FileSet } from '../../../../constructs/platform/platform.js';
import { KeyPair } from '../../../../constructs/secrets/key-pair.js';
import { KeySet, type KeySetEntry } from '../../../../constructs/secrets/key-set.js';
import { Secret } from '../../../../constructs/secrets/secret.js';
import { thrown } from '../../../helper/failure.js';
import { workload } from '../../../helper/specs.js';
import { declared, synthesize, type Synthesized } from '../../../helper/synth.js';

const TEXT = 'plain ${text} %{too} "quoted"\n';

function withFiles(change: Partial<FileSet> = {}, generation = 0): Synthesized {
  return synthesize(
    (scope, platform) => {
      const key = Secret.generated(scope, 'key');
      const files = [
        { name: 'key', content: key.newest },
        { name: 'settings.conf', content: TEXT },
      ];
      platform.workload(
        scope,
        'Web',
        workload('web', { files: [{ name: 'set', path: '/run/set', files, reloads: true, ...change }] }),
      );
    },
    {},
    { passwords: generation },
  );
}

const WRITER = 'Web/Files-set/Writer';
const stack = withFiles();
const writer = stack.container(WRITER);
const reader = stack.container('Web/Resource');

describe('files of a workload', () => {
  test('are written into a volume that the reader mounts read-only', () => {
    const volume_name = `\${${stack.address('docker_volume', 'Web/Files-set/Volume')}.name}`;
    expect(writer.volumes).toEqual([{ container_path: '/files', volume_name }]);
    expect(reader.volumes).toEqual([{ container_path: '/run/set', volume_name, read_only: true }]);
  });

  test('a secret stands in the upload of its writer alone, as an expression', () => {
    const expression = `\${${stack.address('random_password', 'key/Slot0')}.result}`;
    expect(writer.upload[0]).toEqual({
      file: '/files/.incoming/key',
      content: expression,
      permissions: '0400',
    });
    expect(stack.text.split(expression)).toHaveLength(2);
  });

  test('plain text is uploaded with Terraform’s marks escaped', () => {
    expect(writer.upload[1]).toEqual({
      file: '/files/.incoming/settings.conf',
      content: 'plain $${text} %%{too} "quoted"\n',
      permissions: '0400',
    });
  });

  test('the writer is told the reader’s numbers and all names', () => {
    const [command, order] = writer.command ?? [];
    expect(command).toBe('place');
    expect(JSON.parse(order ?? '')).toEqual({
      folder: '/files',
      uid: 10001,
      gid: 10001,
      files: ['key', 'settings.conf'],
    });
  });

  test('are written before their reader starts, and again when their volume was lost', () => {
    expect(reader.depends_on).toContain(stack.address('terraform_data', 'Web/Files-set/Written'));
    expect(stack.one('terraform_data', 'Web/Files-set/Written').lifecycle).toEqual({
      replace_triggered_by: [stack.address('docker_volume', 'Web/Files-set/Volume')],
    });
  });

  const changes = {
    'other text': () => withFiles({ files: [{ name: 'settings.conf', content: 'other' }] }),
    'a new generation': () => withFiles({}, 2),
  };
  test.each(Object.entries(changes))(
    '%s makes another writer and leaves a reloading reader alone',
    (_what, change) => {
      const after = change();
      expect(after.container(WRITER).name).not.toBe(writer.name);
      expect(after.container('Web/Resource')).toEqual(reader);
    },
  );

  test('the other slot’s new generation reaches neither writer nor reader', () => {
    expect(withFiles({}, 1).container(WRITER).name).not.toBe(writer.name);
    const older = synthesize(
      (scope, platform) => {
        const key = Secret.generated(scope, 'key');
        const files = [
          { name: 'key', content: key.slot(0) },
          { name: 'settings.conf', content: TEXT },
        ];
        platform.workload(
          scope,
          'Web',
          workload('web', { files: [{ name: 'set', path: '/run/set', files, reloads: true }] }),
        );
      },
      {},
      { passwords: 1 },
    );
    expect(older.container(WRITER)).toEqual(writer);
  });

  test('another text replaces a reader that does not reload', () => {
    const [before, after] = ['one', 'two'].map((content) =>
      withFiles({ reloads: false, files: [{ name: 'a', content }] }),
    );
    expect(after?.container('Web/Resource').name).not.toBe(before?.container('Web/Resource').name);
  });
});

describe('key sets among the files', () => {
  type Entries = (pair: KeyPair) => readonly KeySetEntry[];
  const OUTER = '-----BEGIN PUBLIC KEY-----\n${x}\n';
  const usual: Entries = (pair) => [
    { key: pair.privateKey(1), kid: 'now' },
    { key: pair.publicKey(1), kid: 'now' },
    { key: OUTER },
  ];

  function withKeys(entries: Entries, { generation = 0, reloads = true, plain = 'x' } = {}): Synthesized {
    return synthesize(
      (scope, platform) => {
        const pair = KeyPair.generated(scope, 'signer');
        const files = [
          { name: 'text', content: plain },
          { name: 'keys.json', content: new KeySet('keys', entries(pair)) },
        ];
        platform.workload(
          scope,
          'Web',
          workload('web', { files: [{ name: 'set', path: '/run/set', files, reloads }] }),
        );
      },
      {},
      { signingKeys: generation },
    );
  }
  const made = withKeys(usual);

  test('each key is uploaded by itself, and none but there', () => {
    const key = made.address('tls_private_key', 'signer/Slot1');
    expect(made.container(WRITER).upload).toEqual([
      { file: '/files/.incoming/text', content: 'x', permissions: '0400' },
      { file: '/files/.incoming/keys.json.0', content: `\${${key}.private_key_pem}`, permissions: '0400' },
      { file: '/files/.incoming/keys.json.1', content: `\${${key}.public_key_pem}`, permissions: '0400' },
      { file: '/files/.incoming/keys.json.2', content: OUTER.replace('$', '$$$$'), permissions: '0400' },
    ]);
    expect(made.text.split('private_key_pem')).toHaveLength(2);
  });

  test('the writer is told what to make of them, in order', () => {
    expect(JSON.parse(made.container(WRITER).command?.[1] ?? '')).toEqual({
      folder: '/files',
      uid: 10001,
      gid: 10001,
      files: ['text'],
      keySets: [
        {
          name: 'keys.json',
          keys: [
            { file: 'keys.json.0', kid: 'now' },
            { file: 'keys.json.1', kid: 'now' },
            { file: 'keys.json.2' },
          ],
        },
      ],
    });
  });

  const changes: Record<string, () => ReturnType<typeof withKeys>> = {
    'another order': () => withKeys((pair) => [...usual(pair)].reverse()),
    'another order of keys of one generation': () =>
      withKeys((pair) => [
        { key: pair.privateKey(0), kid: 'now' },
        { key: pair.publicKey(0), kid: 'now' },
        { key: OUTER },
      ]),
    'another kid': () => withKeys((pair) => usual(pair).map(({ key }) => ({ key, kid: 'then' }))),
    'one key fewer': () => withKeys((pair) => usual(pair).slice(0, 2)),
    'another plain key': () => withKeys((pair) => [...usual(pair).slice(0, 2), { key: 'other' }]),
    'a new generation of a key in it': () => withKeys(usual, { generation: 1 }),
  };
  test.each(Object.entries(changes))(
    '%s runs the writer again and leaves a reloading reader alone',
    (_what, change) => {
      const after = change();
      expect(after.container(WRITER).name).not.toBe(made.container(WRITER).name);
      expect(after.container('Web/Resource')).toEqual(made.container('Web/Resource'));
    },
  );

  test('a generation that touches none of its keys changes nothing', () => {
    // From 1 to 2 it is slot 2 that changes.
    const [before, after] = [1, 2].map((generation) => withKeys(usual, { generation }).container(WRITER));
    expect(after).toEqual(before);
  });

  test('a new generation replaces a reader that does not reload', () => {
    const [before, after] = [0, 1].map((generation) => withKeys(usual, { generation, reloads: false }));
    expect(after?.container('Web/Resource').name).not.toBe(before?.container('Web/Resource').name);
  });

  test('fails when a file has the name that one of the keys is uploaded by', () => {
    const files = [
      { name: 'keys', content: new KeySet('keys', [{ key: 'a' }, { key: 'b' }]) },
      { name: 'keys.1', content: 'x' },
    ];
    expect(thrown(() => withFiles({ files })).message).toBe(
      `'files' must have plain names, each once, got "keys.1"; rename it (at unit/Web/Files-set)`,
    );
  });
});

describe('names of files', () => {
  test.each(['a/b', '../a', '.hidden', '', 'a b', 'ä'])('fails when a file is called %j', (name) => {
    expect(thrown(() => withFiles({ files: [{ name, content: 'x' }] })).message).toBe(
      `'files' must have plain names, each once, got ${JSON.stringify(name)}; rename it (at unit/Web/Files-set)`,
    );
  });

  test('fails when two files of a set have one name', () => {
    const file = { name: 'same', content: 'x' };
    expect(thrown(() => withFiles({ files: [file, file] })).message).toBe(
      `'files' must have plain names, each once, got "same"; rename it (at unit/Web/Files-set)`,
    );
  });

  test('fails when a plain file holds a Terraform expression', () => {
    expect(thrown(() => withFiles({ files: [{ name: 'a', content: '${TfToken[TOKEN.1]}' }] })).message).toBe(
      `'files.a' must be plain text, got "(a Terraform expression)"; use a file with a Secret (at unit/Web/Files-set)`,
    );
  });

  test('fails when the sets of two workloads would share one volume', () => {
    const set = (name: string): FileSet => ({
      name,
      path: '/run/set',
      files: [{ name: 'a', content: 'x' }],
      reloads: true,
    });
    const error = thrown(() =>
      declared((scope, platform) => {
        platform.workload(scope, 'One', workload('web', { files: [set('admin-secrets')] }));
        platform.workload(scope, 'Two', workload('web-admin', { files: [set('secrets')] }));
      }),
    );
    expect(error.message).toBe(
      `'name' must be unique in its environment ('unit/One' has it), got "web-admin-secrets"; rename one of them (at unit/Two)`,
    );
  });

  test('fails when a data volume would be the one that files are written to', () => {
    const error = thrown(() =>
      declared((scope, platform) => {
        const { size } = { size: workload('web').resources.memory };
        platform.volume(scope, 'Data', { name: 'web-secrets', size });
        platform.workload(
          scope,
          'Web',
          workload('web', { files: [{ name: 'secrets', path: '/s', files: [], reloads: true }] }),
        );
      }),
    );
    expect(error.message).toBe(
      `'name' must be unique in its environment ('unit' has it), got "web-secrets"; rename one of them (at unit/Web)`,
    );
  });
});
