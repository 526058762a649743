/** Hands uploaded files over to their reader: mode, owner, then one rename each. */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { toJwks } from './jwks.js';

/** Folder, inside the volume, that the container engine uploads into. */
const INCOMING = '.incoming';

/** A file that is made of uploaded PEM keys. */
export interface KeySetOrder {
  readonly name: string;
  /** Uploaded keys in their order in the set, with another `kid` than the thumbprint where one is wanted. */
  readonly keys: readonly { readonly file: string; readonly kid?: string }[];
}

export interface Order {
  readonly folder: string;
  readonly uid: number;
  readonly gid: number;
  /** Names of all files that the folder must hold; others are removed. */
  readonly files: readonly string[];
  /** Names of JSON Web Key Sets that it must hold besides. */
  readonly keySets?: readonly KeySetOrder[];
}

/**
 * Reads an order.
 *
 * @throws Error when it isn't one, without repeating it
 */
export function parseOrder(text: string): Order {
  const value = parse(text);
  if (value === null || typeof value !== 'object') throw new Error('order must be an object');
  const { folder, uid, gid, files, keySets = [] } = value as Partial<Record<keyof Order, unknown>>;
  if (typeof folder !== 'string' || !folder.startsWith('/'))
    throw new Error('order.folder must be an absolute path');
  if (!isId(uid) || !isId(gid)) throw new Error('order.uid and order.gid must be whole numbers from 0 on');
  if (!Array.isArray(files) || !files.every(isFileName)) {
    throw new Error('order.files must be plain file names');
  }
  if (!Array.isArray(keySets) || !keySets.every(isKeySetOrder)) {
    throw new Error('order.keySets must have plain file names and keys');
  }
  return { folder, uid, gid, files, ...(keySets.length === 0 ? {} : { keySets }) };
}

/**
 * Puts the files in their place and removes those that no longer belong.
 *
 * Safe to repeat: a file that was placed before its writer was interrupted counts as placed. The
 * reader sees each file either as it was or as it is, never half-written.
 *
 * @returns how many files the folder now holds
 * @throws Error when a file is neither uploaded nor placed
 */
export function place(order: Order): number {
  const incoming = join(order.folder, INCOMING);
  mkdirSync(incoming, { recursive: true });
  const keySets = order.keySets ?? [];
  for (const set of keySets) makeKeySet(incoming, order.folder, set);
  for (const name of [...order.files, ...keySets.map(({ name }) => name)]) {
    const from = join(incoming, name);
    const to = join(order.folder, name);
    if (!existsSync(from)) {
      if (existsSync(to)) continue;
      throw new Error(`file '${name}' must have been uploaded, got nothing`);
    }
    // Mode before owner: without further capabilities only the owner may change the mode.
    chmodSync(from, 0o400);
    chownSync(from, order.uid, order.gid);
    renameSync(from, to);
  }
  const wanted = [...order.files, ...keySets.map(({ name }) => name)];
  for (const name of readdirSync(order.folder)) {
    if (!wanted.includes(name)) rmSync(join(order.folder, name), { recursive: true, force: true });
  }
  return wanted.length;
}

/** Makes a set of what was uploaded; after an interruption the set may stand there already. */
function makeKeySet(incoming: string, folder: string, { name, keys }: KeySetOrder): void {
  const missing = keys.find(({ file }) => !existsSync(join(incoming, file)));
  if (missing !== undefined) {
    if (existsSync(join(folder, name))) return;
    throw new Error(`file '${missing.file}' must have been uploaded, got nothing`);
  }
  const set = toJwks(
    keys.map(({ file }) => readFileSync(join(incoming, file), 'utf8')),
    keys.map(({ kid }) => kid),
  );
  // One that an interruption left can't be written over: it belongs to its owner, who may only read it.
  rmSync(join(incoming, name), { force: true });
  writeFileSync(join(incoming, name), JSON.stringify(set), { mode: 0o400 });
}

function isFileName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name);
}

function isKeySetOrder(value: unknown): value is KeySetOrder {
  if (value === null || typeof value !== 'object') return false;
  const { name, keys } = value as Partial<Record<keyof KeySetOrder, unknown>>;
  return (
    isFileName(name) &&
    Array.isArray(keys) &&
    keys.every((key: unknown) => {
      if (key === null || typeof key !== 'object') return false;
      const { file, kid } = key as { file?: unknown; kid?: unknown };
      return isFileName(file) && (kid === undefined || typeof kid === 'string');
    })
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('order must be JSON');
  }
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
