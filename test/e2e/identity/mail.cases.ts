/** Addresses that are proved by a code, and passwords that are found again by one. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { json } from '../harness/http.js';
import { begin, readForm, submit, together, whoami } from './accounts.js';
import { call, cookies, flow, logIn, mailTo, register, type Person } from './people.js';

/** The code of six digits on a line of its own. */
function codeIn(text: string): string {
  const code = /^\s*(\d{6})\s*$/m.exec(text)?.[1] ?? /: (\d{6})\b/.exec(text)?.[1];
  if (code === undefined) throw new Error(`the mail must hold a code, got: ${text}`);
  return code;
}

/** Another code of the same form. */
function wrong(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

export function mail(): void {
  describe('an address', () => {
    test('is proved by the code that the mail catcher got', async () => {
      const { email, token } = await register();
      const verified = async (): Promise<boolean | undefined> =>
        (await whoami({ token })).identity.verifiable_addresses.find(({ value }) => value === email)
          ?.verified;
      expect(await verified()).toBe(false);

      const begun = await flow('verification', { method: 'code', email });
      expect(json(begun).state).toBe('sent_email');
      const id = String(json(begun).id);
      const code = codeIn(await mailTo(email, id));
      const send = (body: Record<string, string>): ReturnType<typeof call> =>
        call(`/.ory/kratos/self-service/verification?flow=${id}`, { body: { method: 'code', ...body } });

      expect(json(await send({ code: wrong(code) })).state).toBe('sent_email');
      expect(await verified()).toBe(false);
      expect(json(await send({ code })).state).toBe('passed_challenge');
      expect(await verified()).toBe(true);
    });
  });

  describe('a forgotten password', () => {
    let person: Person;

    beforeAll(async () => {
      person = await register();
    });

    test('is replaced by whoever gets the code', async () => {
      const begun = await begin('recovery');
      const asked = await submit('recovery', begun, { method: 'code', email: person.email });
      expect(json(asked).state).toBe('sent_email');
      const code = codeIn(await mailTo(person.email, 'recover'));

      const refused = await submit('recovery', begun, { method: 'code', code: wrong(code) });
      expect(refused.status).toBe(200);
      expect(json(refused).state).toBe('sent_email');
      expect(cookies(refused)).not.toContain('ory_kratos_session');

      const passed = await submit('recovery', begun, { method: 'code', code });
      // Kratos' way to say that a browser goes on at the page with the settings.
      expect(passed.status).toBe(422);
      const page = new URL(String(json(passed).redirect_browser_to));
      expect(page.pathname).toBe('/account/settings');
      const cookie = together(begun.cookie, cookies(passed));
      expect(json(await call('/hello', { headers: { cookie } })).subject).toBe(person.id);

      const settings = await readForm('settings', page.searchParams.get('flow') ?? '', cookie);
      const password = `another horse ${Date.now()}`;
      const changed = await submit('settings', settings, { method: 'password', password });
      expect(changed.status).toBe(200);
      // Whoever was in with the old one is out.
      const before = { headers: { 'x-session-token': person.token } };
      await vi.waitFor(async () => expect((await call('/hello', before)).status).toBe(401), {
        timeout: 30_000,
        interval: 200,
      });

      const token = await logIn({ email: person.email, password });
      expect(json(await call('/hello', { headers: { 'x-session-token': token } })).subject).toBe(person.id);
      const old = await flow('login', {
        method: 'password',
        identifier: person.email,
        password: person.password,
      });
      expect(old.status).toBe(400);
      expect(json(old)).not.toHaveProperty('session_token');
    });

    test('of nobody looks the same from outside', async () => {
      const email = `nobody-${Date.now()}@example.com`;
      const begun = await begin('recovery');
      const asked = await submit('recovery', begun, { method: 'code', email });
      expect(asked.status).toBe(200);
      expect(json(asked).state).toBe('sent_email');
    });
  });
}
