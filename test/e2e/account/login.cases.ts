/** People who come back: through the login page to where they wanted to go, and out again. */
import { beforeAll, describe, expect, test } from 'vitest';
import { register, type Person } from '../identity/people.js';
import { signIn } from './steps.js';
import { Visitor } from './visitor.js';

export function login(): void {
  describe('a stranger at a guarded page', () => {
    let person: Person;

    beforeAll(async () => {
      person = await register();
    });

    test.each([true, false])('signs in and is there (scripts: %s)', async (scripts) => {
      const visitor = await Visitor.come({ scripts });
      await visitor.open('/hello?way=1');
      expect(visitor.path).toBe('/account/login');
      expect(await visitor.heading()).toBe('Sign in');
      if (scripts) await visitor.picture('login');
      expect(await signIn(visitor, person)).toBe(200);
      expect(visitor.page.url()).toBe('http://localhost:8000/hello?way=1');
      await visitor.leave();
    });

    test('is told that address and password do not match, whatever of the two is wrong', async () => {
      const visitor = await Visitor.come();
      await visitor.open('/account/login');
      const told: string[] = [];
      for (const email of [person.email, 'nobody-at-all@example.com']) {
        await signIn(visitor, { email, password: 'not her password' });
        expect(visitor.path).toBe('/account/login');
        told.push(await visitor.page.getByRole('alert').first().innerText());
        expect(await visitor.field('identifier').inputValue()).toBe(email);
        expect(await visitor.field('password').inputValue()).toBe('');
      }
      expect(told[0]).toBe(told[1]);
      expect(told[0]).toMatch(/sign-in details/);
      expect(await signIn(visitor, person)).toBe(200);
      await visitor.leave();
    });

    test('finds fields that password managers know', async () => {
      const visitor = await Visitor.come();
      await visitor.open('/account/login');
      expect(await visitor.field('identifier').getAttribute('autocomplete')).toMatch(/\busername\b/);
      expect(await visitor.field('password').getAttribute('autocomplete')).toBe('current-password');
      await visitor.open('/account/registration');
      expect(await visitor.field('traits.email').getAttribute('autocomplete')).toBe('email');
      await visitor.fill({ 'traits.email': 'somebody-new@example.com' });
      await visitor.press('method', 'profile');
      expect(await visitor.field('password').getAttribute('autocomplete')).toBe('new-password');
      await visitor.leave();
    });
  });

  describe('somebody who is signed in', () => {
    let person: Person;

    beforeAll(async () => {
      person = await register();
    });

    test('goes back to the login page and is told so, with a way on', async () => {
      const visitor = await Visitor.come();
      await visitor.open('/hello');
      await signIn(visitor, person);
      expect(visitor.path).toBe('/hello');
      await visitor.led(() => visitor.page.goBack());
      expect(visitor.path).toBe('/account/login');
      expect(await visitor.heading()).toBe('You are signed in already');
      await visitor.follow('Go to your account');
      expect(visitor.path).toBe('/account/settings');
      await visitor.leave();
    });

    test('is asked again before what is delicate, and knows why', async () => {
      const visitor = await Visitor.come({ as: person });
      await visitor.open('/account/login?refresh=true');
      expect(await visitor.heading()).toBe('Confirm that it is you');
      await visitor.fill({ password: person.password });
      await visitor.press('method', 'password');
      expect(await visitor.service('hello')).toBe(200);
      await visitor.leave();
    });

    test('signs out, and is a stranger again', async () => {
      const visitor = await Visitor.come({ as: person });
      await visitor.open('/account/settings');
      await visitor.led(() => visitor.page.getByRole('button', { name: 'Sign out', exact: true }).click());
      expect(visitor.path).toBe('/account/login');
      expect(await visitor.cookies()).not.toContain('ory_kratos_session');
      await visitor.open('/hello');
      expect(visitor.path).toBe('/account/login');
      await visitor.open('/account/settings');
      expect(visitor.path).toBe('/account/login');
      await visitor.leave();
    });

    test('comes to the settings after signing in, when that is what was asked for', async () => {
      const visitor = await Visitor.come();
      await visitor.open('/account/settings');
      expect(visitor.path).toBe('/account/login');
      await signIn(visitor, person);
      expect(visitor.path).toBe('/account/settings');
      await visitor.leave();
    });
  });
}
