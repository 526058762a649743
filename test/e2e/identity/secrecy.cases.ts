/**
 * Where secrets must not stand. To be called late: what the cases before made programs write is looked
 * through as well.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { ask, gate, json } from '../harness/http.js';
import { rawRequest } from '../harness/raw.js';
import { docker, run } from '../harness/run.js';
import { accessToken, bearer, clientKey, clientToken } from './credentials.js';
import { containers, handed } from './deployment.js';
import { issuedToken } from './issuer.js';
import { call, cookies, flow, logIn, logInByCookie, mailTo, register } from './people.js';

const HANDED = ['client-demo', 'client-other', 'jwt-demo', 'jwt-other', 'oauth2-demo', 'user-demo'];
const QUIET = [
  'kratos',
  'kratos-courier',
  'oathkeeper',
  'session-check',
  'account-ui',
  'hello',
  'world',
  'mail',
];

/** A line that nothing wraps or escapes. */
function lineOf(value: string): string {
  return value.includes('PRIVATE KEY') ? (value.split('\n')[1] ?? '') : value;
}

async function logs(id: string): Promise<string> {
  return (await run('docker', ['logs', id])).all;
}

export function secrecy(): void {
  describe('a secret', () => {
    const mark = `mark${Date.now().toString(36)}`;
    const secrets = new Map<string, string>();
    let everything: ReadonlyMap<string, string>;

    /** Uses every kind of credential, right and wrong, and the query for what doesn't belong there. */
    const use = async (): Promise<void> => {
      for (const name of HANDED) secrets.set(name, lineOf(handed(name).value));
      const person = await register();
      const token = await logIn(person);
      const cookie = await logInByCookie(person);
      const access = await accessToken();
      const [signed, outside] = [clientToken('demo'), await issuedToken()];
      secrets.set('password', person.password);
      secrets.set('session token', token);
      secrets.set('first session token', person.token);
      secrets.set('session cookie', /ory_kratos_session=([^;]+)/.exec(cookie)?.[1] ?? '');
      secrets.set('access token', access);
      for (const [name, text] of [
        ['own token', signed],
        ['outside token', outside],
      ] as const) {
        secrets.set(name, text);
        secrets.set(`signature of the ${name}`, text.split('.')[2] ?? '');
      }
      const shown: readonly Readonly<Record<string, string>>[] = [
        { apikey: clientKey('demo') },
        bearer(access),
        bearer(signed),
        bearer(outside),
        bearer(token),
        { 'x-session-token': token },
        { cookie },
      ];
      for (const headers of shown) {
        expect((await gate(`/hello?token=${mark}query`, headers)).status).toBe(200);
        await gate(`/world?token=${mark}query`, { ...headers, accept: 'text/html' });
        await gate(`/nowhere?token=${mark}query`, headers);
      }
      for (const wrong of [
        { apikey: `${mark}wrong-key` },
        bearer(`${mark}wrong-token`),
        bearer(clientToken('demo', { claims: { jti: `${mark}jti`, aud: 'x' } })),
        bearer(`ory_st_${mark}wrong-session`),
        { 'x-session-token': `${mark}wrong-session` },
        { cookie: `ory_kratos_session=${mark}wrong-cookie` },
        { 'x-gate-token-1': outside, 'x-user': `${mark}user` },
      ])
        expect((await gate(`/hello?token=${mark}query`, wrong)).status).toBe(401);
      for (const path of ['//hello', '/hello/../world', '/hello%00', '/HELLO'])
        await rawRequest(`GET ${path}?token=${mark}query`, [['apikey', clientKey('demo')]]);

      const wrong = `${mark} wrong password`;
      const refused = await flow('login', { method: 'password', identifier: person.email, password: wrong });
      expect(refused.status).toBe(400);
      await flow('registration', { method: 'password', password: wrong, traits: { email: person.email } });
      await call(`/.ory/kratos/sessions/whoami?token=${mark}query`, {
        headers: { 'x-session-token': token },
      });
      await call(`/.ory/kratos/sessions/whoami?token=${mark}query`, {
        headers: { 'x-session-token': `${mark}x` },
      });
      const lost = await call(
        `/.ory/kratos/self-service/login/browser?return_to=http://${mark}query.example`,
      );
      expect(lost.status).toBe(400);
      const begun = await ask({
        port: 8000,
        path: `/.ory/kratos/self-service/login/browser?return_to=/hello?token=${mark}query`,
        headers: { host: 'localhost:8000', accept: 'text/html' },
      });
      secrets.set('token against forged forms', cookies(begun).split('=').slice(1).join('='));
      const recovery = await flow('recovery', { method: 'code', email: person.email });
      expect(json(recovery)).toMatchObject({ state: 'sent_email' });
      const code = /\b(\d{6})\b/.exec(await mailTo(person.email, 'recover'))?.[1] ?? '';
      secrets.set('code by mail', code);
    };

    beforeAll(async () => {
      await use();
      const ids = (
        await docker('ps', '-a', '-q', '--no-trunc', '--filter', 'label=dev.portcullis.environment=dev')
      ).split('\n');
      everything = new Map(await Promise.all(ids.map(async (id) => [id, await logs(id)] as const)));
    });

    test('of every kind was used, and each is long enough to be told from chance', () => {
      for (const [name, value] of secrets)
        expect(value.length, name).toBeGreaterThanOrEqual(name === 'code by mail' ? 6 : 20);
    });

    test('stands in no log of any container', () => {
      expect([...everything.values()].join('').length).toBeGreaterThan(1000);
      for (const [name, value] of secrets) {
        // Six digits stand in a time or a number by chance; the courier's log alone may not have them.
        if (name === 'code by mail') continue;
        expect(
          [...everything].filter(([, text]) => text.includes(value)).map(([id]) => id),
          name,
        ).toEqual([]);
      }
    });

    test('that was sent by mail stands in no log of who sent it', async () => {
      const code = new RegExp(`\\b${secrets.get('code by mail') ?? ''}\\b`);
      for (const component of ['kratos', 'kratos-courier', 'mail'])
        for (const id of await containers(component))
          expect(code.test(everything.get(id) ?? ''), component).toBe(false);
    });

    test('stands in no setting, command or label of a container', async () => {
      const inspected = await docker('inspect', ...everything.keys());
      for (const [name, value] of secrets) {
        if (name !== 'code by mail') expect(inspected.includes(value), name).toBe(false);
      }
    });

    test.each(QUIET)('has no place in what %s writes, not even a wrong one or a query', async (component) => {
      const text = (await containers(component)).map((id) => everything.get(id) ?? '').join('\n');
      expect(text.split('\n').filter((line) => line.includes(mark))).toEqual([]);
      const forms = [
        /ory_st_[\w-]{8}/,
        /ory_kratos_session=[\w%-]{8}/,
        /eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/,
        /"(?:authorization|cookie|apikey|x-session-token|x-gate-[\w-]+)":\s*\[?"(?!Value is sensitive)./i,
      ];
      expect(forms.filter((form) => form.test(text)).map(String)).toEqual([]);
    });

    test('is left out of what Kong writes about a request, with the whole query', async () => {
      const [kong = ''] = await containers('kong');
      const lines = (everything.get(kong) ?? '').split('\n').filter((line) => line.startsWith('{"time"'));
      expect(lines.length).toBeGreaterThan(10);
      expect(lines.filter((line) => line.includes(mark))).toEqual([]);
    });
  });
}
