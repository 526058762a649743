/** Sizes of bodies: what is measured by the plugin, and what only Kong's own bound stops. */
import { describe, expect, test } from 'vitest';
import { requestSizeLimiting } from '../../../constructs/gateway/plugins/index.js';
import { Size } from '../../../constructs/quantities.js';
import { seen, status } from './call.js';
import { open, type Theme } from './theme.js';

const mebibytes = (count: number, more = 0): Buffer => Buffer.alloc(count * 2 ** 20 + more, 'x');
const post = (body: Buffer, chunked = false): Parameters<typeof status>[1] => ({
  method: 'POST',
  body,
  chunked,
});

export const sizes: Theme = {
  routes: () => [
    open('size', { plugins: [requestSizeLimiting({ limit: Size.mebibytes(1) })] }),
    open('size-known', {
      plugins: [requestSizeLimiting({ limit: Size.mebibytes(1), requireContentLength: true })],
    }),
    open('size-default'),
    open('size-streamed', { buffering: { request: false } }),
  ],

  cases: () => {
    describe('sizes of requests', () => {
      test('let a body of exactly the limit pass, and answer 413 to one byte more', async () => {
        expect((await seen('/size', post(mebibytes(1)))).length).toBe(2 ** 20);
        expect(await status('/size', post(mebibytes(1, 1)))).toBe(413);
      });

      test('are bounded by the gateway where a route says nothing', async () => {
        expect(await status('/size-default', post(mebibytes(2)))).toBe(200);
        expect(await status('/size-default', post(mebibytes(2, 1)))).toBe(413);
      });

      test('of a body in chunks are measured while it fits in memory, not once it is on disk', async () => {
        expect((await seen('/size', post(mebibytes(2), true))).length).toBe(2 * 2 ** 20);
      });

      test.each(['/size', '/size-default', '/size-streamed'])(
        'of a body in chunks end at what Kong takes at all, on %s',
        async (path) => {
          expect(await status(path, post(mebibytes(4), true))).toBe(200);
          expect(await status(path, post(mebibytes(4, 1), true))).toBe(413);
        },
      );

      test('must be told where that is asked for, unless a body comes in chunks', async () => {
        expect(await status('/size-known')).toBe(411);
        expect(await status('/size-known', post(Buffer.alloc(0)))).toBe(200);
        expect(await status('/size-known', post(mebibytes(1)))).toBe(200);
        expect(await status('/size-known', post(Buffer.from('x'), true))).toBe(200);
      });
    });
  },
};
