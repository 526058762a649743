/** Return addresses that somebody made up, and requests that two programs could cut in different places. */
import { beforeAll, describe, expect, test } from 'vitest';
import { ask, gate, json, type Answer } from '../harness/http.js';
import { secured } from '../harness/https.js';
import { raw, rawRequest } from '../harness/raw.js';
import { clientKey } from './credentials.js';
import { authority } from './deployment.js';
import { call, cookies, register, type Person } from './people.js';

const FLOWS = '/.ory/kratos/self-service';
/** Pages that a browser may be on when it is sent elsewhere. */
const PAGES = [`http://localhost:8000${FLOWS}/login`, `https://localhost:8443${FLOWS}/login`];
const OURS = ['http://localhost:8000', 'https://localhost:8443'];

const FOREIGN = [
  'http://elsewhere.example',
  'https://elsewhere.example/hello',
  '//elsewhere.example',
  '///elsewhere.example',
  '/\\elsewhere.example',
  '\\\\elsewhere.example',
  'http:elsewhere.example',
  'HTTP:elsewhere.example',
  'https:elsewhere.example',
  'http:/elsewhere.example',
  'http:///elsewhere.example',
  'http:\\\\elsewhere.example',
  'http://localhost:8000@elsewhere.example',
  'http://localhost:8000:x@elsewhere.example/',
  'http://localhost:8000\\@elsewhere.example',
  'http://localhost:8000.elsewhere.example/',
  'http://localhost:8000#@elsewhere.example/',
  'http://localhost.elsewhere.example:8000/',
  'http://localhost:9999',
  'http://localhost:80',
  'http://localhost',
  'https://localhost:8000/',
  'http://localhost:8443/',
  'http://127.0.0.1:8000/hello',
  'ftp://localhost:8000/',
  'javascript:alert(1)',
  'javascript://localhost:8000/%0aalert(1)',
  'data:text/html,x',
  ' http://elsewhere.example',
  '\thttp://elsewhere.example',
  'http://elsewhere.example\r\nX-Forged: 1',
  '/hello\r\nX-Forged: 1',
];

/** What a browser would make of an answer, on whatever page of ours it is. */
function expectAtHome({ status, headers }: Pick<Answer, 'status' | 'headers'>): void {
  expect(status).toBeLessThan(500);
  expect(headers['x-forged']).toBeUndefined();
  const { location } = headers;
  if (typeof location !== 'string') return;
  for (const page of PAGES) expect(OURS).toContain(new URL(location, page).origin);
}

