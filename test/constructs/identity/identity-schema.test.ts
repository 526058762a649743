import { describe, expect, test } from 'vitest';
import { renderIdentitySchema, type IdentitySchema } from '../../../constructs/identity/identity-schema.js';
import { enabledMethods, type Methods } from '../../../constructs/identity/methods.js';
import { mistakesInKratos } from '../../helper/identity.js';

function rendered(schema: IdentitySchema = {}, methods: Methods = {}): object {
  return renderIdentitySchema(schema, enabledMethods(methods, 'example.com'));
}

const EMAIL = { type: 'string', format: 'email', title: 'E-Mail', minLength: 3, maxLength: 320 };

describe('the schema', () => {
  test('by default knows an e-mail address, which everybody has', () => {
    expect(rendered()).toEqual({
      $id: 'portcullis:identity',
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'Person',
      type: 'object',
      properties: {
        traits: {
          type: 'object',
          properties: {
            email: {
              ...EMAIL,
              'ory.sh/kratos': {
                credentials: {
                  password: { identifier: true },
                  webauthn: { identifier: true },
                  totp: { account_name: true },
                },
                verification: { via: 'email' },
                recovery: { via: 'email' },
              },
            },
          },
          required: ['email'],
          additionalProperties: false,
        },
      },
    });
  });

  test('has further traits, sorted by name', () => {
    expect(
      rendered({
        title: 'Member',
        traits: {
          nick: { type: 'string', title: 'Nickname', maxLength: 40, required: true },
          age: { type: 'number' },
        },
      }),
    ).toMatchObject({
      title: 'Member',
      properties: {
        traits: {
          properties: {
            age: { type: 'number', title: 'age' },
            nick: { type: 'string', title: 'Nickname', maxLength: 40 },
          },
          required: ['email', 'nick'],
        },
      },
    });
  });

  test.each([
    [
      { password: false, totp: false, webauthn: false, code: 'passwordless', passkey: true },
      {
        credentials: { passkey: { display_name: true }, code: { identifier: true, via: 'email' } },
        verification: { via: 'email' },
        recovery: { via: 'email' },
      },
    ],
    [
      { totp: false, webauthn: false, verification: false, recovery: false },
      { credentials: { password: { identifier: true } } },
    ],
  ] as [Methods, object][])('identifies by what is in use: %j', (methods, uses) => {
    expect(rendered({}, methods)).toMatchObject({ properties: { traits: { properties: { email: EMAIL } } } });
    expect(JSON.stringify(rendered({}, methods))).toContain(`"ory.sh/kratos":${JSON.stringify(uses)}`);
  });
});

describe('mistakes', () => {
  test('fails with every one of them', () => {
    expect(
      mistakesInKratos({
        schema: {
          traits: {
            email: { type: 'string' },
            'First Name': { type: 'string', maxLength: 0 },
            age: { type: 'number', maxLength: 3 },
          },
        },
      }),
    ).toEqual([
      'schema.traits.First Name must have a name of small letters, digits and underscores, beginning with a letter, got "First Name"; rename it',
      'schema.traits.First Name.maxLength must be a whole number from 1 to 1024, got 0; leave it out for 256',
      'schema.traits.age.maxLength must be there for a text alone, got "number"; leave it out',
      'schema.traits.email must be another than the e-mail address, which everybody has, got "email"; remove it',
    ]);
  });
});
