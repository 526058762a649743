/** A browser's request as the pages see it, and the answers that they give. */
import type { IncomingMessage } from 'node:http';
import type { Site } from './site.js';
import { chooseLanguage, type Language } from './words/language.js';

/** A form of ours holds an id or two. */
const MOST_BYTES = 4096;

export const LANGUAGE_COOKIE = 'account_language';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Path and query, as they came. */
  readonly here: string;
  /** All cookies as they came, for Kratos. */
  readonly cookie: string | undefined;
  readonly language: Language;
  readonly headers: IncomingMessage['headers'];
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: string | Buffer;
}

/** Reads the head of a request. */
export function readAsked(request: IncomingMessage, site: Site): Asked {
  const here = request.url ?? '';
  const [path, query] = splitAt(here, '?');
  const { headers } = request;
  return {
    method: request.method ?? '',
    path,
    query: new URLSearchParams(query),
    here,
    cookie: headers.cookie,
    language: chooseLanguage({
      header: headers['accept-language'],
      cookie: cookieOf(headers.cookie, LANGUAGE_COOKIE),
      fallback: site.language,
    }),
    headers,
  };
}

/** The value of a cookie, which is of a few letters; anything else in it counts as none. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [key, value] = splitAt(part.trim(), '=');
    if (key === name && /^[\w.-]+$/.test(value)) return value;
  }
  return undefined;
}

/** A cookie of ours: for these pages alone, kept for a year. */
export function rememberCookie(site: Site, name: string, value: string): string {
  const secure = site.origins.every((origin) => origin.startsWith('https:')) ? '; Secure' : '';
  return `${name}=${value}; Path=${site.accountPath}; Max-Age=31536000; HttpOnly; SameSite=Lax${secure}`;
}

/**
 * Whether a form that changes something was sent by one of our own pages. Browsers name the origin of
 * every POST, and newer ones say beside it where the page stands to us.
 */
export function isOwn(site: Site, { headers }: Asked): boolean {
  const { origin, 'sec-fetch-site': stands } = headers;
  return (
    origin !== undefined &&
    site.origins.includes(origin) &&
    (stands === undefined || stands === 'same-origin')
  );
}

/** The fields of a form, or nothing when it is none or longer than a form of ours. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  const isForm = type.trim().toLowerCase() === 'application/x-www-form-urlencoded';
  return new Promise((settle, fail) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= MOST_BYTES) parts.push(part);
      else settle(undefined);
    });
    request.once('end', () => {
      settle(isForm ? new URLSearchParams(Buffer.concat(parts).toString('utf8')) : undefined);
    });
    request.once('error', fail);
  });
}

/** Leads the browser on with GET. */
export function redirect(location: string, cookies: readonly string[] = []): Answer {
  return { status: 303, headers: { location, 'cache-control': 'no-store' }, cookies, body: '' };
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
