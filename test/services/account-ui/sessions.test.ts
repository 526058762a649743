import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FLOW, OTHER_SESSION, good } from './flow-objects.js';
import { BROKEN, KratosStandIn, SIGNED_OUT } from './kratos-stand-in.js';
import { headingsIn, ORIGIN, Running, tagsIn } from './pages.js';

let standIn: KratosStandIn;
let service: Running;
beforeEach(async () => {
  standIn = new KratosStandIn();
  service = await new Running(await standIn.start()).start();
});
afterEach(async () => {
  await service.stop();
  await standIn.stop();
});

const POSTS = [
  '/account/logout',
  '/account/sessions/end',
  '/account/sessions/end-others',
  '/account/consent',
];

describe('a form that changes something', () => {
  test.each(
    POSTS.flatMap((path) =>
      [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: 'http://localhost:8001' },
        { origin: 'http://localhost:8000.evil.example' },
        { origin: ORIGIN, 'sec-fetch-site': 'cross-site' },
        { origin: ORIGIN, 'sec-fetch-site': 'same-site' },
        {},
      ].map((headers) => [path, headers] as const),
    ),
  )('to %s is refused with %j, before anybody is asked', async (path, headers) => {
    const answer = await service.post(path, { id: OTHER_SESSION }, headers);
    expect([answer.status, headingsIn(answer.text)]).toEqual([403, ['This request was refused']]);
    expect(answer.cookies).toEqual([]);
    expect(standIn.asked).toEqual([]);
  });

  test('passes from each of our origins, and from a browser that says no more than the origin', async () => {
    standIn.knows('GET /self-service/logout/browser', SIGNED_OUT);
    for (const headers of [
      { origin: ORIGIN },
      { origin: 'https://localhost:8443' },
      { origin: ORIGIN, 'sec-fetch-site': 'same-origin' },
    ])
      expect((await service.post('/account/logout', {}, headers)).status).toBe(303);
  });
});

describe('signing out', () => {
  const question = 'GET /self-service/logout/browser';

  test('leads to the address that Kratos gives, at the origin of the page', async () => {
    const url = `${ORIGIN}/.ory/kratos/self-service/logout?token=ory_lo_1`;
    standIn.knows(question, good({ logout_url: url, logout_token: 'ory_lo_1' }));
    const answer = await service.post('/account/logout', {}, { origin: ORIGIN, cookie: 'session=1' });
    expect([answer.status, answer.location]).toEqual([
      303,
      '/.ory/kratos/self-service/logout?token=ory_lo_1',
    ]);
    expect(standIn.asked).toEqual([`${question} session=1`]);
  });

  test('never leads elsewhere', async () => {
    standIn.knows(question, good({ logout_url: 'https://evil.example/', logout_token: 't' }));
    expect((await service.post('/account/logout')).status).toBe(500);
  });

  test('of who is signed out is done', async () => {
    standIn.knows(question, SIGNED_OUT);
    expect((await service.post('/account/logout')).location).toBe('/account/login');
  });

  test('without Kratos says so, with a way that can be gone', async () => {
    standIn.knows(question, BROKEN);
    const answer = await service.post('/account/logout');
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    const links = tagsIn(answer.text).map(({ attributes }) => attributes.href);
    expect(links).toContain('/account/settings');
    expect(links).not.toContain('/account/logout');
  });
});

describe('ending sessions', () => {
  test('all others, and back to the same settings', async () => {
    standIn.knows('DELETE /sessions', good({ count: 2 }));
    const answer = await service.post('/account/sessions/end-others', { flow: FLOW });
    expect([answer.status, answer.location]).toEqual([303, `/account/settings?flow=${FLOW}&ended=1`]);
  });

  test('one of them', async () => {
    standIn.knows(`DELETE /sessions/${OTHER_SESSION}`, { status: 204 });
    const answer = await service.post('/account/sessions/end', { id: OTHER_SESSION });
    expect([answer.status, answer.location]).toEqual([303, '/account/settings']);
    expect(standIn.unexpected).toEqual([]);
  });

  test('the field that leads back is never more than a value', async () => {
    standIn.knows('DELETE /sessions', good({ count: 0 }));
    const answer = await service.post('/account/sessions/end-others', { flow: 'x&a=b\r\nset-cookie: c=d' });
    expect(answer.location).toBe('/account/settings?flow=x%26a%3Db%0D%0Aset-cookie%3A+c%3Dd&ended=1');
    expect(answer.cookies).toEqual([]);
  });

  test.each(['', '../whoami', 'whoami', 'a/b', '%2e%2e', OTHER_SESSION.toUpperCase(), 'a'.repeat(65)])(
    'an id that is none is not asked about: %j',
    async (id) => {
      expect((await service.post('/account/sessions/end', { id })).status).toBe(400);
      expect(standIn.asked).toEqual([]);
    },
  );

  test.each<[what: string, headers: Readonly<Record<string, string>>, body: string]>([
    ['is too long', {}, `id=${OTHER_SESSION}&x=${'x'.repeat(4096)}`],
    ['is far too long', {}, `id=${OTHER_SESSION}&x=${'x'.repeat(3_000_000)}`],
    ['is no form', { 'content-type': 'application/json' }, `{"id":"${OTHER_SESSION}"}`],
    ['has no type', { 'content-type': '' }, `id=${OTHER_SESSION}`],
  ])('a body that %s is refused', async (_what, headers, body) => {
    const type = { 'content-type': 'application/x-www-form-urlencoded', origin: ORIGIN };
    for (const path of ['/account/sessions/end', '/account/sessions/end-others']) {
      const answer = await service.ask(path, { method: 'POST', headers: { ...type, ...headers }, body });
      expect([answer.status, headingsIn(answer.text)]).toEqual([400, ['The form could not be read']]);
    }
    expect(standIn.asked).toEqual([]);
  });

  test('of who is signed out ends at the login, and comes back', async () => {
    standIn.knows('DELETE /sessions', SIGNED_OUT);
    const answer = await service.post('/account/sessions/end-others', { flow: FLOW });
    expect([answer.status, headingsIn(answer.text)]).toEqual([401, ['Your session has ended']]);
    expect(tagsIn(answer.text).map(({ attributes }) => attributes.href)).toContain(
      '/account/login?return_to=http%3A%2F%2Flocalhost%3A8000%2Faccount%2Fsettings',
    );
  });
});
