/**
 * What still passes while a part is down, how the rest is refused, and that all mends by itself.
 *
 * These come last: they disturb everything else.
 */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { signedToken } from '../../helper/tokens.js';
import { Browser } from '../harness/browser.js';
import { gate, json, type Answer } from '../harness/http.js';
import { Load } from '../harness/load.js';
import { docker } from '../harness/run.js';
import { containers, handed, REVOCATION_MILLISECONDS } from './deployment.js';
import { call, FLOWS, logIn, logInByCookie, register, type Person } from './people.js';

const PLAIN = 'http://localhost:8000';
const PAGE = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
/** What a crowded machine may add to the bound. */
const SLACK_MILLISECONDS = 1000;
/** Kong asks once in 30 seconds for a name that was gone, as one is when all replicas are stopped. */
const NOTICED_MILLISECONDS = 90_000;
/** Until a container that was started says that it is healthy. */
const STARTED_MILLISECONDS = 60_000;
/** Reflected by nobody. */
const MARK = 'flow=%3Cscript%3Emark%3C/script%3E';
/** Enough for every worker and replica on the way to be asked. */
const MANY = 10;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks until it is so, `times` in a row. */
async function until(
  what: string,
  limit: number,
  times: number,
  holds: () => Promise<boolean>,
): Promise<void> {
  const over = performance.now() + limit;
  for (let inARow = 0; inARow < times;) {
    inARow = (await holds()) ? inARow + 1 : 0;
    if (performance.now() > over) throw new Error(`${what} within ${limit} ms`);
    if (inARow === 0) await pause(100);
  }
}

/** Starts what was ended and waits until it is well. */
async function restore(ids: readonly string[]): Promise<void> {
  await docker('start', ...ids);
  await until('what was ended must be healthy again', STARTED_MILLISECONDS, 1, async () => {
    const states = await docker('inspect', '--format', '{{.State.Health.Status}}', ...ids);
    return states
      .trim()
      .split('\n')
      .every((state) => state === 'healthy');
  });
}

/** Takes every replica away at once for as long as `during` lasts. */
async function without(component: string, during: () => Promise<void>): Promise<void> {
  const ids = await containers(component);
  expect(ids.length).toBeGreaterThan(0);
  try {
    await docker('stop', '-t', '0', ...ids);
    await during();
  } finally {
    await restore(ids);
  }
}

/** What clients that are machines send. */
function machines(): { readonly key: Record<string, string>; readonly token: Record<string, string> } {
  const { value, id = '' } = handed('jwt-demo');
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'demo', sub: 'demo', aud: PLAIN, jti: randomUUID(), nbf: now - 5, exp: now + 600 };
  return {
    key: { apikey: handed('client-demo').value },
    token: { authorization: `Bearer ${signedToken('ES256', value, { kid: id }, claims)}` },
  };
}

async function expectMachinesPass(): Promise<void> {
  const { key, token } = machines();
  for (const [path, headers] of [
    ['/hello', key],
    ['/hello', token],
    ['/world', key],
  ] as const) {
    for (let i = 0; i < 4; i++) {
      const answer = await call(path, { headers });
      expect(answer.status, answer.body).toBe(200);
      expect(json(answer).subject).toBe('demo');
    }
  }
}

/** Sees that a browser reads what to do, where the gateway answers by itself. */
function expectOutagePage({ status, headers, body }: Answer): void {
  expect(status).toBe(503);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
  expect(body).toMatch(/<h1>Not available right now<\/h1>[^]*load this page again/);
}

/** Sees that a program gets JSON there. */
function expectOutageJson({ status, headers, body }: Answer): void {
  expect([502, 503, 504]).toContain(status);
  expect(headers['content-type']).toMatch(/^application\/json/);
  expect(JSON.parse(body)).toHaveProperty('message');
}

