import { describe, expect, test } from 'vitest';
import { checkGateway } from '../../../constructs/gateway/check.js';
import type { HashKey, ServiceDeclaration } from '../../../constructs/gateway/model.js';
import type { Counters } from '../../../constructs/gateway/plugins/index.js';
import { Duration } from '../../../constructs/quantities.js';
import { KONG_3_9, mistakesIn, model, service } from '../../helper/gateway-model.js';

function hashing(by: HashKey, fallback?: HashKey): Partial<ServiceDeclaration> {
  const keys = fallback === undefined ? { by } : { by, fallback };
  return { balancing: { algorithm: 'consistent-hashing', ...keys } };
}

describe('a service is refused with', () => {
  const path = 'must begin with a slash and hold no blanks, braces and empty parts';
  const ready = `write for example '/health/ready'`;
  const name = 'have a name of letters, digits, dashes and underscores';

  test.each<[string, Partial<ServiceDeclaration>, string]>([
    [
      'port 0',
      { port: 0 },
      'port must be a whole number from 1 to 65535, got 0; name the port of the listener',
    ],
    [
      'a port too high',
      { port: 65_536 },
      'port must be a whole number from 1 to 65535, got 65536; name the port of the listener',
    ],
    [
      'retries below 0',
      { retries: -1 },
      'retries must be a whole number from 0 to 10, got -1; leave it out for 2',
    ],
    [
      'too many retries',
      { retries: 11 },
      'retries must be a whole number from 0 to 10, got 11; leave it out for 2',
    ],
    ['a probe without a slash', { health: { path: 'up' } }, `health.path ${path}, got "up"; ${ready}`],
    ['a probe with a blank', { health: { path: '/a b' } }, `health.path ${path}, got "/a b"; ${ready}`],
    ['a probe with an empty part', { health: { path: '//up' } }, `health.path ${path}, got "//up"; ${ready}`],
    [
      'a template of decK in a probe',
      { health: { path: '/${{env"DECK_ENV_A"}}' } },
      `health.path ${path}, got "/\${{env\\"DECK_ENV_A\\"}}"; ${ready}`,
    ],
    [
      'no failure that takes a replica out',
      { health: { path: '/', failures: 0 } },
      'health.failures must be a whole number from 1 to 255, got 0; leave it out for 2',
    ],
    [
      'too many failures of callers',
      { health: { path: '/', passiveFailures: 256 } },
      'health.passiveFailures must be a whole number from 1 to 255, got 256; leave it out for none',
    ],
    [
      'a timeout of more than an hour',
      { timeouts: { read: Duration.minutes(61) } },
      'timeouts.read must be a whole number from 1 to 3600000, got 3660000; choose whole milliseconds up to one hour',
    ],
    [
      'a header that is no name',
      hashing({ header: 'X A' }),
      `balancing.by must ${name}, got "X A"; correct it`,
    ],
    [
      'a cookie that is no name',
      hashing({ cookie: 'a;b' }),
      `balancing.by must ${name}, got "a;b"; correct it`,
    ],
    [
      'a parameter that is no name',
      hashing('ip', { query: '' }),
      `balancing.fallback must ${name}, got ""; correct it`,
    ],
    [
      'a fallback that is the same',
      hashing({ header: 'X-A' }, { header: 'X-A' }),
      'balancing.fallback must differ from by, which is no cookie, got {"header":"X-A"}; leave it out',
    ],
    [
      'a fallback for a cookie',
      hashing({ cookie: 'a' }, { header: 'X-A' }),
      'balancing.fallback must differ from by, which is no cookie, got {"header":"X-A"}; leave it out',
    ],
  ])('%s', (_what, change, line) => {
    expect(mistakesIn(model({ services: [service(change)] }))).toEqual([`services.hello.${line}`]);
  });
});

describe('counters are refused with', () => {
  const redis = { kind: 'redis', host: 'redis' } as const;
  const user = 'username must be letters, digits, dots, dashes, underscores and @';

  test.each<[string, Counters, string]>([
    [
      'an address instead of a host',
      { ...redis, host: 'redis://a' },
      `host must be a host name or an address, got "redis://a"; write for example 'redis.example.com'`,
    ],
    [
      'no host',
      { ...redis, host: '' },
      `host must be a host name or an address, got ""; write for example 'redis.example.com'`,
    ],
    [
      'port 0',
      { ...redis, port: 0 },
      'port must be a whole number from 1 to 65535, got 0; leave it out for 6379',
    ],
    [
      'database 16',
      { ...redis, database: 16 },
      'database must be a whole number from 0 to 15, got 16; leave it out for 0',
    ],
    ['a blank in the user', { ...redis, username: 'a b' }, `${user}, got "a b"; correct it`],
    [
      'a template of decK in the user',
      { ...redis, username: '${{ env "DECK_ENV_A" }}' },
      `${user}, got "\${{ env \\"DECK_ENV_A\\" }}"; correct it`,
    ],
  ])('%s', (_what, counters, line) => {
    expect(mistakesIn(model({ counters }))).toEqual([`counters.${line}`]);
  });
});

test.each<[string, Partial<ServiceDeclaration>]>([
  ['the least', { port: 1, retries: 0, health: { path: '/', failures: 1, passiveFailures: 1 } }],
  [
    'the most',
    { port: 65_535, retries: 10, health: { path: '/a?b=c', failures: 255, passiveFailures: 255 } },
  ],
  ['the longest timeouts', { timeouts: { connect: Duration.hours(1), write: Duration.milliseconds(1) } }],
  ['another fallback', hashing({ header: 'X_A' }, { query: 'a' })],
  ['a cookie alone', hashing({ cookie: 'a' })],
])('a service with %s is accepted', (_what, change) => {
  const counters = { kind: 'redis', host: 'redis', username: 'kong@eu', database: 15 } as const;
  expect(() => {
    checkGateway(model({ services: [service(change)], counters }), KONG_3_9, 'unit');
  }).not.toThrow();
});
