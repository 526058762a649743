/** Around the identity system: paths and hosts before it, whose a credential is, and pages. */
import { describe, expect, test } from 'vitest';
import { guarded } from '../../../constructs/gateway/access.js';
import { clientId } from '../../../constructs/gateway/client-state.js';
import type { FixedPage } from '../../../constructs/gateway/model.js';
import { publicAccess } from '../../../constructs/gateway/access.js';
import { rateLimiting } from '../../../constructs/gateway/plugins/index.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { must } from '../harness/run.js';
import { containerOf } from '../platform/fixtures.js';
import { call, exhaust, seen, status } from './call.js';
import { deployment } from './deployment.js';
import { AMPLE, echoing, ENVIRONMENT, HOSTS, keyed, type Theme } from './theme.js';

export const PAGES: readonly FixedPage[] = [
  {
    name: 'account-page',
    paths: ['/account'],
    status: 503,
    title: 'Your account',
    text: 'Soon <here> & "now".',
  },
];

const CLIENT = 'gate-granted';
export const BROWSER = { accept: 'text/html,application/xhtml+xml' };

interface Said {
  readonly status: number;
  readonly body: string;
}

const ASK = `
const asks = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const http = require('node:http');
(async () => {
  const said = [];
  for (const [path, headers, method] of asks) {
    said.push(await new Promise((resolve, reject) => {
      const sent = http.request({ host: 'kong', port: 8010, path, method, headers, agent: false }, (answer) => {
        let body = '';
        answer.on('data', (part) => { body += part; });
        answer.on('end', () => resolve({ status: answer.statusCode, body }));
      });
      sent.on('error', reject);
      sent.end();
    }));
  }
  process.stdout.write(JSON.stringify(said));
})();`;

type InternalAsk = readonly [path: string, headers?: Readonly<Record<string, string>>, method?: string];

/** What Kong's internal listener answers to the identity system. */
async function asked(...asks: readonly InternalAsk[]): Promise<readonly Said[]> {
  const { Id } = await containerOf(ENVIRONMENT, 'gate');
  const input = JSON.stringify(asks.map(([path, headers = {}, method = 'GET']) => [path, headers, method]));
  return JSON.parse(await must('docker', ['exec', '-i', Id, 'node', '-e', ASK], { input })) as Said[];
}

/** A token that Kong gave to a client with `oauth2`. */
export async function accessToken(): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId(CLIENT, 0),
    client_secret: deployment().secret(CLIENT),
  }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await call('/oauth2/token', { method: 'POST', secure: true, headers, body });
  return (JSON.parse(answer.body) as { access_token: string }).access_token;
}

