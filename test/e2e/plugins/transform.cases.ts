/** What is changed on the way in and out, and ids of requests. */
import { describe, expect, test } from 'vitest';
import {
  correlationId,
  requestTransformer,
  responseTransformer,
} from '../../../constructs/gateway/plugins/index.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { call, echoOf, seen, valuesOf } from './call.js';
import { deployment } from './deployment.js';
import { open, type Theme } from './theme.js';

export const transform: Theme = {
  routes: ({ scope, output }) => {
    const token = Secret.generated(scope, 'upstream-token', { slots: 1 });
    output(token.slot(0), 'upstream-token');
    return [
      open('change', {
        plugins: [
          requestTransformer({
            remove: { headers: ['X-Gone'], query: ['gone'] },
            rename: { headers: { 'X-Old': 'X-New' }, query: { old: 'new' } },
            set: { headers: { 'X-Set': 'ours', 'X-Token': token }, query: { set: 'ours' } },
            append: { headers: { 'X-More': 'ours' }, query: { more: 'ours' } },
          }),
        ],
      }),
      open('change-request', { plugins: [requestTransformer({ method: 'PUT', path: '/elsewhere' })] }),
      open('change-answer', {
        plugins: [
          responseTransformer({
            remove: { headers: ['X-Gone'], json: ['headers'] },
            rename: { headers: { 'X-Old': 'X-New' } },
            set: { headers: { 'X-Set': 'ours' }, json: { method: 'hidden', added: 'ours' } },
            append: { headers: { 'X-More': 'ours' } },
          }),
        ],
      }),
      open('correlated', { plugins: [correlationId()] }),
      open('correlated-quietly', {
        plugins: [correlationId({ header: 'X-Trace', generator: 'tracker', echo: false })],
      }),
      open('correlated-counting', {
        plugins: [correlationId({ header: 'X-Trace', generator: 'uuid#counter' })],
      }),
    ];
  },

  cases: () => {
    describe('a changed request', () => {
      test('loses and renames what it came with', async () => {
        const echo = await seen('/change?gone=1&old=2&kept=3', {
          headers: { 'X-Gone': 'theirs', 'X-Old': 'theirs', 'X-Kept': 'theirs' },
        });
        expect(valuesOf(echo, 'X-Gone')).toEqual([]);
        expect(valuesOf(echo, 'X-Old')).toEqual([]);
        expect(valuesOf(echo, 'X-New')).toEqual(['theirs']);
        expect(valuesOf(echo, 'X-Kept')).toEqual(['theirs']);
        const query = new URL(echo.url, 'http://echo').searchParams;
        expect(Object.fromEntries(query)).toEqual({ new: '2', kept: '3', set: 'ours', more: 'ours' });
      });

      test('trap 7: has what was set, and never what the caller sent for it', async () => {
        const own = deployment().secret('upstream-token');
        for (const headers of [
          [],
          [
            ['X-Set', 'theirs'],
            ['X-Token', 'theirs'],
          ],
          [
            ['x-set', 'theirs'],
            ['X-SET', 'theirs too'],
            ['X_Set', 'theirs'],
            ['x_token', 'theirs'],
          ],
          [['X-Set', '']],
        ] as [string, string][][]) {
          const echo = await seen('/change?set=theirs&set=again', { headers });
          expect(valuesOf(echo, 'X-Set')).toEqual(['ours']);
          expect(valuesOf(echo, 'X-Token')).toEqual([own]);
          expect(echo.headers.filter(([, value]) => value.includes('theirs'))).toEqual([]);
          expect(new URL(echo.url, 'http://echo').searchParams.getAll('set')).toEqual(['ours']);
        }
      });

      test('keeps what it came with beside what was appended', async () => {
        const echo = await seen('/change?more=theirs', { headers: { 'X-More': 'theirs' } });
        expect(valuesOf(echo, 'X-More')).toEqual(['theirs', 'ours']);
        expect(new URL(echo.url, 'http://echo').searchParams.getAll('more')).toEqual(['theirs', 'ours']);
      });

      test('has another method and path', async () => {
        expect(await seen('/change-request/below', { method: 'POST', body: 'x' })).toMatchObject({
          method: 'PUT',
          url: '/elsewhere',
          length: 1,
        });
      });
    });

    describe('a changed answer', () => {
      test('has lost, renamed and gained headers', async () => {
        const { headers } = await call(
          '/change-answer?answer=X-Gone=theirs&answer=X-Old=theirs&answer=X-Set=theirs&answer=X-More=theirs',
        );
        expect(headers).not.toHaveProperty('x-gone');
        expect(headers).not.toHaveProperty('x-old');
        expect(headers).toMatchObject({ 'x-new': 'theirs', 'x-set': 'ours', 'x-more': 'theirs, ours' });
      });

      test('has lost and gained members of its JSON', async () => {
        const answer = await call('/change-answer');
        const body = JSON.parse(answer.body) as Record<string, unknown>;
        expect(body).toMatchObject({ method: 'hidden', added: 'ours', url: '/change-answer' });
        expect(body).not.toHaveProperty('headers');
      });

      test('keeps what it was where nothing was declared', async () => {
        const { headers } = await call('/change?answer=X-Old=theirs');
        expect(headers['x-old']).toBe('theirs');
      });
    });

    describe('an id beside the request id', () => {
      test('is made, passed on and told', async () => {
        const answer = await call('/correlated');
        const id = answer.headers['x-correlation-id'];
        expect(id).toMatch(/^[0-9a-f-]{36}$/);
        expect(valuesOf(echoOf(answer), 'X-Correlation-Id')).toEqual([id]);
        expect((await call('/correlated')).headers['x-correlation-id']).not.toBe(id);
      });

      test("is the caller's own where there is one", async () => {
        const answer = await call('/correlated', { headers: { 'X-Correlation-Id': 'mine' } });
        expect(answer.headers['x-correlation-id']).toBe('mine');
      });

      test('is told to nobody where that was declared', async () => {
        const answer = await call('/correlated-quietly');
        expect(answer.headers).not.toHaveProperty('x-trace');
        expect(valuesOf(echoOf(answer), 'X-Trace')).toEqual([expect.stringMatching(/^[0-9.]+-8000-/)]);
      });

      test('counts up', async () => {
        const ids = [await call('/correlated-counting'), await call('/correlated-counting')].map(
          ({ headers }) => String(headers['x-trace']).split('#'),
        );
        expect(Number(ids[1]?.[1]) - Number(ids[0]?.[1])).toBe(1);
        expect(ids[1]?.[0]).toBe(ids[0]?.[0]);
      });
    });
  },
};
