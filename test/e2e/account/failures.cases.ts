/** What goes wrong with forms, tabs, cookies and sessions: each ends on a page that says what to do. */
import { beforeAll, describe, expect, test } from 'vitest';
import { whoami } from '../identity/accounts.js';
import { administer, letFlowExpire } from '../identity/inside.js';
import { register, type Person } from '../identity/people.js';
import { flowOf, signIn, signUp, somebody } from './steps.js';
import { Visitor } from './visitor.js';

const UNKNOWN = '11111111-2222-4333-8444-555555555555';

/** The page has a heading, and something to go on with. */
async function expectAdvice(visitor: Visitor, heading: RegExp, way: RegExp): Promise<void> {
  expect(await visitor.heading()).toMatch(heading);
  expect((await visitor.offers()).join('\n')).toMatch(way);
}

export function failures(): void {
  let person: Person;

  beforeAll(async () => {
    person = await register();
  });

  describe('a form sent twice', () => {
    test('by two quick clicks signs in once, and goes on', async () => {
      const visitor = await Visitor.come();
      await visitor.open('/hello');
      await visitor.fill({ identifier: person.email, password: person.password });
      await visitor.led(() => visitor.button('method', 'password').dblclick());
      await visitor.page.waitForURL('**/hello');
      expect(await visitor.service('hello')).toBe(200);
      await visitor.leave();
    });

    test('from two tabs at once makes one account, and the second tab goes on with it', async () => {
      const first = await Visitor.come();
      const own = somebody();
      await first.open('/account/registration');
      await first.fill({ 'traits.email': own.email });
      await first.press('method', 'profile');
      const second = await first.tab();
      await second.open(first.page.url());
      for (const one of [first, second]) await one.fill({ password: own.password });
      await Promise.all([first.press('method', 'password'), second.press('method', 'password')]);
      for (const one of [first, second]) {
        expect(one.path).toMatch(/^\/account/);
        await expectAdvice(one, /./, /./);
      }
      expect(await first.service('hello')).toBe(200);
      await first.leave();
    });

    test('again from the history is answered by a page, not by a second account', async () => {
      const visitor = await Visitor.come();
      const own = somebody();
      await visitor.open('/account/registration');
      await signUp(visitor, own);
      const before = (await whoami({ cookie: await visitor.cookies() })).identity.id;
      await visitor.led(() => visitor.page.goBack());
      expect(visitor.path).toMatch(/^\/account/);
      await expectAdvice(visitor, /signed in|Create an account|expired/i, /./);
      expect((await whoami({ cookie: await visitor.cookies() })).identity.id).toBe(before);
      await visitor.leave();
    });
  });

  describe('a flow that is too old', () => {
    test('begins anew when its form is sent, and still leads to where one came from', async () => {
      const visitor = await Visitor.come();
      await visitor.open('/hello?way=3');
      const before = flowOf(visitor);
      await letFlowExpire('login', before);
      await signIn(visitor, person);
      expect(visitor.path).toBe('/account/login');
      expect(flowOf(visitor)).not.toBe(before);
      expect(await visitor.page.getByRole('alert').first().innerText()).toMatch(/expired/);
      await signIn(visitor, person);
      expect(visitor.page.url()).toBe('http://localhost:8000/hello?way=3');
      await visitor.leave();
    });

    test('is a page with a way to begin anew when it is opened', async () => {
      const visitor = await Visitor.come();
      for (const name of ['login', 'registration', 'recovery', 'verification'] as const) {
        await visitor.open(`/account/${name}`);
        await letFlowExpire(name, flowOf(visitor));
        expect(await visitor.led(() => visitor.page.reload())).toBe(410);
        await expectAdvice(visitor, /expired/i, /again/i);
        await visitor.follow(/again/i);
        expect(visitor.path).toBe(`/account/${name}`);
        expect(await visitor.page.locator('main form').count()).toBeGreaterThan(0);
      }
      await visitor.leave();
    });

    test('is the same for settings, whose owner stays signed in', async () => {
      const visitor = await Visitor.come({ as: person });
      await visitor.open('/account/settings');
      await letFlowExpire('settings', flowOf(visitor));
      expect(await visitor.led(() => visitor.page.reload())).toBe(410);
      await visitor.follow(/again/i);
      expect(visitor.path).toBe('/account/settings');
      await visitor.leave();
    });

    test('or was never there is a page with a way to begin', async () => {
      const visitor = await Visitor.come();
      for (const name of ['login', 'registration', 'recovery', 'verification']) {
        expect(await visitor.open(`/account/${name}?flow=${UNKNOWN}`)).toBeGreaterThanOrEqual(400);
        await expectAdvice(visitor, /./, /again/i);
      }
      await visitor.leave();
    });
  });

  describe('two tabs', () => {
    test('both with a log-in form: the second one is signed in already', async () => {
      const first = await Visitor.come();
      await first.open('/account/login');
      const second = await first.tab();
      await second.open('/account/login');
      await signIn(first, person);
      await signIn(second, person);
      expect(second.path).toMatch(/^\/account/);
      await expectAdvice(second, /./, /./);
      expect(await second.service('hello')).toBe(200);
      await first.leave();
    });

    test('of which one signs out: the other is led to sign in, and on', async () => {
      const first = await Visitor.come({ as: person });
      await first.open('/account/settings');
      const second = await first.tab();
      await second.open('/account/settings');
      await first.led(() => first.page.getByRole('button', { name: 'Sign out', exact: true }).click());
      await second.press('method', 'profile');
      expect(second.path).toBe('/account/login');
      await signIn(second, person);
      await expectAdvice(second, /./, /your account/i);
      await first.leave();
    });
  });

  describe('cookies', () => {
    test('that a browser refuses are what the page asks for', async () => {
      const visitor = await Visitor.come({ cookies: false });
      expect(await visitor.open('/account/login')).toBe(403);
      await expectAdvice(visitor, /cookie/i, /again/i);
      await visitor.leave();
    });

    test('that went away between page and form end on the same advice', async () => {
      const visitor = await Visitor.come();
      await visitor.open('/account/login');
      await visitor.context.clearCookies();
      await signIn(visitor, person);
      expect(visitor.path).toMatch(/^\/account/);
      await expectAdvice(visitor, /cookie/i, /again/i);
      await visitor.follow(/again/i);
      await signIn(visitor, person);
      expect(await visitor.service('hello')).toBe(200);
      await visitor.leave();
    });

    test('of somebody else do not open a form', async () => {
      const owner = await Visitor.come();
      await owner.open('/account/login');
      const other = await Visitor.come();
      await other.open('/account/login');
      await other.open(owner.page.url());
      await expectAdvice(other, /./, /again/i);
      expect(await other.page.locator('[name=csrf_token]').count()).toBe(0);
      for (const one of [owner, other]) await one.leave();
    });
  });

  describe('a session that ended meanwhile', () => {
    test('leads to the login page when the settings are sent', async () => {
      const visitor = await Visitor.come({ as: person });
      await visitor.open('/account/settings');
      const { id } = await whoami({ cookie: await visitor.cookies() });
      await administer('DELETE', `/sessions/${id}`);
      await visitor.fill({ password: 'another horse entirely' });
      await visitor.press('method', 'password');
      expect(visitor.path).toBe('/account/login');
      await signIn(visitor, person);
      await expectAdvice(visitor, /./, /your account/i);
      await visitor.leave();
    });

    test('leads there and back when they are opened again', async () => {
      const visitor = await Visitor.come({ as: person });
      await visitor.open('/account/settings');
      const { id } = await whoami({ cookie: await visitor.cookies() });
      await administer('DELETE', `/sessions/${id}`);
      await visitor.led(() => visitor.page.reload());
      expect(visitor.path).toBe('/account/login');
      await signIn(visitor, person);
      expect(visitor.path).toBe('/account/settings');
      await visitor.leave();
    });
  });

  describe('an address', () => {
    test('that nobody has is a page with a way on', async () => {
      const visitor = await Visitor.come();
      for (const path of ['nothing', 'login/nothing', 'error?id=nothing', 'error']) {
        expect(await visitor.open(`/account/${path}`)).toBeGreaterThanOrEqual(400);
        await expectAdvice(visitor, /./, /./);
      }
      await visitor.leave();
    });

    test('to return to that is not ours is never gone to', async () => {
      const visitor = await Visitor.come();
      await visitor.open('/account/login?return_to=https://elsewhere.example/');
      expect(new URL(visitor.page.url()).origin).toBe('http://localhost:8000');
      expect(await visitor.page.locator('a[href*="elsewhere.example"]').count()).toBe(0);
      await visitor.leave();
    });
  });
}
