/** Second factors: set up on the settings page, asked for on a page that says so. */
import { beforeAll, describe, expect, test } from 'vitest';
import { enrolTotp, register, totp, type Person } from '../identity/people.js';
import { enrol, signIn, stepUp } from './steps.js';
import { addAuthenticator } from './authenticator.js';
import { Visitor } from './visitor.js';

const SECOND_FACTOR = 'Second factor';

export function factors(): void {
  describe('an authenticator program', () => {
    test.each([true, false])('is set up, and asked for at the next log-in (scripts: %s)', async (scripts) => {
      const person = await register();
      const visitor = await Visitor.come({ scripts, as: person });
      await visitor.open('/account/settings');
      expect(await visitor.page.locator('.picture img').getAttribute('src')).toMatch(/^data:image\/png/);
      if (scripts) await visitor.picture('settings');
      const secret = await enrol(visitor);
      expect(visitor.path).toBe('/account/settings');
      expect(await visitor.button('totp_unlink').isVisible()).toBe(true);

      await visitor.context.clearCookies();
      await visitor.open('/hello');
      await signIn(visitor, person);
      // The session is there, and too weak for somebody who has a second factor.
      expect(visitor.path).toBe('/account/login');
      expect(await visitor.heading()).toBe(SECOND_FACTOR);
      expect(await visitor.field('password').count()).toBe(0);
      await visitor.fill({ totp_code: '000000' });
      await visitor.press('method', 'totp');
      expect(await visitor.page.getByRole('alert').first().innerText()).toMatch(/code/);
      expect(await stepUp(visitor, secret)).toBe(200);
      expect(visitor.path).toBe('/hello');
      await visitor.leave();
    });
  });

  describe('a page that wants a second factor', () => {
    test('tells somebody without one to set one up, and leads there', async () => {
      const visitor = await Visitor.come({ as: await register() });
      await visitor.open('/world');
      expect(visitor.path).toBe('/account/login');
      expect(await visitor.heading()).toBe(SECOND_FACTOR);
      expect(await visitor.field('identifier').count()).toBe(0);
      expect(await visitor.field('password').count()).toBe(0);
      await visitor.follow(/set up/i);
      expect(visitor.path).toBe('/account/settings');
      await enrol(visitor);
      expect(await visitor.open('/world')).toBe(200);
      expect(visitor.path).toBe('/world');
      await visitor.leave();
    });

    test('asks somebody with one for nothing else, and then opens', async () => {
      const person = await register();
      const visitor = await Visitor.come({ as: person });
      const secret = await enrolTotp(person.token);
      await visitor.open('/world?way=2');
      expect(await visitor.heading()).toBe(SECOND_FACTOR);
      expect(await visitor.field('password').count()).toBe(0);
      await visitor.picture('second-factor');
      await stepUp(visitor, secret);
      expect(visitor.page.url()).toBe('http://localhost:8000/world?way=2');
      await visitor.leave();
    });

    test('lets somebody without the second factor at hand sign out', async () => {
      const person = await register();
      const visitor = await Visitor.come({ as: person });
      await enrolTotp(person.token);
      await visitor.open('/world');
      await visitor.led(() => visitor.page.getByRole('button', { name: 'Sign out' }).click());
      expect(visitor.path).toBe('/account/login');
      expect(await visitor.field('password').isVisible()).toBe(true);
      await visitor.leave();
    });

    test('leads on to the settings of somebody who has one and did not show it', async () => {
      const person = await register();
      const visitor = await Visitor.come({ as: person });
      const secret = await enrolTotp(person.token);
      await visitor.open('/account/settings');
      expect(await visitor.heading()).toBe(SECOND_FACTOR);
      await stepUp(visitor, secret);
      expect(visitor.path).toBe('/account/settings');
      await visitor.leave();
    });
  });

  describe('codes to keep', () => {
    let person: Person;
    let secret: string;

    beforeAll(async () => {
      person = await register();
      secret = await enrolTotp(person.token);
    });

    test('are shown once, and each is good once', async () => {
      const visitor = await Visitor.come({ as: person });
      await visitor.open('/account/settings');
      await stepUp(visitor, secret);
      await visitor.press('lookup_secret_regenerate');
      const shown = visitor.page.locator('.codes code');
      const codes = (await shown.allInnerTexts()).filter((code) => /^[a-z0-9]{8}$/.test(code));
      expect(new Set(codes).size).toBe(12);
      // On paper they are all that there is to read.
      await visitor.page.emulateMedia({ media: 'print' });
      expect(await shown.first().isVisible()).toBe(true);
      expect(await visitor.field('password').count()).toBe(0);
      await visitor.page.emulateMedia({ media: 'screen' });
      await visitor.press('lookup_secret_confirm');
      expect(await shown.count()).toBe(0);

      const [code = ''] = codes;
      const use = async (): Promise<void> => {
        await visitor.context.clearCookies();
        await visitor.open('/world');
        await signIn(visitor, person);
        expect(await visitor.heading()).toBe(SECOND_FACTOR);
        await visitor.fill({ lookup_secret: code });
        await visitor.press('method', 'lookup_secret');
      };
      await use();
      expect(visitor.path).toBe('/world');
      await use();
      expect(visitor.path).toBe('/account/login');
      expect(await visitor.page.getByRole('alert').first().innerText()).toMatch(/used/);
      await visitor.fill({ totp_code: totp(secret) });
      await visitor.press('method', 'totp');
      expect(visitor.path).toBe('/world');
      await visitor.leave();
    });
  });

  describe('a security key', () => {
    test('is set up with a name, and is a second factor', async () => {
      const person = await register();
      const visitor = await Visitor.come({ as: person });
      await addAuthenticator(visitor, { resident: false });
      await visitor.open('/account/settings');
      await visitor.fill({ webauthn_register_displayname: 'my key' });
      await visitor.press('webauthn_register_trigger');
      expect(await visitor.says()).toContain('my key');

      await visitor.context.clearCookies();
      await visitor.open('/world');
      await signIn(visitor, person);
      expect(await visitor.heading()).toBe(SECOND_FACTOR);
      await visitor.press('webauthn_login_trigger');
      expect(visitor.path).toBe('/world');

      await visitor.open('/account/settings');
      await visitor.press('webauthn_remove');
      expect(await visitor.button('webauthn_remove').count()).toBe(0);
      await visitor.leave();
    });
  });
}
