/** However a session ends, it is refused when the environment's bound has passed. */
import { describe, expect, test } from 'vitest';
import { Browser } from '../harness/browser.js';
import { ask } from '../harness/http.js';
import { whoami } from './accounts.js';
import { REVOCATION_MILLISECONDS } from './deployment.js';
import { administer, letExpire } from './inside.js';
import { call, KRATOS, logInByCookie, logOut, logOutByCookie, register, type Person } from './people.js';

/** What a crowded machine may add, besides the bound. */
const SLACK_MILLISECONDS = 1000;
/** Enough for every replica on the way to be asked. */
const MANY = 8;

/** What somebody has that may be presented. */
interface Sessions extends Person {
  /** Of a second session. */
  readonly cookie: string;
}

/** How sessions end, and which of the two are over then. */
interface End {
  readonly over: readonly ('token' | 'cookie')[];
  readonly by: (person: Sessions) => Promise<unknown>;
}

const both = ['token', 'cookie'] as const;

const ENDS: Readonly<Record<string, End>> = {
  'its owner logs out as a program': { over: ['token'], by: ({ token }) => logOut(token) },

  'its owner logs out in a browser': { over: ['cookie'], by: ({ cookie }) => logOutByCookie(cookie) },

  'its owner ends it from another session': {
    over: ['cookie'],
    by: ({ token }) => {
      const headers = { host: 'localhost:8000', 'x-session-token': token };
      return ask({ port: 8000, path: `${KRATOS}/sessions`, method: 'DELETE', headers });
    },
  },

  'an administrator ends it': {
    over: ['token'],
    by: async ({ token }) => administer('DELETE', `/sessions/${(await whoami({ token })).id}`),
  },

  'an administrator ends all of a person': {
    over: both,
    by: ({ id }) => administer('DELETE', `/identities/${id}/sessions`),
  },

  'its owner is made inactive': {
    over: both,
    by: ({ id, email }) =>
      administer('PUT', `/identities/${id}`, {
        schema_id: 'default',
        traits: { email },
        state: 'inactive',
      }),
  },

  'its owner is deleted': { over: both, by: ({ id }) => administer('DELETE', `/identities/${id}`) },

  'it is too old': {
    over: both,
    by: async ({ token, cookie }) => {
      for (const presented of [{ token }, { cookie }]) await letExpire((await whoami(presented)).id);
    },
  },
};

/** Asks often enough that no replica is left out. */
async function expectAll(status: number, headers: Readonly<Record<string, string>>): Promise<void> {
  for (let i = 0; i < MANY; i++) expect((await call('/hello', { headers })).status).toBe(status);
}

/** Asks all the time, so that what is remembered is as new as it can be. */
async function askUntil(end: AbortSignal, headers: Readonly<Record<string, string>>): Promise<void> {
  while (!end.aborted) {
    await call('/hello', { headers });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Asks all the time, so that what still passes is remembered anew wherever that is possible. */
async function expectRefused(headers: Readonly<Record<string, string>>, deadline: number): Promise<void> {
  while (performance.now() < deadline) {
    expect([200, 401]).toContain((await call('/hello', { headers })).status);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await expectAll(401, headers);
}

export function revocation(): void {
  describe.concurrent('a session is refused within the bound when', () => {
    test.each(Object.entries(ENDS))('%s', async (_, { over, by }) => {
      const person = await register();
      const sessions = { ...person, cookie: await logInByCookie(person) };
      const credentials = {
        token: { 'x-session-token': sessions.token },
        cookie: { cookie: sessions.cookie },
      };
      for (const headers of Object.values(credentials)) await expectAll(200, headers);

      const asked = new AbortController();
      const asking = over.map((which) => askUntil(asked.signal, credentials[which]));
      await by(sessions).finally(() => asked.abort());
      const deadline = performance.now() + REVOCATION_MILLISECONDS + SLACK_MILLISECONDS;
      await Promise.all(asking);
      await Promise.all(over.map((which) => expectRefused(credentials[which], deadline)));
      for (const which of both) if (!over.includes(which)) await expectAll(200, credentials[which]);

      if (!over.includes('cookie')) return;
      const browser = new Browser();
      browser.take('localhost', sessions.cookie);
      const { answer, path } = await browser.open('http://localhost:8000/hello?x=1');
      expect(answer.status).toBe(200);
      expect(new URL(path.at(-1) ?? '').pathname).toBe('/account/login');
    });
  });
}
