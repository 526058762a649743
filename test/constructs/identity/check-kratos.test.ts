import { describe, expect, test } from 'vitest';
import { Duration, Size } from '../../../constructs/quantities.js';
import { kratos, mistakesInKratos } from '../../helper/identity.js';
import { declared } from '../../helper/synth.js';

describe('mistakes of Kratos', () => {
  test('come in one report', () => {
    expect(
      mistakesInKratos({
        image: { reference: 'kratos:old', version: '1.2.0' },
        replicas: 17,
        connections: 1,
        basePath: 'kratos',
        accountPath: '/account/',
        returnUrls: [],
      }),
    ).toEqual([
      'accountPath must be a path of letters, digits, dots and dashes, without a slash at its end, got "/account/"; correct it',
      'basePath must be a path of letters, digits, dots and dashes, without a slash at its end, got "kratos"; correct it',
      'connections must be a whole number from 2 to 500, got 1; leave it out for 20',
      'image.version must be 1.3 or newer, got "1.2.0"; choose such an image in the catalogue',
      'replicas must be a whole number from 1 to 16, got 17; leave it out for 2',
      'returnUrls must name at least one, got []; add the public address',
    ]);
  });

  test.each(['1.3.1', '1.10.0', '25.4.0', '26.2.0'])('version %s is fine', (version) => {
    const image = { reference: 'kratos:any', version };
    expect(declared((scope, platform) => kratos(scope, platform, { image }).workload.name)).toBe('kratos');
  });

  test.each(['example.com', 'https://example.com/', 'https://example.com/path'])(
    'fails when publicUrl is %s',
    (publicUrl) => {
      expect(
        mistakesInKratos({
          publicUrl,
          hosts: ['example.com'],
          methods: { webauthn: false, totp: { issuer: 'x' } },
        }),
      ).toEqual([
        `publicUrl must be an origin: scheme, host and perhaps a port, got "${publicUrl}"; write for example 'https://example.com'`,
      ]);
    },
  );

  test('fails when development meets HTTPS, or plain HTTP anything else', () => {
    expect(mistakesInKratos({ development: true })).toEqual([
      'publicUrl must be plain HTTP where development is on, which weakens cookies, got "https://example.com"; turn development off',
    ]);
    expect(mistakesInKratos({ publicUrl: 'http://example.com' })).toEqual([
      'publicUrl must be HTTPS: browsers keep cookies to themselves otherwise, got "http://example.com"; give the gateway a certificate',
    ]);
  });

  test('fails when the public address is on no public host', () => {
    expect(
      mistakesInKratos({ hosts: ['www.example.com'], returnUrls: ['https://www.example.com/'] }),
    ).toEqual([
      `publicUrl must be on a public host: www.example.com, got "https://example.com"; add it to the gateway's hosts or correct it`,
    ]);
  });

  test('fails when a browser could be led elsewhere', () => {
    expect(
      mistakesInKratos({
        returnUrls: [
          'https://evil.example/',
          'http://example.com/',
          'https://example.com/?a=1',
          'https://u@example.com/',
          'javascript:alert(1)',
          '/relative',
        ],
      }),
    ).toEqual([
      `returnUrls[0] must be on a public host: example.com, got "https://evil.example/"; add it to the gateway's hosts or remove it`,
      'returnUrls[1] must be HTTPS outside of development, got "http://example.com/"; correct it',
      'returnUrls[2] must have no query, fragment or user, got "https://example.com/?a=1"; remove it',
      'returnUrls[3] must have no query, fragment or user, got "https://u@example.com/"; remove it',
      `returnUrls[4] must be an http or https address, got "javascript:alert(1)"; write for example 'https://example.com/'`,
      `returnUrls[5] must be an http or https address, got "/relative"; write for example 'https://example.com/'`,
    ]);
  });

  test.each(['com', 'ample.com', 'other.com', 'www.example.com', '.example.com', 'Example.com'])(
    'fails when the cookie is for %s',
    (domain) => {
      expect(mistakesInKratos({ sessions: { cookie: { domain } } })).toEqual([
        `sessions.cookie.domain must be the public host example.com or a domain above it, got "${domain}"; correct it, or leave it out`,
      ]);
    },
  );

  test('fails when sessions are out of bounds', () => {
    expect(
      mistakesInKratos({
        development: true,
        publicUrl: 'http://example.com',
        sessions: {
          lifetime: Duration.seconds(59),
          privileged: Duration.minutes(2),
          cookie: { name: 'a b', sameSite: 'None' },
        },
      }),
    ).toEqual([
      `sessions.cookie.name must be letters, digits, dashes and underscores, got "a b"; leave it out for 'ory_kratos_session'`,
      `sessions.cookie.sameSite must be another than None in development, where browsers refuse it, got "None"; leave it out for 'Lax'`,
      'sessions.lifetime must be from a minute to 365 days, got "59s"; leave it out for 24 hours',
      'sessions.privileged must be no longer than the lifetime, got "2m0s"; shorten it',
    ]);
  });

  test.each([11, 17])('fails when bcrypt costs %d', (cost) => {
    expect(mistakesInKratos({ hasher: { algorithm: 'bcrypt', cost } })).toEqual([
      `hasher.cost must be a whole number from 12 to 16, got ${cost}; leave it out for 12`,
    ]);
  });

  test('fails when argon2 would need more memory than there is', () => {
    expect(
      mistakesInKratos({
        hasher: { algorithm: 'argon2', memory: Size.mebibytes(129), iterations: 0, parallelism: 65 },
        resources: { memory: Size.mebibytes(256), cpu: 1, pids: 64 },
      }),
    ).toEqual([
      'hasher.iterations must be a whole number from 1 to 64, got 0; leave it out for 3',
      "hasher.memory must be from 19 MiB to half of a replica's 256 MiB, got 129; raise resources.memory or lower it",
      'hasher.parallelism must be a whole number from 1 to 64, got 65; leave it out for 1',
    ]);
  });
});
