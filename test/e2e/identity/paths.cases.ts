/** Paths that two programs could read differently, sent byte by byte. */
import { beforeAll, describe, expect, test } from 'vitest';
import { rawRequest, type RawAnswer } from '../harness/raw.js';
import { bearer, clientKey } from './credentials.js';
import { register } from './people.js';

type Headers = readonly (readonly [name: string, value: string])[];

const TRICKS = [
  '//hello',
  '///hello',
  '/hello//',
  '//localhost/hello',
  '//elsewhere.example/hello',
  '/./hello',
  '/hello/.',
  '/hello/..',
  '/../hello',
  '/%2e%2e/hello',
  '/%2e/hello',
  '/%2E%2E/%2E%2E/hello',
  '/hello/../world',
  '/hello/%2e%2e/world',
  '/hello/.%2e/world',
  '/hello%2f..%2fworld',
  '/hello/..%2fworld',
  '/hello/..%2Fworld',
  '/hello/..%5cworld',
  '/hello/..\\world',
  '/hello/..;/world',
  '/hello/..;a=b/world',
  '/hello/%2e%2e;/world',
  '/hello/..%3b/world',
  '/hello/..%00/world',
  '/hello/%00/../world',
  '/hello;x',
  '/hello;x/../world',
  '/hello%3bx',
  '/HELLO',
  '/Hello',
  '/hELLO/x',
  '/%48ello',
  '/hello%2fx',
  '/hello%2Fx',
  '/hello/a%2fb',
  '/hello%5cx',
  '/hello\\x',
  '/\\hello',
  '\\hello',
  '/hello%00',
  '/hello%00.json',
  '/hello%0a',
  '/hello%0d%0aHost:%20elsewhere.example',
  '/hello%09',
  '/hello%20',
  '/hello.',
  '/hello.json',
  '/hello~',
  '/hello%',
  '/hello%2',
  '/hello%zz',
  '/hello%u002e',
  '/hello%c0%ae%c0%ae/world',
  '/hello%23',
  '/hello#',
  '/hello#/../world',
  '/hello%3f',
  '/hello%3fx=y',
  '/hellox',
  '/helloworld',
  '/hell',
  '/hello:8080',
  '/hello@world',
  '/x/../hello',
  '/world/../hello',
  '/world%2f..%2fhello',
  '/.ory/../hello',
  '/.ory/kratos/..%2f..%2fhello',
  '/mail/../hello',
  '/account/../hello',
  '/account/%2e%2e/hello',
  '/.portcullis/ready',
  '/secure-api/hello',
  '/key',
  '/oauth2',
  '*',
  'hello',
  '?/hello',
  'http:///hello',
  'http://localhost:8000//hello',
  'http://localhost:8000/hello/../world',
  'http://localhost:8000/hello%2f..%2fworld',
  'http://localhost:8000@elsewhere.example/hello',
  'http://elsewhere.example@localhost:8000/hello',
  'http://localhost:8000\\@elsewhere.example/hello',
  'file:///hello',
];

/** Read in one way by everybody, so that they lead to `hello` for who may pass. */
const ALIKE = [
  '/%68ello',
  '/h%65llo/x',
  '/hello/',
  '/hello?',
  '/hello?//../%2e%2e/world',
  '/hello/%252e%252e/world',
  '/hello/x%3b',
  '/hello/...',
  '/hello/.x',
  '/hello/:8080',
  'http://localhost:8000/hello',
  // The header says who is meant; what stands in the line must lead nowhere else.
  'http://world:8080/hello',
  'http://elsewhere.example/hello',
  'https://localhost:8443/hello',
  'ftp://localhost/hello',
];

/** Below `hello`, and not to be read by it. */
const UNREADABLE = ['/hello/%ff', '/hello/%c0%ae%c0%ae/world', '/hello/%e4%f6'];

