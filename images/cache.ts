/** Where built things are kept between checkouts, and how a recipe becomes a hash. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, relative, sep } from 'node:path';

/** `$XDG_CACHE_HOME/portcullis`, or `~/.cache/portcullis` where that variable isn't set. */
export function cacheRoot(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME;
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.cache'), 'portcullis');
}

/** All files below the given files and folders, in a stable order, without what builds leave behind. */
export function filesBelow(root: string, inputs: readonly string[]): string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    const stat = lstatSync(path);
    if (stat.isDirectory()) {
      for (const name of readdirSync(path))
        if (name !== 'node_modules' && name !== 'dist') visit(join(path, name));
    } else if (stat.isFile() || stat.isSymbolicLink()) found.push(path);
  };
  for (const input of inputs) visit(join(root, input));
  return found.sort();
}

/** Hash of files (path, mode's executable bit and content) and of any further text. */
export function hashInputs(root: string, inputs: readonly string[], more: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of filesBelow(root, inputs)) {
    const stat = lstatSync(file);
    const content = stat.isSymbolicLink() ? `-> ${readlinkSync(file)}` : readFileSync(file);
    const executable = (stat.mode & 0o100) === 0 ? '-' : 'x';
    hash.update(`${relative(root, file).split(sep).join('/')}\0${executable}\0`);
    hash.update(createHash('sha256').update(content).digest());
  }
  for (const text of more) hash.update(`\0${text}`);
  return hash.digest('hex').slice(0, 12);
}

/** SHA-256 of everything in a folder. */
export function hashFolder(folder: string): string {
  return hashInputs(folder, ['.'], []);
}

/**
 * One built folder in the cache.
 *
 * It is filled beside its place and moved there when it is whole, so an interrupted build leaves
 * nothing that looks finished; `seal.json` records what it held, for `images verify`.
 */
export class Artifact {
  readonly folder: string;

  constructor(cache: string, name: string, hash: string) {
    this.folder = join(cache, 'artifacts', `${name}-${hash}`);
  }

  get exists(): boolean {
    return existsSync(join(this.folder, 'seal.json'));
  }

  /** Path of something in it. */
  path(...parts: string[]): string {
    return join(this.folder, 'content', ...parts);
  }

  /** Runs `fill` on an empty folder and keeps the result. */
  async make(fill: (folder: string) => Promise<void>): Promise<void> {
    mkdirSync(join(this.folder, '..'), { recursive: true });
    const work = mkdtempSync(`${this.folder}.part-`);
    try {
      const content = join(work, 'content');
      mkdirSync(content);
      await fill(content);
      writeFileSync(join(work, 'seal.json'), JSON.stringify({ content: hashFolder(content) }));
      rmSync(this.folder, { recursive: true, force: true });
      renameSync(work, this.folder);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  /** Whether the content is still what was built. */
  intact(): boolean {
    if (!this.exists) return false;
    const seal = JSON.parse(readFileSync(join(this.folder, 'seal.json'), 'utf8')) as { content?: string };
    return seal.content === hashFolder(join(this.folder, 'content'));
  }
}
