import { describe, expect, test } from 'vitest';
import { EnvironmentError, checkEnvironment, isDevelopment, type EnvironmentInput } from '../../env/index.js';
import { PRODUCTION, VALID, environment } from '../helper/environment.js';
import { thrown } from '../helper/failure.js';

function mistakes(change: object, base: object = VALID): readonly string[] {
  const error = thrown(() => checkEnvironment({ ...base, ...change }));
  if (!(error instanceof EnvironmentError)) throw error;
  return error.lines;
}

type Identity = NonNullable<EnvironmentInput['identity']>;
type Issuer = NonNullable<Identity['issuers']>[number];

const ISSUER: Issuer = {
  name: 'partner',
  issuer: 'https://accounts.example.com',
  jwksUrl: 'https://accounts.example.com/keys',
  audience: ['api'],
};

describe('identity', () => {
  test('has a default for everything in dev', () => {
    const { identity } = environment();
    expect(identity.sessions).toEqual({
      lifetime: '24h',
      privileged: '1h',
      aal: 'highest_available',
      revocation: '5s',
    });
    expect(identity.methods).toMatchObject({ password: true, totp: true, passkey: false, code: 'off' });
    expect(identity.limits).toEqual({
      login: { minute: 30 },
      registration: { minute: 20 },
      recovery: { minute: 20 },
      pages: { minute: 600 },
      people: { minute: 600 },
    });
    expect(identity.mail).toBeUndefined();
    expect(identity.kratos.replicas).toBe(2);
  });

  test.each([
    ['0s', true],
    ['500ms', true],
    ['60s', true],
    ['61s', false],
    ['5m', false],
  ])('lets a revoked session live on for %s: %s', (revocation, allowed) => {
    const change = { identity: { sessions: { revocation } } };
    if (allowed) expect(environment(change).identity.sessions.revocation).toBe(revocation);
    else expect(mistakes(change).join()).toMatch(/^identity\.sessions\.revocation must be /);
  });

  test('is for development in dev alone', () => {
    expect(isDevelopment(environment())).toBe(true);
    expect(
      isDevelopment(
        environment({ ...PRODUCTION, name: 'dev', identity: { ...PRODUCTION.identity, development: false } }),
      ),
    ).toBe(false);
    expect(isDevelopment(environment({ ...PRODUCTION }))).toBe(false);
    expect(
      mistakes({ identity: { ...PRODUCTION.identity, development: true } }, { ...VALID, ...PRODUCTION }),
    ).toEqual(['identity.development must be false outside of dev, got true; leave it out']);
  });

  test('wants HTTPS and a mail server outside of dev', () => {
    expect(mistakes({ name: 'prod' })).toEqual([
      "identity.mail must be a real mail server outside of dev, got nothing; write { kind: 'smtp', host: …, from: … }",
      'public.url must begin with https outside of dev, since cookies are for HTTPS alone, got "http://localhost:8000"; write \'https://localhost:8000\'',
    ]);
    expect(mistakes({ identity: { mail: { kind: 'catcher' } } }, { ...VALID, ...PRODUCTION })).toEqual([
      'identity.mail must be a real mail server outside of dev, got {"kind":"catcher"}; write { kind: \'smtp\', host: …, from: … }',
    ]);
  });

  test.each([
    [
      { sessions: { cookieDomain: 'example.com' } },
      'identity.sessions.cookieDomain must be what all public hosts (localhost) end with, got "example.com"; leave it out for the one host',
    ],
    [
      { issuers: [ISSUER, { ...ISSUER, issuer: 'https://b.example.com' }] },
      'identity.issuers[1].name must be unique, got "partner"; change one of them',
    ],
    [
      { issuers: [ISSUER, { ...ISSUER, name: 'other' }] },
      'identity.issuers[1].issuer must be unique, got "https://accounts.example.com"; change one of them',
    ],
    [
      { issuers: [{ ...ISSUER, audience: [] }] },
      "identity.issuers[0].audience must name at least one audience, got []; write for example ['api']",
    ],
    [
      { mail: { kind: 'smtp', host: 'smtp.example.com', from: 'a@example.com', user: 'smtp_user' } },
      'identity.mail.password must be set where the other is, got nothing; name both variables or none',
    ],
    [
      { providers: [{ kind: 'github', clientId: 'id' }] },
      "identity.providers[0].clientSecret must be a Terraform variable in small letters, digits and underscores, got nothing; write for example 'gate_certificate'",
    ],
    [
      {
        providers: [
          {
            kind: 'oidc',
            id: 'work',
            issuer: 'https://id.example.com',
            clientId: 'id',
            clientSecret: 'secret',
            origins: ['https://login.example.com/'],
          },
        ],
      },
      'identity.providers[0].origins[0] must be an origin: scheme, host and perhaps a port, got "https://login.example.com/"; write for example \'https://login.example.com\'',
    ],
    [
      { providers: [{ kind: 'saml' }] },
      'identity.providers[0].kind must be one of github, oidc, got "saml"; write { kind: \'github\', … }',
    ],
    [
      { sessions: { lifetime: '1s' } },
      'identity.sessions.lifetime must last from 60 seconds to 31536000, got "1s"; write for example \'24h\'',
    ],
    [
      { tokens: { lifetime: '1h' } },
      'identity.tokens.lifetime must last from 30 seconds to 900, got "1h"; write for example \'60s\'',
    ],
  ])('refuses %j', (identity, line) => {
    expect(mistakes({ identity })).toEqual([line]);
  });

  test('shares a cookie among hosts of one domain', () => {
    const made = environment({
      ...PRODUCTION,
      public: { url: 'https://api.example.com', hosts: ['api.example.com', 'www.example.com'] },
      identity: { ...PRODUCTION.identity, sessions: { cookieDomain: 'example.com' } },
    });
    expect(made.identity.sessions.cookieDomain).toBe('example.com');
  });
});

describe('access', () => {
  const access = (change: object): object => ({ services: { hello: { access: change } } });

  test('lets people and keys in where nothing is said', () => {
    expect(environment().services.hello.access).toEqual({
      sessions: true,
      methods: ['key'],
      issuers: [],
      aal: 'aal1',
    });
  });

  test('must let somebody in', () => {
    expect(mistakes(access({ sessions: false, methods: [] }))[0]).toMatch(
      /^services\.hello\.access must let somebody in, got /,
    );
  });

  test('names issuers that are there', () => {
    expect(mistakes(access({ issuers: ['partner'] }))).toEqual([
      'services.hello.access.issuers[0] must be the name of an issuer, got "partner"; add it to identity.issuers',
    ]);
    const known = environment({ ...access({ issuers: ['partner'] }), identity: { issuers: [ISSUER] } });
    expect(known.services.hello.access.issuers).toEqual(['partner']);
  });

  test('asks for a second factor only where there is one', () => {
    const none = { methods: { totp: false, lookupCodes: false, webauthn: 'off' } };
    expect(mistakes({ ...access({ aal: 'aal2' }), identity: none })).toEqual([
      'services.hello.access.aal must be aal1 while no second factor is enabled, got "aal2"; enable identity.methods.totp or another',
    ]);
    expect(mistakes(access({ aal: 'aal2', sessions: false }))).toEqual([
      'services.hello.access.aal must be aal1 where no sessions pass, got "aal2"; leave it out',
    ]);
    expect(environment(access({ aal: 'aal2' })).services.hello.access.aal).toBe('aal2');
  });
});
