/** Answers that are kept, and those that must not be. */
import { describe, expect, test } from 'vitest';
import { proxyCache } from '../../../constructs/gateway/plugins/index.js';
import { call, type Answer } from './call.js';
import { deployment } from './deployment.js';
import { keyed, open, type Theme } from './theme.js';

const FRESH = 'answer=Cache-Control=max-age%3D3600';
const cached = ({ headers }: Answer): unknown => headers['x-cache-status'];

async function twice(path: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown[]> {
  return [cached(await call(path, { headers })), cached(await call(path, { headers }))];
}

export const cache: Theme = {
  routes: () => [
    open('cache', { plugins: [proxyCache()] }),
    open('cache-always', { plugins: [proxyCache({ cacheControl: false })] }),
    open('cache-vary', { plugins: [proxyCache({ varyHeaders: ['X-Vary'], varyQuery: ['a', 'answer'] })] }),
    { name: 'cache-clients', paths: ['/cache-clients'], plugins: [proxyCache()] },
  ],
  clients: (made) => ['cache-one', 'cache-two'].map((name) => keyed(made, name)),

  cases: () => {
    describe('a cache', () => {
      test('keeps an answer that says for how long, and gives it a request id of its own', async () => {
        const [first, second] = [await call(`/cache?${FRESH}`), await call(`/cache?${FRESH}`)];
        expect([cached(first), cached(second)]).toEqual(['Miss', 'Hit']);
        expect(second.body).toBe(first.body);
        expect(second.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
        expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
      });

      test.each([
        ['that says nothing', 'a=1'],
        ['that is private', 'answer=Cache-Control=private,max-age%3D3600'],
        ['that is not to be stored', 'answer=Cache-Control=no-store'],
        ['with another status', `${FRESH}&status=201`],
        ['of another type', `${FRESH}&answer=Content-Type=text/html`],
      ])('keeps no answer %s', async (_what, query) => {
        expect(await twice(`/cache?${query}`)).not.toContain('Hit');
      });

      test('leaves out a request that wants a fresh answer, and every other method', async () => {
        expect(await twice(`/cache?${FRESH}&b=1`, { 'Cache-Control': 'no-store' })).not.toContain('Hit');
        for (let i = 0; i < 2; i++) {
          const answer = await call(`/cache?${FRESH}&b=2`, { method: 'POST', body: 'x' });
          expect(cached(answer)).toBe('Bypass');
        }
      });

      test('keeps every answer where it does not ask the service, a private one too', async () => {
        const path = '/cache-always?answer=Cache-Control=private';
        expect(await twice(path)).toEqual(['Miss', 'Hit']);
      });

      test('tells apart what it was told to, and nothing else', async () => {
        const path = `/cache-vary?${FRESH}`;
        expect(await twice(`${path}&b=1`, { 'X-Vary': 'one' })).toEqual(['Miss', 'Hit']);
        expect(await twice(`${path}&b=2`, { 'X-Vary': 'one' })).toEqual(['Hit', 'Hit']);
        expect(await twice(`${path}&b=1`, { 'X-Vary': 'two' })).toEqual(['Miss', 'Hit']);
        expect(await twice(`${path}&a=2`, { 'X-Vary': 'one' })).toEqual(['Miss', 'Hit']);
      });

      test('gives no client what it kept for another', async () => {
        const path = `/cache-clients?${FRESH}`;
        const ask = (name: string): Promise<unknown[]> => twice(path, { apikey: deployment().secret(name) });
        expect(await ask('cache-one')).toEqual(['Miss', 'Hit']);
        expect(await ask('cache-two')).toEqual(['Miss', 'Hit']);
        expect((await call(path)).status).toBe(401);
      });
    });
  },
};
