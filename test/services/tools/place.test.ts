import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseOrder, place, type Order } from '../../../services/tools/src/place.js';
import { present, thrown } from '../../helper/failure.js';
import { scratchFolders } from '../../helper/scratch.js';

const scratch = scratchFolders();
const uid = present(process.getuid)();
const gid = present(process.getgid)();

/** An order, with what the engine uploaded for it. */
function order(files: readonly string[], uploaded: Readonly<Record<string, string>>): Order {
  const folder = scratch();
  upload(folder, uploaded);
  return { folder, uid, gid, files };
}

function upload(folder: string, uploaded: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, '.incoming'), { recursive: true });
  for (const [name, content] of Object.entries(uploaded))
    writeFileSync(join(folder, '.incoming', name), content);
}

function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

describe('place', () => {
  test('moves the files to their place, for their reader alone, and leaves nothing else', () => {
    const given = order(['a', 'b.conf'], { a: '1', 'b.conf': '2' });
    expect(place(given)).toBe(2);
    expect(contents(given.folder)).toEqual({ a: '1', 'b.conf': '2' });
    for (const name of given.files) {
      const { mode, uid: owner, gid: group } = statSync(join(given.folder, name));
      expect([mode & 0o777, owner, group]).toEqual([0o400, uid, gid]);
    }
  });

  test('may be repeated: what was placed counts as placed', () => {
    const given = order(['a', 'b'], { a: '1', b: '2' });
    place(given);
    expect(place(given)).toBe(2);
    expect(contents(given.folder)).toEqual({ a: '1', b: '2' });
  });

  test('goes on after an interruption between two files', () => {
    const given = order(['a', 'b'], { b: '2' });
    writeFileSync(join(given.folder, 'a'), '1');
    expect(place(given)).toBe(2);
    expect(contents(given.folder)).toEqual({ a: '1', b: '2' });
  });

  test('replaces a file by renaming, so that who has it open reads the old one to its end', () => {
    const given = order(['a'], { a: 'old' });
    place(given);
    const before = statSync(join(given.folder, 'a')).ino;
    upload(given.folder, { a: 'new' });
    place(given);
    expect(contents(given.folder)).toEqual({ a: 'new' });
    expect(statSync(join(given.folder, 'a')).ino).not.toBe(before);
  });

  test('removes what no longer belongs, uploads without an order included', () => {
    const given = order(['a'], { a: '1', stranger: 'x' });
    writeFileSync(join(given.folder, 'old'), 'x');
    mkdirSync(join(given.folder, 'folder/deep'), { recursive: true });
    place(given);
    expect(contents(given.folder)).toEqual({ a: '1' });
  });

  test('an order without files empties the folder', () => {
    const given = order([], { stranger: 'x' });
    expect(place(given)).toBe(0);
    expect(readdirSync(given.folder)).toEqual([]);
  });

  test('fails when a file was not uploaded, and removes nothing', () => {
    const given = order(['a', 'b'], { a: '1' });
    writeFileSync(join(given.folder, 'old'), 'x');
    expect(thrown(() => place(given)).message).toBe("file 'b' must have been uploaded, got nothing");
    expect(existsSync(join(given.folder, 'old'))).toBe(true);
  });
});

describe('parseOrder', () => {
  const VALID = { folder: '/files', uid: 1, gid: 0, files: ['a', 'b.conf', '_x', 'DECK_ENV_KEY_0'] };

  test('reads an order', () => {
    expect(parseOrder(JSON.stringify(VALID))).toEqual(VALID);
  });

  test.each(['../a', 'a/b', '/a', '.hidden', '', '..', 'a b', 'a\nb', 5, null])(
    'fails when a file is called %j',
    (name) => {
      expect(thrown(() => parseOrder(JSON.stringify({ ...VALID, files: ['a', name] }))).message).toBe(
        'order.files must be plain file names',
      );
    },
  );

  test.each<[object, string]>([
    [{ folder: 'files' }, 'order.folder must be an absolute path'],
    [{ folder: 5 }, 'order.folder must be an absolute path'],
    [{ uid: -1 }, 'order.uid and order.gid must be whole numbers from 0 on'],
    [{ gid: '0' }, 'order.uid and order.gid must be whole numbers from 0 on'],
    [{ gid: 0.5 }, 'order.uid and order.gid must be whole numbers from 0 on'],
    [{ files: 'a' }, 'order.files must be plain file names'],
  ])('fails when it says %j', (change, message) => {
    expect(thrown(() => parseOrder(JSON.stringify({ ...VALID, ...change }))).message).toBe(message);
  });

  test.each(['null', '5', '"text"'])('fails when it is %s', (text) => {
    expect(thrown(() => parseOrder(text)).message).toBe('order must be an object');
  });

  test('fails when it is no JSON, without repeating it', () => {
    expect(thrown(() => parseOrder('not to be shown')).message).toBe('order must be JSON');
  });
});
