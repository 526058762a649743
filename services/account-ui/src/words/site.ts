/** The pages' own texts, in every language. */
import type { Language } from './language.js';
import { de } from './site-de.js';
import { en } from './site-en.js';

export type Words = typeof en;

const ALL: Readonly<Record<Language, Words>> = { en, de };

/** What each language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

export function wordsIn(language: Language): Words {
  return ALL[language];
}
