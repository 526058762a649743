import { generateKeyPairSync } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toJwks } from '../../../services/tools/src/jwks.js';
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

describe('place with key sets', () => {
  const pems = [1, 2].map(() => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  });
  const [one = '', other = ''] = pems;
  const KEYS = { 'keys.0': one, 'keys.1': other };
  const SET = { name: 'keys', keys: [{ file: 'keys.0', kid: 'now' }, { file: 'keys.1' }] };
  const expected = JSON.stringify(toJwks([one, other], ['now']));

  /** An order for one set beside a plain file. */
  function withSet(uploaded: Readonly<Record<string, string>>): Order {
    return { ...order(['a'], uploaded), keySets: [SET] };
  }

  test('makes the set of the uploaded keys, in their order, for its reader alone', () => {
    const given = withSet({ a: '1', ...KEYS });
    expect(place(given)).toBe(2);
    expect(contents(given.folder)).toEqual({ a: '1', keys: expected });
    const { mode, uid: owner, gid: group } = statSync(join(given.folder, 'keys'));
    expect([mode & 0o777, owner, group]).toEqual([0o400, uid, gid]);
  });

  test('the order decides which key comes first, not the names', () => {
    const given = { ...withSet({ a: '1', ...KEYS }), keySets: [{ ...SET, keys: [...SET.keys].reverse() }] };
    place(given);
    expect(contents(given.folder).keys).toBe(JSON.stringify(toJwks([other, one], [undefined, 'now'])));
  });

  test('may be repeated: the set stands there, its keys are gone', () => {
    const given = withSet({ a: '1', ...KEYS });
    place(given);
    expect(place(given)).toBe(2);
    expect(contents(given.folder)).toEqual({ a: '1', keys: expected });
  });

  test.each([
    ['one of its keys is', { 'keys.1': other }],
    ['no key is', {}],
  ])('goes on after an interruption when the set is placed and %s left', (_what, left) => {
    const given = withSet({ a: '1', ...left });
    writeFileSync(join(given.folder, 'keys'), 'placed');
    expect(place(given)).toBe(2);
    expect(contents(given.folder)).toEqual({ a: '1', keys: 'placed' });
  });

  test('goes on with the new keys while the old set stands there', () => {
    const given = withSet({ a: '1', ...KEYS });
    writeFileSync(join(given.folder, 'keys'), 'old');
    place(given);
    expect(contents(given.folder).keys).toBe(expected);
  });

  test('makes a set anew that was handed over and not placed, which only its reader may touch', () => {
    const given = withSet({ a: '1', ...KEYS });
    const left = join(given.folder, '.incoming/keys');
    const kept = join(scratch(), 'kept');
    writeFileSync(left, 'half', { mode: 0o400 });
    // Written over, it would change under its other name, too.
    linkSync(left, kept);
    place(given);
    expect(contents(given.folder).keys).toBe(expected);
    expect(readFileSync(kept, 'utf8')).toBe('half');
  });

  test('removes a set that no longer belongs, and whatever was uploaded for it', () => {
    const given = withSet({ a: '1', ...KEYS });
    place(given);
    upload(given.folder, { a: '2', ...KEYS });
    expect(place({ ...given, keySets: [] })).toBe(1);
    expect(contents(given.folder)).toEqual({ a: '2' });
  });

  test('fails when a key was not uploaded and no set stands there, and removes nothing', () => {
    const given = withSet({ a: '1', 'keys.0': one });
    writeFileSync(join(given.folder, 'old'), 'x');
    expect(thrown(() => place(given)).message).toBe("file 'keys.1' must have been uploaded, got nothing");
    expect(existsSync(join(given.folder, 'old'))).toBe(true);
  });

  test('fails when what was uploaded is no key, without repeating it, and leaves the old set', () => {
    const given = withSet({ a: '1', ...KEYS });
    place(given);
    upload(given.folder, { a: '1', ...KEYS, 'keys.1': 'not to be shown' });
    expect(thrown(() => place(given)).message).toBe('key 2 must be in PEM form');
    rmSync(join(given.folder, '.incoming'), { recursive: true });
    expect(contents(given.folder).keys).toBe(expected);
  });
});

describe('parseOrder', () => {
  const VALID = { folder: '/files', uid: 1, gid: 0, files: ['a', 'b.conf', '_x', 'DECK_ENV_KEY_0'] };

  test('reads an order', () => {
    expect(parseOrder(JSON.stringify(VALID))).toEqual(VALID);
    const keySets = [{ name: 'keys', keys: [{ file: 'keys.0', kid: 'now' }, { file: 'keys.1' }] }];
    expect(parseOrder(JSON.stringify({ ...VALID, keySets }))).toEqual({ ...VALID, keySets });
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
    ...[
      'keys',
      null,
      {},
      [null],
      ['keys'],
      [{ name: 'keys' }],
      [{ keys: [] }],
      [{ name: '../keys', keys: [] }],
      [{ name: 'keys', keys: {} }],
      [{ name: 'keys', keys: [null] }],
      [{ name: 'keys', keys: ['keys.0'] }],
      [{ name: 'keys', keys: [{ kid: 'now' }] }],
      [{ name: 'keys', keys: [{ file: '../keys.0' }] }],
      [{ name: 'keys', keys: [{ file: 'keys.0', kid: 5 }] }],
      [{ name: 'keys', keys: [{ file: 'keys.0' }, { file: '' }] }],
    ].map((keySets): [object, string] => [{ keySets }, 'order.keySets must have plain file names and keys']),
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
