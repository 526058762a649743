import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  concealEntity,
  concealName,
  concealState,
  concealText,
  secretsIn,
} from '../../../cli/deck/conceal.js';
import { MASK, Mask } from '../../../cli/deck/mask.js';

const nothing = new Mask([]);
const plugin = (config: object): unknown => concealEntity(nothing, 'plugin', { name: 'p', config });
const shown = (config: object): object => ({ name: 'p', config });

describe('entities that Kong gives back', () => {
  test.each([
    ['key-auth', { key: 'old', consumer: { username: 'a' } }, { key: MASK, consumer: { username: 'a' } }],
    [
      'jwt-auth',
      { key: 'issuer', secret: 's', rsa_public_key: 'pub' },
      { key: 'issuer', secret: MASK, rsa_public_key: 'pub' },
    ],
    ['hmac-auth', { username: 'u', secret: 's' }, { username: 'u', secret: MASK }],
    ['basic-auth', { username: 'u', password: 'hash' }, { username: 'u', password: MASK }],
    [
      'oauth2-cred',
      { client_id: 'i', client_secret: 's', hash_secret: false },
      { client_id: 'i', client_secret: MASK, hash_secret: false },
    ],
    ['certificate', { cert: 'c', key: 'k', key_alt: 'k2' }, { cert: 'c', key: MASK, key_alt: MASK }],
    [
      'key',
      { kid: 'k', jwk: '{}', pem: { private_key: 'k' } },
      { kid: 'k', jwk: MASK, pem: { private_key: MASK } },
    ],
    [
      'vault',
      { prefix: 'p', config: { token: 't', host: 'h' } },
      { prefix: 'p', config: { token: MASK, host: 'h' } },
    ],
    ['consumer', { username: 'a', custom_id: 'b' }, { username: 'a', custom_id: 'b' }],
  ])('%s', (kind, body, expected) => {
    expect(concealEntity(nothing, kind, body)).toEqual(expected);
  });

  test('nothing at all stays nothing', () => {
    expect([concealEntity(nothing, 'route', null), concealEntity(nothing, 'route', undefined)]).toEqual([
      null,
      undefined,
    ]);
  });
});

describe('plugins', () => {
  test('by the names of their fields, at any depth', () => {
    expect(
      plugin({
        provision_key: 'p',
        redis: { host: 'h', password: 'p', sentinel_password: 's', username: null },
        aws_secret: 's',
        aws_key: 'k',
        apikey: 'k',
        access_token: 't',
        token_expiration: 7200,
        hide_credentials: true,
        key_names: ['apikey'],
        key_claim_name: 'iss',
        claims_to_verify: ['exp'],
        secret_is_base64: false,
        session: { secrets: ['a', 'b'] },
      }),
    ).toEqual(
      shown({
        provision_key: MASK,
        redis: { host: 'h', password: MASK, sentinel_password: MASK, username: null },
        aws_secret: MASK,
        aws_key: MASK,
        apikey: MASK,
        access_token: MASK,
        token_expiration: 7200,
        hide_credentials: true,
        key_names: ['apikey'],
        key_claim_name: 'iss',
        claims_to_verify: ['exp'],
        secret_is_base64: false,
        session: { secrets: [MASK, MASK] },
      }),
    );
  });

  test('headers of a transformer by name or by scheme', () => {
    expect(
      plugin({
        add: {
          headers: ['Authorization:Basic YTpi', 'x-forwarded-uri:/a', 'x-who:Bearer t'],
          querystring: ['apikey:k', 'page:1'],
          body: ['password:p'],
        },
        remove: { headers: ['authorization'] },
      }),
    ).toEqual(
      shown({
        add: {
          headers: [`Authorization:${MASK}`, 'x-forwarded-uri:/a', `x-who:${MASK}`],
          querystring: [`apikey:${MASK}`, 'page:1'],
          body: [`password:${MASK}`],
        },
        remove: { headers: ['authorization'] },
      }),
    );
  });

  test('every header that is sent but those that prove nothing', () => {
    expect(
      plugin({ headers: { 'x-any': 'v', Host: 'h' }, http_endpoint: 'https://user:pass@logs/x' }),
    ).toEqual(shown({ headers: { 'x-any': MASK, Host: 'h' }, http_endpoint: `https://user:${MASK}@logs/x` }));
    const checks = { active: { headers: { 'x-any': ['v'], 'user-agent': ['u'] } } };
    expect(concealEntity(nothing, 'upstream', { healthchecks: checks })).toEqual({
      healthchecks: { active: { headers: { 'x-any': [MASK], 'user-agent': ['u'] } } },
    });
  });

  test('headers that a route matches on by name only', () => {
    expect(concealEntity(nothing, 'route', { headers: { version: ['2'], 'x-api-key': ['k'] } })).toEqual({
      headers: { version: ['2'], 'x-api-key': [MASK] },
    });
  });

  test('a reference to a vault is no secret', () => {
    expect(plugin({ password: '{vault://env/redis}', secret: '' })).toEqual(
      shown({ password: '{vault://env/redis}', secret: '' }),
    );
  });
});

