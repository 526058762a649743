import { describe, expect, test } from 'vitest';
import {
  claimsMapper,
  providerOrigins,
  providerTells,
  renderProvider,
  type OidcProvider,
} from '../../../constructs/identity/providers.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { mistakesInKratos } from '../../helper/identity.js';
import { declared } from '../../helper/synth.js';

const CREDENTIALS = declared((stack) => ({
  clientId: Secret.fromVariable(stack, 'client_id', { description: 'id' }),
  clientSecret: Secret.fromVariable(stack, 'client_secret', { description: 'secret' }),
}));
const OIDC: OidcProvider = {
  kind: 'oidc',
  id: 'work',
  issuer: 'https://id.example.com',
  label: 'Work',
  ...CREDENTIALS,
};

describe('a provider', () => {
  test('of GitHub asks for addresses alone', () => {
    expect(renderProvider({ kind: 'github', ...CREDENTIALS })).toEqual({
      id: 'github',
      provider: 'github',
      label: 'GitHub',
      client_id: CREDENTIALS.clientId.newest,
      client_secret: CREDENTIALS.clientSecret.newest,
      mapper_url: `base64://${Buffer.from(claimsMapper({})).toString('base64')}`,
      scope: ['user:email'],
    });
  });

  test('of OpenID Connect is known by its issuer', () => {
    expect(renderProvider({ ...OIDC, traits: { name: 'name' } })).toMatchObject({
      id: 'work',
      provider: 'generic',
      label: 'Work',
      issuer_url: 'https://id.example.com',
      mapper_url: `base64://${Buffer.from(claimsMapper({ name: 'name' })).toString('base64')}`,
      scope: ['openid', 'email', 'profile'],
    });
  });

  test('takes scopes of its own', () => {
    expect(renderProvider({ ...OIDC, scopes: ['openid', 'email'] })).toMatchObject({
      scope: ['openid', 'email'],
    });
  });
});

describe('a browser on its way to a provider', () => {
  test('is led to GitHub, or to the issuer and what else is announced', () => {
    expect(providerOrigins({ kind: 'github', ...CREDENTIALS })).toEqual(['https://github.com']);
    expect(providerOrigins({ ...OIDC, issuer: 'https://id.example.com:8443/realms/a' })).toEqual([
      'https://id.example.com:8443',
    ]);
    const origins = ['https://login.example.com', 'https://id.example.com'];
    expect(providerOrigins({ ...OIDC, origins })).toEqual([
      'https://id.example.com',
      'https://login.example.com',
    ]);
  });

  test.each([
    [undefined, ['email', 'name']],
    [['openid'], []],
    [['openid', 'email'], ['email']],
    [['openid', 'profile'], ['name']],
  ])('is told what comes of the scopes %j', (scopes, tells) => {
    expect(providerTells({ ...OIDC, ...(scopes === undefined ? {} : { scopes }) })).toEqual(tells);
    expect(providerTells({ kind: 'github', ...CREDENTIALS })).toEqual(['email', 'name']);
  });
});

describe('the mapper', () => {
  const mapper = claimsMapper({ nick: 'nickname', age: 'years' });

  test('takes the address from a verified claim alone', () => {
    expect(mapper).toContain(
      "local verified = 'email' in claims && claims.email != '' && 'email_verified' in claims && claims.email_verified == true;",
    );
    expect(mapper.match(/claims\.email\b(?!_)(?! != '')/g)).toHaveLength(2);
    for (const line of mapper.split('\n').filter((one) => /: .*claims\.email\b(?!_)/.test(one))) {
      expect(line).toContain('[if verified then ');
    }
  });

  test('fills traits where the claim is there, in a stable order', () => {
    const lines = mapper.split('\n').filter((line) => line.includes("named('") && line.includes('[if'));
    expect(lines).toEqual([
      "      [if named('years') != null then 'age']: named('years'),",
      "      [if named('nickname') != null then 'nick']: named('nickname'),",
    ]);
  });
});

describe('mistakes', () => {
  test('fails when an origin is none, or not encrypted', () => {
    const origins = ['https://a.example.com/login', 'http://b.example.com', 'https://c.example.com'];
    const line = (i: number): string =>
      `providers.work.origins[${i}] must be an https origin: scheme, host and perhaps a port, got "${origins[i]}"; write for example 'https://login.example.com'`;
    expect(mistakesInKratos({ providers: [{ ...OIDC, origins }] })).toEqual([line(0), line(1)]);
    expect(mistakesInKratos({ providers: [{ ...OIDC, origins: ['https://a.io', 'https://a.io'] }] })).toEqual(
      ['providers.work.origins must be unique, got "https://a.io"; remove one of them'],
    );
  });

  test('fails when credentials are missing', () => {
    expect(
      mistakesInKratos({
        providers: [{ kind: 'github', clientId: undefined, clientSecret: undefined }],
      }),
    ).toEqual([
      'providers.github.clientId must be a secret from outside, got nothing; declare it with Secret.fromVariable',
      'providers.github.clientSecret must be a secret from outside, got nothing; declare it with Secret.fromVariable',
    ]);
  });

  test('fails when two have one id, or it is no plain word', () => {
    expect(
      mistakesInKratos({
        providers: [OIDC, OIDC, { ...OIDC, id: 'My IdP' }],
      }),
    ).toEqual([
      'providers.My IdP.id must be small letters, digits and dashes, got "My IdP"; rename it',
      'providers.id must be unique, got "work"; give each provider an id of its own',
    ]);
  });

  test.each([
    'http://id.example.com',
    'id.example.com',
    'https://id.example.com/?a',
    'https://a:b@id.example',
  ])('fails when the issuer is %s', (issuer) => {
    expect(mistakesInKratos({ providers: [{ ...OIDC, issuer }] })).toEqual([
      `providers.work.issuer must be an https address without a query, got "${issuer}"; write for example 'https://id.example.com'`,
    ]);
  });

  test('an issuer over plain HTTP is for development', () => {
    const providers = [{ ...OIDC, issuer: 'http://idp:3000' }];
    expect(
      mistakesInKratos({ providers, development: true, publicUrl: 'http://example.com', replicas: 0 }),
    ).toEqual(['replicas must be a whole number from 1 to 16, got 0; leave it out for 2']);
  });

  test('fails when scopes lack what is needed', () => {
    expect(mistakesInKratos({ providers: [{ ...OIDC, scopes: ['email', 'email'] }] })).toEqual([
      'providers.work.scopes must be unique, got "email"; remove one of them',
      'providers.work.scopes must hold openid, got ["email","email"]; add it',
    ]);
  });

  test('fails when a trait is unknown or an address would come unverified', () => {
    expect(
      mistakesInKratos({
        schema: { traits: { name: { type: 'string' } } },
        providers: [{ ...OIDC, traits: { email: 'upn', name: 'email' } }],
      }),
    ).toEqual([
      'providers.work.traits.email must be a trait of the schema other than the e-mail address, got "email"; declare it in schema.traits or remove it',
      'providers.work.traits.name must be the plain name of a claim other than email, got "email"; correct it',
    ]);
  });
});
