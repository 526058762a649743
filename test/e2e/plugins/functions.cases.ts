/** Lua of one's own and plugins without a function here. */
import { describe, expect, test } from 'vitest';
import { customPlugin, postFunction, preFunction } from '../../../constructs/gateway/plugins/index.js';
import { call, echoOf, seen, valuesOf } from './call.js';
import { logs } from './containers.js';
import { open, type Theme } from './theme.js';

const mark = (value: string): string => `kong.service.request.set_header("X-Function", "${value}")`;

export const functions: Theme = {
  plugins: [
    preFunction({
      rewrite: ['kong.service.request.set_header("X-Rewritten", "gateway")'],
      access: [mark('gateway')],
    }),
  ],
  routes: () => [
    open('function-gateway'),
    open('function-pre', { plugins: [preFunction({ access: [mark('route')] })] }),
    open('function-post', {
      plugins: [
        postFunction({
          access: [mark('after')],
          header_filter: ['kong.response.set_header("X-Function", kong.request.get_method())'],
        }),
      ],
    }),
    open('function-end', {
      plugins: [preFunction({ access: ['return kong.response.exit(202, { by = "lua" })'] })],
    }),
    ...[
      ['execute', 'os.execute("true")'],
      ['require', 'require("cjson")'],
      ['file', 'io.open("/etc/passwd")'],
      ['load', 'load("return 1")()'],
      ['string', 'string.format = nil'],
    ].map(([name, text = '']) => open(`forbidden-${name}`, { plugins: [preFunction({ access: [text] })] })),
    open('custom', {
      plugins: [
        customPlugin({
          name: 'response-ratelimiting',
          config: {
            limits: { sms: { second: null, minute: null, hour: null, day: null, month: null, year: 9 } },
            limit_by: 'ip',
          },
        }),
      ],
    }),
  ],

  cases: () => {
    describe('functions', () => {
      test("of the gateway run on a route that has none, after the gateway's own hygiene", async () => {
        const echo = await seen('/function-gateway', { headers: { 'X-Consumer-Username': 'forged' } });
        expect(valuesOf(echo, 'X-Function')).toEqual(['gateway']);
        expect(valuesOf(echo, 'X-Rewritten')).toEqual(['gateway']);
        expect(valuesOf(echo, 'X-Consumer-Username')).toEqual([]);
      });

      test("of a route run in place of the gateway's, whose hygiene stays", async () => {
        const echo = await seen('/function-pre', { headers: { 'X-Consumer-Username': 'forged' } });
        expect(valuesOf(echo, 'X-Function')).toEqual(['route']);
        expect(valuesOf(echo, 'X-Rewritten')).toEqual(['gateway']);
        expect(valuesOf(echo, 'X-Consumer-Username')).toEqual([]);
      });

      test('after all others run in every phase that they are declared for', async () => {
        const answer = await call('/function-post');
        expect(valuesOf(echoOf(answer), 'X-Function')).toEqual(['after']);
        expect(answer.headers['x-function']).toBe('GET');
      });

      test('may answer themselves', async () => {
        const answer = await call('/function-end');
        expect([answer.status, JSON.parse(answer.body)]).toEqual([202, { by: 'lua' }]);
      });

      test.each(['execute', 'require', 'file', 'load', 'string'])(
        'that want what the sandbox forbids (%s) are taken, and answer 500 to the request',
        async (name) => {
          const answer = await call(`/forbidden-${name}`);
          expect([answer.status, JSON.parse(answer.body)]).toEqual([
            500,
            { message: 'An unexpected error occurred' },
          ]);
        },
      );

      test('that failed are told about in the log', async () => {
        await call('/forbidden-execute');
        expect(await logs('kong')).toContain("attempt to call field 'execute'");
      });
    });

    test('a plugin without a function here works as its own documentation says', async () => {
      const left = async (query = ''): Promise<unknown> =>
        (await call(`/custom${query}`)).headers['x-ratelimit-remaining-sms-year'];
      const counted = '?answer=X-Kong-Limit=sms%3D2';
      expect([await left(counted), await left(), await left(counted)]).toEqual(['7', '7', '5']);
    });
  },
};
