/** The steps of a rule: who is let in, what decides, what the service gets, and how refusals look. */
import { GATE_SESSION, gateTokenHeader, tokenIssuers, type TokenIssuer } from '../gateway/issuers.js';
import type { ClientDeclaration } from '../gateway/model.js';
import { KeyPair, type KeyAlgorithm } from '../secrets/key-pair.js';
import { authorizationTemplate, claimsTemplate, type ClaimsInput } from './claims.js';
import { asksForFactor, type GuardedRoute, type Handler, type Json, type RulesInput } from './model.js';

/** Folders of files that rules refer to. */
export const FOLDERS = {
  rules: '/run/portcullis/rules',
  signer: '/run/portcullis/signer',
  clients: '/run/portcullis/clients',
} as const;
/** The file with the signing keys. */
export const SIGNING_KEYS = 'id_token.jwks.json';

const KEY = 'apikey';

/** File with the public keys of a client. */
export function clientKeys(name: string): string {
  return `client-${name}.json`;
}

/** Issuers whose tokens a route admits: those that it names, and clients in its groups. */
export function admittedIssuers({ access }: GuardedRoute, input: RulesInput): TokenIssuer[] {
  return tokenIssuers(input.issuers, input.clients).filter(({ n, client }) => {
    if (client === undefined) return access.issuers.includes(input.issuers[n - 1]?.name ?? '');
    if (!access.methods.includes('jwt')) return false;
    return access.groups?.some((group) => client.groups?.includes(group)) ?? true;
  });
}

/**
 * What recognizes callers. The gateway leaves one credential in a request, so that the order decides
 * nothing but how soon the most frequent one is found.
 */
export function authenticators(guarded: GuardedRoute, input: RulesInput): Handler[] {
  const { access } = guarded;
  const { sessions } = input;
  return [
    ...(access.sessions && sessions !== undefined
      ? [
          // Whom it asks stands in Oathkeeper's configuration, the same for every route.
          { handler: 'oauth2_introspection' },
        ]
      : []),
    ...(access.methods.includes('key') ? [credentialCheck(`${input.verifyUrl}/key`, KEY)] : []),
    ...admittedIssuers(guarded, input).map((issuer) => jwt(issuer, input)),
    ...(access.methods.includes('oauth2')
      ? [credentialCheck(`${input.verifyUrl}/oauth2`, 'Authorization')]
      : []),
    { handler: 'unauthorized' },
  ];
}

function credentialCheck(url: string, header: string): Handler {
  return {
    handler: 'bearer_token',
    config: {
      check_session_url: url,
      token_from: { header },
      // False would send the request's own path and query there, in which people put keys by mistake.
      preserve_path: true,
      preserve_query: true,
      force_method: 'GET',
      forward_http_headers: [header],
      subject_from: 'sub',
      extra_from: 'extra',
    },
  };
}

function jwt({ n, issuer, client }: TokenIssuer, input: RulesInput): Handler {
  const outside = client === undefined ? input.issuers[n - 1] : undefined;
  return {
    handler: 'jwt',
    config: {
      token_from: { header: gateTokenHeader(n) },
      jwks_urls: [outside?.jwksUrl ?? `file://${FOLDERS.clients}/${clientKeys(issuer)}`],
      trusted_issuers: [issuer],
      target_audience: [...(outside?.audience ?? [input.publicUrl])],
      allowed_algorithms:
        client === undefined ? [...(outside?.algorithms ?? ['RS256'])] : algorithmsOf(client),
      ...(outside?.scopes === undefined || outside.scopes.length === 0
        ? {}
        : { required_scope: [...outside.scopes], scope_strategy: 'exact' }),
    },
  };
}

function algorithmsOf({ jwt: keys = [] }: ClientDeclaration): KeyAlgorithm[] {
  if (keys instanceof KeyPair) return [keys.algorithm];
  return [...new Set(keys.map(({ algorithm }) => algorithm))].sort();
}

/** What decides about a known caller. Whether a session's factors suffice was decided before. */
export function authorizer(guarded: GuardedRoute, input: RulesInput): Handler {
  const { authorization } = guarded.access;
  if (authorization.kind !== 'remote') return { handler: authorization.kind };
  return remote(authorization.url, authorizationTemplate(claimsInput(guarded, input)));
}

function remote(url: string, payload: string): Handler {
  return {
    handler: 'remote_json',
    config: {
      remote: url,
      payload,
      // It would pass on the caller's access token.
      headers: { Authorization: 'none' },
    },
  };
}

/** Credentials beside signed tokens, which every rule blanks. */
export const BLANKED_HEADERS = { [KEY]: '', [GATE_SESSION]: '' };

/**
 * What becomes of the request: a token of ours comes in, and every other credential goes.
 *
 * What all rules share stands in Oathkeeper's configuration: it merges and copies what a rule adds for
 * each request, twice, and that is the greatest part of what a request costs it.
 */
export function mutators(guarded: GuardedRoute, input: RulesInput): Handler[] {
  const tokens = admittedIssuers(guarded, input).map(({ n }) => gateTokenHeader(n));
  return [
    {
      handler: 'id_token',
      config: {
        claims: claimsTemplate(claimsInput(guarded, input)),
      },
    },
    {
      handler: 'header',
      ...(tokens.length === 0
        ? {}
        : { config: { headers: Object.fromEntries(tokens.map((name) => [name, ''])) } }),
    },
  ];
}

/**
 * How refusals look where a browser asks and people may sign in; everything else is JSON. Never two
 * for the same request: Oathkeeper would answer 500.
 */
export function errors({ access }: GuardedRoute, input: RulesInput): Handler[] {
  if (!access.sessions) return [];
  const to = input.loginUrl;
  return [
    redirect(to, { error: ['unauthorized'], request: { header: { accept: ['text/html'] } } }),
    // For everybody: the gateway makes a 403 with `Required-AAL` of it where no browser asks.
    ...(asksForFactor(access, input.sessions) ? [redirect(`${to}?aal=aal2`, { error: ['forbidden'] })] : []),
  ];
}

function redirect(to: string, when: Readonly<Record<string, Json>>): Handler {
  return { handler: 'redirect', config: { to, code: 302, return_to_query_param: 'return_to', when: [when] } };
}

function claimsInput(guarded: GuardedRoute, input: RulesInput): ClaimsInput {
  const { access, service } = guarded;
  return {
    audience: service.name,
    sessions: access.sessions,
    key: access.methods.includes('key'),
    oauth2: access.methods.includes('oauth2'),
    issuers: admittedIssuers(guarded, input),
    claims: access.claims,
  };
}
