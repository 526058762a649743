/** How requests are spread over replicas, and what happens when one is slow, ill or gone. */
import { afterEach, describe, expect, test } from 'vitest';
import { Duration } from '../../../constructs/quantities.js';
import { containersOf } from '../platform/fixtures.js';
import { call, seen, status, until } from './call.js';
import { signal } from './containers.js';
import { echoing, ENVIRONMENT, open, type Theme } from './theme.js';

/** So seldom that the first probe decides for the whole suite. */
const seldom = { path: '/health', interval: Duration.hours(1) };
const often = { path: '/health', interval: Duration.seconds(1), failures: 1 };

async function replicas(): Promise<readonly string[]> {
  return (await containersOf(ENVIRONMENT, 'echo')).map(({ Id }) => Id.slice(0, 12)).sort();
}

/** Who answers so many requests, one after the other. */
async function answering(
  path: string,
  count: number,
  headers: Record<string, string> = {},
): Promise<string[]> {
  const found: string[] = [];
  for (let i = 0; i < count; i++) found.push((await seen(path, { headers })).replica);
  return found;
}

const kinds = (list: readonly string[]): string[] => [...new Set(list)].sort();

export const balancing: Theme = {
  services: (made) => [
    echoing(made, 'turns', { routes: [open('turns')] }),
    echoing(made, 'least', { balancing: { algorithm: 'least-connections' }, routes: [open('least')] }),
    echoing(made, 'hashed', {
      balancing: { algorithm: 'consistent-hashing', by: { header: 'X-Person' }, fallback: 'ip' },
      routes: [open('hashed')],
    }),
    echoing(made, 'cookied', {
      balancing: { algorithm: 'consistent-hashing', by: { cookie: 'person' } },
      routes: [open('cookied')],
    }),
    echoing(made, 'probed', { health: often, routes: [open('probed')] }),
    echoing(made, 'retried', { health: seldom, routes: [open('retried')] }),
    echoing(made, 'tried-once', { health: seldom, retries: 0, routes: [open('tried-once')] }),
    echoing(made, 'passive', {
      health: { path: '/health', interval: Duration.seconds(2), passiveFailures: 2 },
      routes: [open('passive')],
    }),
    echoing(made, 'hurried', {
      timeouts: {
        connect: Duration.seconds(1),
        read: Duration.milliseconds(500),
        write: Duration.seconds(1),
      },
      retries: 0,
      routes: [open('hurried')],
    }),
  ],

  cases: () => {
    describe('requests are spread', () => {
      test('in turns', async () => {
        const found = await answering('/turns', 6);
        expect(kinds(found)).toEqual(await replicas());
        expect(found.slice(0, 4)).toEqual(found.slice(2));
      });

      test('to whoever has least to do', async () => {
        const slow = seen('/least?delay=3000');
        await until(
          () => answering('/least', 4),
          (found) => kinds(found).length === 1,
        );
        const [other] = await answering('/least', 1);
        expect((await slow).replica).not.toBe(other);
      });

      test('by a header, the same value to the same replica', async () => {
        const people = Array.from({ length: 12 }, (_, i) => `person-${i}`);
        const found = new Map<string, string[]>();
        for (const person of people)
          found.set(person, kinds(await answering('/hashed', 3, { 'X-Person': person })));
        expect([...found.values()].every((list) => list.length === 1)).toBe(true);
        expect(kinds([...found.values()].flat())).toEqual(await replicas());
        expect(kinds(await answering('/hashed', 4))).toHaveLength(1);
      });

      test('by a cookie that Kong sets', async () => {
        const first = await call('/cookied');
        const [cookie = ''] = [first.headers['set-cookie'] ?? []].flat();
        expect(cookie).toMatch(/^person=[^;]+;/);
        const found = await answering('/cookied', 4, { cookie: cookie.split(';')[0] ?? '' });
        expect(kinds(found)).toHaveLength(1);
      });
    });

    describe('a replica', () => {
      afterEach(async () => {
        for (const replica of await replicas()) await signal(replica, 'CONT');
      });

      test('that is slow costs a 504, and one that is quick enough does not', async () => {
        expect(await status('/hurried?delay=5000', { method: 'POST', body: 'x' })).toBe(504);
        expect(await status('/hurried?delay=1', { method: 'POST', body: 'x' })).toBe(200);
      });

      test('that refuses connections is passed over, where there are retries', async () => {
        const [deaf = '', other] = await replicas();
        await signal(deaf, 'HUP');
        await until(
          async () => [await status('/tried-once'), await status('/tried-once')],
          (found) => found.includes(502),
        );
        expect(kinds(await answering('/retried', 6))).toEqual([other]);
      });

      test('that fails its probe takes no requests until it is well again', async () => {
        const [ill = '', other] = await replicas();
        await signal(ill, 'USR2');
        await until(
          () => answering('/probed', 6),
          (found) => kinds(found).join() === other,
        );
        expect(kinds(await answering('/probed', 6))).toEqual([other]);
        await signal(ill, 'CONT');
        await until(
          () => answering('/probed', 6),
          (found) => kinds(found).length === 2,
        );
      });

      test('that fails requests is taken out by them, and brought back by its probe', async () => {
        const [failing = ''] = await replicas();
        const ask = async (): Promise<number[]> => {
          const found: number[] = [];
          for (let i = 0; i < 6; i++) found.push(await status(`/passive?fail=${failing}`));
          return found;
        };
        expect(await ask()).toContain(500);
        await until(ask, (found) => found.every((code) => code === 200));
        await until(
          () => answering('/passive', 4),
          (found) => found.includes(failing),
        );
      });
    });
  },
};
