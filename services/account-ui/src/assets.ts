/** What pages load beside Kratos' own script: a style sheet, a script and the logo, under names that change with them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Site } from './site.js';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

export interface Assets {
  /** Addresses for the pages. */
  readonly style: string;
  readonly script: string;
  readonly logo: string | undefined;
  /** What is served, by its path. */
  readonly files: ReadonlyMap<string, Asset>;
}

const EXTENSIONS = { 'image/svg+xml': 'svg', 'image/png': 'png' } as const;

/**
 * Reads the folder once. The site's colours stand at the head of the style sheet, since pages have no
 * style of their own.
 *
 * @throws Error when a file can't be read
 */
export function readAssets(folder: string, site: Site): Assets {
  const files = new Map<string, Asset>();
  const add = (name: string, extension: string, type: string, body: Buffer): string => {
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
    const path = `${site.accountPath}/assets/${name}-${hash}.${extension}`;
    files.set(path, { type, body });
    return path;
  };
  const { accent, onAccent } = site.colours;
  const colours = `:root{--accent:${accent};--on-accent:${onAccent}}\n`;
  const style = Buffer.concat([
    Buffer.from(colours),
    ...['pages.css', 'print.css'].map((name) => readFileSync(join(folder, name))),
  ]);
  const { logo } = site;
  return {
    style: add('pages', 'css', 'text/css; charset=utf-8', style),
    script: add('account', 'js', 'text/javascript; charset=utf-8', readFileSync(join(folder, 'account.js'))),
    logo:
      logo === undefined
        ? undefined
        : add('logo', EXTENSIONS[logo.type], logo.type, Buffer.from(logo.base64, 'base64')),
    files,
  };
}
