import { describe, expect, test } from 'vitest';
import type { GuardedProps } from '../../../constructs/gateway/access.js';
import type { RulesInput } from '../../../constructs/identity/model.js';
import { CLIENT, MADE } from '../../helper/gateway-model.js';
import { configOf, ISSUER, ruleOf, withAccess } from '../../helper/identity-model.js';

const ROBOT = { name: 'robot', jwt: MADE.keyPair, groups: ['machines'], limit: { minute: 1 } };
const PARTNERS = { issuers: [ISSUER], clients: [CLIENT, ROBOT] };

function kinds(access: GuardedProps, change: Partial<RulesInput> = {}): string[] {
  return ruleOf(withAccess(access, change)).authenticators.map(({ handler }) => handler);
}

describe('who is recognized', () => {
  /** Whom it asks is the same for all routes, and stands in Oathkeeper's configuration. */
  const session = { handler: 'oauth2_introspection' };

  test('a session by the header that the gateway hands it on in, and nobody else by default', () => {
    expect(ruleOf(withAccess({})).authenticators).toEqual([session, { handler: 'unauthorized' }]);
  });

  test('a session in the same way where a second factor is demanded: the header says so', () => {
    expect(ruleOf(withAccess({ aal: 'aal2' })).authenticators).toEqual([
      session,
      { handler: 'unauthorized' },
    ]);
  });

  test.each<[string, GuardedProps, readonly string[]]>([
    ['a key', { sessions: false, methods: ['key'] }, ['bearer_token', 'unauthorized']],
    ['an access token', { sessions: false, methods: ['oauth2'] }, ['bearer_token', 'unauthorized']],
    ["a client's token", { sessions: false, methods: ['jwt'] }, ['jwt', 'unauthorized']],
    ["an issuer's token", { sessions: false, issuers: ['partner'] }, ['jwt', 'unauthorized']],
    [
      'everything',
      { methods: ['oauth2', 'jwt', 'key'], issuers: ['partner'] },
      ['oauth2_introspection', 'bearer_token', 'jwt', 'jwt', 'bearer_token', 'unauthorized'],
    ],
    [
      "no client's token from outside of the groups",
      { methods: ['jwt', 'key'], groups: ['people'] },
      ['oauth2_introspection', 'bearer_token', 'unauthorized'],
    ],
  ])('%s', (_what, access, expected) => {
    expect(kinds(access, PARTNERS)).toEqual(expected);
  });

  test('a key by the gateway itself, which gets neither path nor query of the request', () => {
    expect(configOf(ruleOf(withAccess({ methods: ['key'] })).authenticators, 'bearer_token')).toEqual({
      check_session_url: 'http://kong:8010/key',
      token_from: { header: 'apikey' },
      preserve_path: true,
      preserve_query: true,
      force_method: 'GET',
      forward_http_headers: ['apikey'],
      subject_from: 'sub',
      extra_from: 'extra',
    });
  });

  test('an outside issuer by its own keys, issuer, audience, algorithms and scopes', () => {
    const issuers = [{ ...ISSUER, algorithms: ['ES256'] as const, scopes: ['read'] }];
    expect(configOf(ruleOf(withAccess({ issuers: ['partner'] }, { issuers })).authenticators, 'jwt')).toEqual(
      {
        token_from: { header: 'X-Gate-Token-1' },
        jwks_urls: ['https://login.partner.example/keys'],
        trusted_issuers: ['https://login.partner.example'],
        target_audience: ['https://api.example.com'],
        allowed_algorithms: ['ES256'],
        required_scope: ['read'],
        scope_strategy: 'exact',
      },
    );
  });

  test('a client by the keys that it was declared with, numbered behind the issuers', () => {
    expect(configOf(ruleOf(withAccess({ methods: ['jwt'] }, PARTNERS)).authenticators, 'jwt')).toEqual({
      token_from: { header: 'X-Gate-Token-2' },
      jwks_urls: ['file:///run/portcullis/clients/client-robot.json'],
      trusted_issuers: ['robot'],
      target_audience: ['http://localhost:8000'],
      allowed_algorithms: ['RS256'],
    });
  });
});

describe('what decides', () => {
  test.each<[string, GuardedProps, Partial<RulesInput>, object]>([
    ['nothing', {}, {}, { handler: 'allow' }],
    ['a refusal', { authorization: { kind: 'deny' } }, {}, { handler: 'deny' }],
    [
      'nothing where a second factor is demanded, since the session was judged before',
      { aal: 'aal2' },
      {},
      { handler: 'allow' },
    ],
  ])('%s', (_what, access, change, expected) => {
    expect(ruleOf(withAccess(access, change)).authorizer).toMatchObject(expected);
  });

  test('a program of the team, which never sees the credential', () => {
    const authorization = { kind: 'remote', url: 'https://decide.example.com/' } as const;
    expect(ruleOf(withAccess({ authorization })).authorizer.config).toMatchObject({
      remote: 'https://decide.example.com/',
      headers: { Authorization: 'none' },
    });
  });
});

describe('what becomes of the request', () => {
  test('the token first, then the headers, which are configured for all rules', () => {
    const { mutators } = ruleOf(withAccess({}));
    expect(mutators.map(({ handler }) => handler)).toEqual(['id_token', 'header']);
    expect(mutators[1]?.config).toBeUndefined();
  });

  test('headers of the tokens that the route admits are blanked, too', () => {
    const { mutators } = ruleOf(withAccess({ methods: ['jwt'], issuers: ['partner'] }, PARTNERS));
    expect(configOf(mutators, 'header')).toEqual({ headers: { 'X-Gate-Token-1': '', 'X-Gate-Token-2': '' } });
  });
});

describe('refusals', () => {
  const login = 'http://localhost:8000/account/login';
  const browser = {
    handler: 'redirect',
    config: {
      to: login,
      code: 302,
      return_to_query_param: 'return_to',
      when: [{ error: ['unauthorized'], request: { header: { accept: ['text/html'] } } }],
    },
  };

  test('lead browsers to the login page', () => {
    expect(ruleOf(withAccess({})).errors).toEqual([browser]);
  });

  test('lead everybody to the second factor where it is asked for, for another error than the first', () => {
    expect(ruleOf(withAccess({ aal: 'aal2' })).errors).toEqual([
      browser,
      {
        handler: 'redirect',
        config: { ...browser.config, to: `${login}?aal=aal2`, when: [{ error: ['forbidden'] }] },
      },
    ]);
  });

  test('are JSON where nobody can sign in', () => {
    expect(ruleOf(withAccess({ sessions: false, methods: ['key'] })).errors).toEqual([]);
  });
});
