import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ClientDeclaration, ClientPublicKey, RateLimit } from '../../../constructs/gateway/model.js';
import {
  cors,
  ipRestriction,
  rateLimiting,
  requestTermination,
} from '../../../constructs/gateway/plugins/index.js';
import { thrown } from '../../helper/failure.js';
import { checkGateway } from '../../../constructs/gateway/check.js';
import { CLIENT, KONG_3_9, MADE, mistakesIn, model } from '../../helper/gateway-model.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const edwards = generateKeyPairSync('ed25519');

const publicPem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const privatePem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const RSA: ClientPublicKey = { kid: 'one', algorithm: 'RS256', publicKey: publicPem(rsa.publicKey) };
const EC: ClientPublicKey = { kid: 'two', algorithm: 'ES256', publicKey: publicPem(p256.publicKey) };

function mistakesOfClient(change: Partial<ClientDeclaration>): string[] {
  return mistakesIn(model({ clients: [{ ...CLIENT, ...change }] }));
}

describe('a client is refused', () => {
  test.each<[string, Partial<ClientDeclaration>, string]>([
    [
      'with the name of callers without credentials',
      { name: 'anonymous' },
      'clients.anonymous.name must differ from the name of callers without credentials, got "anonymous"; rename it',
    ],
    [
      'with OAuth2 but without HTTPS',
      { oauth2: MADE.oauth2 },
      'clients.app.oauth2 must have HTTPS to ask for tokens over, got "http alone"; give Kong a certificate',
    ],
    [
      'with a group twice',
      { groups: ['a', 'a'] },
      'clients.app.groups must be unique, got "a"; remove one of them',
    ],
    [
      'with a group in capitals',
      { groups: ['a', 'Admins'] },
      'clients.app.groups[1] must be small letters, digits, dots, dashes and underscores, got "Admins"; rename it',
    ],
    [
      'with no key of its own',
      { jwt: [] },
      'clients.app.jwt must hold a key, got []; add one or leave it out',
    ],
    [
      'with a kid that holds a blank',
      { jwt: [{ ...RSA, kid: 'a b' }] },
      'clients.app.jwt[0].kid must be letters, digits, dots, dashes and underscores, got "a b"; rename it',
    ],
    [
      'with one kid for two keys',
      { jwt: [RSA, { ...EC, kid: 'one' }] },
      'clients.jwt.kid must be unique, got "one"; give each key a kid of its own',
    ],
    [
      'with a limiter beside its limit',
      { plugins: [rateLimiting({ limit: { second: 1 } })] },
      'clients.app.plugins must leave limits to the limit of the client, got "rate-limiting"; set clients.limit',
    ],
    [
      'with a plugin that does not act on clients',
      { plugins: [cors({ origins: ['*'] })] },
      'clients.app.plugins.cors must be a plugin that acts on clients, got "cors"; put it on a route, a service or the gateway',
    ],
    [
      'with two plugins of a kind',
      { plugins: [requestTermination(), requestTermination({ status: 403 })] },
      'clients.app.plugins must be unique, got "request-termination"; Kong runs one of a kind in one place; join them',
    ],
    [
      'with a mistake in a plugin',
      { plugins: [ipRestriction({ allow: ['10.0.0.0/33'] })] },
      `clients.app.plugins.ip-restriction.allow[0] must be an address or a range in CIDR form, got "10.0.0.0/33"; write for example '10.0.0.0/8'`,
    ],
  ])('%s', (_what, change, line) => {
    expect(mistakesOfClient(change)).toEqual([line]);
  });

  test('without a credential', () => {
    expect(mistakesIn(model({ clients: [{ name: 'app', limit: { minute: 1 } }] }))).toEqual([
      'clients.app must have a credential, got {}; add key, jwt or oauth2',
    ]);
  });

  test('with the kid of a generated key of another', () => {
    const clients = [
      { ...CLIENT, jwt: MADE.keyPair },
      { name: 'other', jwt: [{ ...RSA, kid: 'app.1.2' }], limit: { minute: 1 } },
    ];
    expect(mistakesIn(model({ clients }))).toEqual([
      'clients.jwt.kid must be unique, got "app.1.2"; give each key a kid of its own',
    ]);
  });
});

