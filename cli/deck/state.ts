/**
 * Turns a state with placeholders into what decK reads on its standard input.
 *
 * decK puts values into the text of the file before it parses that: a quote, a line end, a backslash
 * or another `${{` in a value changes the document. So we parse first, put the values into the parsed
 * strings ourselves, and hand decK JSON on one line of ASCII in which nothing looks like a template.
 * No value ever stands in an argument, an environment or a file.
 */
import { isMap, isScalar, parseDocument, visit } from 'yaml';
import { concealText, secretsIn } from './conceal.js';
import { DeckError, refused } from './errors.js';
import { Mask } from './mask.js';

/** A declarative state (`_format_version` 3.0) and the secrets that it names. */
export interface DeckState {
  /** YAML or JSON; secrets stand in it as `${{ env "DECK_ENV_…" }}`, optionally `| toInt` and so on. */
  readonly text: string;
  /** Variable → value; each name begins with DECK_ENV_. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** What decK is given, and the mask for everything that it says about it. */
export interface PreparedState {
  readonly input: string;
  /** The tags that decide what belongs to this state; none means everything in Kong. */
  readonly tags: readonly string[];
  readonly mask: Mask;
}

/** Below DECK_ every flag of decK has a variable of its own, and decK would obey it. */
const NAME = /^DECK_ENV_[A-Z0-9_]+$/;
const PLACEHOLDER = /\$\{\{\s*env\s+"([^"]*)"\s*(?:\|\s*(\w+)\s*)?\}\}/g;
const CONVERSIONS: Readonly<Record<string, (value: string) => number | boolean | undefined>> = {
  toInt: (value) => (/^[+-]?\d+$/.test(value) ? Number(value) : undefined),
  toFloat: (value) => (value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined),
  toBool: (value) => (/^(true|false)$/.test(value) ? value === 'true' : undefined),
};

/** Whether every character of a text can be sent: half a surrogate pair can't. */
function isWellFormed(text: string): boolean {
  return !/\p{Cs}/u.test(text);
}

/**
 * Checks the names and values of the secrets.
 *
 * @throws DeckError when one breaks a rule; no value stands in it
 */
export function maskOf(secrets: ReadonlyMap<string, string>): Mask {
  for (const [name, value] of secrets) {
    if (!NAME.test(name))
      throw refused(
        `secrets.${name}`,
        'have a name that begins with DECK_ENV_, in capitals, digits and underscores',
        JSON.stringify(name),
        'rename it: decK takes any other DECK_ variable for one of its own flags',
      );
    if (value === '') throw refused(`secrets.${name}`, 'have a value', 'an empty one', 'set it');
    if (!isWellFormed(value))
      throw refused(
        `secrets.${name}`,
        'be text in Unicode',
        'half a surrogate pair',
        'encode bytes, for example in base64',
      );
  }
  return new Mask(secrets.values());
}

/**
 * Puts the secrets in.
 *
 * @throws DeckError when the state can't be parsed, names a secret that isn't given, uses a template
 * that isn't `env`, declares basic-auth credentials or addresses Konnect
 */
export function prepareState(state: DeckState): PreparedState {
  const mask = maskOf(state.secrets);
  const content = parse(state.text, mask);
  const filled = fill(content, '', state.secrets) as Record<string, unknown>;
  refuseForbidden(filled, '');
  return {
    input: `${toInput(filled)}\n`,
    tags: tagsOf(filled),
    mask: mask.with(secretsIn(filled)),
  };
}

/** Parses without filling, for what reads a state as text. */
export function maskOfText(state: DeckState): Mask {
  const mask = maskOf(state.secrets);
  return mask.with(secretsIn(parse(state.text, mask)));
}

/** @throws DeckError when a state has no tags, because decK then deletes whatever it doesn't list */
export function requireTags({ tags }: PreparedState): void {
  if (tags.length > 0) return;
  throw refused(
    '_info.select_tags',
    'name at least one tag',
    'none',
    'add one of your own: without it decK deletes everything in Kong that the state does not list',
  );
}

function parse(text: string, mask: Mask): Record<string, unknown> {
  // decK's parser knows merge keys as well.
  const document = parseDocument(text, { prettyErrors: false, strict: true, merge: true });
  const at = (offset: number): string => {
    const before = text.slice(0, offset).split('\n');
    return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
  };
  if (document.errors.length > 0)
    throw new DeckError(
      'refused',
      "'state' must be YAML or JSON, got text that can't be parsed",
      document.errors.map((error) => `${at(error.pos[0])}: ${concealText(mask, error.message)}`),
      'mend the lines named',
    );
  if (!isMap(document.contents))
    throw refused('state', 'be a map', 'something else', 'begin it with _format_version');
  visit(document, {
    Pair(_key, pair) {
      if (isScalar(pair.key) && !String(pair.key.value).includes('${{')) return;
      throw refused(
        'state',
        'have plain text for every name',
        `another one at ${at(isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0)}`,
        'put placeholders into values only',
      );
    },
  });
  return document.toJS() as Record<string, unknown>;
}

/** Copies a parsed value with every placeholder replaced. */
function fill(value: unknown, at: string, secrets: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return fillText(value, at, secrets);
  if (Array.isArray(value)) return value.map((member, i) => fill(member, `${at}[${i}]`, secrets));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => [
      name,
      fill(member, at === '' ? name : `${at}.${name}`, secrets),
    ]),
  );
}

