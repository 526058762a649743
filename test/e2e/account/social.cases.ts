/** Accounts elsewhere: what they tell is said before, and they can be linked and unlinked. */
import { beforeAll, describe, expect, test } from 'vitest';
import { whoami } from '../identity/accounts.js';
import { register, type Person } from '../identity/people.js';
import { PROVIDER, PROVIDER_ID, PROVIDER_LABEL } from './provider.js';
import { mailedCode, signIn, somebody } from './steps.js';
import { Visitor } from './visitor.js';

/** At the provider's own pages: says who one is, and lets us know it. */
async function atProvider(visitor: Visitor, name: string): Promise<void> {
  const { page } = visitor;
  expect(page.url()).toContain(`${PROVIDER}/`);
  await page.locator('[name=login]').fill(name);
  await page.locator('[name=password]').fill('any');
  await visitor.led(() => page.locator('button[type=submit]').click());
  await visitor.led(() => page.locator('button[type=submit]').click());
}

/** From the login or registration page through our own page about what the provider tells. */
async function byConsent(visitor: Visitor): Promise<void> {
  await visitor.follow(new RegExp(PROVIDER_LABEL));
  expect(visitor.path).toBe('/account/consent');
  const said = await visitor.says();
  expect(said).toContain(PROVIDER_LABEL);
  expect(said).toMatch(/mail/);
  await visitor.press('provider', PROVIDER_ID);
}

export function social(): void {
  describe('an account elsewhere', () => {
    const { email } = somebody();

    test('registers somebody, after it is said what will be told', async () => {
      const visitor = await Visitor.come();
      await visitor.open('/account/registration');
      await byConsent(visitor);
      await atProvider(visitor, email);
      const { identity } = await whoami({ cookie: await visitor.cookies() });
      expect(identity.verifiable_addresses).toMatchObject([{ value: email, verified: true }]);
      expect(await visitor.service('hello')).toBe(200);
      await visitor.leave();
    });

    test('signs in without scripts, and without the question the second time', async () => {
      const visitor = await Visitor.come({ scripts: false });
      await visitor.open('/hello');
      await byConsent(visitor);
      await atProvider(visitor, email);
      expect(visitor.path).toBe('/hello');

      await visitor.open('/account/settings');
      await visitor.led(() => visitor.page.getByRole('button', { name: 'Sign out', exact: true }).click());
      await visitor.open('/hello');
      await visitor.press('provider', PROVIDER_ID);
      // It remembers who it was.
      expect(visitor.path).toBe('/hello');
      await visitor.leave();
    });

    test('is left alone when somebody cancels', async () => {
      const visitor = await Visitor.come();
      await visitor.open('/account/login');
      await visitor.follow(new RegExp(PROVIDER_LABEL));
      await visitor.follow('Cancel');
      expect(visitor.path).toBe('/account/login');
      expect(await visitor.field('password').isVisible()).toBe(true);
      await visitor.leave();
    });

    test('that refuses ends on the login page, which says so', async () => {
      const visitor = await Visitor.come();
      await visitor.open('/account/login');
      await byConsent(visitor);
      await visitor.led(() => visitor.page.getByText('Cancel').click());
      expect(visitor.path).toBe('/account/login');
      expect(await visitor.page.getByRole('alert').count()).toBeGreaterThan(0);
      expect(await visitor.field('password').isVisible()).toBe(true);
      await visitor.leave();
    });

    test('that tells no address asks for one, which is verified by mail', async () => {
      const visitor = await Visitor.come();
      const own = somebody();
      await visitor.open('/account/registration');
      await byConsent(visitor);
      await atProvider(visitor, `name-${own.email.split('@')[0] ?? ''}`);
      expect(visitor.path).toBe('/account/registration');
      await visitor.fill({ 'traits.email': own.email });
      await visitor.press('provider', PROVIDER_ID);
      expect(visitor.path).toBe('/account/verification');
      await visitor.fill({ code: await mailedCode(own.email, 'verify') });
      await visitor.press('method', 'code');
      expect(await visitor.service('hello')).toBe(200);
      await visitor.leave();
    });
  });

  describe('somebody with a password', () => {
    let person: Person;
    let name: string;

    beforeAll(async () => {
      person = await register();
      name = somebody().email;
    });

    test('links an account elsewhere, and signs in by it', async () => {
      const visitor = await Visitor.come({ as: person });
      await visitor.open('/account/settings');
      await visitor.press('link', PROVIDER_ID);
      await atProvider(visitor, name);
      expect(visitor.path).toBe('/account/settings');
      expect(await visitor.button('unlink', PROVIDER_ID).isVisible()).toBe(true);
      await visitor.leave();

      const other = await Visitor.come();
      await other.open('/hello');
      await byConsent(other);
      await atProvider(other, name);
      expect(other.path).toBe('/hello');
      expect((await whoami({ cookie: await other.cookies() })).identity.id).toBe(person.id);
      await other.leave();
    });

    test('unlinks it, and is somebody else for the provider', async () => {
      const visitor = await Visitor.come({ as: person });
      await visitor.open('/account/settings');
      await visitor.press('unlink', PROVIDER_ID);
      expect(await visitor.button('unlink', PROVIDER_ID).count()).toBe(0);
      expect(await visitor.button('link', PROVIDER_ID).isVisible()).toBe(true);
      await visitor.leave();
    });

    test('whose address the provider knows, too, proves the account first and then has both', async () => {
      const known = await register();
      const visitor = await Visitor.come();
      await visitor.open('/account/login');
      await byConsent(visitor);
      await atProvider(visitor, known.email);
      expect(visitor.path).toBe('/account/login');
      expect(await visitor.says()).toContain(known.email);
      await visitor.fill({ password: known.password });
      await visitor.press('method', 'password');
      expect((await whoami({ cookie: await visitor.cookies() })).identity.id).toBe(known.id);
      await visitor.open('/account/settings');
      expect(await visitor.button('link', PROVIDER_ID).count()).toBe(0);
      await visitor.leave();
    });

    test('signs in by password as ever', async () => {
      const visitor = await Visitor.come();
      await visitor.open('/hello');
      await signIn(visitor, person);
      expect(visitor.path).toBe('/hello');
      await visitor.leave();
    });
  });
}
