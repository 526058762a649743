/** Credentials that are none, hosts that aren't ours, and factors that nobody asked for. */
import { beforeAll, describe, expect, test } from 'vitest';
import { signedToken } from '../../helper/tokens.js';
import { gate, json } from '../harness/http.js';
import { rawRequest, type RawAnswer } from '../harness/raw.js';
import { bearer, clientKey, clientToken } from './credentials.js';
import { handed } from './deployment.js';
import { issuedToken } from './issuer.js';
import { register, type Person } from './people.js';

type Pair = readonly [name: string, value: string];

const LOGIN = 'http://localhost:8000/account/login';
const HTML: Pair = ['Accept', 'text/html'];

/** Where a login may lead back to from `path`, and nowhere else. */
function loginFor(path: string): string {
  return `${LOGIN}?return_to=${encodeURIComponent(`http://localhost:8000${path}`)}`;
}

function expectRefused({ status, headers, body }: RawAnswer): void {
  expect(status).toBe(401);
  expect(headers.get('content-type')).toMatch(/^application\/json/);
  expect(headers.has('location')).toBe(false);
  expect(headers.has('required-aal')).toBe(false);
  expect(body).not.toMatch(/"subject"|"service"/);
}

export function attacks(): void {
  let person: Person;
  let outside: string;

  beforeAll(async () => {
    person = await register();
    outside = await issuedToken();
  });

  describe('an Authorization that is no credential', () => {
    const encoded = (text: string): string => Buffer.from(text).toString('base64url');
    test.each<[what: string, said: () => string]>([
      ['one word', () => 'garbage'],
      ['Basic', () => `Basic ${btoa('demo:demo')}`],
      ['Basic with a key', () => `Basic ${btoa(`${clientKey('demo')}:`)}`],
      ['Digest', () => 'Digest username="demo"'],
      ['Negotiate', () => 'Negotiate YII='],
      ['Bearer without anything', () => 'Bearer'],
      ['Bearer with two words', () => `Bearer ${clientToken('demo')} x`],
      ['Bearer twice', () => `Bearer Bearer ${clientToken('demo')}`],
      ['Bearer with a comma', () => `Bearer ${clientToken('demo')}, Bearer x`],
      ['three dots', () => 'Bearer ...'],
      ['two parts', () => `Bearer ${encoded('{}')}.${encoded('{"iss":"demo"}')}`],
      ['no JSON', () => 'Bearer a.b.c'],
      ['JSON that is no object', () => `Bearer ${encoded('[]')}.${encoded('null')}.x`],
      ['an issuer that is a number', () => `Bearer ${encoded('{}')}.${encoded('{"iss":1}')}.x`],
      ['an issuer that is an object', () => `Bearer ${encoded('{}')}.${encoded('{"iss":{"demo":1}}')}.x`],
      [
        'an issuer with the name of a method',
        () => `Bearer ${encoded('{}')}.${encoded('{"iss":"__index"}')}.x`,
      ],
      ['a deep body', () => `Bearer ${encoded('{}')}.${encoded('['.repeat(2000))}.x`],
      ['a signature that is too short', () => `Bearer ${clientToken('demo').replace(/\.[\w-]+$/, '.AAAA')}`],
      ['a signature that is too long', () => `Bearer ${clientToken('demo')}AAAA`],
      ['an unknown algorithm', () => `Bearer ${clientToken('demo', { header: { alg: 'ES512' } })}`],
      ['an algorithm that is no text', () => `Bearer ${clientToken('demo', { header: { alg: ['ES256'] } })}`],
      [
        'a key id that is a path',
        () => `Bearer ${clientToken('demo', { header: { kid: '../../etc/passwd' } })}`,
      ],
      [
        'a key id that is a statement',
        () => `Bearer ${clientToken('demo', { header: { kid: "' OR '1'='1" } })}`,
      ],
      [
        'no claims at all',
        () => `Bearer ${signedToken('ES256', handed('jwt-demo').value, { kid: handed('jwt-demo').id }, {})}`,
      ],
      ['a very long token', () => `Bearer ${'a'.repeat(7000)}`],
      ['the token of somebody outside in a wrong place', () => outside],
      ['an empty session token', () => 'Bearer ory_st_'],
      ['a made-up session token', () => 'Bearer ory_st_0123456789abcdef0123456789abcdef'],
    ])('such as %s is refused, also beside a valid key', async (_, said) => {
      const authorization: Pair = ['Authorization', said()];
      expectRefused(await rawRequest('GET /hello', [authorization]));
      expectRefused(await rawRequest('GET /hello', [authorization, ['apikey', clientKey('demo')]]));
    });

    test.each<[what: string, headers: () => readonly Pair[]]>([
      [
        'two tokens',
        () => [
          ['Authorization', bearer(outside).authorization],
          ['Authorization', 'Bearer x'],
        ],
      ],
      [
        'two tokens, the valid one last',
        () => [
          ['Authorization', 'Bearer x'],
          ['authorization', bearer(outside).authorization],
        ],
      ],
      [
        'two keys',
        () => [
          ['apikey', clientKey('demo')],
          ['apikey', clientKey('other')],
        ],
      ],
      [
        'two session tokens',
        () => [
          ['X-Session-Token', person.token],
          ['X-Session-Token', 'x'],
        ],
      ],
      ['two session cookies', () => [['Cookie', 'ory_kratos_session=a; ory_kratos_session=b']]],
      [
        'two session cookies in two lines',
        () => [
          ['Cookie', 'ory_kratos_session=a'],
          ['Cookie', 'ory_kratos_session=b'],
        ],
      ],
    ])('is refused where there are %s', async (_, headers) => {
      const answer = await rawRequest('GET /hello', headers());
      expect(answer.status).toBe(400);
      expect(answer.body).not.toMatch(/"subject"/);
    });
  });

  describe('a host that is not ours', () => {
    const hosts = [
      'elsewhere.example',
      'elsewhere.example:8000',
      'localhost.elsewhere.example',
      'localhost.elsewhere.example:8000',
      'localhost:8000.elsewhere.example',
      'localhost:8000@elsewhere.example',
      'elsewhere.example#localhost:8000',
      'elsewhere.example/localhost:8000',
      'localhost:8000, elsewhere.example',
      'localhost:8000 elsewhere.example',
      'localhost:9999',
      'localhost:80000',
      'localhost:08000',
      'localhost:8000:8000',
      'localhost:',
      'localhost.',
      'localhost.:8000',
      'local%68ost:8000',
      'xlocalhost',
      '127.0.0.1:9999',
      '127.1:8000',
      '2130706433:8000',
      '[::1]:8000',
      'kong',
      'kong:8010',
      'oathkeeper',
      'oathkeeper:4455',
      'hello:8080',
      '*',
      '',
    ];
    test.each(hosts)('such as %j reaches nothing, and nobody is led there', async (host) => {
      for (const headers of [[], [['apikey', clientKey('demo')]], [HTML]] as const) {
        const { status, headers: got, body } = await rawRequest('GET /hello', headers, host);
        expect(status).toBeLessThan(500);
        expect(body).not.toMatch(/"subject"|"service"/);
        const location = got.get('location');
        // A port is no other machine; the browser is led to the one that is ours.
        if (location !== undefined)
          expect([LOGIN, 'http://localhost:8000/hello']).toContain(location.split('?')[0]);
        if (location === undefined) expect(status).toBeGreaterThanOrEqual(400);
        const back = new URL(location ?? LOGIN, LOGIN).searchParams.get('return_to');
        if (back !== null) expect(new URL(back).hostname).toBe('localhost');
      }
    });

    test('is no way around the one in the first line', async () => {
      for (const target of ['http://elsewhere.example/hello', 'http://localhost:9999/hello']) {
        const answer = await rawRequest(`GET ${target}`, [HTML], 'elsewhere.example');
        expect(answer.status).toBe(404);
        const browser = await rawRequest(`GET ${target}`, [HTML]);
        expect(browser.status).toBe(302);
        expect([loginFor('/hello'), 'http://localhost:8000/hello']).toContain(
          browser.headers.get('location'),
        );
      }
    });

    test('is refused where there are two, or none', async () => {
      expect((await rawRequest('GET /hello', [['Host', 'elsewhere.example']])).status).toBe(400);
      expect((await rawRequest('GET /hello', [['Host', 'localhost:8000']])).status).toBe(400);
    });
  });

  describe('a second factor', () => {
    test.each<[what: string, path: string, headers: () => Readonly<Record<string, string>>]>([
      ['nobody', '/world', () => ({ 'required-aal': 'aal2', 'x-session-aal': 'aal1' })],
      ['nobody with a query', '/world?aal=aal2&return_to=x', () => ({})],
      ['a client', '/world', () => ({ apikey: clientKey('demo'), 'required-aal': 'aal2' })],
      ['a wrong session', '/world', () => ({ 'x-session-token': 'x' })],
      ['a person where one is enough', '/hello', () => ({ 'x-session-token': person.token })],
    ])('is not asked of %s', async (_, path, headers) => {
      const answer = await gate(path, headers());
      expect(answer.status).not.toBe(403);
      expect(answer.headers['required-aal']).toBeUndefined();
    });

    test('is asked of a person with one, whatever that person claims', async () => {
      for (const claimed of [
        {},
        { 'x-session-aal': 'aal2' },
        { 'required-aal': 'aal1' },
        { 'x-user': 'demo' },
        { 'x-gate-session': `aal1.token.${person.token}` },
        { x_gate_session: `aal1.token.${person.token}` },
      ] as const) {
        const answer = await gate('/world?aal=aal2', { 'x-session-token': person.token, ...claimed });
        expect(answer.status).toBe(403);
        expect(answer.headers['required-aal']).toBe('aal2');
        expect(json(answer)).not.toHaveProperty('subject');
      }
    });

    test('is not lost on the way by what a person names for the connection alone', async () => {
      for (const name of ['X-Gate-Session', 'X-Session-Token', 'Required-AAL', 'Cookie'])
        expect([401, 403]).toContain(
          (await gate('/world', { 'x-session-token': person.token, connection: `close, ${name}` })).status,
        );
    });
  });
}
