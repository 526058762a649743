import { describe, expect, test } from 'vitest';
import {
  correlationId,
  postFunction,
  preFunction,
  requestTransformer,
  responseTransformer,
} from '../../../../constructs/gateway/plugins/index.js';
import type { unseal } from '../../../../constructs/secrets/sealed.js';
import { configOf, MADE } from '../../../helper/gateway-model.js';
import { expressionOf } from '../../../helper/sealed.js';

const NOTHING = { headers: [], querystring: [] };

describe('a change of requests', () => {
  test('sets a header whether or not the caller sent it', () => {
    expect(configOf(requestTransformer({ set: { headers: { 'X-A': 'b:c d' }, query: { e: 'f' } } }))).toEqual(
      {
        // A key never goes further than the gateway.
        remove: { headers: ['apikey'], querystring: [] },
        replace: { headers: ['X-A:b:c d'], querystring: ['e:f'] },
        add: { headers: ['X-A:b:c d'], querystring: ['e:f'] },
        append: NOTHING,
        rename: NOTHING,
      },
    );
  });

  test('removes, renames, appends, and takes another method and path', () => {
    expect(
      configOf(
        requestTransformer({
          remove: { headers: ['X-A'], query: ['a'] },
          rename: { headers: { 'X-B': 'X-C' }, query: { b: 'c' } },
          append: { headers: { 'X-D': 'd' }, query: { d: 'e' } },
          method: 'PUT',
          path: '/v2',
        }),
      ),
    ).toEqual({
      http_method: 'PUT',
      remove: { headers: ['X-A', 'apikey'], querystring: ['a'] },
      rename: { headers: ['X-B:X-C'], querystring: ['b:c'] },
      replace: { headers: [], querystring: [], uri: '/v2' },
      add: NOTHING,
      append: { headers: ['X-D:d'], querystring: ['d:e'] },
    });
  });

  test('puts a secret after its name within the placeholder, since YAML has no other way to join them', () => {
    const plugin = requestTransformer({ append: { headers: { Authorization: MADE.token } } });
    expect(configOf(plugin)).toMatchObject({ append: { headers: ['${{ env "DECK_ENV_LOG_TOKEN_0" }}'] } });
    const { append } = plugin.config({ major: 3, minor: 9 });
    const [sealed] = (append as { headers: readonly Parameters<typeof unseal>[0][] }).headers;
    expect(sealed === undefined ? '' : expressionOf(sealed)).toBe('Authorization:${var.log_token}');
  });
});

describe('a change of answers', () => {
  test('sets a header whether or not the service sent it', () => {
    const nothing = { headers: [], json: [] };
    expect(configOf(responseTransformer({ set: { headers: { 'X-A': 'b' }, json: { c: 'd' } } }))).toEqual({
      remove: nothing,
      rename: { headers: [] },
      replace: { headers: ['X-A:b'], json: ['c:d'] },
      add: { headers: ['X-A:b'], json: ['c:d'] },
      append: { headers: [] },
    });
  });

  test('removes, renames and appends', () => {
    expect(
      configOf(
        responseTransformer({
          remove: { headers: ['Server'], json: ['password'] },
          rename: { headers: { 'X-A': 'X-B' } },
          append: { headers: { 'X-C': 'd' } },
        }),
      ),
    ).toMatchObject({
      remove: { headers: ['Server'], json: ['password'] },
      rename: { headers: ['X-A:X-B'] },
      append: { headers: ['X-C:d'] },
    });
  });
});

describe('an id of requests', () => {
  test('by default is random, in a header of its own, and told back', () => {
    expect(configOf(correlationId())).toEqual({
      header_name: 'X-Correlation-Id',
      generator: 'uuid',
      echo_downstream: true,
    });
  });

  test('takes what is said otherwise', () => {
    expect(configOf(correlationId({ header: 'X-A', generator: 'tracker', echo: false }))).toEqual({
      header_name: 'X-A',
      generator: 'tracker',
      echo_downstream: false,
    });
  });
});

describe('functions', () => {
  const lua = 'if a == "b" then\n\treturn \'c\' -- #1: {x}\nend\n\n';

  test.each([
    ['before', preFunction],
    ['after', postFunction],
  ])('%s every other plugin are passed on as they are', (_when, make) => {
    expect(
      configOf(make({ access: [lua, 'return'], header_filter: [], body_filter: [lua], log: [lua] })),
    ).toEqual({
      access: [lua, 'return'],
      header_filter: [],
      body_filter: [lua],
      log: [lua],
    });
  });
});
