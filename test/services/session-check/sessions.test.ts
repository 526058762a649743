import { beforeEach, describe, expect, test } from 'vitest';
import { readVerdict, type Kind, type Verdict } from '../../../services/session-check/src/answer.js';
import { Sessions } from '../../../services/session-check/src/sessions.js';
import { present } from '../../helper/failure.js';
import { ENDS, SECOND_FACTOR, identity, session } from './kratos-stand-in.js';

/** Questions that wait for an answer of Kratos, in the order in which they were put. */
let waiting: { readonly credential: string; readonly kind: Kind; answer(verdict: Verdict): void }[];
let monotonic: number;
let wall: number;
let heard: Verdict[];
beforeEach(() => {
  [waiting, heard, monotonic, wall] = [[], [], 1000, Date.parse('2030-01-01T00:00:00Z')];
});

function sessions(remember = 5000, entries = 3): Sessions {
  return new Sessions(
    {
      whoami: (kind, credential) =>
        new Promise((answer) => {
          waiting.push({ kind, credential, answer });
        }),
      close: () => undefined,
    },
    { rememberMilliseconds: remember, rememberEntries: entries },
    { monotonic: () => monotonic, wall: () => wall },
    (verdict) => heard.push(verdict),
  );
}

const says = (change: Readonly<Record<string, unknown>> = {}): Verdict =>
  readVerdict(200, JSON.stringify(session(change)), 'c');
const AAL1 = says();
const AAL2 = says({ authenticator_assurance_level: 'aal2' });
const GONE: Verdict = { state: 'inactive' };
const UNKNOWN: Verdict = { state: 'unknown', reason: 'status 500' };
const ACTIVE = '"active":true';
const INACTIVE = '{"active":false}';

/** Answers the question that waits longest. */
function reply(verdict: Verdict): void {
  present(waiting.shift()).answer(verdict);
}
/** Asks, and lets Kratos answer, which must have been asked. */
async function asked(from: Sessions, verdict: Verdict, aal: 'aal1' | 'aal2' = 'aal1'): Promise<string> {
  const answer = from.introspect('token', 'c', aal);
  await settled();
  expect(waiting).toHaveLength(1);
  reply(verdict);
  return answer;
}
/** Asks, and Kratos must not be asked. */
async function remembered(from: Sessions, aal: 'aal1' | 'aal2' = 'aal1'): Promise<string> {
  const answer = await from.introspect('token', 'c', aal);
  expect(waiting).toEqual([]);
  return answer;
}
/** Lets everything run that waits for nothing. */
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('the bound', () => {
  test('an answer is used again for as long as set, counted from when Kratos was asked', async () => {
    const from = sessions();
    const first = from.introspect('token', 'c', 'aal1');
    await settled();
    monotonic += 2000;
    reply(AAL1);
    expect(await first).toContain(ACTIVE);
    monotonic += 2999;
    expect(await remembered(from)).toContain(ACTIVE);
    monotonic += 1;
    expect(await asked(from, GONE)).toBe(INACTIVE);
  });

  test('use does not lengthen it', async () => {
    const from = sessions();
    await asked(from, AAL1);
    for (let i = 0; i < 4; i++) {
      monotonic += 1249;
      await remembered(from);
    }
    monotonic += 4;
    expect(await asked(from, GONE)).toBe(INACTIVE);
  });

  test('an answer never outlives its session', async () => {
    const from = sessions();
    await asked(from, AAL1);
    wall = Date.parse(ENDS) - 1;
    expect(await remembered(from)).toContain(ACTIVE);
    wall += 1;
    expect(await asked(from, GONE)).toBe(INACTIVE);
  });

  test('a wall clock that is set back does not lengthen it', async () => {
    const from = sessions();
    await asked(from, AAL1);
    wall -= 3_600_000;
    monotonic += 5000;
    expect(await asked(from, GONE)).toBe(INACTIVE);
  });

  test('with 0 nothing is remembered, and equal questions at once are put one by one', async () => {
    const from = sessions(0);
    expect(await asked(from, AAL1)).toContain(ACTIVE);
    expect(from.size).toBe(0);
    const [one, other] = [from.introspect('token', 'c', 'aal1'), from.introspect('token', 'c', 'aal1')];
    await settled();
    expect(waiting).toHaveLength(2);
    reply(AAL1);
    // Between the two the session was revoked.
    reply(GONE);
    expect(await Promise.all([one, other])).toEqual([expect.stringContaining(ACTIVE), INACTIVE]);
  });

  test.each([
    ['a refusal', GONE],
    ['a failure', UNKNOWN],
    ['a missing second factor', readVerdict(403, JSON.stringify(SECOND_FACTOR), 'c')],
    [
      'a session with very large traits',
      says({ identity: identity({ traits: { about: 'x'.repeat(4096) } }) }),
    ],
  ])('%s is not remembered', async (_what, verdict) => {
    const from = sessions();
    await asked(from, verdict);
    expect(from.size).toBe(0);
    expect(await asked(from, AAL1)).toContain(ACTIVE);
  });
});