/** Left to the programs behind, which tidy them up. */
const ELSEWHERE = [
  '/mail',
  '/mail/..%2fhello',
  '/mail/..%2f%2felsewhere.example',
  '/mail/..%2f%5celsewhere.example/',
  '/mail/..%2f%09/elsewhere.example',
  '/mail%2f%2felsewhere.example',
  '/account//elsewhere.example',
  '/account/..%2f%2felsewhere.example/',
  '/.ory/kratos/sessions/whoami/',
  '/.ory/kratos/sessions//elsewhere.example/',
  '/.ory/kratos/sessions/..%2f%2felsewhere.example/',
  '/.ory/kratos/sessions/..%2f%5celsewhere.example/',
  '/.ory/kratos/self-service/..%2f..%2f%2felsewhere.example/',
];

export function paths(): void {
  describe('a path', () => {
    let callers: readonly (readonly [who: string, headers: Headers])[];

    beforeAll(async () => {
      const { token } = await register();
      callers = [
        ['nobody', []],
        ['a browser', [['Accept', 'text/html']]],
        ['a client', [['apikey', clientKey('demo')]]],
        ['a person with one factor', [['X-Session-Token', token]]],
        ['somebody wrong', [['Authorization', bearer('wrong').authorization]]],
      ];
    });

    /** Wherever it leads, it is this environment. */
    const expectAtHome = ({ headers }: RawAnswer): void => {
      const location = headers.get('location');
      if (location !== undefined)
        expect(new URL(location, 'http://localhost:8000').origin).toBe('http://localhost:8000');
    };

    test.each(TRICKS)('such as %j passes to no service and breaks nothing', async (path) => {
      for (const [who, headers] of callers) {
        const answer = await rawRequest(`GET ${path}`, headers);
        expect(answer.status, who).toBeGreaterThanOrEqual(400);
        expect(answer.status, who).toBeLessThan(500);
        expect(answer.body, who).not.toMatch(/"service"|"subject"|"replica"/);
        expect(answer.headers.get('required-aal'), who).toBeUndefined();
        expectAtHome(answer);
      }
    });

    test.each(ALIKE)('such as %j means hello for everybody', async (path) => {
      for (const [who, headers] of callers) {
        const answer = await rawRequest(`GET ${path}`, headers);
        const passes = ['a client', 'a person with one factor'].includes(who);
        expect(answer.status, who).toBe(passes ? 200 : who === 'a browser' ? 302 : 401);
        if (passes) expect(JSON.parse(answer.body), who).toMatchObject({ service: 'hello' });
        expectAtHome(answer);
      }
    });

    test.each(UNREADABLE)('such as %j is for hello to refuse', async (path) => {
      for (const [who, headers] of callers) {
        const answer = await rawRequest(`GET ${path}`, headers);
        const passes = ['a client', 'a person with one factor'].includes(who);
        expect(answer.status, who).toBe(passes ? 400 : who === 'a browser' ? 302 : 401);
        expectAtHome(answer);
      }
    });

    test.each(ELSEWHERE)('such as %j leads nobody out of here', async (path) => {
      for (const [who, headers] of callers) {
        const answer = await rawRequest(`GET ${path}`, headers);
        expect(answer.status, who).toBeLessThan(500);
        expect(answer.body, who).not.toMatch(/"service"|"subject"/);
        expectAtHome(answer);
      }
    });

    test.each([
      'CONNECT hello:8080',
      'CONNECT localhost:8000',
      'TRACE /hello',
      'HELLO /hello',
      'get /hello',
      'PRI *',
    ])('with the method of %j passes to no service and breaks nothing', async (line) => {
      for (const [who, headers] of callers) {
        const answer = await rawRequest(line, headers);
        expect(answer.status, who).toBeGreaterThanOrEqual(400);
        expect(answer.status, who).toBeLessThan(500);
        expect(answer.body, who).not.toMatch(/"service"|"subject"/);
      }
    });
  });
}
