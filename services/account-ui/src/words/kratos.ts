/** What people read where Kratos sends a message: our own words by its id, in their language. */
import { de } from './kratos.de.js';
import { en } from './kratos.en.js';
import type { KratosWords, Text } from './kratos-ids.js';
import { readCount, readValue } from './kratos-values.js';
import type { Language } from './language.js';

/** The catalogue of each language. */
export const WORDS: Readonly<Record<Language, KratosWords>> = { en, de };

/** The place of a value in a text. */
const PLACE = /\{(\w+)\}/g;

/** A message as Kratos sends it. */
export interface KratosMessage {
  readonly id: number;
  /** Kratos' own text, in English. */
  readonly text: string;
  /** Values of the text, by name. */
  readonly context?: object | undefined;
}

/**
 * The message in a language. Kratos' own text where the id isn't known, or where a value that our text
 * needs is missing or isn't what it should be. Never throws, and is plain text: escape it.
 */
export function messageText(language: Language, message: KratosMessage): string {
  const words = WORDS[language];
  const found = textOf(words, message.id);
  return (found === undefined ? undefined : render(found, message.context, words)) ?? message.text;
}

function textOf({ labels, notices }: KratosWords, id: number): Text | undefined {
  const texts: readonly Readonly<Record<number, Text>>[] = [labels, notices];
  return texts.find((kind) => Object.hasOwn(kind, id))?.[id];
}

function render(found: Text, context: unknown, words: KratosWords): string | undefined {
  if (typeof found === 'string') return fill(found, context, words);
  if (!('count' in found)) {
    for (const text of found) {
      const filled = fill(text, context, words);
      if (filled !== undefined) return filled;
    }
    return undefined;
  }
  const count = readCount(found.count, context);
  if (count === undefined) return undefined;
  const form = new Intl.PluralRules(words.language).select(count);
  return fill(found[form] ?? found.other, context, words);
}

/** Puts every value into its place at once, so that none can name another; undefined when one is missing. */
function fill(text: string, context: unknown, words: KratosWords): string | undefined {
  const names = [...text.matchAll(PLACE)].map(([, name = '']) => name);
  const values = new Map(names.map((name) => [name, readValue(name, context, words)]));
  if ([...values.values()].includes(undefined)) return undefined;
  return text.replace(PLACE, (_, name: string) => values.get(name) ?? '');
}
