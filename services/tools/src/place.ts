/** Hands uploaded files over to their reader: mode, owner, then one rename each. */
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Folder, inside the volume, that the container engine uploads into. */
const INCOMING = '.incoming';

export interface Order {
  readonly folder: string;
  readonly uid: number;
  readonly gid: number;
  /** Names of all files that the folder must hold; others are removed. */
  readonly files: readonly string[];
}

/**
 * Reads an order.
 *
 * @throws Error when it isn't one, without repeating it
 */
export function parseOrder(text: string): Order {
  const value = parse(text);
  if (value === null || typeof value !== 'object') throw new Error('order must be an object');
  const { folder, uid, gid, files } = value as Partial<Record<keyof Order, unknown>>;
  if (typeof folder !== 'string' || !folder.startsWith('/'))
    throw new Error('order.folder must be an absolute path');
  if (!isId(uid) || !isId(gid)) throw new Error('order.uid and order.gid must be whole numbers from 0 on');
  if (
    !Array.isArray(files) ||
    !files.every(
      (name): name is string => typeof name === 'string' && /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name),
    )
  ) {
    throw new Error('order.files must be plain file names');
  }
  return { folder, uid, gid, files };
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
  for (const name of order.files) {
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
  for (const name of readdirSync(order.folder)) {
    if (!order.files.includes(name)) rmSync(join(order.folder, name), { recursive: true, force: true });
  }
  return order.files.length;
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
