/** People who forgot what they log in with: a code by mail, then a new password. */
import { describe, expect, test } from 'vitest';
import { enrolTotp, register } from '../identity/people.js';
import { mailedCode, signIn, somebody, stepUp } from './steps.js';
import { Visitor } from './visitor.js';

/** From the login page to the settings, by the code of a mail. */
async function recover(visitor: Visitor, email: string): Promise<void> {
  await visitor.open('/account/login');
  await visitor.follow(/forgot/i);
  expect(await visitor.heading()).toBe('Recover your account');
  await visitor.picture('recovery');
  await visitor.fill({ email });
  await visitor.press('method', 'code');
  await visitor.fill({ code: await mailedCode(email, 'recover') });
  await visitor.press('method', 'code');
}

export function recovery(): void {
  describe('a forgotten password', () => {
    test.each([true, false])('is replaced by a new one (scripts: %s)', async (scripts) => {
      const person = await register();
      const visitor = await Visitor.come({ scripts });
      await recover(visitor, person.email);
      expect(visitor.path).toBe('/account/settings');
      const { password } = somebody();
      await visitor.fill({ password });
      await visitor.press('method', 'password');
      expect(visitor.path).toBe('/account/settings');

      await visitor.context.clearCookies();
      await visitor.open('/account/login');
      await signIn(visitor, person);
      expect(visitor.path).toBe('/account/login');
      expect(await visitor.page.getByRole('alert').count()).toBeGreaterThan(0);
      await signIn(visitor, { email: person.email, password });
      expect(await visitor.service('hello')).toBe(200);
      await visitor.leave();
    });

    test('does not spare the second factor', async () => {
      const person = await register();
      const secret = await enrolTotp(person.token);
      const visitor = await Visitor.come();
      await recover(visitor, person.email);
      expect(visitor.path).toBe('/account/login');
      expect(await visitor.heading()).toBe('Second factor');
      await stepUp(visitor, secret);
      expect(visitor.path).toBe('/account/settings');
      const { password } = somebody();
      await visitor.fill({ password });
      await visitor.press('method', 'password');
      expect(await visitor.service('world')).toBe(200);
      await visitor.leave();
    });

    test('is no way in with a wrong code, and the code can be had again', async () => {
      const { email } = await register();
      const visitor = await Visitor.come();
      await visitor.open('/account/recovery');
      await visitor.fill({ email });
      await visitor.press('method', 'code');
      const code = await mailedCode(email, 'recover');
      await visitor.fill({ code: code === '000000' ? '000001' : '000000' });
      await visitor.press('method', 'code');
      expect(visitor.path).toBe('/account/recovery');
      expect(await visitor.page.getByRole('alert').first().innerText()).toMatch(/code/);
      expect(await visitor.service('hello')).toBe(401);
      await visitor.press('email', email);
      expect(await visitor.field('code').isVisible()).toBe(true);
      await visitor.leave();
    });

    test('of nobody looks like that of somebody', async () => {
      const told: string[] = [];
      const visitor = await Visitor.come();
      for (const { email } of [await register(), somebody()]) {
        await visitor.open('/account/recovery');
        await visitor.fill({ email });
        await visitor.press('method', 'code');
        told.push((await visitor.says()).replaceAll(email, ''));
      }
      expect(told[0]).toBe(told[1]);
      await visitor.leave();
    });
  });
}
