/** Keys that stand for a whole log-in: of a new account, of one that has a password, and taken away. */
import { describe, expect, test } from 'vitest';
import { register } from '../identity/people.js';
import { addAuthenticator } from './authenticator.js';
import { somebody } from './steps.js';
import { Visitor } from './visitor.js';

export function passkeys(): void {
  describe('a passkey', () => {
    test('makes an account without a password, and signs in to it', async () => {
      const visitor = await Visitor.come();
      await addAuthenticator(visitor, { resident: true });
      const { email } = somebody();
      await visitor.open('/account/registration');
      await visitor.fill({ 'traits.email': email });
      await visitor.press('method', 'profile');
      await visitor.press('passkey_register_trigger');
      expect(visitor.path).toBe('/account/verification');
      expect(await visitor.service('hello')).toBe(200);

      await visitor.context.clearCookies();
      await visitor.open('/hello');
      await visitor.press('passkey_login_trigger');
      expect(visitor.path).toBe('/hello');
      await visitor.leave();
    });

    test('is added to an account, signs in to it, and is taken away', async () => {
      const person = await register();
      const visitor = await Visitor.come({ as: person });
      await addAuthenticator(visitor, { resident: true });
      await visitor.open('/account/settings');
      await visitor.press('passkey_register_trigger');
      expect(await visitor.button('passkey_remove').count()).toBe(1);

      await visitor.context.clearCookies();
      await visitor.open('/hello');
      await visitor.press('passkey_login_trigger');
      expect(visitor.path).toBe('/hello');

      await visitor.open('/account/settings');
      await visitor.press('passkey_remove');
      expect(await visitor.button('passkey_remove').count()).toBe(0);
      await visitor.context.clearCookies();
      await visitor.open('/account/login');
      await visitor.press('passkey_login_trigger');
      expect(visitor.path).toBe('/account/login');
      expect(await visitor.page.getByRole('alert').count()).toBeGreaterThan(0);
      await visitor.leave();
    });

    test('is offered only where scripts run, without which everything else works', async () => {
      const visitor = await Visitor.come({ scripts: false });
      await visitor.open('/account/login');
      expect(await visitor.field('password').isVisible()).toBe(true);
      expect(await visitor.button('passkey_login_trigger').isVisible()).toBe(false);
      await visitor.leave();
    });
  });
}
