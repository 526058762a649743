import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  readVerdict,
  render,
  satisfies,
  type Aal,
  type Verdict,
} from '../../../services/session-check/src/answer.js';
import { ENDS, IDENTITY_ID, SECOND_FACTOR, SESSION_ID, identity, session } from './kratos-stand-in.js';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const read = (status: number, body: unknown): Verdict =>
  readVerdict(status, typeof body === 'string' ? body : JSON.stringify(body), 'secret');
const answer = (verdict: Verdict, aal: Aal): unknown => JSON.parse(render(verdict, aal)) as unknown;
const DENIED = { active: false };
/** A token that is not for access: Oathkeeper answers 403. */
const TOO_LITTLE = { active: true, token_use: 'first_factor' };

describe('a session', () => {
  test('is answered with subject, hashes, level and traits, and nothing else that Kratos said', () => {
    const traits = { email: 'ada@example.com', name: { first: 'Ada "A"' }, tags: ['\u2028</x>'] };
    expect(answer(read(200, session({ identity: identity({ traits }) })), 'aal1')).toEqual({
      active: true,
      sub: IDENTITY_ID,
      ext: {
        kind: 'session',
        session_hash: hash(SESSION_ID),
        credential_hash: hash('secret'),
        aal: 'aal1',
        traits,
      },
    });
  });

  test('ends when Kratos says', () => {
    expect(read(200, session())).toMatchObject({ expires: Date.parse(ENDS) });
  });

  test.each([
    ['aal1', 'aal1', true],
    ['aal1', 'aal2', false],
    ['aal2', 'aal1', true],
    ['aal2', 'aal2', true],
  ] as const)('of level %s is enough for %s: %s', (has, wanted, enough) => {
    const verdict = read(200, session({ authenticator_assurance_level: has }));
    expect(satisfies(verdict, wanted)).toBe(enough);
    expect(answer(verdict, wanted)).toMatchObject(enough ? { active: true, ext: { aal: has } } : TOO_LITTLE);
  });

  test('that needs its second factor first is active, without subject and never enough', () => {
    const verdict = read(403, SECOND_FACTOR);
    for (const aal of ['aal1', 'aal2'] as const) {
      expect(answer(verdict, aal)).toEqual(TOO_LITTLE);
      expect(satisfies(verdict, aal)).toBe(false);
    }
  });

  test.each([
    ["it isn't active", 200, session({ active: false })],
    ["its person isn't active", 200, session({ identity: identity({ state: 'inactive' }) })],
    ['Kratos knows none', 401, { error: { id: 'session_inactive' } }],
  ])('is none when %s', (_why, status, body) => {
    const verdict = read(status, body);
    expect(verdict).toEqual({ state: 'inactive' });
    expect(answer(verdict, 'aal1')).toEqual(DENIED);
  });
});

describe("what can't be relied upon", () => {
  test.each([
    ['no JSON', 200, '<html>', 'no session'],
    ['nothing', 200, '', 'no session'],
    ['null', 200, 'null', 'no session'],
    ['a list', 200, [session()], 'no session'],
    ['a text for active', 200, session({ active: 'true' }), 'no session'],
    ['no identity', 200, session({ identity: undefined }), 'no session'],
    ['an identity without state', 200, session({ identity: identity({ state: undefined }) }), 'no session'],
    ['no id', 200, session({ id: '' }), 'no id of the session'],
    ['a number as id', 200, session({ id: 7 }), 'no id of the session'],
    ['no subject', 200, session({ identity: identity({ id: '' }) }), 'no id of the identity'],
    ['no traits', 200, session({ identity: identity({ traits: undefined }) }), 'no traits'],
    ['a list as traits', 200, session({ identity: identity({ traits: [] }) }), 'no traits'],
    ['no end', 200, session({ expires_at: undefined }), 'no end of the session'],
    ['an end that is no time', 200, session({ expires_at: 'soon' }), 'no end of the session'],
    [
      'level 0',
      200,
      session({ authenticator_assurance_level: 'aal0' }),
      'an assurance level that is not known',
    ],
    ['403 for another reason', 403, { error: { id: 'security_csrf_violation' } }, 'status 403'],
    ['403 with a page', 403, '<html>session_aal2_required', 'status 403'],
    ['a redirect', 302, session(), 'status 302'],
    ['another good status', 201, session(), 'status 201'],
    ['an error', 500, session(), 'status 500'],
    ['an overload', 503, '', 'status 503'],
  ])('%s counts as unknown and is answered as inactive', (_what, status, body, reason) => {
    const verdict = read(status, body);
    expect(verdict).toEqual({ state: 'unknown', reason });
    for (const aal of ['aal1', 'aal2'] as const) expect(answer(verdict, aal)).toEqual(DENIED);
  });
});
