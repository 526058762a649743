import { describe, expect, test } from 'vitest';
import { readSite } from '../../../services/account-ui/src/site.js';
import { SITE } from './pages.js';

const LANDING = {
  environment: 'dev',
  services: [{ name: 'hello', path: '/hello' }],
  people: [{ address: 'demo@example.com', command: 'npx portcullis secret get user-demo' }],
  mail: '/mail',
  docs: 'docs/tutorial.md',
};

/** The mistakes of a file with these changes. */
function mistakesOf(change: Readonly<Record<string, unknown>>): string[] {
  const mistakes: string[] = [];
  readSite(JSON.stringify({ ...SITE, ...change }), mistakes);
  return mistakes;
}

describe('readSite', () => {
  test('takes everything that the file may hold', () => {
    const full = {
      ...SITE,
      language: 'de',
      logo: { type: 'image/svg+xml', base64: 'PHN2Zy8+' },
      landing: LANDING,
    };
    const mistakes: string[] = [];
    expect(readSite(JSON.stringify(full), mistakes)).toEqual(full);
    expect(mistakes).toEqual([]);
  });

  test.each<[what: string, change: Readonly<Record<string, unknown>>, mistake: string]>([
    ['a language that is not there', { language: 'fr' }, 'language must be one of en, de'],
    ['no origin', { origins: [] }, 'origins must name at least 1'],
    [
      'an origin with a path',
      { origins: ['http://localhost:8000/'] },
      "origins must hold origins such as 'https://example.com'",
    ],
    [
      'an origin that would end the policy',
      { formTargets: ["https://a.example; script-src 'unsafe-inline'"] },
      "formTargets must hold origins such as 'https://example.com'",
    ],
    ['a path to another host', { accountPath: '//evil' }, "accountPath must be a path such as '/account'"],
    [
      'a colour that would end the rule',
      { colours: { accent: '#fff}', onAccent: '#ffffff' } },
      "colours.accent must be a colour such as '#1a4fa3'",
    ],
    [
      'a logo of another kind',
      { logo: { type: 'text/html', base64: 'PHN2Zy8+' } },
      'logo.type must be one of image/svg+xml, image/png',
    ],
    [
      'a provider that tells something else',
      { providers: [{ id: 'acme', label: 'Acme', tells: ['age'] }] },
      'providers[0].tells must hold nothing but email and name',
    ],
    [
      'a provider whose id cannot stand in a cookie',
      { providers: [{ id: 'a.b', label: 'Acme', tells: [] }] },
      'providers[0].id must be letters, digits, _ and -',
    ],
    [
      'a landing page that leads away',
      { landing: { ...LANDING, mail: 'https://evil.example' } },
      "landing.mail must be a path such as '/account'",
    ],
  ])('refuses %s', (_what, change, mistake) => {
    expect(mistakesOf(change)).toEqual([mistake]);
  });

  test('finds every mistake of a file that is none', () => {
    for (const text of ['', '[]', 'null', '{"name":']) {
      const mistakes: string[] = [];
      readSite(text, mistakes);
      expect(mistakes[0]).toBe('the site file must be a JSON object');
      expect(mistakes).toContain('verification must be true or false');
    }
  });
});