test('a whole state, by the lists that entities stand in', () => {
  expect(
    concealState(nothing, {
      _format_version: '3.0',
      consumers: [
        {
          username: 'a',
          keyauth_credentials: [{ key: 'k' }],
          jwt_secrets: [{ key: 'i', secret: 's' }],
          acls: [{ group: 'g' }],
        },
      ],
      certificates: [{ cert: 'c', key: 'k', snis: [{ name: 'n' }] }],
      services: [{ name: 's', routes: [{ name: 'r', plugins: [{ name: 'p', config: { key: 'k' } }] }] }],
      _plugin_configs: { shared: { key: 'k', limit: 5 } },
    }),
  ).toEqual({
    _format_version: '3.0',
    consumers: [
      {
        username: 'a',
        keyauth_credentials: [{ key: MASK }],
        jwt_secrets: [{ key: 'i', secret: MASK }],
        acls: [{ group: 'g' }],
      },
    ],
    certificates: [{ cert: 'c', key: MASK, snis: [{ name: 'n' }] }],
    services: [{ name: 's', routes: [{ name: 'r', plugins: [{ name: 'p', config: { key: MASK } }] }] }],
    _plugin_configs: { shared: { key: MASK, limit: 5 } },
  });
});

test('known secrets anywhere: in names, keys, and as numbers', () => {
  const mask = new Mask(['12345678', 'hidden-thing']);
  expect(
    concealEntity(mask, 'plugin', { 'hidden-thing': { a: 12345678, b: 7, c: true, d: ['x hidden-thing'] } }),
  ).toEqual({
    [MASK]: { a: MASK, b: 7, c: true, d: [`x ${MASK}`] },
  });
});

describe('text', () => {
  test.each([
    ['-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----', MASK],
    ['"-----BEGIN PRIVATE KEY-----\\nMHc\\n-----END PRIVATE KEY-----"', `"${MASK}"`],
    ['cut off: -----BEGIN PRIVATE KEY-----\nMHc', `cut off: ${MASK}`],
    ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl here', `token ${MASK} here`],
    ['redis://:pass@host/0 and http://plain/', `redis://:${MASK}@host/0 and http://plain/`],
    [
      'Create key-auth 8="\nx for consumer a failed: HTTP',
      `Create key-auth ${MASK} for consumer a failed: HTTP`,
    ],
    ['Create key-auth abcde failed: HTTP', `Create key-auth ${MASK} failed: HTTP`],
    ['creating plugin key-auth for route r', 'creating plugin key-auth for route r'],
  ])('%j', (text, expected) => {
    expect(concealText(nothing, text)).toBe(expected);
  });

  test('a key is no part of the name that decK gives it', () => {
    expect(concealName(nothing, 'key-auth', 'abcde for consumer a for consumer b')).toBe(
      `${MASK} for consumer a for consumer b`,
    );
    expect(concealName(nothing, 'key-auth', 'abcde')).toBe(MASK);
    expect(concealName(nothing, 'route', 'abcde for consumer a')).toBe('abcde for consumer a');
  });
});

test('finds what is written into a state in clear, but no short text and no placeholder', () => {
  expect(
    secretsIn({
      consumers: [
        {
          keyauth_credentials: [{ key: 'literal-key' }, { key: 'short' }, { key: '${{ env "DECK_ENV_X" }}' }],
        },
      ],
      plugins: [
        { config: { add: { headers: ['authorization:Bearer literal'] }, headers: { Host: 'a-long-host' } } },
      ],
    }),
  ).toEqual(['literal-key', 'Bearer literal']);
});

test('no secret field of whatever depth and company is shown', () => {
  const field = fc.constantFrom(
    'secret',
    'client_secret',
    'password',
    'provision_key',
    'token',
    'private_key',
    'api_key',
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc
        .tuple(field, fc.constantFrom('LEAKED', ['LEAKED'], { deep: 'LEAKED' }))
        .map(([name, value]) => ({ [name]: value })),
      fc.dictionary(fc.string(), tie('tree'), { maxKeys: 3 }),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.integer(),
    ),
  }));
  fc.assert(
    fc.property(tree, fc.constantFrom('plugin', 'route', 'key-auth', 'unheard-of'), (body, kind) => {
      expect(JSON.stringify([concealEntity(nothing, kind, body)])).not.toContain('LEAKED');
    }),
  );
});
