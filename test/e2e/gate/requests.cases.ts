/** What the gate answers to strangers and to its client, over HTTP and HTTPS. */
import { beforeAll, describe, expect, test } from 'vitest';
import { gate, json } from '../harness/http.js';
import { secured } from '../harness/https.js';
import { logIn } from '../identity/people.js';
import { the } from './dev.js';

export function requests(): void {
  describe('the gate', () => {
    test('refuses a request without credentials with 401 as json', async () => {
      const answer = await gate('/hello');
      expect(answer.status).toBe(401);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      expect(json(answer)).toMatchObject({ error: { code: 401 } });
    });

    test('refuses a wrong key and a key in the query string', async () => {
      expect((await gate('/hello', { apikey: 'wrong' })).status).toBe(401);
      expect((await gate(`/hello?apikey=${the().key}`)).status).toBe(401);
    });

    test.each(['hello', 'world'])('lets the client pass to %s', async (service) => {
      const answer = await gate(`/${service}`, { apikey: the().key });
      expect(answer.status).toBe(200);
      const body = json(answer);
      expect(body).toMatchObject({ service, message: service, subject: 'demo' });
      expect(body.requestId).toBe(answer.headers['x-request-id']);
    });

    test.each(['hello', 'world'])('spreads what a person asks of %s over both replicas', async (service) => {
      const password = await the().stranger.portcullis(['secret', 'get', 'user-demo', '--yes']);
      const token = await logIn({ email: 'demo@example.com', password: password.out.trim() });
      const replicas = new Set<unknown>();
      // A connection that Oathkeeper keeps leads to one replica and ends after 16 requests.
      for (let i = 0; i < 250 && replicas.size < 2; i++) {
        const answer = await gate(`/${service}`, { 'x-session-token': token });
        expect(answer.status).toBe(200);
        replicas.add(json(answer).replica);
      }
      expect(replicas.size).toBe(2);
    });

    test('answers nothing on a host that is not public', async () => {
      const answer = await gate('/hello', { host: 'elsewhere.example', apikey: the().key });
      expect(answer.status).toBe(404);
      expect(json(answer)).toHaveProperty('message');
    });

    test('stops a client over its limit with 429 and says how long', async () => {
      let last = await gate('/hello', { apikey: the().key });
      let sent = 1;
      for (; sent < 120 && last.status === 200; sent++) last = await gate('/hello', { apikey: the().key });
      expect(last.status).toBe(429);
      expect(last.headers).toMatchObject({ 'ratelimit-limit': '60', 'ratelimit-remaining': '0' });
      expect(Number(last.headers['ratelimit-reset'])).toBeGreaterThan(0);
      expect(sent).toBeLessThanOrEqual(120);
    });
  });

  describe('the gate with HTTPS', () => {
    let ca: string;

    beforeAll(async () => {
      ca = (await the().stranger.terraform('output', '-raw', 'ca_certificate')).out;
    });

    test.each(['localhost', '127.0.0.1'])('is verified as %s by what was handed over', async (host) => {
      expect(await secured(host, 8443, ca)).toMatchObject({ status: 401, protocol: 'TLSv1.3' });
      expect((await secured(host, 8443, ca, { maxVersion: 'TLSv1.2' })).protocol).toBe('TLSv1.2');
    });

    test('is not verified without it, nor by another name', async () => {
      await expect(secured('localhost', 8443, '')).rejects.toThrow(/unable to|self-signed/);
      await expect(secured('localhost', 8443, ca, { servername: 'elsewhere.example' })).rejects.toThrow(
        /does not match/,
      );
    });

    test('refuses TLS 1.1, and plain HTTP', async () => {
      // Without the level this client would refuse by itself.
      const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      await expect(secured('localhost', 8443, ca, old)).rejects.toThrow(/alert protocol version/);
      expect((await gate('/hello', {}, 'GET', 8443)).status).toBe(400);
    });
  });
}
