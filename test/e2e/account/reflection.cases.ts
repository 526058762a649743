/** Markup and script in every field of every form, and in every part of an address: shown as text or not at all. */
import { beforeAll, describe, expect, test } from 'vitest';
import { enrolTotp, register, type Person } from '../identity/people.js';
import { addAuthenticator } from './authenticator.js';
import { somebody } from './steps.js';
import { Visitor } from './visitor.js';

const MARKUP = '"><script>window.pwned=1</script><img src=x onerror=window.pwned=1>';

/** What has become of it on a page. */
interface Seen {
  readonly run: boolean;
  /** Elements that only the markup could have made. */
  readonly elements: number;
  /** Whether it stands in a field or a text. */
  readonly shown: boolean;
}

async function seen({ page }: Visitor): Promise<Seen> {
  return page.evaluate<Seen>(`({
    run: 'pwned' in window,
    elements: document.querySelectorAll('img[src="x"], [onerror], script:not([src])').length,
    shown: document.body.innerText.includes(${JSON.stringify(MARKUP)}) ||
      [...document.querySelectorAll('input')].some(({ value }) => value === ${JSON.stringify(MARKUP)}),
  })`);
}

async function expectHarmless(visitor: Visitor): Promise<void> {
  const { run, elements } = await seen(visitor);
  expect({ run, elements }).toEqual({ run: false, elements: 0 });
}

/** Names of a page's fields that one can write in, with the buttons of their form. */
async function fieldsOf({ page }: Visitor): Promise<readonly { name: string; buttons: number }[]> {
  return page.evaluate(`[...document.querySelectorAll('main form')].flatMap((form) =>
    [...form.querySelectorAll('input:not([type=hidden], [type=submit], [type=button]), textarea')].map(({ name }) => ({
      name,
      buttons: form.querySelectorAll('button:not([type=button])').length,
    })))`);
}

/** Writes the markup into every field of the form with this one and sends it, past what the browser checks. */
async function send(visitor: Visitor, field: string, button: number): Promise<void> {
  await visitor.led(() =>
    visitor.page.evaluate(`{
      const form = document.querySelector('main form [name="${field}"]').form;
      form.noValidate = true;
      for (const input of form.querySelectorAll('input:not([type=hidden], [type=submit], [type=button]), textarea')) {
        if (input.type !== 'password') input.type = 'text';
        input.value = ${JSON.stringify(MARKUP)};
      }
      const buttons = [...form.querySelectorAll('button:not([type=button])')];
      setTimeout(() => form.requestSubmit(buttons[${button}]), 0);
    }`),
  );
}

/** Sends the markup by every form of a page and every button of it; tells for which fields it was shown. */
async function attack(visitor: Visitor, path: string): Promise<readonly string[]> {
  await visitor.open(path);
  const fields = await fieldsOf(visitor);
  expect(fields.length).toBeGreaterThan(0);
  const shown: string[] = [];
  for (const { name, buttons } of fields)
    for (let button = 0; button < buttons; button++) {
      await visitor.open(path);
      await send(visitor, name, button);
      await expectHarmless(visitor);
      if ((await seen(visitor)).shown) shown.push(name);
    }
  return [...new Set(shown)];
}

export function reflection(): void {
  describe('markup', () => {
    let person: Person;

    beforeAll(async () => {
      person = await register();
    });

    test.each<[path: string, shown: string]>([
      ['/account/login', 'identifier'],
      ['/account/registration', 'traits.email'],
      ['/account/recovery', 'email'],
      ['/account/verification', 'email'],
    ])("in the fields of a stranger's page is text: %s", async (path, field) => {
      const visitor = await Visitor.come();
      expect(await attack(visitor, path)).toContain(field);
      await visitor.leave();
    });

    test('in the fields of the settings is text', async () => {
      const visitor = await Visitor.come({ as: person });
      expect(await attack(visitor, '/account/settings')).toContain('traits.email');
      await visitor.leave();
    });

    test('in the fields of the second step of a registration, and of a code, is text', async () => {
      const visitor = await Visitor.come();
      await visitor.open('/account/registration');
      await visitor.fill({ 'traits.email': somebody().email });
      await visitor.press('method', 'profile');
      await send(visitor, 'password', 0);
      await expectHarmless(visitor);
      await visitor.open('/account/recovery');
      await visitor.fill({ email: person.email });
      await visitor.press('method', 'code');
      await send(visitor, 'code', 0);
      await expectHarmless(visitor);
      await visitor.leave();
    });

    test('in the fields of the page for second factors is text', async () => {
      const guarded = await register();
      await enrolTotp(guarded.token);
      const visitor = await Visitor.come({ as: guarded });
      await visitor.open('/account/login?aal=aal2');
      await send(visitor, 'totp_code', 0);
      await expectHarmless(visitor);
      await visitor.leave();
    });

    test('in the name of a security key is text wherever the key is shown', async () => {
      const visitor = await Visitor.come({ as: await register() });
      await addAuthenticator(visitor, { resident: false });
      await visitor.open('/account/settings');
      await visitor.fill({ webauthn_register_displayname: MARKUP });
      await visitor.press('webauthn_register_trigger');
      expect(await seen(visitor)).toEqual({ run: false, elements: 0, shown: true });
      await visitor.leave();
    });

    const inAddress = encodeURIComponent(MARKUP);
    test.each([
      `/account/login?return_to=${inAddress}`,
      `/account/login?flow=${inAddress}`,
      `/account/login?aal=${inAddress}`,
      `/account/login?refresh=${inAddress}`,
      `/account/error?id=${inAddress}`,
      `/account/error?error=${inAddress}&error_description=${inAddress}`,
      `/account/consent?kind=login&flow=${inAddress}&provider=outside`,
      `/account/consent?kind=${inAddress}&flow=${inAddress}&provider=${inAddress}`,
      `/account/language?to=${inAddress}&back=${inAddress}`,
      `/account/${inAddress}`,
    ])('in an address is harmless: %s', async (path) => {
      const visitor = await Visitor.come();
      await visitor.open(path);
      await expectHarmless(visitor);
      await visitor.leave();
    });
  });
}
