/** Provisional: the language that the cookie names, else the first that the browser asks for. */
export type Language = 'en' | 'de';
export const LANGUAGES: readonly Language[] = ['en', 'de'];

export function chooseLanguage(asked: {
  readonly header: string | undefined;
  readonly cookie: string | undefined;
  readonly fallback: Language;
}): Language {
  const wanted = asked.cookie ?? asked.header?.slice(0, 2);
  return LANGUAGES.find((language) => language === wanted) ?? asked.fallback;
}