export function redirects(): void {
  describe('a return address', () => {
    let person: Person;

    const open = (path: string, cookie = '', accept = 'text/html'): Promise<Answer> =>
      call(path, { headers: { accept, ...(cookie === '' ? {} : { cookie }) } });
    /** Sends a form as a page without programs does; waits while a limit is used up. */
    const submit = async (path: string, cookie: string, fields: Record<string, string>): Promise<Answer> => {
      const type = 'application/x-www-form-urlencoded';
      const headers = { host: 'localhost:8000', accept: 'text/html', 'content-type': type, cookie };
      const body = new URLSearchParams(fields).toString();
      for (let i = 0; ; i++) {
        const answer = await ask({ port: 8000, path, method: 'POST', headers, body });
        if (answer.status !== 429 || i > 60) return answer;
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
    };
    const browserFlow = (name: string, to: string, accept?: string): Promise<Answer> =>
      open(`${FLOWS}/${name}/browser?return_to=${encodeURIComponent(to)}`, '', accept);

    beforeAll(async () => {
      person = await register();
    });

    test.each(['login', 'registration', 'recovery', 'verification'])(
      'elsewhere is refused when a browser begins its %s',
      async (name) => {
        for (const to of ['http://elsewhere.example', '//elsewhere.example', 'http://localhost:9999']) {
          const answer = await browserFlow(name, to);
          expect([303, 400]).toContain(answer.status);
          if (answer.status === 303)
            expect(String(answer.headers.location)).toMatch(
              /^http:\/\/localhost:8000\/account\/error\?id=[\w-]+$/,
            );
          const program = await browserFlow(name, to, 'application/json');
          expect(program.status).toBe(400);
          expect(program.headers.location).toBeUndefined();
          expect(program.body).not.toContain('"type":"browser"');
        }
      },
    );

    test('elsewhere is refused on a page, too, with words for a browser', async () => {
      const to = encodeURIComponent('http://elsewhere.example');
      const browser = await open(`/account/login?return_to=${to}`);
      expect(browser.status).toBe(400);
      expect(browser.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(browser.body).toContain('<h1>This address can not be used</h1>');
      expect(browser.body).not.toContain('elsewhere');
      const program = await open(`/account/login?return_to=${to}`, '', 'application/json');
      expect(json(program)).toEqual({ message: 'Bad return address' });
    });

    test('of ours is kept', async () => {
      for (const to of ['http://localhost:8000/hello?x=1', 'https://localhost:8443/world', '/hello']) {
        const answer = await browserFlow('login', to);
        expect(String(answer.headers.location)).toMatch(/^http:\/\/localhost:8000\/account\/login\?flow=/);
      }
    });

    test.each(FOREIGN)('such as %j leads nobody away, before the login and after it', async (to) => {
      const begun = await browserFlow('login', to);
      expectAtHome(begun);
      if (begun.status === 400) {
        expect(begun.headers.location).toBeUndefined();
        return;
      }
      const at = new URL(String(begun.headers.location));
      const flow = at.searchParams.get('flow');
      if (flow === null) {
        expect([at.pathname, begun.status]).toEqual(['/account/error', 303]);
        return;
      }
      const cookie = cookies(begun);
      const form = json(await open(`${FLOWS}/login/flows?id=${flow}`, cookie, 'application/json')) as {
        ui: { nodes: { attributes: { name?: string; value?: string } }[] };
      };
      const csrf = form.ui.nodes.find(({ attributes }) => attributes.name === 'csrf_token')?.attributes.value;
      const done = await submit(`${FLOWS}/login?flow=${flow}`, cookie, {
        method: 'password',
        identifier: person.email,
        password: person.password,
        csrf_token: csrf ?? '',
      });
      expect(done.status).toBe(303);
      expect(cookies(done)).toContain('ory_kratos_session=');
      expectAtHome(done);
      const session = `${cookie}; ${cookies(done)}`;
      expectAtHome(await open(`${FLOWS}/login/browser?return_to=${encodeURIComponent(to)}`, session));
      expectAtHome(await open(`${FLOWS}/settings/browser?return_to=${encodeURIComponent(to)}`, session));
      const leaving = json(await open(`${FLOWS}/logout/browser`, session, 'application/json'));
      const left = await open(
        `${FLOWS}/logout?token=${String(leaving.logout_token)}&return_to=${encodeURIComponent(to)}`,
        session,
      );
      expectAtHome(left);
    });

    test.each([
      '/hello?x=%0d%0aX-Forged:%201',
      '/hello?x=%0aX-Forged:%201',
      '/hello?%0d%0a%0d%0a<script>',
      '/hello/x%20y?return_to=http://elsewhere.example',
      '/hello/@elsewhere.example/?//elsewhere.example',
    ])('made of %j is one line, and the path that was asked for', async (path) => {
      const answer = await open(path);
      expect(answer.status).toBe(302);
      expect(answer.headers['x-forged']).toBeUndefined();
      const location = new URL(String(answer.headers.location));
      expect(location.origin + location.pathname).toBe('http://localhost:8000/account/login');
      expect([...location.searchParams.keys()]).toEqual(['return_to']);
      expect(new URL(location.searchParams.get('return_to') ?? '').origin).toBe('http://localhost:8000');
    });
  });

  describe('a request', () => {
    const key = (): readonly [string, string] => ['apikey', clientKey('demo')];

    test.each<[what: string, headers: readonly (readonly [string, string])[]]>([
      [
        'a length and chunks',
        [
          ['Content-Length', '5'],
          ['Transfer-Encoding', 'chunked'],
        ],
      ],
      [
        'two lengths',
        [
          ['Content-Length', '5'],
          ['Content-Length', '6'],
        ],
      ],
      ['a length that is no number', [['Content-Length', '5, 6']]],
      ['a negative length', [['Content-Length', '-1']]],
      ['an unknown encoding', [['Transfer-Encoding', 'xchunked']]],
      ['chunks twice', [['Transfer-Encoding', 'chunked, chunked']]],
      ['a space behind a name', [['apikey ', 'x']]],
      ['a line that goes on', [['X-Long', 'a\r\n apikey: x']]],
      ['a NUL in a value', [['X-Nul', 'a\0b']]],
    ])('with %s is refused and breaks nothing', async (_, headers) => {
      const answer = await rawRequest('POST /hello', [key(), ...headers]);
      // An encoding that nobody has is 501 (RFC 9112, 6.1).
      expect([400, 501]).toContain(answer.status);
      expect(answer.body).not.toContain('"subject"');
    });

    test('behind another one on the same connection has to show who it is by itself', async () => {
      const first = `GET /hello HTTP/1.1\r\nHost: localhost:8000\r\napikey: ${clientKey('demo')}\r\n\r\n`;
      const second = 'GET /hello HTTP/1.1\r\nHost: localhost:8000\r\nConnection: close\r\n\r\n';
      const { status, body } = await raw(first + second);
      expect(status).toBe(200);
      expect(body.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 401']);
      expect(body.match(/"subject"/g)).toHaveLength(1);
    });

    test('with more headers than anybody reads is refused', async () => {
      const many = Array.from({ length: 120 }, (_, i): [string, string] => [`X-Fill-${i}`, 'x']);
      const answer = await rawRequest('GET /hello', [...many, key()]);
      expect(answer.status).toBe(431);
      expect((await rawRequest('GET /hello', [...many, ['X-Consumer-Username', 'demo']])).status).toBe(431);
    });

    test.each([
      'Authorization',
      'Cookie',
      'X-Gate-Token-1',
      'X-Forwarded-Proto',
      'X-Forwarded-For',
      'Host',
      'apikey',
    ])('that names %s for its connection alone is nobody else', async (name) => {
      const answer = await gate('/hello', { apikey: clientKey('other'), connection: `close, ${name}` });
      expect([200, 401]).toContain(answer.status);
      if (answer.status === 200) expect(json(answer)).toMatchObject({ subject: 'other' });
      const stranger = await gate('/hello', { connection: `close, ${name}` });
      expect(stranger.status).toBe(401);
    });

    test('keeps its id, also when it names that for its connection alone', async () => {
      const answer = await gate('/hello', { apikey: clientKey('demo'), connection: 'close, X-Request-Id' });
      expect(answer.status).toBe(200);
      expect(json(answer).requestId).toBe(answer.headers['x-request-id']);
    });

    test.each<[what: string, name: string, value: string]>([
      ['a key', 'apikey', '\xff\xfe'],
      ['a token', 'Authorization', 'Bearer \xff\xfe'],
      ['a session token', 'X-Session-Token', '\xff\xfe'],
      ['a session cookie', 'Cookie', 'ory_kratos_session=\xff\xfe'],
    ])('with bytes that are no text as %s is refused and breaks nothing', async (_, name, value) => {
      const answer = await rawRequest('GET /hello', [[name, value]]);
      expect([400, 401]).toContain(answer.status);
      expect(answer.headers.has('location')).toBe(false);
    });

    test('for an access token with bytes that are no text as a name is refused and breaks nothing', async () => {
      const options = {
        method: 'POST',
        path: '/oauth2/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      };
      const body = 'grant_type=client_credentials&client_id=%ff&client_secret=x';
      const { status } = await secured('localhost', 8443, authority(), options, body);
      expect([400, 401]).toContain(status);
    });
  });
}
