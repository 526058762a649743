import { describe, expect, test } from 'vitest';
import type { FileSet } from '../../../../constructs/platform/platform.js';
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