export function outages(): void {
  let person: Person;
  let cookie: string;
  const asProgram = (): Promise<Answer> => call('/hello', { headers: { 'x-session-token': person.token } });

  /** Both sessions pass again and again. */
  async function recovered(): Promise<void> {
    await until('sessions must pass again', NOTICED_MILLISECONDS, MANY, async () => {
      const answers = [await asProgram(), await call('/hello', { headers: { cookie } })];
      return answers.every(({ status }) => status === 200);
    });
    expect(json(await asProgram()).subject).toBe(person.id);
  }

  beforeAll(async () => {
    person = await register();
    cookie = await logInByCookie(person);
    await recovered();
  });

  describe('while Kratos is down', () => {
    test('no session passes longer than the bound, clients go on, browsers end at 503', async () => {
      await without('kratos', async () => {
        const over = performance.now() + REVOCATION_MILLISECONDS + SLACK_MILLISECONDS;
        await expectMachinesPass();
        while (performance.now() < over) {
          expect([200, 401, 403]).toContain((await asProgram()).status);
          await pause(50);
        }
        const credentials: Record<string, string>[] = [{ 'x-session-token': person.token }, { cookie }, {}];
        const asked = ['/hello', '/world'].flatMap((path) =>
          credentials.map((headers) => call(path, { headers })),
        );
        // At once: each may wait for a name that nobody has.
        for (const answer of await Promise.all(asked)) {
          expect([401, 403]).toContain(answer.status);
          expect(answer.headers['content-type']).toMatch(/^application\/json/);
          expect(answer.headers).not.toHaveProperty('required-aal');
          expect(json(answer)).toHaveProperty('error');
        }

        await until('the login must answer 503', NOTICED_MILLISECONDS, MANY, async () => {
          const answer = await gate(`${FLOWS}/login/browser`, { host: 'localhost:8000', ...PAGE });
          return answer.status === 503;
        });
        expectOutagePage(await gate(`${FLOWS}/login/browser?${MARK}`, { host: 'localhost:8000', ...PAGE }));
        expectOutageJson(await call(`${FLOWS}/login/api`));
        const visits = ['', cookie].flatMap((kept) =>
          ['/hello', '/world?x=1'].map((page) => {
            const browser = new Browser();
            browser.take('localhost', kept);
            return browser.open(`${PLAIN}${page}`);
          }),
        );
        for (const { answer, path } of await Promise.all(visits)) {
          expect(answer.status).toBe(503);
          expect(answer.headers['content-type']).toMatch(/^text\/html/);
          expect(path).toHaveLength(2);
        }
        await expectMachinesPass();
      });
      await recovered();
    });
  });

  describe('while the account pages are down', () => {
    test('browsers read so, programs get json, and who has a session goes on', async () => {
      await without('account-ui', async () => {
        const page = `/account/login?${MARK}`;
        await until('the pages must be gone', NOTICED_MILLISECONDS, MANY, async () => {
          const answer = await gate(page, { host: 'localhost:8000', ...PAGE });
          expectOutagePage(answer);
          expect(answer.body).not.toContain('mark');
          return true;
        });
        const german = { ...PAGE, 'accept-language': 'de-AT,de;q=0.9,en;q=0.5' };
        expect((await gate(page, { host: 'localhost:8000', ...german })).body).toContain('<html lang="de">');
        expectOutageJson(await call(page));
        expect((await asProgram()).status).toBe(200);
        // Both workers must have noticed that Kratos, which was gone before, is back.
        await until('Kratos must answer', NOTICED_MILLISECONDS, MANY, async () => {
          const { status } = await call('/.ory/kratos/sessions/whoami');
          return status === 401;
        });
      });
      await until('the pages must be there again', NOTICED_MILLISECONDS, MANY, async () => {
        const { status } = await gate('/account/login', { host: 'localhost:8000', ...PAGE });
        return status === 303;
      });
    });
  });

  describe('while session-check is down', () => {
    test('a session gets 500 after the bound and is not taken for a missing factor', async () => {
      await without('session-check', async () => {
        const over = performance.now() + REVOCATION_MILLISECONDS + SLACK_MILLISECONDS;
        while (performance.now() < over) {
          expect([200, 500]).toContain((await asProgram()).status);
          await pause(50);
        }
        for (const path of ['/hello', '/world']) {
          for (const headers of [{ 'x-session-token': person.token }, { cookie }]) {
            for (let i = 0; i < 4; i++) {
              const answer = await call(path, { headers });
              expect(answer.status).toBe(500);
              expect(answer.headers['content-type']).toMatch(/^application\/json/);
              expect(answer.headers).not.toHaveProperty('required-aal');
            }
          }
          const page = await gate(path, { host: 'localhost:8000', cookie, ...PAGE });
          expect(page.status).toBe(500);
          expect(page.headers).not.toHaveProperty('location');
          expect(page.headers).not.toHaveProperty('required-aal');
        }
        expect((await call('/hello')).status).toBe(401);
      });
      await recovered();
    });

    test('clients go on', async () => {
      await without('session-check', expectMachinesPass);
      await recovered();
    });
  });

  describe('while one replica is down', () => {
    const CONNECTIONS = 4;

    /** What fails of steady calls when a container ends without a word. */
    async function failedWithout(id: string): Promise<readonly string[]> {
      const calls = Load.start({
        port: 8000,
        path: '/hello',
        headers: { host: 'localhost:8000', 'x-session-token': person.token },
        connections: CONNECTIONS,
        perSecond: 60,
      });
      await pause(1000);
      const [killed] = await Promise.allSettled([docker('kill', id)]);
      await pause(4000);
      const { sent, failed } = await calls.stop();
      expect(killed.status).toBe('fulfilled');
      expect(sent).toBeGreaterThan(2 * CONNECTIONS);
      return failed;
    }

    test.each(['hello', 'oathkeeper', 'session-check', 'kratos'])(
      'of %s, at most the requests in flight fail',
      async (component) => {
        const [id = ''] = await containers(component);
        try {
          const failed = await failedWithout(id);
          expect(failed.length, failed.join('\n')).toBeLessThanOrEqual(CONNECTIONS);
          await recovered();
        } finally {
          await restore([id]);
        }
        await recovered();
      },
    );
  });

  describe('while Oathkeeper is down', () => {
    test('everybody gets 503, and passes when it is back', async () => {
      await without('oathkeeper', async () => {
        await until('the gate must answer 503', NOTICED_MILLISECONDS, MANY, async () => {
          const { status } = await asProgram();
          expect(status).toBeGreaterThanOrEqual(500);
          return status === 503;
        });
        expect((await call('/hello')).status).toBe(503);
        expect((await call('/hello', { headers: machines().key })).status).toBe(503);
      });
      await recovered();
      await expectMachinesPass();
    });
  });

  describe('after all of that', () => {
    test('people log in again', async () => {
      await until('the login must begin', NOTICED_MILLISECONDS, MANY, async () => {
        return (await call(`${FLOWS}/login/api`)).status === 200;
      });
      const token = await logIn(person);
      expect(json(await call('/hello', { headers: { 'x-session-token': token } })).subject).toBe(person.id);
      expect((await call('/hello', { headers: { cookie: await logInByCookie(person) } })).status).toBe(200);
    });
  });
}
