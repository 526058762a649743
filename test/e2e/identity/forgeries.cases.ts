/** Headers that somebody made up: never an identity, never an address to come back to. */
import { beforeAll, describe, expect, test } from 'vitest';
import { rawRequest } from '../harness/raw.js';
import { clientKey, clientToken } from './credentials.js';
import { issuedToken } from './issuer.js';
import { register, type Person } from './people.js';

const LOGIN = 'http://localhost:8000/account/login';
const BACK = `${LOGIN}?return_to=${encodeURIComponent('http://localhost:8000/hello?x=1')}`;

/** With words in capitals for what is there only when the environment runs. */
const FORGED: readonly (readonly [name: string, value: string])[] = [
  ['X-User', 'demo'],
  ['X-User', 'PERSON'],
  ['X-User-Id', 'PERSON'],
  ['X-USER-ID', 'PERSON'],
  ['X_User', 'demo'],
  ['X_User_Id', 'PERSON'],
  ['X-Remote-User', 'demo'],
  ['Remote-User', 'demo'],
  ['X-Consumer-ID', 'demo'],
  ['X-Consumer-Username', 'demo'],
  ['X-Consumer-Custom-ID', 'demo'],
  ['X-Consumer-Groups', 'admin'],
  ['X_Consumer_Username', 'demo'],
  ['X-Credential-Identifier', 'demo'],
  ['X-Credential-Username', 'demo'],
  ['X-Anonymous-Consumer', 'false'],
  ['X-Authenticated-Userid', 'demo'],
  ['X-Authenticated-Scope', 'read'],
  ['X-Authenticated-Groups', 'admin'],
  ['X-Auth-Request-User', 'demo'],
  ['X-Session-Id', 'PERSON'],
  ['X-Session-Aal', 'aal2'],
  ['X-Session-User', 'PERSON'],
  ['X-Session-Token', 'PERSON'],
  ['X-Session-Token', 'ory_st_0123456789abcdef0123456789abcdef'],
  ['X_Session_Token', 'PERSON'],
  ['X-Kratos-Authenticated-Identity-Id', 'PERSON'],
  ['X-Gate-Token-1', 'OUTSIDE'],
  ['X-Gate-Token-2', 'DEMO'],
  ['X-Gate-Token-3', 'OTHER'],
  ['x-gate-token-2', 'Bearer DEMO'],
  ['X_Gate_Token_1', 'OUTSIDE'],
  ['X-Gate_Token-2', 'DEMO'],
  ['X-Gate-Session', 'aal1.token.SESSION'],
  ['X-Gate-Session', 'aal2.token.SESSION'],
  ['X-Gate-Session', 'SESSION'],
  ['X_Gate_Session', 'aal1.token.SESSION'],
  ['X-Gate-Count', '0'],
  ['X-Forwarded-User', 'demo'],
  ['X-Forwarded-Access-Token', 'OUTSIDE'],
  ['X-Forwarded-Authorization', 'Bearer OUTSIDE'],
  ['X-Original-Authorization', 'Bearer OUTSIDE'],
  ['Proxy-Authorization', 'Bearer OUTSIDE'],
  ['X-Authorization', 'Bearer OUTSIDE'],
  ['X-Forwarded-For', '127.0.0.1'],
  ['X-Real-IP', '127.0.0.1'],
  ['X-Forwarded-Host', 'elsewhere.example'],
  ['X-Forwarded-Host', 'kong'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Proto', 'javascript'],
  ['X-Forwarded-Port', '9999'],
  ['X-Forwarded-Uri', '//elsewhere.example/'],
  ['X-Forwarded-URI', '/health/ready'],
  ['X-Forwarded-Path', '//elsewhere.example/'],
  ['X-Forwarded-Prefix', '//elsewhere.example'],
  ['X-Forwarded-Method', 'OPTIONS'],
  ['X-Forwarded-Server', 'elsewhere.example'],
  ['X_Forwarded_Host', 'elsewhere.example'],
  ['X_Forwarded_Uri', '//elsewhere.example/'],
  ['Forwarded', 'for=127.0.0.1;host=elsewhere.example;proto=https'],
  ['X-Original-URL', 'http://elsewhere.example/'],
  ['X-Original-Uri', '/health/ready'],
  ['X-Rewrite-URL', '/health/ready'],
  ['X-Host', 'elsewhere.example'],
  ['X-HTTP-Method-Override', 'OPTIONS'],
  ['Origin', 'http://elsewhere.example'],
  ['Referer', 'http://elsewhere.example/'],
  ['Return-To', 'http://elsewhere.example/'],
  ['Required-AAL', 'aal1'],
];

export function forgeries(): void {
  describe('a forged header', () => {
    let person: Person;
    let outside: string;

    beforeAll(async () => {
      person = await register();
      outside = await issuedToken();
    });

    const value = (said: string): string =>
      said
        .replace('PERSON', person.id)
        .replace('SESSION', person.token)
        .replace('OUTSIDE', outside)
        .replace('DEMO', clientToken('demo'))
        .replace('OTHER', clientToken('other'));

    test.each(FORGED)('%s: %s is no identity', async (name, said) => {
      for (const path of ['/hello', '/world']) {
        const { status, headers, body } = await rawRequest(`GET ${path}`, [[name, value(said)]]);
        expect(status).toBe(401);
        expect(headers.get('content-type')).toMatch(/^application\/json/);
        expect(headers.has('location')).toBe(false);
        expect(headers.has('required-aal')).toBe(false);
        expect(body).not.toMatch(/"subject"|"service"/);
      }
    });

    test.each(FORGED)('%s: %s changes nothing of where a browser comes back to', async (name, said) => {
      const { status, headers } = await rawRequest('GET /hello?x=1', [
        ['Accept', 'text/html'],
        [name, value(said)],
      ]);
      expect(status).toBe(302);
      expect(headers.get('location')).toBe(BACK);
    });

    test.each(FORGED)('%s: %s changes nothing of whom a key belongs to', async (name, said) => {
      const answer = await rawRequest('GET /hello', [
        ['apikey', clientKey('other')],
        [name, value(said)],
      ]);
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).toMatchObject({ service: 'hello', subject: 'other' });
    });
  });
}