export const gate: Theme = {
  services: (made) => [
    echoing(made, 'mixed', {
      routes: [
        {
          name: 'mixed',
          paths: ['/mixed'],
          access: guarded({ aal: 'aal2', methods: ['key', 'oauth2'] }),
        },
        { name: 'mixed-open', paths: ['/direct'], access: publicAccess('beside a guarded one') },
        {
          name: 'mixed-scarce',
          paths: ['/mixed-scarce'],
          access: guarded(),
          plugins: [rateLimiting({ limit: { year: 2 }, by: 'ip' })],
        },
      ],
    }),
  ],
  clients: (made) => {
    const oauth2 = Secret.generated(made.scope, CLIENT);
    made.output(oauth2.slot(0), CLIENT);
    return [{ name: CLIENT, oauth2, limit: AMPLE }, keyed(made, 'gate-spent', { limit: { year: 1 } })];
  },

  cases: () => {
    describe('a path', () => {
      test.each([
        '//guarded',
        '/guarded//x',
        '/guarded/../x',
        '/./guarded',
        '/guarded/..',
        '/guarded/..;/x',
        '/%2e%2e/guarded',
        '/guarded/%2E%2e/x',
        '/guarded/.%2e/x',
        '/guarded%2fx',
        '/guarded%2Fx',
        '/guarded/a%5cb',
        '/guarded/a\\b',
        '/guarded/%00',
        '/guarded/%0a',
        '/guarded/%7F',
        '/guarded/%',
        '/guarded/%zz',
        '/guarded/%2',
        '/guarded/#/x',
        '/elsewhere//x',
      ])('%s is refused', async (path) => {
        const answer = await call(path, { headers: { ...BROWSER } });
        // A fragment and a NUL are refused by nginx itself.
        expect(answer.status).toBe(400);
        expect(answer.headers.location).toBeUndefined();
      });

      test('that is sound goes on as it is', async () => {
        for (const path of ['/guarded/a%20b', '/guarded/a.b/c..d', '/guarded/;x?y=../..//%2e']) {
          expect((await seen(path)).url).toBe(path);
        }
      });

      test('that no route takes is refused behind the gateway, and so is another writing', async () => {
        for (const path of ['/elsewhere', '/GUARDED', '/']) expect(await status(path)).toBe(404);
      });

      test('beside a guarded one leads to the service itself', async () => {
        expect((await seen('/direct')).replica).not.toBe((await seen('/mixed')).replica);
      });
    });

    describe('a browser', () => {
      const host = 'other.example.test';
      test('on another host is led to the same path of the canonical one', async () => {
        const { port, securePort } = deployment();
        for (const [secure, origin] of [
          [false, `http://api.example.test:${port}`],
          [true, `https://api.example.test:${securePort}`],
        ] as const) {
          // The certificate has both names.
          const answer = await call('/mixed/x?a=b&c=%2F', { host, headers: BROWSER, secure });
          expect([answer.status, answer.headers.location]).toEqual([302, `${origin}/mixed/x?a=b&c=%2F`]);
        }
        expect((await call('/elsewhere', { host, headers: BROWSER })).status).toBe(302);
      });

      test('stays with another method, and so does a program', async () => {
        expect(await status('/mixed', { host, headers: BROWSER, method: 'POST' })).toBe(200);
        for (const accept of ['*/*', 'application/json']) {
          expect(await status('/mixed', { host, headers: { accept } })).toBe(200);
        }
        expect(await status('/mixed', { headers: BROWSER })).toBe(200);
      });
    });

    describe('whose a credential is', () => {
      const apikey = (): string => deployment().secret('gate-spent');

      test('is told to the identity system, by the internal listener, and without a limit', async () => {
        await exhaust('/mixed', { headers: { apikey: apikey() } });
        const authorization = `Bearer ${await accessToken()}`;
        const answers = await asked(
          ['/key', { apikey: apikey() }],
          ['/key', { apikey: apikey() }],
          ['/oauth2', { authorization }],
        );
        expect(answers.map(({ status: code, body }) => [code, JSON.parse(body) as unknown])).toEqual(
          ['gate-spent', 'gate-spent', CLIENT].map((client) => [
            200,
            { sub: client, extra: { kind: 'client', client } },
          ]),
        );
      });

      test('is not told for a wrong one, none, or one in the query', async () => {
        const token = await accessToken();
        const answers = await asked(
          ['/key'],
          ['/key', { apikey: 'wrong' }],
          ['/key', { authorization: `Bearer ${token}` }],
          [`/oauth2`],
          ['/oauth2', { authorization: 'Bearer wrong' }],
          ['/oauth2', { apikey: apikey() }],
        );
        expect(answers.map(({ status: code }) => code)).toEqual([401, 401, 401, 401, 401, 401]);
        const refused = await asked([`/key?apikey=${apikey()}`], [`/oauth2?access_token=${token}`]);
        expect(refused.map(({ status: code }) => code)).toEqual([404, 404]);
      });

      test('is all that the internal listener answers', async () => {
        const headers = { apikey: apikey() };
        const named = { ...headers, host: 'api.example.test' };
        const answers = await asked(
          ['/', headers],
          ['/mixed', named],
          ['/direct', named],
          ['/oauth2/token', headers, 'POST'],
          ['/key/', headers],
          ['//key', headers],
          ['/key', named],
          ['/key', headers, 'POST'],
        );
        expect(answers.map(({ status: code }) => code)).toEqual(answers.map(() => 404));
      });

      test.each([false, true])('is not told on the published listeners, with HTTPS %s', async (secure) => {
        // Over HTTPS the name in the handshake stays one of the certificate.
        for (const host of ['kong', 'kong:8010', 'KONG', '127.0.0.1:8010', 'api.example.test']) {
          for (const path of ['/key', '/oauth2']) {
            expect(
              await status(path, { host, secure, serverName: HOSTS[0], headers: { apikey: apikey() } }),
            ).toBe(404);
          }
        }
      });
    });

    test('a limit of the route takes the place of that of people', async () => {
      await exhaust('/mixed-scarce');
      expect(await status('/mixed-scarce', { headers: { 'x-session-token': 'another' } })).toBe(429);
      expect(await status('/mixed')).toBe(200);
    });

    test('a fixed page is a page for everybody', async () => {
      const answer = await call('/account/settings', { headers: BROWSER });
      expect([answer.status, answer.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
      expect(answer.body).toContain('<h1>Your account</h1><p>Soon &lt;here&gt; &amp; &quot;now&quot;.</p>');
    });
  },
};
