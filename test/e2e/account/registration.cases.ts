/** People who aren't known yet: an account of their own, and an address that is proved to be theirs. */
import { describe, expect, test } from 'vitest';
import { whoami } from '../identity/accounts.js';
import { mailTo } from '../identity/people.js';
import { mailedCode, signUp, somebody } from './steps.js';
import { Visitor } from './visitor.js';

/** Whether Kratos takes the address of a visitor's session for proved. */
async function verified(visitor: Visitor, email: string): Promise<boolean | undefined> {
  const { identity } = await whoami({ cookie: await visitor.cookies() });
  return identity.verifiable_addresses.find(({ value }) => value === email)?.verified;
}

export function registration(): void {
  describe('somebody who registers', () => {
    test('proves an address by the code of a mail, and is known to services', async () => {
      const visitor = await Visitor.come();
      const person = somebody();
      await visitor.open('/account/login');
      await visitor.follow(/No account yet/);
      expect(await visitor.heading()).toBe('Create an account');
      await visitor.picture('registration');
      await signUp(visitor, person);

      expect(visitor.path).toBe('/account/verification');
      expect(await verified(visitor, person.email)).toBe(false);
      await visitor.fill({ code: await mailedCode(person.email, 'verify') });
      await visitor.press('method', 'code');
      expect(visitor.path).toBe('/account/verification');
      expect(await verified(visitor, person.email)).toBe(true);
      expect(await visitor.service('hello')).toBe(200);
      await visitor.leave();
    });

    test('does so without scripts, by the link of the mail, and goes on to where she came from', async () => {
      const visitor = await Visitor.come({ scripts: false });
      const person = somebody();
      await visitor.open('/hello');
      expect(visitor.path).toBe('/account/login');
      await visitor.follow(/No account yet/);
      await signUp(visitor, person);
      const { page } = visitor;
      const link = /http:\S+\/self-service\/verification\?\S+/.exec(
        await mailTo(person.email, 'verify'),
      )?.[0];
      expect(link).toBeDefined();
      await visitor.open(String(link));
      expect(visitor.path).toBe('/account/verification');
      await visitor.press('method', 'code');
      expect(await verified(visitor, person.email)).toBe(true);
      await visitor.led(() => page.getByRole('link', { name: 'Continue' }).click());
      expect(visitor.path).toBe('/hello');
      await visitor.leave();
    });

    test('reads everything in German, as the browser asks for it', async () => {
      const visitor = await Visitor.come({ locale: 'de-AT' });
      const { email } = somebody();
      await visitor.open('/account/registration');
      expect(await visitor.page.locator('html').getAttribute('lang')).toBe('de');
      expect(await visitor.heading()).toBe('Konto anlegen');
      await visitor.fill({ 'traits.email': email });
      await visitor.press('method', 'profile');
      await visitor.fill({ password: 'kurz123' });
      await visitor.button('method', 'password').evaluate((button) => button.closest('form')?.noValidate);
      await visitor.press('method', 'password');
      expect(await visitor.page.getByRole('alert').first().innerText()).toMatch(/Passwort/);

      await visitor.follow('English');
      expect(await visitor.page.locator('html').getAttribute('lang')).toBe('en');
      expect(visitor.path).toBe('/account/registration');
      await visitor.leave();
    });

    test('is told which field is wrong, next to it and above the form', async () => {
      const visitor = await Visitor.come();
      const { email } = somebody();
      await visitor.open('/account/registration');
      await visitor.fill({ 'traits.email': email });
      await visitor.press('method', 'profile');
      await visitor.fill({ password: email });
      await visitor.press('method', 'password');
      const field = visitor.field('password');
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      const described = (await field.getAttribute('aria-describedby')) ?? '';
      const about = await Promise.all(
        described.split(' ').map((id) => visitor.page.locator(`[id="${id}"]`).innerText()),
      );
      expect(about.join(' ')).toMatch(/too much like/);
      expect(await visitor.page.getByRole('alert').count()).toBeGreaterThan(0);
      expect(await field.inputValue()).toBe('');
      await visitor.leave();
    });

    test('with an address that somebody has is told to sign in instead', async () => {
      const visitor = await Visitor.come();
      const person = somebody();
      await visitor.open('/account/registration');
      await signUp(visitor, person);
      await visitor.context.clearCookies();
      await visitor.open('/account/registration');
      await signUp(visitor, person);
      expect(visitor.path).toBe('/account/registration');
      expect(await visitor.page.getByRole('alert').first().innerText()).toMatch(/already an account/);
      await visitor.led(() => visitor.page.getByRole('link', { name: 'Sign in' }).first().click());
      expect(visitor.path).toBe('/account/login');
      await visitor.leave();
    });
  });
}
