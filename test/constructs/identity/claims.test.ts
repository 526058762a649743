import { describe, expect, test } from 'vitest';
import {
  authorizationTemplate,
  claimsTemplate,
  type ClaimsInput,
} from '../../../constructs/identity/claims.js';
import { CLIENT } from '../../helper/gateway-model.js';

function template(change: Partial<ClaimsInput> = {}): string {
  return claimsTemplate({
    audience: 'hello',
    sessions: true,
    key: false,
    oauth2: false,
    issuers: [],
    claims: {},
    ...change,
  });
}

const OUTSIDE = { n: 1, issuer: 'https://login.partner.example' };
const OWN = { n: 2, issuer: 'robot', client: { ...CLIENT, name: 'robot' } };

describe('the claims', () => {
  test('are printed as one dictionary, so that no value can become another claim', () => {
    const text = template({ key: true, oauth2: true, issuers: [OUTSIDE, OWN] });
    expect(text.match(/toJson/g)).toHaveLength(1);
    expect(text.endsWith('{{- toJson $c -}}')).toBe(true);
    expect(text.replace(/\{\{-.*?-\}\}/gs, '')).toBe('');
  });

  test('are meant for the one service', () => {
    expect(template().startsWith('{{- $c := dict "aud" "hello" -}}')).toBe(true);
  });

  test('believe what a caller is by the marks that only Oathkeeper and our programs set', () => {
    expect(template()).toContain(
      '{{- if and (not (hasKey .Extra "scp")) (eq (print .Extra.kind) "session") -}}',
    );
    expect(template({ issuers: [OUTSIDE] })).toContain('{{- if (hasKey .Extra "scp") -}}');
  });

  test('end with an error for whoever the route does not admit', () => {
    expect(template({ sessions: false })).toContain('{{- fail "nobody that this route admits" -}}');
    expect(template()).toContain('{{- else -}}{{- fail "nobody that this route admits" -}}{{- end -}}');
    expect(template()).not.toContain('"client"');
    expect(template({ key: true })).toContain('"client"');
  });

  test('hash what a client presented: its key before its access token', () => {
    const both = template({ key: true, oauth2: true });
    expect(both.indexOf('Header.Get "apikey"')).toBeLessThan(both.indexOf('Header.Get "Authorization"'));
    expect(template({ key: true })).not.toContain('Authorization');
    expect(template({ oauth2: true })).not.toContain('apikey');
  });

  test('refuse a token without an end', () => {
    const text = template({ issuers: [OUTSIDE] });
    expect(text).toContain('{{- if not (hasKey .Extra "exp") -}}{{- fail "a token without an end" -}}');
  });

  test('name a client by the issuer of its token, and copy claims of outside issuers alone', () => {
    const claims = { team: { claim: 'department' } };
    const both = template({ issuers: [OUTSIDE, OWN], claims });
    const [own = '', outside = ''] = both
      .slice(both.indexOf('(list "robot")'))
      .split('{{- $_ := set $c "idp" (print .Extra.iss) -}}');
    expect(own).not.toContain('department');
    expect(outside).toContain('set $c "team" (index .Extra "department")');
    expect(template({ issuers: [OUTSIDE] })).not.toContain('(list');
  });

  test('hold what the route asks for, traits where there are some', () => {
    const text = template({ claims: { role: { trait: 'rank' }, plan: { value: 'a "b" {{' } } });
    expect(text).toContain('if hasKey $traits "rank" -}}{{- $_ := set $c "role" (index $traits "rank")');
    expect(text).toContain('if kindIs "map" .Extra.traits');
    expect(text).toContain(String.raw`set $c "plan" "a \"b\" {{"`);
  });

  test('do not look for traits that nobody asks for', () => {
    expect(template()).not.toContain('traits');
  });
});

test('a remote authorizer is told claims, subject, method and path, not the query', () => {
  const text = authorizationTemplate({
    audience: 'hello',
    sessions: true,
    key: false,
    oauth2: false,
    issuers: [],
    claims: {},
  });
  expect(text).toContain('set $c "sub" .Subject');
  expect(text).toContain('(dict "claims" $c "method" .MatchContext.Method "path" .MatchContext.URL.Path)');
  expect(text).not.toMatch(/query/i);
});
