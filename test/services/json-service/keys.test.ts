import { createPublicKey } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { keysOf, parseKeys, type Keys } from '../../../services/json-service/src/keys.js';
import { toJwks } from '../../../services/tools/src/jwks.js';
import { thrown } from '../../helper/failure.js';
import { scratchFolders } from '../../helper/scratch.js';
import { keySet, replaceFile, signer } from './signed-identities.js';

const [ONE, TWO, EC] = [signer(), signer(), signer('ES256')];
const folder = scratchFolders();

let file: string;
let now: number;
let broken: string[];
let changes: number;
beforeEach(() => {
  [file, now, broken, changes] = [join(folder(), 'keys.json'), 0, [], 0];
});
function read(text: string): Keys {
  replaceFile(file, text);
  return keysOf({
    file,
    monotonic: () => now,
    onBroken: (reason) => broken.push(reason),
    onChange: () => (changes += 1),
  });
}
/** Whether the first two keys are there. */
const known = (keys: Keys): readonly boolean[] => [ONE, TWO].map(({ kid }) => keys.find(kid) !== undefined);

describe('the file', () => {
  test('gives keys by their id, each with its own algorithm', () => {
    const keys = read(keySet([ONE, EC]));
    expect(keys.find(ONE.kid)?.algorithm).toBe('RS256');
    expect(keys.find(EC.kid)?.algorithm).toBe('ES256');
    expect(keys.find(EC.kid)?.key.equals(createPublicKey(EC.publicPem))).toBe(true);
    expect(keys.find('constructor')).toBeUndefined();
  });

  test('is looked at again after a second, and a key that went away is gone', () => {
    const keys = read(keySet([ONE, TWO]));
    replaceFile(file, keySet([TWO]));
    now = 999;
    keys.refresh();
    expect([known(keys), changes]).toEqual([[true, true], 0]);
    now = 1000;
    keys.refresh();
    expect([known(keys), changes]).toEqual([[false, true], 1]);
  });

  test('is looked at once where an id is not known', () => {
    const keys = read(keySet([ONE]));
    replaceFile(file, keySet([ONE, TWO]));
    expect(known(keys)).toEqual([true, true]);
    expect(changes).toBe(1);
    expect(keys.find('nobody')).toBeUndefined();
    expect(changes).toBe(1);
  });

  test('may be one behind a link that is turned', () => {
    const root = folder();
    for (const [name, keys] of [
      ['old', [ONE]],
      ['new', [TWO]],
    ] as const) {
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, 'keys.json'), keySet(keys));
    }
    symlinkSync('old', join(root, 'now'));
    const keys = keysOf({
      file: join(root, 'now', 'keys.json'),
      monotonic: () => now,
      onBroken: (reason) => broken.push(reason),
      onChange: () => (changes += 1),
    });
    symlinkSync('new', join(root, 'next'));
    renameSync(join(root, 'next'), join(root, 'now'));
    now = 1000;
    keys.refresh();
    expect(known(keys)).toEqual([false, true]);
  });

  test('that breaks is told of once, and the keys before it stay until it is whole again', () => {
    const keys = read(keySet([ONE]));
    replaceFile(file, '{');
    for (let i = 0; i < 3; i++) {
      now += 1000;
      keys.refresh();
      keys.find('nobody');
    }
    expect([known(keys), broken, changes]).toEqual([[true, false], ['the file must be JSON'], 0]);
    replaceFile(file, keySet([TWO]));
    now += 1000;
    keys.refresh();
    expect([known(keys), broken.length, changes]).toEqual([[false, true], 1, 1]);
  });

  test('that is taken away is told of once, and the keys stay', () => {
    const keys = read(keySet([ONE]));
    rmSync(file);
    for (let i = 0; i < 3; i++) {
      now += 1000;
      keys.refresh();
    }
    expect([known(keys), broken.length]).toEqual([[true, false], 1]);
    expect(broken[0]).toMatch(/^ENOENT/);
  });

  test('fails at the start when it is missing or broken', () => {
    const start = (): Keys =>
      keysOf({ file, monotonic: () => 0, onBroken: () => undefined, onChange: () => undefined });
    expect(thrown(start).message).toMatch(/^ENOENT/);
    replaceFile(file, '[]');
    expect(thrown(start).message).toBe('the file must be a key set');
  });
});

describe('parseKeys', () => {
  const [jwk] = toJwks([ONE.publicPem]).keys;
  const [privateJwk] = toJwks([ONE.privatePem]).keys;

  test.each([
    ['no JSON', '<keys>', 'the file must be JSON'],
    ['no object', 'null', 'the file must be a key set'],
    ['no keys', '{}', 'the file must be a key set'],
    ['keys that are none', '{"keys":["k"]}', 'the file must be a key set'],
    ['an empty set', '{"keys":[]}', 'the set must hold a key'],
    ['a private key', { keys: [jwk, { ...privateJwk, kid: 'two' }] }, 'key 2 must be public'],
    ['a shared key', { keys: [{ kty: 'oct', k: 'aGlkZGVu', kid: 'one' }] }, 'key 1 must be public'],
    ['no kid', { keys: [{ ...jwk, kid: undefined }] }, 'key 1 must have a kid'],
    ['the same kid twice', { keys: [jwk, jwk] }, 'key 2 must have a kid of its own'],
    ['another algorithm', { keys: [{ ...jwk, alg: 'RS512' }] }, 'key 1 must be for RS256 or ES256'],
    ['another curve', { keys: [{ kty: 'EC', crv: 'P-384', kid: 'x' }] }, 'key 1 must be for RS256 or ES256'],
    ['half a key', { keys: [{ kty: 'RSA', n: 'AQAB', kid: 'x' }] }, 'key 1 must be a key'],
    [
      'a short key',
      { keys: [toJwks([signer('RS256', 1024).publicPem]).keys[0]] },
      'key 1 must have 2048 bits or more',
    ],
  ])('fails for %s, and does not repeat it', (_what, content, message) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    expect(thrown(() => parseKeys(text)).message).toBe(message);
  });
});
