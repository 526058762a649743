import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  LANGUAGES,
  chooseLanguage,
  type Language,
} from '../../../../services/account-ui/src/words/language.js';

/** The choice by the header alone. */
const byHeader = (header: string, fallback: Language = 'en'): Language =>
  chooseLanguage({ header, cookie: undefined, fallback });

describe('a choice on the page', () => {
  test('comes before what the browser asks for', () => {
    expect(chooseLanguage({ header: 'en', cookie: 'de', fallback: 'en' })).toBe('de');
  });

  test.each(['', 'fr', 'DE', 'de-AT', ' de', 'toString'])('%j is none', (cookie) => {
    expect(chooseLanguage({ header: 'de', cookie, fallback: 'en' })).toBe('de');
    expect(chooseLanguage({ header: undefined, cookie, fallback: 'en' })).toBe('en');
  });
});

describe('Accept-Language', () => {
  test.each([
    ['de', 'de'],
    ['DE-at', 'de'],
    ['de-Latn-DE-1996', 'de'],
    ['fr, de', 'de'],
    ['en, de', 'en'],
    ['de, en', 'de'],
    ['en;q=0.8, de;q=0.9', 'de'],
    ['de;q=0.8,en;q=0.9', 'en'],
    ['de-AT, en;q=0.9, de;q=0.8', 'de'],
    ['fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5', 'en'],
    ['de;Q=0.5 , en ; q=0.4', 'de'],
    [',, de ,', 'de'],
    ['de;q=0.001', 'de'],
    ['en;q=0, de;q=0.1', 'de'],
    ['*, en;q=0', 'de'],
    ['en;q=0.5, *', 'de'],
    ['en;q=0', 'de'],
  ] satisfies [string, Language][])('%j leads to %s', (header, language) => {
    expect(byHeader(header)).toBe(language);
  });

  test.each(['fr', '*', '*;q=0.1', '', ' ', 'fr;q=1, es', 'de;q=0, en;q=0', '*;q=0', 'den'])(
    'with %j the environment decides',
    (header) => {
      expect(LANGUAGES.map((fallback) => byHeader(header, fallback))).toEqual(LANGUAGES);
    },
  );

  test('none at all leaves it to the environment', () => {
    expect(chooseLanguage({ header: undefined, cookie: undefined, fallback: 'de' })).toBe('de');
  });

  test.each([
    'de;q=2',
    'de;q=0.1234',
    'de;q=-1',
    'de;q=',
    'de;level=1',
    'de q=1',
    'de_DE',
    '-de',
    'de-',
    'de, <script>',
    'de;q=1;q=1',
    'verylonglanguage, de',
    '*-de',
  ])('that is malformed counts as none: %j', (header) => {
    expect(byHeader(header)).toBe('en');
  });

  test('that is overlong counts as none', () => {
    const padded = (length: number): string => `de${','.repeat(length - 2)}`;
    expect([byHeader(padded(512)), byHeader(padded(513))]).toEqual(['de', 'en']);
  });

  test('whatever it holds, the answer is a language that there is', () => {
    const piece = fc.constantFrom(
      'de',
      'en',
      'fr',
      '*',
      '-AT',
      ';',
      'q=',
      '0',
      '1',
      '.5',
      ',',
      ' ',
      '"',
      '\0',
    );
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anything, fc.option(anything, { nil: undefined }), (header, cookie) => {
        expect(LANGUAGES).toContain(chooseLanguage({ header, cookie, fallback: 'de' }));
      }),
    );
  });

  test('a language with more weight is never the one that is left', () => {
    const weight = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(weight, weight, (german, english) => {
        const header = `de-CH;q=${(german / 1000).toFixed(3)}, en;q=${(english / 1000).toFixed(3)}`;
        expect(byHeader(header)).toBe(german >= english ? 'de' : 'en');
      }),
    );
  });
});
