/**
 * Patterns of the URLs that a rule answers.
 *
 * Oathkeeper compares `scheme://host:port/path` as a whole, the path decoded and without its query.
 * What stands between `<` and `>` is a regular expression; everything used here means the same to
 * JavaScript, so that declarations can be tried out before anything runs.
 */

/** What no rule answers, whoever asks: a path that a program behind could read as another one. */
const AMBIGUOUS = String.raw`(?![\s\S]*(?:\/\/|\/\.{1,2}(?:[\/;]|$)|[\x00-\x1f\x7f\\]))`;

/** Requests that a rule answers. */
export interface UrlScope {
  readonly hosts: readonly string[];
  readonly ports: readonly number[];
  readonly httpsOnly: boolean;
  /** Prefixes as declared, each for itself and what is below it but for what other rules answer there. */
  readonly paths: readonly { readonly path: string; readonly except: readonly string[] }[];
}

/** The pattern as it stands in a rule's `match.url`. */
export function urlPattern({ hosts, ports, httpsOnly, paths }: UrlScope): string {
  const scheme = httpsOnly ? 'https' : 'http<s?>';
  const host = `<(?:${hosts.map(literal).join('|')})(?::(?:${ports.join('|')}))?>`;
  const below = paths.map(
    ({ path, except }) =>
      `${except.length === 0 ? '' : `(?!${except.map(readAs).join('|')})`}${prefix(path)}`,
  );
  return String.raw`${scheme}://${host}<${AMBIGUOUS}(?:${below.join('|')})[\s\S]*>`;
}

/** The path itself, or the slash that begins what is below it. */
function prefix(path: string): string {
  return path.endsWith('/') ? literal(decoded(path)) : String.raw`${literal(decoded(path))}(?=\/|$)`;
}

/**
 * What a program that overlooks case or parameters could take for the path. Such a request has no rule:
 * neither the one above, which may ask for less, nor the path's own.
 */
function readAs(path: string): string {
  const letters = literal(decoded(path)).replace(/\\u[0-9a-f]{4}|[A-Za-z]/g, (found) =>
    found.length > 1 ? found : `[${found.toLowerCase()}${found.toUpperCase()}]`,
  );
  return path.endsWith('/') ? letters : String.raw`${letters}(?=[\/;]|$)`;
}

/** Whether a request for `path` is one below `prefix`, too. */
export function isBelow(path: string, above: string): boolean {
  const [inner, outer] = [decoded(path), decoded(above)];
  return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}

/** Whether a pattern answers a URL; the path as it comes out of decoding. */
export function answers(pattern: string, url: string): boolean {
  const source = pattern
    .split(/(<[^<>]*>)/)
    .map((part) => (part.startsWith('<') ? `(${part.slice(1, -1)})` : literal(part)))
    .join('');
  return new RegExp(`^${source}$`).test(url);
}

/** A path as Oathkeeper sees it. */
export function decoded(path: string): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

/** A regular expression for a text; also what would end it in a rule stands for itself. */
function literal(text: string): string {
  return text.replace(/[^\w\u0080-\uffff-]/g, (character) =>
    /[!-;=?-~]/.test(character)
      ? `\\${character}`
      : `\\u00${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
