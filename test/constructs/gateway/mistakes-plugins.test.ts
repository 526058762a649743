import { describe, expect, test } from 'vitest';
import { checkGateway } from '../../../constructs/gateway/check.js';
import {
  acl,
  botDetection,
  correlationId,
  cors,
  customPlugin,
  fileLog,
  httpLog,
  ipRestriction,
  jwt,
  keyAuth,
  oauth2,
  prometheus,
  proxyCache,
  rateLimiting,
  requestSizeLimiting,
  requestTermination,
  type GatewayPlugin,
} from '../../../constructs/gateway/plugins/index.js';
import { Duration, Size } from '../../../constructs/quantities.js';
import {
  CLIENT,
  KONG_3_9,
  MADE,
  mistakesIn,
  mistakesOf,
  model,
  route,
  service,
} from '../../helper/gateway-model.js';

const { provisionKey } = MADE;
const LOG = 'http://logs:9000/';
const HEADER = `must be a header's name of letters, digits and dashes`;
const HEADER_REMEDY = `write for example 'X-Request-Id'`;
const EITHER = 'must have either allow or deny, with at least one entry';
const RANGE = 'must be an address or a range in CIDR form';
const ORIGIN = `must be an origin without a path, or '*' alone`;
const ADDRESS = 'must be an http or https address without user and password';

describe('a plugin is refused', () => {
  test.each<[GatewayPlugin, string]>([
    [keyAuth({ headers: [] }), `key-auth.headers must name at least one, got []; write ['apikey']`],
    [keyAuth({ headers: ['a', 'b c'] }), `key-auth.headers[1] ${HEADER}, got "b c"; ${HEADER_REMEDY}`],
    [
      jwt({ maximumExpiration: Duration.days(366) }),
      'jwt.maximumExpiration must be a whole number from 1 to 31536000, got 31622400; choose whole seconds up to 365 days',
    ],
    [
      oauth2({ provisionKey, flows: [] }),
      `oauth2.flows must name at least one, got []; write ['client-credentials']`,
    ],
    [
      oauth2({ provisionKey, mandatoryScope: true }),
      'oauth2.scopes must name at least one where a scope is mandatory, got nothing; list the scopes',
    ],
    [
      oauth2({ provisionKey, tokenLifetime: Duration.hours(25) }),
      'oauth2.tokenLifetime must be a whole number from 1 to 86400, got 90000; choose whole seconds up to one day',
    ],
    [acl({}), `acl ${EITHER}, got {}; keep one of the two`],
    [acl({ allow: [] }), `acl ${EITHER}, got {"allow":[]}; keep one of the two`],
    [
      acl({ allow: ['a'], deny: ['b'] }),
      `acl ${EITHER}, got {"allow":["a"],"deny":["b"]}; keep one of the two`,
    ],
    [ipRestriction({}), `ip-restriction ${EITHER}, got {}; keep one of the two`],
    ...[
      '10.0.0.256',
      '10.0.0.0/33',
      '10.0.0',
      '::1/129',
      '12:34',
      'fe80::1%eth0',
      '10.0.0.0/8/8',
      'a.b',
      '',
    ].map((address): [GatewayPlugin, string] => [
      ipRestriction({ deny: ['::1', address] }),
      `ip-restriction.deny[1] ${RANGE}, got "${address}"; write for example '10.0.0.0/8'`,
    ]),
    [
      ipRestriction({ allow: ['::1'], status: 302 }),
      'ip-restriction.status must be a whole number from 400 to 599, got 302; leave it out for 403',
    ],
    [
      botDetection({ deny: ['good', '(bad'] }),
      'bot-detection.deny[1] must be a regular expression, got "(bad"; correct its brackets',
    ],
    [
      botDetection({ allow: [''] }),
      'bot-detection.allow[0] must be a regular expression, got ""; correct its brackets',
    ],
    [
      cors({ origins: [] }),
      `cors.origins must name at least one, got []; write for example ['https://app.example.com']`,
    ],
    ...['https://a.b/', 'a.b', 'null', 'https://*.a.b'].map((origin): [GatewayPlugin, string] => [
      cors({ origins: [origin] }),
      `cors.origins[0] ${ORIGIN}, got "${origin}"; write for example 'https://app.example.com'`,
    ]),
    [
      cors({ origins: ['https://a.b', '*'] }),
      `cors.origins[1] ${ORIGIN}, got "*"; write for example 'https://app.example.com'`,
    ],
    [
      cors({ origins: ['*'], credentials: true }),
      `cors.credentials must be false with the origin '*', got true; list the origins`,
    ],
    [cors({ origins: ['*'], headers: ['a b'] }), `cors.headers[0] ${HEADER}, got "a b"; ${HEADER_REMEDY}`],
    [
      cors({ origins: ['*'], exposedHeaders: [''] }),
      `cors.exposedHeaders[0] ${HEADER}, got ""; ${HEADER_REMEDY}`,
    ],
    [
      httpLog({ url: 'logs:9000' }),
      `http-log.url ${ADDRESS}, got "logs:9000"; put credentials into headers, as a secret`,
    ],
    [
      httpLog({ url: LOG, batch: 0 }),
      'http-log.batch must be a whole number from 1 to 10000, got 0; leave it out for 50',
    ],
    [
      httpLog({ url: LOG, headers: { 'a b': 'c' } }),
      `http-log.headers ${HEADER}, got "a b"; ${HEADER_REMEDY}`,
    ],
    [
      httpLog({ url: LOG, headers: { 'Content-Type': 'text/plain' } }),
      'http-log.headers.Content-Type must be a header that Kong does not set itself, got "Content-Type"; remove it',
    ],
    [
      httpLog({ url: LOG, redactHeaders: ['x.y'] }),
      `http-log.redactHeaders[0] ${HEADER}, got "x.y"; ${HEADER_REMEDY}`,
    ],
    ...['log', '/a b', '/a*'].map((path): [GatewayPlugin, string] => [
      fileLog({ path }),
      `file-log.path must be an absolute path without blanks and * & % \`, got "${path}"; leave it out for '/dev/stdout'`,
    ]),
    [
      rateLimiting({ limit: {} }),
      'rate-limiting.limit must set at least one period, got {}; set for example minute',
    ],
    [
      rateLimiting({ limit: { minute: 1 }, by: { header: 'a b' } }),
      `rate-limiting.by.header ${HEADER}, got "a b"; ${HEADER_REMEDY}`,
    ],
    [
      rateLimiting({ limit: { minute: 1 }, by: { path: 'a' } }),
      'rate-limiting.by.path must begin with a slash, got "a"; put one before it',
    ],
    [
      rateLimiting({ limit: { minute: 1 }, counters: { kind: 'redis', host: '' } }),
      `rate-limiting.counters.host must be a host name or an address, got ""; write for example 'redis.example.com'`,
    ],
    [
      requestSizeLimiting({ limit: Size.gibibytes(2) }),
      'request-size-limiting.limit must be a whole number from 1 to 2047, got 2048; stay below 2 GiB',
    ],
    [
      requestTermination({ status: 600 }),
      'request-termination.status must be a whole number from 200 to 599, got 600; leave it out for 503',
    ],
    [
      requestTermination({ message: 'm', body: { contentType: 'text/plain', text: 'b' } }),
      'request-termination.body must be alone, without a message, got "b"; keep one of the two',
    ],
    [
      requestTermination({ trigger: 'a b' }),
      `request-termination.trigger ${HEADER}, got "a b"; ${HEADER_REMEDY}`,
    ],
    [proxyCache({ statuses: [] }), 'proxy-cache.statuses must name at least one, got []; write [200]'],
    [
      proxyCache({ statuses: [200, 99] }),
      'proxy-cache.statuses[1] must be a whole number from 200 to 599, got 99; write for example 200',
    ],
    [
      proxyCache({ varyHeaders: ['a b'] }),
      `proxy-cache.varyHeaders[0] ${HEADER}, got "a b"; ${HEADER_REMEDY}`,
    ],
    [correlationId({ header: 'a b' }), `correlation-id.header ${HEADER}, got "a b"; ${HEADER_REMEDY}`],
  ])('%j: %s', (plugin, line) => {
    expect(mistakesOf(plugin)).toEqual([line]);
  });

  test.each([
    ['http://user:password@logs/', '…@logs/'],
    ['user:password@logs', '…@logs'],
    ['http://user:pass/word@logs/a', '…@logs/a'],
    ['ftp://logs/in?token=password', 'ftp://logs/in?…'],
  ])('for the address %s, of which no password is shown', (url, got) => {
    expect(mistakesOf(httpLog({ url }))).toEqual([
      `http-log.url ${ADDRESS}, got "${got}"; put credentials into headers, as a secret`,
    ]);
  });
});

