/**
 * Guessing: how often anybody may try, however the attempts are written.
 *
 * To be called last: all callers of this machine share one address, so that the minute's attempts are
 * gone for everybody then, and that somebody elsewhere still gets in can't be shown.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { ask, gate, json, type Answer } from '../harness/http.js';
import { rawRequest } from '../harness/raw.js';
import { clientKey } from './credentials.js';
import { call, register, type Person } from './people.js';

const KRATOS = '/.ory/kratos';
const FLOWS = `${KRATOS}/self-service`;
const JSON_TYPES = { accept: 'application/json', 'content-type': 'application/json' };

/** By the minute, as they are declared; verification has that of recovery. */
const LIMITS = { login: 120, registration: 600, recovery: 600, verification: 600 } as const;
const FLOW_NAMES = ['login', 'registration', 'recovery', 'verification'] as const;

export function limits(): void {
  describe('attempts', () => {
    let person: Person;
    let flow: string;

    const send = (
      path: string,
      body?: object,
      headers: Readonly<Record<string, string>> = {},
    ): Promise<Answer> =>
      ask({
        port: 8000,
        path,
        headers: { ...JSON_TYPES, ...headers },
        method: body === undefined ? 'GET' : 'POST',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const attempt = (password: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
      send(
        `${FLOWS}/login?flow=${flow}`,
        { method: 'password', identifier: person.email, password },
        headers,
      );

    /** Asking for a flow counts, too, and is quicker than guessing a password on a slow machine. */
    const useUp = async (most: number): Promise<void> => {
      await Promise.all(Array.from({ length: most }, () => send(`${FLOWS}/login/flows?id=x`)));
    };

    beforeAll(async () => {
      person = await register();
    });

    test.each(FLOW_NAMES)('of a %s are counted, for programs and browsers', async (name) => {
      for (const path of [`/${name}/api`, `/${name}/browser`, `/${name}/flows?id=x`, `/${name}?flow=x`]) {
        const answer = await send(`${FLOWS}${path}`);
        expect(answer.headers['ratelimit-limit'], path).toBe(String(LIMITS[name]));
        expect(Number(answer.headers['ratelimit-remaining']), path).toBeLessThan(LIMITS[name]);
      }
      expect((await send(`${FLOWS}/${name}/`)).status).toBe(404);
    });

    test.each(FLOW_NAMES)('of a %s are counted however the path is written', async (name) => {
      const first = name.slice(0, 1);
      const rest = name.slice(1);
      const hex = `%${first.charCodeAt(0).toString(16)}`;
      const ways = [
        `/self-service//${name}/api`,
        `/self-service/./${name}/api`,
        `/self-service/x/../${name}/api`,
        `/self-service/${hex}${rest}/api`,
        `/self-service/${name}%2fapi`,
        `/self-service/${name}%2Fapi`,
        `/self-service%2f${name}/api`,
        `/self-service/x%2f..%2f${name}/api`,
        `/self-service/..%2fself-service/${name}/api`,
        `/self-service/%2e%2e%2fself-service%2f${name}%2fapi`,
        `/self-service/.%2f${name}/api`,
        `/self-service/%2f${name}/api`,
        `/sessions/..%2fself-service/${name}/api`,
        `/schemas/..%2fself-service%2f${name}%2fapi`,
        `/.well-known/..%2fself-service%2f${name}%2fapi`,
        `/self-service/${name};x/api`,
        `/self-service/${name.toUpperCase()}/api`,
        `/self-service/${first.toUpperCase()}${rest}/api`,
        `/self-service/settings/../${name}/api`,
        `/self-service/settings%2f..%2f${name}/api`,
        `/self-service\\${name}\\api`,
        `/self-service/${name}%5capi`,
        `/self-service/${name}%00/api`,
      ];
      const free: string[] = [];
      for (const way of ways) {
        const { status, headers, body } = await rawRequest(`GET ${KRATOS}${way}`, [
          ['Accept', 'application/json'],
        ]);
        expect(status, way).toBeLessThan(500);
        const counted = headers.get('ratelimit-limit') === String(LIMITS[name]);
        if (!counted && (status === 200 || body.includes('"type":"api"'))) free.push(way);
      }
      expect(free).toEqual([]);
    });

    test('reach nothing of Kratos that is not for people', async () => {
      const found: string[] = [];
      for (const below of [
        '',
        '/self-service/..',
        '/sessions/..%2f',
        '/self-service/..%2f',
        '/schemas/%2e%2e%2f',
        '/sessions/x%2f..%2f..%2f',
      ]) {
        for (const path of [
          '/health/ready',
          '/health/alive',
          '/version',
          '/metrics/prometheus',
          '/admin/identities',
        ]) {
          const target = `${KRATOS}${below}${below.endsWith('%2f') ? path.slice(1) : path}`;
          const { status } = await rawRequest(`GET ${target}`, [['Accept', 'application/json']]);
          expect(status, target).toBeLessThan(500);
          if (status < 400) found.push(target);
        }
      }
      expect(found).toEqual([]);
    });

    test('are counted by where they come from, not by where they say they do', async () => {
      const left: number[] = [];
      for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5']) {
        const answer = await send(`${FLOWS}/recovery/api`, undefined, {
          'x-forwarded-for': address,
          'x-real-ip': address,
          'x-client-ip': address,
          'true-client-ip': address,
          forwarded: `for=${address}`,
        });
        left.push(Number(answer.headers['ratelimit-remaining']));
      }
      // A new minute may begin once; five addresses of their own would all have the same left.
      expect(new Set(left).size).toBeGreaterThan(2);
    });

    test('to log in with wrong passwords end with 429, which also holds up the right one', async () => {
      const limit = LIMITS.login;
      const left = ({ headers }: Answer): number => Number(headers['ratelimit-remaining']);
      let begun = await call(`${FLOWS}/login/api`);
      // The cases before have used up what they needed of this minute.
      while (left(begun) < limit / 2) {
        await new Promise((resolve) => setTimeout(resolve, 2000));
        begun = await call(`${FLOWS}/login/api`);
      }
      expect(begun.status).toBe(200);
      flow = String(json(begun).id);
      const answers: Answer[] = [];
      await useUp(left(begun) - 20);
      const guess = async (): Promise<void> => {
        // A minute may end in between, so that at most two limits' worth is let through.
        while (!answers.some(({ status }) => status === 429) && answers.length < 2 * limit + 10)
          answers.push(await attempt(`guess ${answers.length}`));
      };
      await Promise.all([guess(), guess(), guess(), guess()]);
      const refused = answers.find(({ status }) => status === 429);
      expect(refused).toBeDefined();
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400, 429]));
      expect(answers.every(({ body }) => !body.includes('session_token'))).toBe(true);
      expect(refused?.headers).toMatchObject({
        'ratelimit-limit': String(limit),
        'ratelimit-remaining': '0',
      });
      expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
      expect(Number(refused?.headers['ratelimit-reset'])).toBeGreaterThan(0);

      let right = await attempt(person.password);
      // Should a new minute have begun, it is used up as well.
      for (let i = 0; i < 5 && right.status !== 429; i++) {
        await useUp(limit);
        right = await attempt(person.password);
      }
      expect(right.status).toBe(429);
      expect(right.body).not.toContain('session_token');

      const page = await send(`${FLOWS}/login/browser`, undefined, { accept: 'text/html' });
      expect(page.status).toBe(429);
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(Number(page.headers['retry-after'])).toBeGreaterThan(0);
      expect(page.body).toContain('<h1>Too many requests</h1>');
    });

    test('that are refused hold up nobody else', async () => {
      expect((await gate('/hello', { apikey: clientKey('demo') })).status).toBe(200);
      expect((await gate('/hello', { 'x-session-token': person.token })).status).toBe(200);
      expect((await send(`${FLOWS}/recovery/api`)).status).toBe(200);
      expect((await register()).token).not.toBe('');
    });
  });
}
