/** The ways in which people log in, prove a second factor, and come back when they forgot the first. */
import { isIP } from 'node:net';
import type { Mistakes } from '../mistakes.js';
import { Duration } from '../quantities.js';

/** Something sent by mail: a code to type, or a link to follow. */
export interface SentByMail {
  /** @default 'code' */
  readonly use?: 'code' | 'link';
}

export interface Methods {
  /**
   * Passwords of at least `minLength` characters, from 8 to 64. They aren't compared with published lists,
   * which would need a call to the outside.
   *
   * @default { minLength: 8 }
   */
  readonly password?: false | { readonly minLength?: number };
  /**
   * Codes of an authenticator program, as a second factor; `issuer` is what the program shows.
   *
   * @default - on, with the public host as issuer
   */
  readonly totp?: false | { readonly issuer?: string };
  /** Codes to keep for the day when a second factor is lost. @default true */
  readonly lookupCodes?: boolean;
  /**
   * Security keys, as a second factor or instead of a password; never both.
   *
   * @default { use: 'second-factor' }
   */
  readonly webauthn?: false | { readonly use?: 'second-factor' | 'passwordless' };
  /** Passkeys instead of a password. @default false */
  readonly passkey?: boolean;
  /**
   * One-time codes by mail, instead of a password or as a second factor; never both. As a second factor
   * everybody with an address has one.
   *
   * @default 'off'
   */
  readonly code?: 'off' | 'passwordless' | 'second-factor';
  /** How who can't log in comes back. @default { use: 'code' } */
  readonly recovery?: false | SentByMail;
  /** How an address is proved to be one's own. @default { use: 'code' } */
  readonly verification?: false | SentByMail;
  /**
   * How long a code or link of a mail can be used, at most 24 hours.
   *
   * @default Duration.minutes(15)
   */
  readonly mailed?: Duration;
}

/** What is on, with every default filled in. */
export interface EnabledMethods {
  readonly password: boolean;
  readonly minLength: number;
  readonly totp: boolean;
  readonly issuer: string;
  readonly lookupCodes: boolean;
  readonly webauthn: 'off' | 'second-factor' | 'passwordless';
  readonly passkey: boolean;
  readonly code: 'off' | 'passwordless' | 'second-factor';
  readonly recovery: 'off' | 'code' | 'link';
  readonly verification: 'off' | 'code' | 'link';
  readonly mailed: Duration;
}

export function enabledMethods(methods: Methods, publicHost: string): EnabledMethods {
  const { password = {}, totp = {}, webauthn = {}, recovery = {}, verification = {} } = methods;
  return {
    password: password !== false,
    minLength: password === false ? 8 : (password.minLength ?? 8),
    totp: totp !== false,
    issuer: totp === false ? publicHost : (totp.issuer ?? publicHost),
    lookupCodes: methods.lookupCodes ?? true,
    webauthn: webauthn === false ? 'off' : (webauthn.use ?? 'second-factor'),
    passkey: methods.passkey ?? false,
    code: methods.code ?? 'off',
    recovery: recovery === false ? 'off' : (recovery.use ?? 'code'),
    verification: verification === false ? 'off' : (verification.use ?? 'code'),
    mailed: methods.mailed ?? Duration.minutes(15),
  };
}

/** Whether somebody can reach AAL2 at all. */
export function hasSecondFactor(methods: EnabledMethods): boolean {
  return (
    methods.totp ||
    methods.lookupCodes ||
    methods.webauthn === 'second-factor' ||
    methods.code === 'second-factor'
  );
}

/** Notes every mistake of the methods. */
export function checkMethods(
  mistakes: Mistakes,
  path: string,
  methods: EnabledMethods,
  { publicHost, providers }: { readonly publicHost: string; readonly providers: number },
): void {
  // bcrypt reads 72 bytes; a longer least length could not be met by letters of two bytes.
  mistakes.wholeNumber(`${path}.password.minLength`, methods.minLength, 8, 64, 'leave it out for 8');
  mistakes.unless(
    /^[^:\s][^:]{0,63}$/.test(methods.issuer),
    `${path}.totp.issuer`,
    'be 1 to 64 characters without a colon',
    methods.issuer,
    "write for example 'Example'",
  );
  mistakes.unless(
    methods.password ||
      methods.passkey ||
      methods.webauthn === 'passwordless' ||
      methods.code === 'passwordless' ||
      providers > 0,
    path,
    'leave a way to log in first',
    methods,
    'turn on password, passkey or a provider',
  );
  mistakes.unless(
    isIP(publicHost) === 0 || (methods.webauthn === 'off' && !methods.passkey),
    methods.passkey ? `${path}.passkey` : `${path}.webauthn`,
    'be off where the public host is an address: browsers bind keys to names',
    publicHost,
    'give publicUrl a name, or turn it off',
  );
  mistakes.unless(
    methods.mailed.toSeconds() <= 86_400,
    `${path}.mailed`,
    'be at most 24 hours',
    methods.mailed.toGoDuration(),
    'leave it out for 15 minutes',
  );
}

/** Kratos' `selfservice.methods`, but for providers. */
export function renderMethods(
  methods: EnabledMethods,
  { publicHost, origins }: { readonly publicHost: string; readonly origins: readonly string[] },
): object {
  const lifespan = methods.mailed.toGoDuration();
  const uses = (what: 'code' | 'link'): boolean => methods.recovery === what || methods.verification === what;
  const party = { id: publicHost, display_name: methods.issuer, origins: [...origins] };
  return {
    profile: { enabled: true },
    password: {
      enabled: methods.password,
      config: {
        min_password_length: methods.minLength,
        identifier_similarity_check_enabled: true,
        // It would send a part of each password's hash to a server outside.
        haveibeenpwned_enabled: false,
      },
    },
    totp: { enabled: methods.totp, config: { issuer: methods.issuer } },
    lookup_secret: { enabled: methods.lookupCodes },
    webauthn: {
      enabled: methods.webauthn !== 'off',
      config: { passwordless: methods.webauthn === 'passwordless', rp: party },
    },
    passkey: { enabled: methods.passkey, config: { rp: party } },
    code: {
      enabled: uses('code') || methods.code !== 'off',
      passwordless_enabled: methods.code === 'passwordless',
      mfa_enabled: methods.code === 'second-factor',
      config: { lifespan },
    },
    link: { enabled: uses('link'), config: { lifespan } },
  };
}
