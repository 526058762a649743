/** Limits: who is counted together, where it is counted, and what happens when that is gone. */
import { describe, expect, test } from 'vitest';
import { rateLimiting, type RateLimitingProps } from '../../../constructs/gateway/plugins/index.js';
import { Duration } from '../../../constructs/quantities.js';
import { docker } from '../harness/run.js';
import { containerOf } from '../platform/fixtures.js';
import { call, exhaust, status, until } from './call.js';
import { ENVIRONMENT, open, type Theme } from './theme.js';

/** Over a year, so that no case runs over the end of a period. */
const limit = { year: 3 };

const limited = (name: string, props: Omit<RateLimitingProps, 'limit'>): ReturnType<typeof open> =>
  open(name, { plugins: [rateLimiting({ limit, ...props })] });

export const limits: Theme = {
  routes: ({ redis }) => {
    const counters = { ...redis, timeout: Duration.milliseconds(500) };
    return [
      limited('limit-local', { by: 'ip' }),
      limited('limit-cluster', { by: 'ip', counters: { kind: 'cluster' } }),
      limited('limit-redis', { by: 'ip', counters }),
      limited('limit-closed', { by: 'ip', counters }),
      limited('limit-open', { by: 'ip', counters, failOpen: true }),
      limited('limit-header', { by: { header: 'X-Tenant' } }),
      limited('limit-path', { by: { path: '/limit-path/costly' } }),
      limited('limit-service', { by: 'service' }),
      limited('limit-quiet', { by: 'ip', hideHeaders: true }),
    ];
  },

  cases: () => {
    describe('rate limiting', () => {
      test.each(['local', 'cluster', 'redis'])(
        'counted %s lets the limit pass and not one more',
        async (kind) => {
          const [first, ...answers] = await exhaust(`/limit-${kind}`);
          expect(first.headers).toMatchObject({
            'ratelimit-limit': '3',
            'ratelimit-remaining': '2',
            'x-ratelimit-limit-year': '3',
          });
          const refused = answers.at(-1);
          expect(answers.slice(0, -1).map((answer) => answer.status)).toEqual([200, 200]);
          expect(refused?.headers).toMatchObject({ 'ratelimit-limit': '3', 'ratelimit-remaining': '0' });
          expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
          expect(JSON.parse(refused?.body ?? '')).toHaveProperty('message');
        },
      );

      test('trap 10: gets 500 while its counters are out of reach, unless it was told to let pass', async () => {
        const { Id } = await containerOf(ENVIRONMENT, 'redis');
        expect(await status('/limit-closed')).toBe(200);
        await docker('pause', Id);
        try {
          const refused = await call('/limit-closed');
          expect(refused.status).toBe(500);
          expect(JSON.parse(refused.body)).toEqual({ message: 'An unexpected error occurred' });
          for (let i = 0; i < 4; i++) expect(await status('/limit-open')).toBe(200);
        } finally {
          await docker('unpause', Id);
        }
        expect(
          await until(
            () => status('/limit-closed'),
            (got) => got !== 500,
          ),
        ).toBe(200);
        await exhaust('/limit-open');
      });

      test('by address counts a caller once, whatever it says about where it is', async () => {
        for (let i = 0; i < 3; i++) await call('/limit-quiet');
        for (const name of ['X-Forwarded-For', 'X-Real-IP', 'Forwarded']) {
          expect(await status('/limit-quiet', { headers: { [name]: '203.0.113.9' } })).toBe(429);
        }
      });

      test('says nothing about itself where told so', async () => {
        const [first] = await exhaust('/limit-quiet');
        expect(Object.keys(first.headers).filter((name) => name.includes('ratelimit'))).toEqual([]);
      });

      test('by header counts each value alone', async () => {
        await exhaust('/limit-header', { headers: { 'X-Tenant': 'one' } });
        expect(await status('/limit-header', { headers: { 'X-Tenant': 'two' } })).toBe(200);
        expect(await status('/limit-header', { headers: { 'X-Tenant': 'one' } })).toBe(429);
      });

      test('by path counts that path over all callers, and others by their address', async () => {
        await exhaust('/limit-path/costly');
        expect(await status('/limit-path/other')).toBe(200);
        expect(await status('/limit-path/costly')).toBe(429);
      });

      test('by service counts all callers together', async () => {
        await exhaust('/limit-service');
        expect(await status('/limit-service/below')).toBe(429);
      });
    });
  },
};
