/**
 * Takes known secret values out of text, in every form in which a program is likely to print them.
 *
 * decK masks for itself only what its environment holds, and in some versions only between word
 * boundaries, which leaves values that end in `=` and PEM blocks in clear. So nothing that decK says
 * leaves this folder but through here. Forms are the value itself, trimmed, without its base64
 * padding, and each of its longer lines; each of those as it is, escaped once or twice for JSON, Go
 * and YAML, URL-encoded, in base64 at any alignment, and in hexadecimal. All places where any form
 * occurs are found first and then replaced together: of two secrets that overlap, none leaves a rest.
 */

/** What stands where a secret was. */
export const MASK = '[masked]';

/** Shortest line of a value, and shortest encoded form, that is looked for by itself. */
const LEAST_DERIVED = 8;
/** Forms are looked up by their first characters, this many at most. */
const PREFIX = 8;

export class Mask {
  private readonly values: ReadonlySet<string>;
  /** Length of the prefix → prefix → forms that begin with it, longest first. */
  private readonly forms = new Map<number, Map<string, string[]>>();

  /** @param values secret values; empty ones are left out */
  constructor(values: Iterable<string>) {
    this.values = new Set([...values].filter((value) => value !== ''));
    for (const form of new Set([...this.values].flatMap(formsOf))) {
      const length = Math.min(form.length, PREFIX);
      const byPrefix = this.forms.get(length) ?? new Map<string, string[]>();
      const prefix = form.slice(0, length);
      byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), form]);
      this.forms.set(length, byPrefix);
    }
    for (const byPrefix of this.forms.values())
      for (const list of byPrefix.values()) list.sort((a, b) => b.length - a.length);
  }

  /** A mask that also knows further values. */
  with(values: Iterable<string>): Mask {
    return new Mask([...this.values, ...values]);
  }

  /** The text with `[masked]` for each stretch that secrets cover. */
  text(text: string): string {
    let masked = '';
    let from = 0;
    for (const [begin, end] of merged(this.spans(text))) {
      masked += text.slice(from, begin) + MASK;
      from = end;
    }
    return masked + text.slice(from);
  }

  private spans(text: string): [begin: number, end: number][] {
    const spans: [number, number][] = [];
    for (const [length, byPrefix] of this.forms) {
      for (let at = 0; at + length <= text.length; at++) {
        const form = byPrefix.get(text.slice(at, at + length))?.find((one) => text.startsWith(one, at));
        if (form !== undefined) spans.push([at, at + form.length]);
      }
    }
    return spans.sort(([a], [b]) => a - b);
  }
}

/** Joins stretches that overlap or touch. */
function merged(spans: readonly [number, number][]): [number, number][] {
  const joined: [number, number][] = [];
  for (const [begin, end] of spans) {
    const last = joined.at(-1);
    if (last !== undefined && begin <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([begin, end]);
  }
  return joined;
}

/** Every form of one value. */
function formsOf(value: string): string[] {
  const pieces = new Set([value]);
  if (value.trim() !== '') pieces.add(value.trim());
  for (const line of [value.replace(/=+\s*$/, ''), ...value.split(/\r\n|[\n\r\u0085\u2028\u2029]/)]) {
    if (line.trim().length >= LEAST_DERIVED) pieces.add(line.trim());
  }
  const forms = new Set<string>();
  for (const piece of pieces) {
    const once = ESCAPES.map((escape) => escape(piece));
    for (const form of [piece, ...once, ...once.flatMap((form) => ESCAPES.map((escape) => escape(form)))])
      forms.add(form);
    for (const form of encoded(piece)) if (form.length >= LEAST_DERIVED) forms.add(form);
  }
  return [...forms];
}

/** How programs write text inside quotes. */
const ESCAPES: readonly ((text: string) => string)[] = [
  json,
  // Go's JSON, fit for a page of HTML.
  (text) => json(text).replace(/[<>&\u2028\u2029]/g, unicode),
  // JSON in plain ASCII, as we send it.
  (text) => json(text).replace(/[\u007f-\uffff]/g, unicode),
  go,
  yaml,
  // PHP's and Lua's JSON escape the slash as well.
  (text) => json(text).replaceAll('/', '\\/'),
  (text) => text.replaceAll("'", "''"),
];

function json(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const GO_SHORT: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** Go's `%q`: what can't be printed becomes `\x…` or `\u…`, the rest stays. */
function go(text: string): string {
  return text.replace(/["\\]|\p{C}|\p{Z}/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const short = GO_SHORT[character];
    if (short !== undefined) return short;
    if (code === 0x20) return character;
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : unicode(character);
  });
}

const YAML_SHORT: Readonly<Record<string, string>> = {
  '\\u0000': '\\0',
  '\\u0007': '\\a',
  '\\u000b': '\\v',
  '\\u001b': '\\e',
  '\u0085': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

/** YAML's double quotes: JSON's, with short names for some characters. */
function yaml(text: string): string {
  return json(text).replace(
    /\\u00(?:00|07|0b|1b)|[\u0085\u00a0\u2028\u2029]/g,
    (one) => YAML_SHORT[one] ?? one,
  );
}

function encoded(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8');
  // A lone half of a surrogate pair has no encoding; what programs write instead is this.
  const url = encodeURIComponent(bytes.toString('utf8'));
  const strict = url.replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  const urls = [url, strict, strict.replaceAll('%20', '+'), encodeURI(bytes.toString('utf8'))];
  // Go leaves these alone within a path.
  urls.push(strict.replace(/%(24|26|2B|3A|3D|40)/g, (one) => decodeURIComponent(one)));
  const base = [bytes.toString('base64'), ...[0, 1, 2].map((offset) => aligned(bytes, offset))];
  return [
    ...urls,
    ...urls.map((one) => one.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    ...base.flatMap((one) => [one, one.replace(/=+$/, ''), one.replaceAll('+', '-').replaceAll('/', '_')]),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ];
}

/** The characters that bytes have in base64 whatever stands around them. */
function aligned(bytes: Buffer, offset: number): string {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}
