/** Keys that stand for a whole log-in: of a new account, of one that has a password, and taken away. */
import { describe, expect, test } from 'vitest';
import { register } from '../identity/people.js';
import { SITE } from './deployment.js';
import { addAuthenticator } from './authenticator.js';
import { somebody } from './steps.js';
import { Visitor } from './visitor.js';

export function passkeys(): void {
  describe('a passkey', () => {
    test('makes an account without a password, and signs in to it', async () => {
      const visitor = await Visitor.come();
      const authenticator = await addAuthenticator(visitor, { resident: true });
      const { email } = somebody();
      await visitor.open('/account/registration');
      await visitor.fill({ 'traits.email': email });
      await visitor.press('method', 'profile');
      await visitor.press('passkey_register_trigger');
      expect(visitor.path).toBe('/account/verification');
      expect(await visitor.service('hello')).toBe(200);

      await visitor.context.clearCookies();
      // Otherwise the key is used as soon as the page offers it.
      await authenticator.touched(false);
      await visitor.open('/hello');
      await authenticator.touched(true);
      await visitor.press('passkey_login_trigger');
      expect(visitor.path).toBe('/hello');
      await visitor.leave();
    });

    test('is offered by the field for the address, without a button', async () => {
      const visitor = await Visitor.come({ as: await register() });
      await addAuthenticator(visitor, { resident: true });
      await visitor.open('/account/settings');
      await visitor.press('passkey_register_trigger');
      expect(await visitor.button('passkey_remove').count()).toBe(1);

      await visitor.context.clearCookies();
      await visitor.page.goto(`${SITE}/hello`);
      // The page asks by itself, and the key is touched at once.
      await visitor.page.waitForURL('**/hello');
      expect(await visitor.service('hello')).toBe(200);
      await visitor.leave();
    });

    test('that was taken away signs in no more', async () => {
      const visitor = await Visitor.come({ as: await register() });
      const authenticator = await addAuthenticator(visitor, { resident: true });
      await visitor.open('/account/settings');
      await visitor.press('passkey_register_trigger');
      await visitor.press('passkey_remove');
      expect(await visitor.button('passkey_remove').count()).toBe(0);

      await visitor.context.clearCookies();
      await authenticator.touched(false);
      await visitor.open('/account/login');
      await authenticator.touched(true);
      await visitor.led(async () => {
        await visitor.button('passkey_login_trigger').click();
        // The next page would ask for it again.
        await authenticator.touched(false);
      });
      expect(visitor.path).toBe('/account/login');
      expect(await visitor.page.getByRole('alert').count()).toBe(1);
      await visitor.leave();
    });

    test('needs scripts, and a page without them says so and offers the rest', async () => {
      const visitor = await Visitor.come({ scripts: false });
      await visitor.open('/account/login');
      expect(await visitor.says()).toContain('need JavaScript');
      expect(await visitor.field('password').isVisible()).toBe(true);
      await visitor.leave();
    });
  });
}