function fillText(text: string, at: string, secrets: ReadonlyMap<string, string>): string | number | boolean {
  const plain: string[] = [];
  let filled = '';
  let from = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const [whole, name = '', conversion] = match;
    const value = secrets.get(name);
    if (value === undefined)
      throw refused(at, 'name secrets that are given', JSON.stringify(name), 'hand it over in `secrets`');
    if (conversion !== undefined) {
      const converted = whole === text ? CONVERSIONS[conversion]?.(value) : undefined;
      if (converted !== undefined) return converted;
      throw refused(
        at,
        'stand alone and convert with toInt, toFloat or toBool a value that is one',
        `\`${conversion}\``,
        'leave the conversion out, or mend the value',
      );
    }
    plain.push(text.slice(from, match.index));
    filled += text.slice(from, match.index) + value;
    from = match.index + whole.length;
  }
  plain.push(text.slice(from));
  if (plain.some((part) => part.includes('${{')))
    throw refused(at, 'hold no template but `${{ env "DECK_ENV_…" }}`', 'another', 'write the value itself');
  return filled + text.slice(from);
}

function refuseForbidden(value: unknown, at: string): void {
  if (value === null || typeof value !== 'object') return;
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    const path = at === '' ? name : `${at}.${name}`;
    if (name === 'basicauth_credentials' && !(Array.isArray(member) && member.length === 0))
      throw refused(
        path,
        'be absent',
        'basic-auth credentials',
        'use keyauth_credentials: Kong keeps hashes, so decK never sees that a password changed',
      );
    if (path === '_konnect' || path === '_workspace')
      throw refused(path, 'be absent', 'it', 'leave it out: only open-source Kong gateways are administered');
    refuseForbidden(member, path);
  }
}

function tagsOf(state: Readonly<Record<string, unknown>>): string[] {
  const info = state._info;
  const tags =
    info !== null && typeof info === 'object' && 'select_tags' in info ? info.select_tags : undefined;
  return Array.isArray(tags)
    ? tags.filter((tag: unknown): tag is string => typeof tag === 'string' && tag !== '')
    : [];
}

/**
 * JSON that decK's template engine, which runs first, and its YAML parser both read as it is meant.
 *
 * Control and space characters beyond ASCII would be refused or folded; characters beyond the basic
 * plane stay, because YAML doesn't join escaped surrogate halves.
 */
function toInput(state: unknown): string {
  return JSON.stringify(state)
    .replaceAll('${', '\\u0024{')
    .replace(
      /[\u007f-\ud7ff\ue000-\uffff]/g,
      (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
