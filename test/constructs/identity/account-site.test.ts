import { describe, expect, test } from 'vitest';
import { publicOrigins, siteFile, type Look } from '../../../constructs/identity/account-site.js';
import type { KratosProps } from '../../../constructs/identity/kratos.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { kratos } from '../../helper/identity.js';
import { declared } from '../../helper/synth.js';

type Change = Partial<Omit<KratosProps, 'platform' | 'database' | 'mail'>>;

function site(change: Change = {}, look: Look = {}): Readonly<Record<string, unknown>> {
  return declared(
    (stack, platform) =>
      JSON.parse(siteFile(kratos(stack, platform, change).settings, look)) as Record<string, unknown>,
  );
}

const CREDENTIALS = declared((stack) => ({
  clientId: Secret.fromVariable(stack, 'client_id', { description: 'id' }),
  clientSecret: Secret.fromVariable(stack, 'client_secret', { description: 'secret' }),
}));

describe('site.json', () => {
  test('follows from Kratos, with defaults for the rest', () => {
    expect(site()).toEqual({
      name: 'Portcullis',
      origins: ['https://example.com'],
      accountPath: '/account',
      kratosPath: '/.ory/kratos',
      language: 'en',
      colours: { accent: '#1d4ed8', onAccent: '#ffffff' },
      formTargets: [],
      providers: [],
      registration: true,
      recovery: true,
      verification: true,
    });
  });

  test('holds what is declared', () => {
    const logo = { type: 'image/png' as const, base64: 'iVBORw0KGgo=' };
    const colours = { accent: '#000000', onAccent: '#ffffff' };
    expect(
      site({ accountPath: '/me', basePath: '/id' }, { name: 'Shop', language: 'de', colours, logo }),
    ).toMatchObject({
      name: 'Shop',
      language: 'de',
      colours,
      logo,
      accountPath: '/me',
      kratosPath: '/id',
    });
  });

  test('leaves out what nobody can do', () => {
    expect(site({ registration: false, methods: { recovery: false, verification: false } })).toMatchObject({
      registration: false,
      recovery: false,
      verification: false,
    });
  });

  test('names providers, what they tell and where a form leads over, and none of their credentials', () => {
    const made = site({
      providers: [
        { kind: 'github', ...CREDENTIALS },
        {
          kind: 'oidc',
          id: 'work',
          issuer: 'https://id.example.com/a',
          label: 'Work',
          scopes: ['openid', 'email'],
          origins: ['https://login.example.com', 'https://github.com'],
          ...CREDENTIALS,
        },
      ],
    });
    expect(made).toMatchObject({
      formTargets: ['https://github.com', 'https://id.example.com', 'https://login.example.com'],
      providers: [
        { id: 'github', label: 'GitHub', tells: ['email', 'name'] },
        { id: 'work', label: 'Work', tells: ['email'] },
      ],
    });
    expect(JSON.stringify(made)).not.toMatch(/client|secret/i);
  });

  test('has a start page where it is asked for', () => {
    const landing = {
      environment: 'dev',
      services: [{ name: 'hello', path: '/hello' }],
      people: [{ address: 'demo@example.com', command: 'show it' }],
    };
    expect(site({}, { landing }).landing).toEqual({ ...landing, docs: 'docs/tutorial.md' });
    expect(site({}, { landing: { ...landing, mail: '/mail', docs: 'README.md' } }).landing).toEqual({
      ...landing,
      mail: '/mail',
      docs: 'README.md',
    });
  });
});

test("Kratos' own origin comes first, and none twice", () => {
  const origins = declared((stack, platform) =>
    publicOrigins(
      kratos(stack, platform, {
        publicUrl: 'http://localhost:8000',
        development: true,
        hosts: ['localhost'],
        returnUrls: ['https://localhost:8443', 'http://localhost:8000', 'https://localhost:8443/hello'],
      }).settings,
    ),
  );
  expect(origins).toEqual(['http://localhost:8000', 'https://localhost:8443']);
});
