import { describe, expect, test } from 'vitest';
import {
  customPlugin,
  postFunction,
  preFunction,
  requestTransformer,
  responseTransformer,
  type GatewayPlugin,
} from '../../../constructs/gateway/plugins/index.js';
import { checkGateway } from '../../../constructs/gateway/check.js';
import { KONG_3_9, MADE, mistakesOf, model } from '../../helper/gateway-model.js';

const HEADER = `must be a header's name of letters, digits and dashes`;
const HEADER_REMEDY = `write for example 'X-Request-Id'`;
const ONE_LINE = `must be one line of text without '$('`;

describe('a plugin that changes what passes is refused', () => {
  test.each<[GatewayPlugin, string]>([
    [requestTransformer({}), 'request-transformer must change something, got {}; remove the plugin'],
    [
      requestTransformer({ path: 'v2' }),
      `request-transformer.path must begin with a slash and hold no '$', got "v2"; write for example '/v2'`,
    ],
    [
      requestTransformer({ path: '/$(headers.a)' }),
      `request-transformer.path must begin with a slash and hold no '$', got "/$(headers.a)"; write for example '/v2'`,
    ],
    [
      requestTransformer({ remove: { headers: [''] } }),
      `request-transformer.remove.headers[0] ${HEADER}, got ""; ${HEADER_REMEDY}`,
    ],
    [
      requestTransformer({ rename: { headers: { 'X-A': 'b c' } } }),
      `request-transformer.rename.headers ${HEADER}, got "b c"; ${HEADER_REMEDY}`,
    ],
    [
      requestTransformer({ set: { headers: { 'X:A': 'b' } } }),
      `request-transformer.set.headers.X:A must have a header's name, got "X:A"; correct the name`,
    ],
    [
      requestTransformer({ append: { query: { 'a:b': 'c' } } }),
      'request-transformer.append.query.a:b must have a name without colons and spaces, got "a:b"; correct the name',
    ],
    [
      requestTransformer({ set: { headers: { 'X-A': '$(headers.host)' } } }),
      `request-transformer.set.headers.X-A ${ONE_LINE}, got "$(headers.host)"; for a template use preFunction`,
    ],
    [
      requestTransformer({ append: { headers: { 'X-A': 'b\r\nX-C: d' } } }),
      `request-transformer.append.headers.X-A ${ONE_LINE}, got "b\\r\\nX-C: d"; for a template use preFunction`,
    ],
    [
      requestTransformer({ set: { query: { a: '' } } }),
      `request-transformer.set.query.a ${ONE_LINE}, got ""; for a template use preFunction`,
    ],
    [responseTransformer({}), 'response-transformer must change something, got {}; remove the plugin'],
    [
      responseTransformer({ set: { headers: { 'X A': 'b' } } }),
      `response-transformer.set.headers.X A must have a header's name, got "X A"; correct the name`,
    ],
    [
      responseTransformer({ append: { headers: { 'X-A': 'b\n' } } }),
      `response-transformer.append.headers.X-A ${ONE_LINE}, got "b\\n"; for a template use preFunction`,
    ],
    [
      responseTransformer({ rename: { headers: { 'X A': 'X-A' } } }),
      `response-transformer.rename.headers ${HEADER}, got "X A"; ${HEADER_REMEDY}`,
    ],
    [
      responseTransformer({ remove: { headers: ['a b'] } }),
      `response-transformer.remove.headers[0] ${HEADER}, got "a b"; ${HEADER_REMEDY}`,
    ],
    [preFunction({}), 'pre-function must hold a function, got {}; add one, for example in access'],
    [
      preFunction({ access: [] }),
      'pre-function must hold a function, got {"access":[]}; add one, for example in access',
    ],
    [
      postFunction({ log: ['return', ' \n'] }),
      'post-function.log must hold code, got " \\n"; remove the empty one',
    ],
    [
      customPlugin({ name: 'My_Plugin', config: {} }),
      `My_Plugin.name must be a plugin's name in small letters, digits and dashes, got "My_Plugin"; write it as Kong's documentation does`,
    ],
    ...['key-auth', 'jwt', 'rate-limiting', 'pre-function'].map((name): [GatewayPlugin, string] => [
      customPlugin({ name, config: {} }),
      `${name}.name must be a plugin without a function of its own, got "${name}"; use the typed function, which has safe defaults`,
    ]),
  ])('%j: %s', (plugin, line) => {
    expect(mistakesOf(plugin)).toEqual([line]);
  });
});

test('changes of every kind are accepted, secrets included', () => {
  const plugins = [
    requestTransformer({
      remove: { headers: ['X-A'], query: ['a b'] },
      rename: { headers: { 'X-B': 'X-C' } },
      set: { headers: { Authorization: MADE.token, 'X-D': 'a:b $5' }, query: { d: '{}' } },
      path: '/v2',
    }),
    responseTransformer({ set: { json: { a: 'b' } } }),
    preFunction({ access: ['return'] }),
    customPlugin({ name: 'session', config: { secret: MADE.token.newest } }),
  ];
  expect(() => {
    checkGateway(model({ plugins }), KONG_3_9, 'unit');
  }).not.toThrow();
});
