/** Credentials as they are handed over, used as a client would. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { signedToken } from '../../helper/tokens.js';
import { gate } from '../harness/http.js';
import { secured } from '../harness/https.js';
import { the } from './dev.js';

interface Listed {
  readonly name: string;
  readonly id?: string;
}

export function clients(): void {
  describe('a credential that is handed over', () => {
    let ids: Map<string, string | undefined>;
    const value = async (name: string): Promise<string> =>
      (await the().stranger.portcullis(['secret', 'get', name, '--yes'])).out.trim();
    /** Within a limit of 60 in a minute, which other cases share. */
    const status = async (token: string): Promise<number> => {
      for (;;) {
        const answer = await gate('/hello', { authorization: `Bearer ${token}` });
        if (answer.status !== 429) return answer.status;
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
    };

    beforeAll(async () => {
      const { out } = await the().stranger.portcullis(['secret', 'list', '--json']);
      const { secrets } = JSON.parse(out) as { secrets: Listed[] };
      ids = new Map(secrets.map(({ name, id }) => [name, id]));
    });

    test('signs tokens that pass, with the kid that is listed', async () => {
      const now = Math.floor(Date.now() / 1000);
      const who = { iss: 'demo', sub: 'demo', aud: 'http://localhost:8000', jti: randomUUID() };
      const claims = { ...who, nbf: now - 5, exp: now + 300 };
      const key = `${await value('jwt-demo')}\n`;
      const kid = ids.get('jwt-demo');
      expect(kid).toMatch(/^demo\.\d\.\d$/);
      expect(await status(signedToken('ES256', key, { kid }, claims))).toBe(200);
      expect(await status(signedToken('ES256', key, { kid: 'demo.9.9' }, claims))).toBe(401);
    });

    test('gets an access token over HTTPS, with the id that is listed, and nowhere else', async () => {
      const ca = (await the().stranger.terraform('output', '-raw', 'ca_certificate')).out;
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: ids.get('oauth2-demo') ?? '',
        client_secret: await value('oauth2-demo'),
      }).toString();
      const options = {
        method: 'POST',
        path: '/oauth2/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      };
      const answer = await secured('localhost', 8443, ca, options, body);
      expect(answer.status).toBe(200);
      const { access_token: token } = JSON.parse(answer.body) as { access_token: string };
      expect(await status(token)).toBe(200);
      expect(await status(`${token}x`)).toBe(401);
      const wrong = body.replace('client_secret=', 'client_secret=x');
      expect((await secured('localhost', 8443, ca, options, wrong)).status).toBe(400);
      expect((await gate('/oauth2/token', {}, 'POST')).status).toBe(426);
    });
  });
}
