import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Artifact, cacheRoot, filesBelow, hashFolder, hashInputs } from '../../images/cache.js';
import { rejected } from '../helper/failure.js';
import { scratchFolders } from '../helper/scratch.js';

const folder = scratchFolders();

/** A folder with `a/one` and `a/b/two`. */
function tree(): string {
  const root = folder();
  mkdirSync(join(root, 'a/b'), { recursive: true });
  writeFileSync(join(root, 'a/one'), '1');
  writeFileSync(join(root, 'a/b/two'), '2');
  return root;
}

describe('cacheRoot', () => {
  test('follows XDG_CACHE_HOME where it is an absolute path', () => {
    expect(cacheRoot({ XDG_CACHE_HOME: '/var/cache' })).toBe('/var/cache/portcullis');
  });

  test.each([undefined, '', 'relative'])('is in the home folder where that variable is %j', (value) => {
    expect(cacheRoot(value === undefined ? {} : { XDG_CACHE_HOME: value })).toBe(
      join(homedir(), '.cache/portcullis'),
    );
  });
});

describe('filesBelow', () => {
  test('lists files in a stable order, without what builds leave behind', () => {
    const root = tree();
    for (const left of ['node_modules', 'dist']) {
      mkdirSync(join(root, 'a', left));
      writeFileSync(join(root, 'a', left, 'x'), '');
    }
    symlinkSync('one', join(root, 'a/link'));
    expect(filesBelow(root, ['a'])).toEqual([
      join(root, 'a/b/two'),
      join(root, 'a/link'),
      join(root, 'a/one'),
    ]);
    expect(filesBelow(root, ['a/one'])).toEqual([join(root, 'a/one')]);
  });

  test('fails when an input is missing', () => {
    expect(() => filesBelow(tree(), ['absent'])).toThrow(
      /^ENOENT: no such file or directory, lstat '.*absent'$/,
    );
  });
});

describe('the hash of inputs', () => {
  const hash = (
    change: (root: string) => void = () => undefined,
    more: readonly string[] = ['pin'],
  ): string => {
    const root = tree();
    change(root);
    return hashInputs(root, ['a'], more);
  };
  const plain = hash();

  test('is the same in another folder, at another time', () => {
    expect(plain).toMatch(/^[0-9a-f]{12}$/);
    expect(
      hash((root) => {
        utimesSync(join(root, 'a/one'), 1, 1);
      }),
    ).toBe(plain);
  });

  test.each<[string, (root: string) => void]>([
    [
      'content',
      (root) => {
        writeFileSync(join(root, 'a/one'), '3');
      },
    ],
    [
      'a path',
      (root) => {
        renameSync(join(root, 'a/one'), join(root, 'a/uno'));
      },
    ],
    [
      'a move to another folder',
      (root) => {
        renameSync(join(root, 'a/one'), join(root, 'a/b/one'));
      },
    ],
    [
      'the executable bit',
      (root) => {
        chmodSync(join(root, 'a/one'), 0o755);
      },
    ],
    [
      'a new empty file',
      (root) => {
        writeFileSync(join(root, 'a/three'), '');
      },
    ],
  ])('changes with %s', (_what, change) => {
    expect(hash(change)).not.toBe(plain);
  });

  test('changes with further text, its order and where it is split', () => {
    const all = [['pin'], [], ['pin', ''], ['p', 'in'], ['in', 'p']].map((more) => hash(undefined, more));
    expect(new Set(all).size).toBe(all.length);
  });

  test('does not change with write permissions', () => {
    expect(
      hash((root) => {
        chmodSync(join(root, 'a/one'), 0o666);
      }),
    ).toBe(plain);
  });
});

describe('Artifact', () => {
  const made = async (): Promise<{ artifact: Artifact; cache: string }> => {
    const cache = folder();
    const artifact = new Artifact(cache, 'thing', 'abc');
    await artifact.make((into) => {
      writeFileSync(join(into, 'file'), 'whole');
      return Promise.resolve();
    });
    return { artifact, cache };
  };

  test('is there, whole and intact once it was made', async () => {
    const { artifact, cache } = await made();
    expect(artifact.exists).toBe(true);
    expect(artifact.intact()).toBe(true);
    expect(readFileSync(artifact.path('file'), 'utf8')).toBe('whole');
    expect(readdirSync(join(cache, 'artifacts'))).toEqual(['thing-abc']);
    expect(readFileSync(join(artifact.folder, 'seal.json'), 'utf8')).toBe(
      JSON.stringify({ content: hashFolder(artifact.path()) }),
    );
  });

  test('is neither there nor intact before', () => {
    const artifact = new Artifact(folder(), 'thing', 'abc');
    expect([artifact.exists, artifact.intact()]).toEqual([false, false]);
  });

  test('leaves nothing when filling it fails', async () => {
    const cache = folder();
    const artifact = new Artifact(cache, 'thing', 'abc');
    const error = await rejected(
      artifact.make((into) => {
        writeFileSync(join(into, 'file'), 'half');
        return Promise.reject(new Error('the disk is full'));
      }),
    );
    expect(error.message).toBe('the disk is full');
    expect(artifact.exists).toBe(false);
    expect(readdirSync(join(cache, 'artifacts'))).toEqual([]);
  });

  test('keeps what was there when making it again fails', async () => {
    const { artifact } = await made();
    await rejected(artifact.make(() => Promise.reject(new Error('no'))));
    expect(artifact.intact()).toBe(true);
  });

  test('is not visible while it is being filled', async () => {
    const artifact = new Artifact(folder(), 'thing', 'abc');
    const seen: boolean[] = [];
    await artifact.make((into) => {
      seen.push(artifact.exists, existsSync(into), statSync(into).isDirectory());
      return Promise.resolve();
    });
    expect(seen).toEqual([false, true, true]);
  });

  test.each<[string, (path: string) => void]>([
    [
      'a changed file',
      (path) => {
        writeFileSync(join(path, 'file'), 'other');
      },
    ],
    [
      'a further file',
      (path) => {
        writeFileSync(join(path, 'more'), '');
      },
    ],
    [
      'a renamed file',
      (path) => {
        renameSync(join(path, 'file'), join(path, 'elif'));
      },
    ],
  ])('is no longer intact with %s', async (_what, change) => {
    const { artifact } = await made();
    change(artifact.path());
    expect(artifact.intact()).toBe(false);
  });
});
