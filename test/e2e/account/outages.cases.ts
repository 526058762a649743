/** Kratos away: a page that says so and when to come back, and everything as before afterwards. */
import { describe, expect, test, vi } from 'vitest';
import { componentIds } from '../harness/checkout.js';
import { docker } from '../harness/run.js';
import { register } from '../identity/people.js';
import { signIn } from './steps.js';
import { Visitor } from './visitor.js';

/** Kong asks once in 30 seconds for a name that was gone, as one is when all replicas are stopped. */
const BACK_MILLISECONDS = 90_000;

export function outages(): void {
  describe('without Kratos', () => {
    test('every page says that it is for a moment, and the same browser goes on afterwards', async () => {
      const person = await register();
      const stranger = await Visitor.come();
      const known = await Visitor.come({ as: person });
      await known.open('/account/settings');
      const ids = await componentIds('kratos');
      expect(ids.length).toBeGreaterThan(0);
      await docker('stop', '-t', '0', ...ids);
      try {
        for (const name of ['login', 'registration', 'recovery', 'verification']) {
          expect(await stranger.open(`/account/${name}`)).toBe(503);
          expect(await stranger.heading()).toMatch(/not available/i);
          expect((await stranger.offers()).join()).toMatch(/again/i);
        }
        expect(await known.led(() => known.page.reload())).toBe(503);
        expect(await known.heading()).toMatch(/not available/i);
        // A browser that is sent to log in meanwhile ends there, too.
        expect(await stranger.open('/hello')).toBe(503);
        expect(stranger.path).toBe('/account/login');
      } finally {
        await docker('start', ...ids);
      }
      await vi.waitFor(async () => expect(await stranger.open('/hello')).toBe(200), {
        timeout: BACK_MILLISECONDS,
        interval: 1000,
      });
      expect(stranger.path).toBe('/account/login');
      await signIn(stranger, person);
      expect(stranger.path).toBe('/hello');
      await known.open('/account/settings');
      expect(known.path).toBe('/account/settings');
      for (const one of [stranger, known]) await one.leave();
    });
  });
}
