/** What an environment says about who people are, how they log in, and whose tokens are trusted. */
import * as z from 'zod';
import { duration, pattern, record, resources, variableName, wholeNumber } from './fields.js';
import { rule } from './report.js';

const flag = (fallback: boolean) =>
  z.boolean({ error: rule('be true or false', `leave it out for ${fallback}`) }).default(fallback);

const name = pattern(
  /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/,
  'be 2 to 40 small letters, digits and dashes',
  'rename it',
);

export const aal = z.enum(['aal1', 'aal2'], { error: rule('be one of aal1, aal2', 'leave it out for aal1') });

const address = (what: string, example: string) =>
  pattern(/^https?:\/\/[^\s/?#]+[^\s?#]*$/, `be the address of ${what}`, `write for example '${example}'`);

/** At most this long may a session that was revoked still pass. */
const revocation = pattern(
  /^(0|[1-9]\d*)(ms|s)$/,
  'be a whole number with ms or s',
  "write for example '5s', or '0s' to ask each time",
).refine((text) => milliseconds(text) <= 60_000, {
  error: rule('be at most 60s', 'shorten it'),
});

const seconds = (least: number, most: number, remedy: string) =>
  duration.refine(
    (text) => {
      const value = milliseconds(text) / 1000;
      return !Number.isFinite(value) || (value >= least && value <= most);
    },
    { error: rule(`last from ${least} seconds to ${most}`, remedy) },
  );

const trait = record({
  type: z
    .enum(['string', 'number', 'boolean'], {
      error: rule('be one of string, number, boolean', "write 'string'"),
    })
    .default('string'),
  title: z.string({ error: rule('be text', 'write what people read') }).optional(),
  required: flag(false),
});

const provider = z.discriminatedUnion(
  'kind',
  [
    record({
      kind: z.literal('github'),
      id: name.default('github'),
      /** Variables with what GitHub hands out for its application. */
      clientId: variableName,
      clientSecret: variableName,
    }),
    record({
      kind: z.literal('oidc'),
      id: name,
      issuer: address('the issuer', 'https://accounts.example.com'),
      label: z.string({ error: rule('be text', 'write what the button says') }).optional(),
      clientId: variableName,
      clientSecret: variableName,
      scopes: z
        .array(z.string({ error: rule('be a scope', 'leave it out') }), {
          error: rule('be a list of scopes', 'leave it out for openid, email and profile'),
        })
        .default(['openid', 'email', 'profile']),
      /** Further origins that a browser is led over when it logs in there. */
      origins: z
        .array(
          pattern(
            /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/,
            'be an origin: scheme, host and perhaps a port',
            "write for example 'https://login.example.com'",
          ),
          { error: rule('be a list of origins', "leave it out for the issuer's alone") },
        )
        .default([]),
    }),
  ],
  { error: rule('be one of github, oidc', "write { kind: 'github', … }") },
);

const issuer = record({
  name,
  /** What its tokens say in `iss`. */
  issuer: address('the issuer', 'https://accounts.example.com'),
  /** Where its public keys are. */
  jwksUrl: address('its key set', 'https://accounts.example.com/keys'),
  /** What its tokens must say in `aud`. */
  audience: z
    .array(z.string().min(1), { error: rule('be a list of audiences', "write for example ['api']") })
    .min(1, { error: rule('name at least one audience', "write for example ['api']") }),
  algorithms: z
    .array(z.enum(['RS256', 'ES256'], { error: rule('be one of RS256, ES256', "write ['RS256']") }), {
      error: rule('be a list of algorithms', "write ['RS256']"),
    })
    .min(1, { error: rule('name at least one algorithm', "write ['RS256']") })
    .default(['RS256']),
  scopes: z.array(z.string(), { error: rule('be a list of scopes', 'leave it out for none') }).default([]),
});

const host = pattern(/^[a-z0-9][a-z0-9.-]*$/, 'be a host name', "write for example 'smtp.example.com'");

const mail = z.discriminatedUnion(
  'kind',
  [
    /** A mailbox of its own, shown at `/mail` to everybody who reaches the gate. */
    record({ kind: z.literal('catcher') }),
    record({
      kind: z.literal('smtp'),
      host,
      port: wholeNumber(1, 65_535, 'write 465 or 587').default(587),
      tls: z
        .enum(['starttls', 'implicit'], { error: rule('be one of starttls, implicit', "write 'starttls'") })
        .default('starttls'),
      from: pattern(/^[^\s@]+@[^\s@]+$/, 'be an address', "write for example 'no-reply@example.com'"),
      /** Variables with what the relay asks for. */
      user: variableName.optional(),
      password: variableName.optional(),
    }).superRefine(({ user, password }, context) => {
      if ((user === undefined) === (password === undefined)) return;
      context.addIssue({
        code: 'custom',
        path: [user === undefined ? 'user' : 'password'],
        message: rule('be set where the other is', 'name both variables or none'),
      });
    }),
  ],
  { error: rule('be one of catcher, smtp', "write { kind: 'smtp', … }") },
);

const limit = (minute: number) =>
  record({ minute: wholeNumber(1, 1_000_000, `leave it out for ${minute}`).default(minute) }).prefault({});

const replicas = wholeNumber(1, 16, 'use 2 or more to survive the loss of one').default(2);

export const identity = record({
  /** Whether Kratos gives up what needs HTTPS; only in dev. */
  development: z.boolean({ error: rule('be true or false', 'leave it out: true in dev alone') }).optional(),
  sessions: record({
    lifetime: seconds(60, 31_536_000, "write for example '24h'").default('24h'),
    /** How long after its log-in a session may change what it logs in with. */
    privileged: seconds(60, 86_400, "write for example '1h'").default('1h'),
    /** Whether people who have a second factor must always show it. */
    aal: z
      .enum(['aal1', 'highest_available'], {
        error: rule('be one of aal1, highest_available', 'leave it out for highest_available'),
      })
      .default('highest_available'),
    revocation: revocation.default('5s'),
    /** Domain of the cookie, where several hosts share it. */
    cookieDomain: host.optional(),
  }).prefault({}),
  methods: record({
    password: flag(true),
    totp: flag(true),
    lookupCodes: flag(true),
    /** Security keys. */
    webauthn: z
      .enum(['off', 'passwordless', 'second-factor'], {
        error: rule('be one of off, passwordless, second-factor', 'leave it out for second-factor'),
      })
      .default('second-factor'),
    passkey: flag(false),
    /** Codes by mail. */
    code: z
      .enum(['off', 'passwordless', 'second-factor'], {
        error: rule('be one of off, passwordless, second-factor', 'leave it out for off'),
      })
      .default('off'),
    recovery: flag(true),
    verification: flag(true),
  }).prefault({}),
  /** Further traits of a person, beside the e-mail address. */
  traits: z.record(z.string().regex(/^[a-z][a-zA-Z0-9]{0,30}$/), trait).default({}),
  providers: z.array(provider, { error: rule('be a list of providers', 'write [] for none') }).default([]),
  /** Issuers outside of the platform whose tokens routes may let in, by name. */
  issuers: z.array(issuer, { error: rule('be a list of issuers', 'write [] for none') }).default([]),
  mail: mail.optional(),
  limits: record({
    login: limit(30),
    registration: limit(20),
    recovery: limit(20),
    /** Account pages, and what they load. */
    pages: limit(600),
    /** Of each address, on each route of a service; clients have limits of their own. */
    people: limit(600),
  }).prefault({}),
  tokens: record({
    /** How long the signed identity is good that a service gets. */
    lifetime: seconds(30, 900, "write for example '60s'").default('60s'),
  }).prefault({}),
  kratos: record({ replicas, resources: resources('256Mi', 1, 128) }).prefault({}),
  oathkeeper: record({ replicas, resources: resources('256Mi', 1, 128) }).prefault({}),
  sessionCheck: record({ replicas, resources: resources('192Mi', 0.5, 64) }).prefault({}),
});

function milliseconds(text: string): number {
  const unit = /[a-z]+$/.exec(text)?.[0] ?? '';
  const factor = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit];
  return Number.parseInt(text, 10) * (factor ?? Number.NaN);
}
