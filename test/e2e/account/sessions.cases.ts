/** Everywhere that somebody is signed in: seen on the settings page, and ended from there. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { register, type Person } from '../identity/people.js';
import { REVOCATION_MILLISECONDS } from './deployment.js';
import { Visitor } from './visitor.js';

/** What a crowded machine may add to the bound. */
const SLACK_MILLISECONDS = 1500;
/** Enough for every replica on the way to be asked. */
const MANY = 8;

/** A session that has just passed, and so is remembered, is refused within the bound wherever it is asked. */
async function expectRefused(visitor: Visitor, since: number): Promise<void> {
  await vi.waitFor(async () => expect(await visitor.service('hello')).toBe(401), {
    timeout: REVOCATION_MILLISECONDS + SLACK_MILLISECONDS,
    interval: 50,
  });
  const rest = since + REVOCATION_MILLISECONDS + SLACK_MILLISECONDS - performance.now();
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, rest)));
  for (let i = 0; i < MANY; i++) expect(await visitor.service('hello')).toBe(401);
}

export function sessions(): void {
  describe('somebody signed in at several places', () => {
    let person: Person;

    beforeAll(async () => {
      person = await register();
    });

    test('signs out everywhere else: others are refused within the bound, this one goes on', async () => {
      const visitor = await Visitor.come({ as: person });
      const others = [await Visitor.come({ as: person }), await Visitor.come({ as: person })];
      for (const other of others)
        for (let i = 0; i < MANY; i++) expect(await other.service('hello')).toBe(200);
      await visitor.open('/account/settings');
      await visitor.led(() => visitor.page.getByRole('button', { name: 'Sign out everywhere else' }).click());
      const since = performance.now();
      expect(visitor.path).toBe('/account/settings');
      await Promise.all(others.map((other) => expectRefused(other, since)));
      for (let i = 0; i < MANY; i++) expect(await visitor.service('hello')).toBe(200);
      expect(await visitor.page.locator('form[action$="/sessions/end"]').count()).toBe(0);

      const [other] = others;
      await other?.open('/account/settings');
      expect(other?.path).toBe('/account/login');
      for (const one of [visitor, ...others]) await one.leave();
    });

    test('ends one other session and no more', async () => {
      const visitor = await Visitor.come({ as: person });
      const others = [await Visitor.come({ as: person }), await Visitor.come({ as: person })];
      await visitor.open('/account/settings');
      const forms = visitor.page.locator('form[action$="/sessions/end"]');
      const before = await forms.count();
      await visitor.led(() => forms.first().locator('button').click());
      expect(await visitor.page.locator('form[action$="/sessions/end"]').count()).toBe(before - 1);
      await vi.waitFor(
        async () => {
          const answers = await Promise.all(others.map((other) => other.service('hello')));
          expect(answers.sort()).toEqual([200, 401]);
        },
        { timeout: REVOCATION_MILLISECONDS + SLACK_MILLISECONDS, interval: 50 },
      );
      expect(await visitor.service('hello')).toBe(200);
      for (const one of [visitor, ...others]) await one.leave();
    });

    test.each(['/account/logout', '/account/sessions/end-others'])(
      'is not signed out by a page of somebody else: %s',
      async (path) => {
        const visitor = await Visitor.come({ as: person });
        const send = (headers: Record<string, string>): Promise<number> =>
          visitor.context.request
            .post(`http://localhost:8000${path}`, { headers, maxRedirects: 0 })
            .then((answer) => answer.status());
        expect(await send({ origin: 'https://elsewhere.example' })).toBe(403);
        expect(await send({})).toBe(403);
        expect(await visitor.service('hello')).toBe(200);
        await visitor.leave();
      },
    );
  });
}