describe('a template of decK is refused', () => {
  const template = '${{ env "DECK_ENV_A" }}';
  const line = `must hold no '\${{', which decK would read as a template, got "\${{ env \\"DECK_ENV_A\\" }}"; write it another way`;

  test.each<[GatewayPlugin, string]>([
    [requestTermination({ message: template }), 'request-termination'],
    [httpLog({ url: LOG, headers: { 'X-A': template } }), 'http-log'],
    [customPlugin({ name: 'session', config: { deep: [{ secret: template }] } }), 'session'],
    [customPlugin({ name: 'session', config: { [template]: 1 } }), 'session'],
  ])('in %j', (plugin, name) => {
    expect(mistakesOf(plugin)).toEqual([`${name} ${line}`]);
  });
});

describe('one place', () => {
  const twice = [prometheus(), prometheus({ perConsumer: true })];
  const line = 'must be unique, got "prometheus"; Kong runs one of a kind in one place; join them';

  test('refuses two plugins of a kind', () => {
    expect(
      mistakesIn(
        model({
          plugins: twice,
          services: [service({ plugins: twice, routes: [route({ plugins: twice })] })],
          clients: [{ ...CLIENT, plugins: twice }],
        }),
      ),
    ).toEqual(
      ['clients.app.plugins', 'plugins', 'routes.hello.plugins', 'services.hello.plugins'].map(
        (path) => `${path} ${line}`,
      ),
    );
  });

  test('accepts one, beside the same in other places', () => {
    const one = [prometheus(), ipRestriction({ allow: ['10.0.0.0/8', '::/0', '127.0.0.1', 'fe80::1'] })];
    expect(() => {
      checkGateway(
        model({
          plugins: one,
          services: [service({ plugins: one, routes: [route({ plugins: one })] })],
          clients: [{ ...CLIENT, plugins: one }],
        }),
        KONG_3_9,
        'unit',
      );
    }).not.toThrow();
  });
});
