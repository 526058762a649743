/** The landing page, and what was found on all pages that the other cases have met. */
import { describe, expect, test } from 'vitest';
import { MOST_BYTES, pageFindings, pagesMet, policyViolations } from './inspection.js';
import { Visitor } from './visitor.js';

/** Where they are, and what they are called. */
const PAGES = [
  ['/account/', 'Environment dev'],
  ['/account/login', 'Sign in'],
  ['/account/login', 'Second factor'],
  ['/account/login', 'Confirm that it is you'],
  ['/account/login', 'You are signed in already'],
  ['/account/login', 'This page has expired'],
  ['/account/login', 'Your browser did not send our cookies'],
  ['/account/login', 'Your account is not available right now'],
  ['/account/registration', 'Create an account'],
  ['/account/registration', 'Konto anlegen'],
  ['/account/recovery', 'Recover your account'],
  ['/account/verification', 'Verify your address'],
  ['/account/settings', 'Your account'],
  ['/account/consent', 'Continue with Outside?'],
  ['/account/error', 'There is no such page'],
] as const;

export function landing(): void {
  describe('the landing page', () => {
    test('says what runs, where to go, who is there, and leads to mail and documentation', async () => {
      const visitor = await Visitor.come();
      expect(await visitor.open('/account/')).toBe(200);
      await visitor.picture('landing');
      const said = await visitor.says();
      for (const text of [
        '/hello',
        '/world',
        'demo@example.com',
        'portcullis secret get user-demo',
        'docs/tutorial.md',
      ])
        expect(said).toContain(text);
      expect(await visitor.page.locator('main a[href^="/mail"]').count()).toBe(1);
      await visitor.open('/account/login');
      await visitor.led(() => visitor.page.locator('header a').first().click());
      expect(visitor.path).toMatch(/^\/account\/?$/);
      await visitor.leave();
    });

    test('opens nothing else: the root of the site stays guarded', async () => {
      const visitor = await Visitor.come();
      const answer = await visitor.context.request.get('http://localhost:8000/', { maxRedirects: 0 });
      expect(answer.status()).not.toBe(200);
      await visitor.leave();
    });
  });
}

/** To be called last. */
export function pages(): void {
  describe('all pages together', () => {
    test('were met', () => {
      const met = pagesMet().map(({ path, heading }) => [path, heading].join(' '));
      expect(met).toEqual(expect.arrayContaining(PAGES.map((page) => page.join(' '))));
    });

    test('have no serious or critical finding of accessibility, and fit a small phone', () => {
      expect(pageFindings()).toEqual([]);
    });

    test(`weigh no more than ${MOST_BYTES / 1000} kB with all that they load`, () => {
      const measured = pagesMet().filter(({ bytes }) => bytes > 0);
      expect(measured.length).toBeGreaterThan(PAGES.length);
      expect(measured.filter(({ bytes }) => bytes > MOST_BYTES)).toEqual([]);
    });

    test('have made no browser refuse anything, and no error of a script', () => {
      expect(policyViolations()).toEqual([]);
    });

    test('would have been found out otherwise', async () => {
      const visitor = await Visitor.come();
      await visitor.open('/account/login');
      await visitor.page.evaluate(`document.body.append(Object.assign(document.createElement('script'), {
        textContent: 'window.inline = 1' }))`);
      expect(await visitor.page.evaluate('window.inline')).toBeUndefined();
      expect(policyViolations().join()).toContain('/account/login: script-src-elem inline');
      await visitor.leave();
    });
  });
}
