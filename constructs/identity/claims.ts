/**
 * Claims of the token that a service gets, as a Go template that Oathkeeper renders for each request.
 *
 * The template fills a dictionary and prints that as a whole: whatever a caller sends can be a value in
 * it and nothing else. Who called is told by what Oathkeeper itself has seen: only of a verified JWT
 * does it set `scp`, and what hasn't that comes from session-check or Kong, which are ours.
 */
import type { ClaimSource } from '../gateway/access.js';
import { gateTokenHeader, type TokenIssuer } from '../gateway/issuers.js';

/** Claims that no route can set: services rely on them. */
export const RESERVED_CLAIMS = [
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'nbf',
  'jti',
  'idp',
  'client',
  'sid',
  'credential_hash',
  'aal',
] as const;

export interface ClaimsInput {
  /** The one service that the token is meant for. */
  readonly audience: string;
  readonly sessions: boolean;
  /** Whether clients may come with a key, or with an access token. */
  readonly key: boolean;
  readonly oauth2: boolean;
  /** Issuers whose tokens may come. */
  readonly issuers: readonly TokenIssuer[];
  readonly claims: Readonly<Record<string, ClaimSource>>;
}

/** Whether the caller came with a verified JWT. */
const IS_TOKEN = '(hasKey .Extra "scp")';

/** The template; a caller of a kind that the route doesn't admit ends it with an error. */
export function claimsTemplate(input: ClaimsInput): string {
  return action([...claimsActions(input), 'toJson $c']);
}

/** What a remote authorizer is asked: the claims, and the request without its query. */
export function authorizationTemplate(input: ClaimsInput): string {
  return action([
    ...claimsActions(input),
    '$_ := set $c "sub" .Subject',
    'toJson (dict "claims" $c "method" .MatchContext.Method "path" .MatchContext.URL.Path)',
  ]);
}

function claimsActions(input: ClaimsInput): string[] {
  const kinds: [condition: string, actions: readonly string[]][] = [
    ...(input.issuers.length > 0 ? [[IS_TOKEN, tokenActions(input)] as [string, string[]]] : []),
    ...(input.sessions ? [[ofKind('session'), sessionActions(input)] as [string, string[]]] : []),
    ...(input.key || input.oauth2 ? [[ofKind('client'), clientActions(input)] as [string, string[]]] : []),
  ];
  const branches = kinds.flatMap(([condition, actions], index) => [
    `${index === 0 ? 'if' : 'else if'} ${condition}`,
    ...actions,
  ]);
  const values = Object.entries(input.claims).flatMap(([name, source]) =>
    'value' in source ? [`$_ := set $c ${text(name)} ${text(source.value)}`] : [],
  );
  const none = 'fail "nobody that this route admits"';
  return [
    `$c := dict "aud" ${text(input.audience)}`,
    ...(branches.length === 0 ? [none] : [...branches, 'else', none, 'end']),
    ...values,
  ];
}

function ofKind(kind: string): string {
  return `and (not ${IS_TOKEN}) (eq (print .Extra.kind) ${text(kind)})`;
}

function sessionActions({ claims }: ClaimsInput): string[] {
  const wanted = Object.entries(claims).flatMap(([name, source]) =>
    'trait' in source ? copied(name, source.trait, '$traits') : [],
  );
  return [
    '$_ := set $c "idp" "session"',
    ...['session_hash', 'credential_hash', 'aal'].flatMap((field) =>
      copied(field === 'session_hash' ? 'sid' : field, field, '.Extra'),
    ),
    ...(wanted.length === 0
      ? []
      : ['$traits := dict', 'if kindIs "map" .Extra.traits', '$traits = .Extra.traits', 'end', ...wanted]),
  ];
}

/** A key, or else an access token: in the order in which they are tried. */
function clientActions({ key, oauth2 }: ClaimsInput): string[] {
  const token = '(splitn " " 2 (.MatchContext.Header.Get "Authorization"))._1';
  return [
    '$_ := set $c "idp" "client"',
    '$_ := set $c "client" (print .Subject)',
    ...(key ? ['$shown := .MatchContext.Header.Get "apikey"'] : []),
    ...(key && oauth2 ? ['if not $shown', `$shown = ${token}`, 'end'] : []),
    ...(key ? [] : [`$shown := ${token}`]),
    '$_ := set $c "credential_hash" (sha256sum (print $shown))',
  ];
}

function tokenActions({ issuers, claims }: ClaimsInput): string[] {
  const own = issuers.filter(({ client }) => client !== undefined);
  const presented = issuers.map(({ n }) => `(.MatchContext.Header.Get ${text(gateTokenHeader(n))})`);
  const wanted = Object.entries(claims).flatMap(([name, source]) =>
    'claim' in source ? copied(name, source.claim, '.Extra') : [],
  );
  const outside = ['$_ := set $c "idp" (print .Extra.iss)', ...wanted];
  return [
    // Without an end it would be good for ever.
    'if not (hasKey .Extra "exp")',
    'fail "a token without an end"',
    'end',
    'if hasKey .Extra "jti"',
    '$_ := set $c "credential_hash" (sha256sum (printf "%v\\n%v" .Extra.iss .Extra.jti))',
    'else',
    `$_ := set $c "credential_hash" (sha256sum (coalesce ${presented.join(' ')} ""))`,
    'end',
    ...(own.length === 0
      ? outside
      : [
          `if has (print .Extra.iss) (list ${own.map(({ issuer }) => text(issuer)).join(' ')})`,
          '$_ := set $c "idp" "client"',
          '$_ := set $c "client" (print .Extra.iss)',
          'else',
          ...outside,
          'end',
        ]),
  ];
}

function copied(name: string, field: string, from: string): string[] {
  return [
    `if hasKey ${from} ${text(field)}`,
    `$_ := set $c ${text(name)} (index ${from} ${text(field)})`,
    'end',
  ];
}

/** A Go string; checked names and values hold nothing that Go and JSON write differently. */
function text(value: string): string {
  return JSON.stringify(value);
}

function action(actions: readonly string[]): string {
  return actions.map((one) => `{{- ${one} -}}`).join('');
}
