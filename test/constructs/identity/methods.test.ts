import { describe, expect, test } from 'vitest';
import {
  enabledMethods,
  hasSecondFactor,
  renderMethods,
  type Methods,
} from '../../../constructs/identity/methods.js';
import { Duration } from '../../../constructs/quantities.js';
import { mistakesInKratos } from '../../helper/identity.js';

const PLACE = { publicHost: 'example.com', origins: ['https://example.com'] };
const PARTY = { id: 'example.com', display_name: 'example.com', origins: ['https://example.com'] };

function rendered(methods: Methods = {}): object {
  return renderMethods(enabledMethods(methods, 'example.com'), PLACE);
}

describe('the methods', () => {
  test('by default are password, second factors, and codes by mail to come back', () => {
    expect(rendered()).toEqual({
      profile: { enabled: true },
      password: {
        enabled: true,
        config: {
          min_password_length: 8,
          identifier_similarity_check_enabled: true,
          haveibeenpwned_enabled: false,
        },
      },
      totp: { enabled: true, config: { issuer: 'example.com' } },
      lookup_secret: { enabled: true },
      webauthn: { enabled: true, config: { passwordless: false, rp: PARTY } },
      passkey: { enabled: false, config: { rp: PARTY } },
      code: {
        enabled: true,
        passwordless_enabled: false,
        mfa_enabled: false,
        config: { lifespan: '15m0s' },
      },
      link: { enabled: false, config: { lifespan: '15m0s' } },
    });
  });

  test('can be turned around', () => {
    const turned = rendered({
      password: { minLength: 12 },
      totp: { issuer: 'Example' },
      lookupCodes: false,
      webauthn: { use: 'passwordless' },
      passkey: true,
      recovery: { use: 'link' },
      verification: false,
      mailed: Duration.minutes(5),
    });
    expect(turned).toMatchObject({
      password: { config: { min_password_length: 12 } },
      totp: { config: { issuer: 'Example' } },
      lookup_secret: { enabled: false },
      webauthn: { config: { passwordless: true, rp: { display_name: 'Example' } } },
      passkey: { enabled: true },
      code: { enabled: false },
      link: { enabled: true, config: { lifespan: '5m0s' } },
    });
  });

  test.each([
    ['off', { enabled: true, passwordless_enabled: false, mfa_enabled: false }],
    ['passwordless', { enabled: true, passwordless_enabled: true, mfa_enabled: false }],
    ['second-factor', { enabled: true, passwordless_enabled: false, mfa_enabled: true }],
  ] as const)('never use codes for both factors: %s', (code, flags) => {
    expect(rendered({ code })).toMatchObject({ code: flags });
  });

  test('are off when told so', () => {
    expect(
      rendered({ password: false, totp: false, webauthn: false, recovery: false, verification: false }),
    ).toMatchObject({
      password: { enabled: false },
      totp: { enabled: false },
      webauthn: { enabled: false },
      code: { enabled: false },
      link: { enabled: false },
    });
  });
});

describe('a second factor', () => {
  const none: Methods = { totp: false, lookupCodes: false, webauthn: false };

  test.each([
    [{}, true],
    [none, false],
    [{ ...none, totp: {} }, true],
    [{ ...none, lookupCodes: true }, true],
    [{ ...none, webauthn: {} }, true],
    [{ ...none, webauthn: { use: 'passwordless' } }, false],
    [{ ...none, code: 'second-factor' }, true],
    [{ ...none, code: 'passwordless', passkey: true }, false],
  ] as [Methods, boolean][])('with %j is possible: %s', (methods, possible) => {
    expect(hasSecondFactor(enabledMethods(methods, 'example.com'))).toBe(possible);
  });
});

describe('mistakes', () => {
  test.each([7, 65, 8.5])('fails when a password needs %d characters', (minLength) => {
    expect(mistakesInKratos({ methods: { password: { minLength } } })).toEqual([
      `methods.password.minLength must be a whole number from 8 to 64, got ${minLength}; leave it out for 8`,
    ]);
  });

  test('fails when nobody could log in first', () => {
    const [line] = mistakesInKratos({ methods: { password: false } });
    expect(line).toMatch(/^methods must leave a way to log in first, got .*; turn on password, passkey/);
  });

  test.each([
    [{}, 'webauthn'],
    [{ passkey: true }, 'passkey'],
  ])('fails when keys are bound to an address: %j', (methods, name) => {
    expect(
      mistakesInKratos({ publicUrl: 'https://10.0.0.1', returnUrls: ['https://10.0.0.1/'], methods }),
    ).toEqual([
      `methods.${name} must be off where the public host is an address: browsers bind keys to names, got "10.0.0.1"; give publicUrl a name, or turn it off`,
    ]);
  });

  test('fails when an issuer has a colon, or a code lives for days', () => {
    expect(mistakesInKratos({ methods: { totp: { issuer: 'a:b' }, mailed: Duration.hours(25) } })).toEqual([
      'methods.mailed must be at most 24 hours, got "25h0m0s"; leave it out for 15 minutes',
      `methods.totp.issuer must be 1 to 64 characters without a colon, got "a:b"; write for example 'Example'`,
    ]);
  });
});