describe('a limit is refused', () => {
  test.each<[RateLimit, string]>([
    [{}, ' must set at least one period, got {}; set for example minute'],
    [{ second: 10, minute: 5 }, '.minute must be no less than that of a second, got 5; raise it'],
    [{ minute: 10, hour: 5 }, '.hour must be no less than that of a minute, got 5; raise it'],
    [{ second: 10, hour: 5 }, '.hour must be no less than that of a second, got 5; raise it'],
    [{ day: 10, month: 10, year: 9 }, '.year must be no less than that of a month, got 9; raise it'],
    [{ minute: 0 }, '.minute must be a whole number from 1 to 1000000000, got 0; leave it out for no bound'],
    [
      { minute: 1.5 },
      '.minute must be a whole number from 1 to 1000000000, got 1.5; leave it out for no bound',
    ],
    [
      { year: 1_000_000_001 },
      '.year must be a whole number from 1 to 1000000000, got 1000000001; leave it out for no bound',
    ],
  ])('%j', (limit, line) => {
    expect(mistakesOfClient({ limit })).toEqual([`clients.app.limit${line}`]);
  });
});

describe('a public key is refused', () => {
  const remedy = 'write what `openssl pkey -pubout` shows';
  const noRsa = `must be an RSA key of at least 2048 bits in PEM form, public alone`;
  const noEc = `must be a key on the curve P-256 in PEM form, public alone`;

  test.each<[string, ClientPublicKey, string]>([
    [
      'shorter than 2048 bits',
      { ...RSA, publicKey: publicPem(short.publicKey) },
      `${noRsa}, got "another public key"`,
    ],
    ['of a curve for RS256', { ...RSA, publicKey: EC.publicKey }, `${noRsa}, got "another public key"`],
    ['of RSA for ES256', { ...EC, publicKey: RSA.publicKey }, `${noEc}, got "another public key"`],
    [
      'on another curve',
      { ...EC, publicKey: publicPem(p384.publicKey) },
      `${noEc}, got "another public key"`,
    ],
    [
      'on an Edwards curve',
      { ...EC, publicKey: publicPem(edwards.publicKey) },
      `${noEc}, got "another public key"`,
    ],
    ['without its PEM form', { ...RSA, publicKey: 'MIIBIjANBg' }, `${noRsa}, got "something else"`],
    ['cut off', { ...RSA, publicKey: RSA.publicKey.slice(0, 200) }, `${noRsa}, got "another public key"`],
  ])('%s', (_what, key, line) => {
    expect(mistakesOfClient({ jwt: [key] })).toEqual([`clients.app.jwt[0].publicKey ${line}; ${remedy}`]);
  });

  test.each<[string, string]>([
    ['is the private one', privatePem(rsa.privateKey)],
    [
      'is the private one in its older form',
      rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    ],
    ['is followed by the private one', `${RSA.publicKey}${privatePem(rsa.privateKey)}`],
    ['follows the private one', `${privatePem(rsa.privateKey)}${RSA.publicKey}`],
  ])('that %s, and the report shows nothing of it', (_what, publicKey) => {
    const { message } = thrown(() => {
      checkGateway(model({ clients: [{ ...CLIENT, jwt: [{ ...RSA, publicKey }] }] }), KONG_3_9, 'unit');
    });
    expect(message).toContain(`clients.app.jwt[0].publicKey ${noRsa}, got "`);
    const lines = privatePem(rsa.privateKey)
      .split('\n')
      .filter((line) => line !== '');
    expect(lines.filter((line) => message.includes(line))).toEqual([]);
  });
});

test('fitting keys, a pair for two clients and equal bounds are accepted', () => {
  const clients = [
    {
      ...CLIENT,
      jwt: [RSA, EC, { ...RSA, kid: 'windows', publicKey: RSA.publicKey.replaceAll('\n', '\r\n') }],
    },
    ...['pair', 'twin'].map((name) => ({
      name,
      jwt: MADE.keyPair,
      groups: ['admins', 'team.a_b-c'],
      limit: { second: 5, minute: 5, year: 1_000_000_000 },
    })),
  ];
  expect(() => {
    checkGateway(model({ clients }), KONG_3_9, 'unit');
  }).not.toThrow();
});
