/** Settings of the account pages, read from the environment and the site's file once. */
import { readSite, type Site } from './site.js';

export interface Settings {
  readonly port: number;
  /** Origin of Kratos' public listener, without a path. */
  readonly kratosUrl: string;
  /** Folder with the style sheet and the script. */
  readonly assets: string;
  readonly site: Site;
  /** Tells replicas apart in logs. */
  readonly replica: string;
  /** How long it still answers after it was told to stop. */
  readonly drainMilliseconds: number;
}

/**
 * Reads the variables, and the file that one of them names by `readText`.
 *
 * @throws Error that names everything which is missing or wrong in both
 */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  replica: string,
  readText: (file: string) => string,
): Settings {
  const mistakes: string[] = [];
  const number = (name: string, least: number, most: number): number => {
    const text = environment[name] ?? '';
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      mistakes.push(`${name} must be a whole number from ${least} to ${most}`);
    return value;
  };
  const text = (name: string, right: (value: string) => boolean, must: string): string => {
    const value = environment[name] ?? '';
    if (!right(value)) mistakes.push(`${name} must be ${must}`);
    return value;
  };
  const port = number('PORT', 1, 65_535);
  const kratosUrl = text('KRATOS_URL', isOrigin, "an origin such as 'http://kratos:4433'");
  const assets = text('ASSETS', (value) => value !== '', 'a folder');
  const siteFile = text('SITE_FILE', (value) => value !== '', 'a file');
  const drainMilliseconds = number('DRAIN_MILLISECONDS', 0, 60_000);
  const content = siteFile === '' ? undefined : contentOf(siteFile, readText, mistakes);
  const site = content === undefined ? undefined : readSite(content, mistakes);
  if (mistakes.length > 0 || site === undefined) throw new Error(mistakes.join('; '));
  return { port, kratosUrl: new URL(kratosUrl).origin, assets, site, replica, drainMilliseconds };
}

function contentOf(file: string, readText: (file: string) => string, mistakes: string[]): string | undefined {
  try {
    return readText(file);
  } catch {
    mistakes.push('SITE_FILE must be a file that can be read');
    return undefined;
  }
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, origin, href } = new URL(text);
  return protocol === 'http:' && (text === origin || text === href) && href === `${origin}/`;
}
