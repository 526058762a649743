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
  /** Names of the fields that hold it. */
  readonly fields: readonly string[];
  /** Whether it stands in the text. */
  readonly text: boolean;
}

async function seen({ page }: Visitor): Promise<Seen> {
  return page.evaluate<Seen>(`({
    run: 'pwned' in window,
    elements: document.querySelectorAll('img[src="x"], [onerror], script:not([src])').length,
    fields: [...document.querySelectorAll('input')].filter(({ value }) => value === ${JSON.stringify(MARKUP)})
      .map(({ name }) => name),
    text: document.body.innerText.includes(${JSON.stringify(MARKUP)}),
  })`);
}

async function expectHarmless(visitor: Visitor): Promise<void> {
  const { run, elements } = await seen(visitor);
  expect({ run, elements }).toEqual({ run: false, elements: 0 });
}

/** Forms of a page that one can write in: a field of each, and how many buttons send it. */
async function formsOf({ page }: Visitor): Promise<readonly { field: string; buttons: number }[]> {
  return page.evaluate(`[...document.querySelectorAll('main form')].flatMap((form) =>
    [...form.querySelectorAll('input:not([type=hidden], [type=submit], [type=button]), textarea')].slice(0, 1)
      .map(({ name }) => ({
        field: name,
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

/** Sends the markup by every form of a page and every button of it; tells which fields hold it afterwards. */
async function attack(visitor: Visitor, path: string): Promise<readonly string[]> {
  await visitor.open(path);
  const forms = await formsOf(visitor);
  expect(forms.length).toBeGreaterThan(0);
  const shown = new Set<string>();
  for (const { field, buttons } of forms)
    for (let button = 0; button < buttons; button++) {
      if ((await visitor.field(field).count()) === 0) await visitor.open(path);
      await send(visitor, field, button);
      await expectHarmless(visitor);
      for (const name of (await seen(visitor)).fields) shown.add(name);
    }
  return [...shown];
}

export function reflection(): void {
  describe('markup', () => {
    let person: Person;

    beforeAll(async () => {
      person = await register();
    });

    test.each<[path: string, shown: readonly string[]]>([
      ['/account/login', ['identifier']],
      ['/account/registration', ['traits.email']],
      // Kratos doesn't repeat an address that is none.
      ['/account/recovery', []],
      ['/account/verification', []],
    ])("in the fields of a stranger's page is text: %s", async (path, fields) => {
      const visitor = await Visitor.come();
      expect(await attack(visitor, path)).toEqual(fields);
      await visitor.leave();
    });

    test('in the fields of the settings is text', async () => {
      const visitor = await Visitor.come({ as: person });
      expect(await attack(visitor, '/account/settings')).toEqual(['traits.email']);
      await visitor.leave();
    });

    test('in an address that is one is text where the address is repeated', async () => {
      const visitor = await Visitor.come();
      const email = '"<img/src=x/onerror=window.pwned=1>"@example.com';
      await visitor.open('/account/recovery');
      await visitor.field('email').evaluate((input) => input.setAttribute('type', 'text'));
      await visitor.fill({ email });
      await visitor.press('method', 'code');
      expect(await visitor.button('email').getAttribute('value')).toBe(email);
      await expectHarmless(visitor);
      await send(visitor, 'code', 0);
      await expectHarmless(visitor);
      await visitor.leave();
    });

    test('in the password of a registration is not shown at all', async () => {
      const visitor = await Visitor.come();
      await visitor.open('/account/registration');
      await visitor.fill({ 'traits.email': somebody().email });
      await visitor.press('method', 'profile');
      await send(visitor, 'password', 0);
      expect(await seen(visitor)).toEqual({ run: false, elements: 0, fields: [], text: false });
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
      expect(await seen(visitor)).toMatchObject({ run: false, elements: 0, text: true });
      await visitor.leave();
    });

    test('in every part of an address is harmless', async () => {
      const visitor = await Visitor.come();
      const query = encodeURIComponent(MARKUP);
      for (const path of [
        `/account/login?return_to=${query}`,
        `/account/login?flow=${query}`,
        `/account/login?aal=${query}`,
        `/account/login?refresh=${query}`,
        `/account/error?id=${query}`,
        `/account/error?error=${query}&error_description=${query}`,
        `/account/consent?kind=login&flow=${query}&provider=outside`,
        `/account/consent?kind=${query}&flow=${query}&provider=${query}`,
        `/account/language?to=${query}&back=${query}`,
        `/account/${query}`,
      ]) {
        await visitor.open(path);
        await expectHarmless(visitor);
      }
      await visitor.leave();
    });
  });
}
