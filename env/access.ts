/** Who may call a service: people with a session, clients, tokens of trusted issuers. */
import * as z from 'zod';
import { pattern, record } from './fields.js';
import { aal } from './identity.js';
import { rule } from './report.js';

export const group = pattern(
  /^[a-z][a-z0-9._-]{0,62}$/,
  'be small letters, digits, dots, dashes and underscores',
  'rename it',
);

const method = z.enum(['key', 'jwt', 'oauth2'], {
  error: rule('be one of key, jwt, oauth2', "write for example ['key']"),
});
const methodList = z
  .array(method, { error: rule('be a list of methods', "write for example ['key']") })
  .refine((list) => new Set(list).size === list.length, {
    error: rule('name each method once', 'remove the second'),
  });

/** Ways in which a client shows who it is. */
export const methods = methodList.min(1, {
  error: rule('name at least one method', "write for example ['key']"),
});

/** Anybody named here may pass, whoever else is; each by a credential of its own. */
export const access = record({
  /** People who are logged in. */
  sessions: z.boolean({ error: rule('be true or false', 'leave it out for true') }).default(true),
  /** Clients, by any of these; [] for none. */
  methods: methodList.default(['key']),
  /** A client must be in one of them. */
  groups: z
    .array(group, { error: rule('be a list of groups', 'leave it out for every client') })
    .min(1, { error: rule('name at least one group', 'leave it out for every client') })
    .optional(),
  /** Names of `identity.issuers` whose tokens pass. */
  issuers: z
    .array(z.string({ error: rule('be the name of an issuer', 'see identity.issuers') }), {
      error: rule('be a list of issuers', 'write [] for none'),
    })
    .default([]),
  /** What a person must have shown; aal2 is a second factor. */
  aal: aal.default('aal1'),
}).prefault({});
