/** The languages of the account pages, and which of them a visitor gets. */

export type Language = 'en' | 'de';

/** Every language, the one of our own documents first. */
export const LANGUAGES: readonly Language[] = ['en', 'de'];

/** What is known of the visitor's wish. */
export interface Wishes {
  /** The request's `Accept-Language`. */
  readonly header: string | undefined;
  /** Value of the cookie that remembers a choice on the page. */
  readonly cookie: string | undefined;
  /** What the environment says. */
  readonly fallback: Language;
}

/** Browsers send some ten ranges; whoever sends more than this isn't read. */
const LONGEST_HEADER = 512;
/** Place of a language that the header neither wishes nor excludes. */
const UNNAMED = -1;
/** One language range with its weight, as RFC 9110 (12.5.4) writes it; anything else is malformed. */
const RANGE = /^(\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;

interface Range {
  /** First part of the tag in small letters, or `*`. */
  readonly language: string;
  /** From 0, which excludes, to 1. */
  readonly weight: number;
}

/**
 * The language of the answer: what was chosen on the page, else what the browser prefers, else the fallback.
 * A region counts as its language (`de-AT` is `de`); a malformed or overlong header counts as none.
 */
export function chooseLanguage({ header, cookie, fallback }: Wishes): Language {
  const chosen = LANGUAGES.find((language) => language === cookie);
  if (chosen !== undefined) return chosen;
  const ranges = readRanges(header ?? '');
  const candidates = [fallback, ...LANGUAGES.filter((language) => language !== fallback)];
  const wished = candidates
    .map((language) => ({ language, ...wishFor(language, ranges) }))
    .sort((a, b) => b.weight - a.weight || a.place - b.place);
  const best = wished.find(({ weight }) => weight > 0) ?? wished.find(({ place }) => place === UNNAMED);
  return best?.language ?? fallback;
}

/** How much a language is wished, and where the header first says so; a wildcard speaks for the unnamed. */
function wishFor(language: Language, ranges: readonly Range[]): { weight: number; place: number } {
  const named = ranges.some((range) => range.language === language) ? language : '*';
  const weight = Math.max(0, ...ranges.map((range) => (range.language === named ? range.weight : 0)));
  return { weight, place: ranges.findIndex((range) => range.language === named && range.weight === weight) };
}

function readRanges(header: string): readonly Range[] {
  if (header.length > LONGEST_HEADER) return [];
  const ranges: Range[] = [];
  for (const part of header.split(',').map((text) => text.trim())) {
    if (part === '') continue;
    const [, tag, weight = '1'] = RANGE.exec(part) ?? [];
    if (tag === undefined) return [];
    ranges.push({ language: tag.toLowerCase().replace(/-.*$/, ''), weight: Number(weight) });
  }
  return ranges;
}