describe('questions at once', () => {
  test('share one request to Kratos, whatever it answers', async () => {
    for (const verdict of [AAL1, GONE, UNKNOWN]) {
      const from = sessions();
      const answers = [1, 2, 3].map(() => from.introspect('token', 'c', 'aal1'));
      await settled();
      expect(waiting).toHaveLength(1);
      reply(verdict);
      expect(new Set(await Promise.all(answers)).size).toBe(1);
    }
  });

  test('do not share one that was sent longer ago than the bound', async () => {
    const from = sessions(1000);
    const early = from.introspect('token', 'c', 'aal1');
    monotonic += 1000;
    const late = from.introspect('token', 'c', 'aal1');
    await settled();
    expect(waiting).toHaveLength(2);
    // Kratos looked at the early one before the session was revoked, and answers it last.
    present(waiting[1]).answer(GONE);
    expect(await late).toBe(INACTIVE);
    present(waiting.shift()).answer(AAL1);
    expect(await early).toContain(ACTIVE);
    waiting = [];
    expect(await asked(from, GONE)).toBe(INACTIVE);
  });

  test('about the same value as cookie and as token, or about two values, are apart', async () => {
    const from = sessions();
    const answers = [
      from.introspect('token', 'c', 'aal1'),
      from.introspect('cookie', 'c', 'aal1'),
      from.introspect('token', 'd', 'aal1'),
    ];
    await settled();
    expect(waiting.map(({ kind, credential }) => [kind, credential])).toEqual([
      ['token', 'c'],
      ['cookie', 'c'],
      ['token', 'd'],
    ]);
    for (const verdict of [AAL1, GONE, GONE]) reply(verdict);
    expect((await Promise.all(answers)).map((answer) => answer.includes(ACTIVE))).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('the second factor', () => {
  test('is never judged missing from memory: Kratos is asked anew, and the new answer remembered', async () => {
    const from = sessions();
    await asked(from, AAL1);
    expect(await asked(from, AAL2, 'aal2')).toContain('"sub":');
    expect(await remembered(from, 'aal2')).toContain('"sub":');
    expect(await remembered(from, 'aal1')).toContain('"sub":');
  });

  test('that is still missing is said so, and the session is remembered for what it is', async () => {
    const from = sessions();
    await asked(from, AAL1);
    expect(await asked(from, AAL1, 'aal2')).toContain('"token_use":"first_factor"');
    expect(await asked(from, AAL1, 'aal2')).toContain('"token_use":"first_factor"');
    expect(await remembered(from, 'aal1')).toContain('"sub":');
  });

  test('is not judged by a request that was under way, and the new one is shared in turn', async () => {
    const from = sessions();
    const plain = from.introspect('token', 'c', 'aal1');
    const strong = [from.introspect('token', 'c', 'aal2'), from.introspect('token', 'c', 'aal2')];
    await settled();
    expect(waiting).toHaveLength(1);
    reply(AAL1);
    await settled();
    expect(await plain).toContain('"sub":');
    expect(waiting).toHaveLength(1);
    reply(AAL2);
    for (const answer of await Promise.all(strong)) expect(answer).toContain('"sub":');
  });

  test('is unknown, not missing, when Kratos fails at the new question', async () => {
    const from = sessions();
    await asked(from, AAL1);
    expect(await asked(from, UNKNOWN, 'aal2')).toBe(INACTIVE);
  });
});

describe('the memory', () => {
  test('keeps no more than set, and lets go of what was used longest ago', async () => {
    const from = sessions(5000, 3);
    const ask = async (credential: string): Promise<boolean> => {
      const answer = from.introspect('token', credential, 'aal1');
      await settled();
      const isNew = waiting.length > 0;
      if (isNew) reply(AAL1);
      await answer;
      return isNew;
    };
    for (const credential of ['a', 'b', 'c']) expect(await ask(credential)).toBe(true);
    expect(await ask('a')).toBe(false);
    expect(await ask('d')).toBe(true);
    expect(from.size).toBe(3);
    expect(await ask('a')).toBe(false);
    expect(await ask('b')).toBe(true);
  });

  test('tells of what Kratos said, not of what is remembered', async () => {
    const from = sessions();
    await asked(from, AAL1);
    await remembered(from);
    await from.introspect('token', 'a b', 'aal1');
    expect(heard).toEqual([AAL1]);
  });
});

describe('a credential that could break out of its header', () => {
  test.each(['', 'a\r\nx: y', 'a\nb', 'a;b', 'a b', '\tb', 'a\0', 'ä', 'a\u007f', '"a"', 'a,b', 'a\\b'])(
    "%j is nobody's, and Kratos is not asked",
    async (credential) => {
      const from = sessions();
      for (const kind of ['cookie', 'token'] as const) {
        expect(await from.introspect(kind, credential, 'aal1')).toBe(INACTIVE);
      }
      expect([waiting, from.size]).toEqual([[], 0]);
    },
  );

  test('is none of the forms that Kratos gives out', async () => {
    const from = sessions();
    for (const credential of ['ory_st_AbC123', 'MTY5-_.~|==', 'a%20b']) {
      const answer = from.introspect('token', credential, 'aal1');
      await settled();
      reply(AAL1);
      expect(await answer).toContain(ACTIVE);
    }
  });
});
