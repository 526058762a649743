import { describe, expect, test } from 'vitest';
import {
  botDetection,
  cors,
  customPlugin,
  ipRestriction,
} from '../../../../constructs/gateway/plugins/index.js';
import { Duration } from '../../../../constructs/quantities.js';
import { configOf, KONG_3_0, KONG_3_9, MADE, renderedPlugin } from '../../../helper/gateway-model.js';

describe.each([KONG_3_0, KONG_3_9])('with Kong $major.$minor', (kong) => {
  test('an address outside of a list gets 403', () => {
    expect(configOf(ipRestriction({ allow: ['10.0.0.0/8'] }), kong)).toEqual({
      allow: ['10.0.0.0/8'],
      status: 403,
    });
    expect(configOf(ipRestriction({ deny: ['::1'], status: 404, message: 'no' }), kong)).toEqual({
      deny: ['::1'],
      status: 404,
      message: 'no',
    });
  });

  test('robots are those that Kong knows, and further ones', () => {
    expect(configOf(botDetection(), kong)).toEqual({ allow: [], deny: [] });
    expect(configOf(botDetection({ allow: ['good'], deny: ['^bad/\\d+'] }), kong)).toEqual({
      allow: ['good'],
      deny: ['^bad/\\d+'],
    });
  });

  test('pages of another origin read and send plain requests, without cookies', () => {
    expect(configOf(cors({ origins: ['https://app.example.com'] }), kong)).toEqual({
      origins: ['https://app.example.com'],
      methods: ['GET', 'HEAD', 'POST'],
      credentials: false,
      max_age: 600,
      preflight_continue: false,
    });
  });
});

test('pages of another origin may more where that is said', () => {
  expect(
    configOf(
      cors({
        origins: ['https://a.b:8443', 'http://localhost'],
        methods: ['DELETE'],
        headers: ['X-A'],
        exposedHeaders: ['X-B'],
        credentials: true,
        maxAge: Duration.days(1),
      }),
    ),
  ).toEqual({
    origins: ['https://a.b:8443', 'http://localhost'],
    methods: ['DELETE'],
    headers: ['X-A'],
    exposed_headers: ['X-B'],
    credentials: true,
    max_age: 86_400,
    preflight_continue: false,
  });
});

describe('a plugin without a function of its own', () => {
  test('passes its configuration on, with secrets in their places', () => {
    const config = { secret: MADE.token.newest, deep: [{ on: true, count: 0 }], left: undefined };
    expect(renderedPlugin(customPlugin({ name: 'session', config }))).toEqual({
      name: 'session',
      config: { secret: '${{ env "DECK_ENV_LOG_TOKEN_0" }}', deep: [{ on: true, count: 0 }] },
    });
  });

  test('takes protocols', () => {
    const plugin = customPlugin({ name: 'grpc-web', config: {}, protocols: ['https'] });
    expect(renderedPlugin(plugin)).toEqual({ name: 'grpc-web', protocols: ['https'], config: {} });
  });
});
