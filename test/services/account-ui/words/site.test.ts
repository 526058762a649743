import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../../../services/account-ui/src/words/language.js';
import { LANGUAGE_NAMES, wordsIn } from '../../../../services/account-ui/src/words/site.js';

/** All texts with their places; a function is called with a word that must come back. */
function texts(words: object, place = ''): [place: string, text: string][] {
  return Object.entries(words).flatMap(([name, value]: [string, unknown]) => {
    const here = `${place}.${name}`;
    if (typeof value === 'string') return [[here, value] as [string, string]];
    if (typeof value === 'function') {
      const put = value as (one: string, two: string) => string;
      return [[here, put('@one', '@two')] as [string, string]];
    }
    return texts(value as object, here);
  });
}

describe.each(LANGUAGES)('in %s', (language) => {
  test('every text is there, and what is put into it', () => {
    for (const [place, text] of texts(wordsIn(language))) {
      expect(`${place}: ${text.trim()}`).toBe(`${place}: ${text}`);
      expect(`${place}: ${text}`).not.toBe(`${place}: `);
    }
    const filled = texts(wordsIn(language)).filter(([, text]) => text.includes('@one'));
    expect(filled.map(([place]) => place)).toEqual(
      texts(wordsIn('en'))
        .filter(([, text]) => text.includes('@one'))
        .map(([place]) => place),
    );
    expect(filled.length).toBeGreaterThan(5);
  });

  test('the language has a name', () => {
    expect(LANGUAGE_NAMES[language]).toMatch(/^\p{L}+$/u);
  });
});

test('no language has kept the texts of another', () => {
  const english = new Map(texts(wordsIn('en')));
  const same = texts(wordsIn('de')).filter(([place, text]) => english.get(place) === text);
  // A word that German has taken over.
  expect(same).toEqual([['.methods.passkey', 'Passkey']]);
});
