/** Metrics, and logs without anything secret in them. */
import { describe, expect, test } from 'vitest';
import { fileLog, httpLog, prometheus } from '../../../constructs/gateway/plugins/index.js';
import { Duration } from '../../../constructs/quantities.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { inside, containerOf, PORT } from '../platform/fixtures.js';
import { call, status, until } from './call.js';
import { logs, metrics } from './containers.js';
import { deployment } from './deployment.js';
import { ENVIRONMENT, keyed, open, type Theme } from './theme.js';

/** Stands in every place that must not be logged. */
const MARK = 'mark-of-a-secret';

interface Entry {
  readonly request: {
    readonly uri: string;
    readonly method: string;
    readonly headers: Record<string, string>;
  };
  readonly response: { readonly status: number; readonly headers: Record<string, string> };
  readonly route: { readonly name: string };
  readonly consumer?: { readonly username: string };
}

/** A request with a secret wherever people put one. */
async function confide(path: string): Promise<string> {
  const key = deployment().secret('logged');
  const query = `apikey=${MARK}&token=${MARK}&answer=Set-Cookie=${MARK}&answer=X-Own-Answer=${MARK}`;
  const answer = await call(`${path}/below?${query}`, {
    headers: {
      apikey: key,
      authorization: `Bearer ${MARK}`,
      'proxy-authorization': MARK,
      cookie: `session=${MARK}`,
      'x-session-token': MARK,
      'x-own-secret': MARK,
      'x-plain': 'kept',
    },
  });
  expect([answer.status, answer.headers['set-cookie']]).toEqual([200, [MARK]]);
  return String(answer.headers['x-request-id']);
}

/** Says what an entry must say, and nothing that it must not. */
function checkEntry(text: string, path: string): void {
  const entry = JSON.parse(text) as Entry;
  expect(entry.request).toMatchObject({ uri: `${path}/below`, method: 'GET' });
  expect(entry.request.headers['x-plain']).toBe('kept');
  expect(entry.response.status).toBe(200);
  expect(entry.route.name).toBe(path.slice(1));
  expect(entry.consumer?.username).toBe('logged');
  expect(text).not.toContain(MARK);
  expect(text).not.toContain(deployment().secret('logged'));
}

export const telemetry: Theme = {
  plugins: [prometheus()],
  routes: ({ scope, output }) => {
    const token = Secret.generated(scope, 'log-token', { slots: 1 });
    output(token.slot(0), 'log-token');
    const redactHeaders = ['X-Own-Secret', 'X-Own-Answer'];
    return [
      {
        name: 'log-http',
        paths: ['/log-http'],
        plugins: [
          httpLog({
            url: `http://sink:${PORT}/entries`,
            headers: { 'X-Log-Token': token },
            delay: Duration.seconds(1),
            redactHeaders,
          }),
        ],
      },
      { name: 'log-file', paths: ['/log-file'], plugins: [fileLog({ redactHeaders })] },
      open('counted'),
    ];
  },
  services: ({ sink }) => [
    { name: 'sink', workload: sink, listener: 'http', port: PORT, health: { path: '/' }, routes: [] },
  ],
  clients: (made) => [keyed(made, 'logged')],

  cases: () => {
    describe('logs', () => {
      test('over HTTP tell of each request, with the token that the server wants', async () => {
        const id = await confide('/log-http');
        const sink = await containerOf(ENVIRONMENT, 'sink');
        const read = `fetch('http://127.0.0.1:${PORT}').then((a) => a.text()).then((t) => process.stdout.write(t))`;
        const text = await until(
          () => inside(sink, 'node', '-e', read),
          (entries) => entries.includes(id),
        );
        const [kept] = (JSON.parse(text) as { token: string; entry: unknown }[]).filter(({ entry }) =>
          JSON.stringify(entry).includes(id),
        );
        expect(kept?.token).toBe(deployment().secret('log-token'));
        const entries = Array.isArray(kept?.entry) ? (kept.entry as unknown[]) : [kept?.entry];
        checkEntry(JSON.stringify(entries.find((entry) => JSON.stringify(entry).includes(id))), '/log-http');
      });

      test('to a file tell of each request', async () => {
        const id = await confide('/log-file');
        const entryOf = (text: string): string | undefined =>
          text.split('\n').find((line) => line.includes(id) && line.includes('"latencies"'));
        const text = await until(
          () => logs('kong'),
          (said) => entryOf(said) !== undefined,
        );
        checkEntry(entryOf(text) ?? '', '/log-file');
      });

      test("of Kong's own tell the path and the id, and no secret of any request", async () => {
        const id = await confide('/log-file');
        const lineOf = (text: string): string | undefined =>
          text.split('\n').find((line) => line.includes('"requestId"') && line.includes('/log-file/below'));
        const text = await until(
          () => logs('kong'),
          (said) => lineOf(said) !== undefined && said.includes(id),
        );
        expect(JSON.parse(lineOf(text) ?? '')).toMatchObject({ path: '/log-file/below', status: 200 });
        expect(text).not.toContain(MARK);
      });
    });

    describe('trap 11: metrics', () => {
      test('count requests by status, with their latency and size', async () => {
        expect(await status('/counted')).toBe(200);
        expect(await status('/counted?status=418')).toBe(418);
        const of = (name: string, more = ''): RegExp =>
          new RegExp(`^${name}\\{[^}]*route="counted"[^}]*${more}[^}]*\\} [1-9]`, 'm');
        const text = await until(metrics, (said) => of('kong_http_requests_total', 'code="418"').test(said));
        for (const metric of [
          of('kong_http_requests_total', 'code="200"'),
          of('kong_request_latency_ms_count'),
          of('kong_upstream_latency_ms_count'),
          of('kong_kong_latency_ms_count'),
          of('kong_bandwidth_bytes', 'direction="ingress"'),
          /^kong_upstream_target_health\{[^}]*upstream="echo.upstream"[^}]*state="healthy"[^}]*\} 1$/m,
        ]) {
          expect(text).toMatch(metric);
        }
      });

      test('make no series per client where that was not asked for', async () => {
        await confide('/log-file');
        const text = await until(metrics, (said) => said.includes('route="log-file"'));
        expect(text).not.toMatch(/consumer="[^"]+"/);
      });
    });
  },
};
