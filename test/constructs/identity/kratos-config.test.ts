import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { plainConfig } from '../../../constructs/identity/kratos-config.js';
import type { KratosProps } from '../../../constructs/identity/kratos.js';
import { Duration, Size } from '../../../constructs/quantities.js';
import { kratos } from '../../helper/identity.js';
import { declared } from '../../helper/synth.js';

const anything = z.record(z.string(), z.unknown());
const shape = z.strictObject({
  identity: z.strictObject({
    default_schema_id: z.string(),
    schemas: z.array(z.strictObject({ id: z.string(), url: z.string().startsWith('base64://') })),
  }),
  session: anything,
  cookies: anything,
  hashers: anything,
  selfservice: z.strictObject({
    default_browser_return_url: z.string(),
    allowed_return_urls: z.array(z.string()),
    methods: z.record(z.string(), anything),
    flows: z.record(z.string(), anything),
  }),
  courier: anything,
});

function config(change: Partial<Omit<KratosProps, 'platform'>> = {}): z.output<typeof shape> {
  const text = declared((scope, platform) => plainConfig(kratos(scope, platform, change).settings));
  return shape.parse(JSON.parse(text));
}

const plain = config();

describe('the plain file', () => {
  test('leads to the account pages, and back to addresses of ours alone', () => {
    expect(plain.selfservice.default_browser_return_url).toBe('https://example.com/account');
    expect(plain.selfservice.allowed_return_urls).toEqual(['https://example.com/']);
    expect(plain.selfservice.flows).toEqual({
      login: { ui_url: 'https://example.com/account/login' },
      registration: {
        enabled: true,
        ui_url: 'https://example.com/account/registration',
        after: { password: { hooks: [{ hook: 'session' }, { hook: 'show_verification_ui' }] } },
      },
      settings: {
        ui_url: 'https://example.com/account/settings',
        privileged_session_max_age: '1h0m0s',
        required_aal: 'highest_available',
        after: { password: { hooks: [{ hook: 'revoke_active_sessions' }] } },
      },
      recovery: {
        enabled: true,
        use: 'code',
        notify_unknown_recipients: false,
        ui_url: 'https://example.com/account/recovery',
        after: { hooks: [{ hook: 'revoke_active_sessions' }] },
      },
      verification: {
        enabled: true,
        use: 'code',
        notify_unknown_recipients: false,
        ui_url: 'https://example.com/account/verification',
      },
      error: { ui_url: 'https://example.com/account/error' },
      logout: { after: { default_browser_return_url: 'https://example.com/account/login' } },
    });
  });

  test('has sessions of a day for this host alone', () => {
    expect(plain.session).toEqual({
      lifespan: '24h0m0s',
      whoami: { required_aal: 'highest_available' },
      cookie: { name: 'ory_kratos_session', path: '/', persistent: true, same_site: 'Lax' },
    });
    expect(plain.cookies).toEqual({ path: '/', same_site: 'Lax' });
  });

  test('has sessions as declared', () => {
    const { session, selfservice } = config({
      publicUrl: 'https://login.example.com',
      returnUrls: ['https://login.example.com/'],
      sessions: {
        lifetime: Duration.hours(2),
        aal: 'aal1',
        privileged: Duration.minutes(10),
        cookie: { name: 'sid', domain: 'example.com', sameSite: 'Strict', persistent: false },
      },
    });
    expect(session).toEqual({
      lifespan: '2h0m0s',
      whoami: { required_aal: 'aal1' },
      cookie: { name: 'sid', domain: 'example.com', path: '/', persistent: false, same_site: 'Strict' },
    });
    expect(selfservice.flows.settings).toMatchObject({
      privileged_session_max_age: '10m0s',
      required_aal: 'aal1',
    });
  });

  test('has every hook that a way to register needs', () => {
    const { selfservice } = config({
      registration: false,
      methods: {
        password: false,
        webauthn: { use: 'passwordless' },
        passkey: true,
        code: 'passwordless',
        verification: false,
        recovery: { use: 'link' },
      },
    });
    const session = { hooks: [{ hook: 'session' }] };
    expect(selfservice.flows.registration).toMatchObject({
      enabled: false,
      after: { webauthn: session, passkey: session, code: session },
    });
    expect(selfservice.flows.verification).toEqual({ enabled: false });
    expect(selfservice.flows.recovery).toMatchObject({ enabled: true, use: 'link' });
  });

  test('hashes with bcrypt, or argon2 where that is wanted', () => {
    const resources = { memory: Size.mebibytes(256), cpu: 1, pids: 64 };
    expect(plain.hashers).toEqual({ algorithm: 'bcrypt', bcrypt: { cost: 12 } });
    expect(config({ hasher: { algorithm: 'bcrypt', cost: 14 } }).hashers).toEqual({
      algorithm: 'bcrypt',
      bcrypt: { cost: 14 },
    });
    expect(
      config({ hasher: { algorithm: 'argon2', memory: Size.mebibytes(64) }, resources }).hashers,
    ).toEqual({
      algorithm: 'argon2',
      argon2: { memory: '64MB', iterations: 3, parallelism: 1, salt_length: 16, key_length: 32 },
    });
  });

  test('binds keys to the public host, and to no origin elsewhere', () => {
    const { selfservice } = config({
      hosts: ['example.com', 'app.example.com', 'other.example'],
      returnUrls: [
        'https://example.com/',
        'https://example.com:8443/',
        'https://app.example.com/',
        'https://other.example/',
      ],
    });
    expect(selfservice.methods.webauthn).toMatchObject({
      config: {
        rp: {
          id: 'example.com',
          origins: ['https://example.com', 'https://example.com:8443', 'https://app.example.com'],
        },
      },
    });
  });

  test('names who mail comes from, and not how it goes', () => {
    expect(plain.courier).toEqual({ smtp: { from_address: 'no-reply@localhost.localdomain' } });
  });

  test('is the same text each time', () => {
    const text = (): string => declared((scope, platform) => plainConfig(kratos(scope, platform).settings));
    expect(text()).toBe(text());
  });
});
