import { describe, expect, test } from 'vitest';
import { FLOW, good, session } from './flow-objects.js';
import { BROKEN, CSRF, SECOND_FACTOR, SIGNED_OUT, UNKNOWN, type Reply } from './kratos-stand-in.js';
import { headingsIn, inlineIn, ORIGIN, Running, SITE } from './pages.js';
import { linksIn, onStage } from './stage.js';

const SETTINGS = encodeURIComponent(`${ORIGIN}/account/settings`);
const HELLO = `${ORIGIN}/hello?a=1`;
const stage = onStage();

describe('an address without a flow', () => {
  test.each(['login', 'registration', 'recovery', 'verification'])(
    'leads to where Kratos begins one: %s',
    async (kind) => {
      const answer = await stage().service.ask(`/account/${kind}?return_to=${encodeURIComponent(HELLO)}&x=1`);
      expect([answer.status, answer.location]).toEqual([
        303,
        `/.ory/kratos/self-service/${kind}/browser?return_to=http%3A%2F%2Flocalhost%3A8000%2Fhello%3Fa%3D1`,
      ]);
    },
  );

  const start = '/.ory/kratos/self-service/login/browser';
  test.each<[what: string, reply: Reply, query: string, location: string]>([
    [
      'a stranger logs in before a second factor',
      SIGNED_OUT,
      '?aal=aal2&return_to=x',
      `${start}?return_to=x`,
    ],
    ['a first factor is followed by the second', SECOND_FACTOR, '', `${start}?aal=aal2`],
    ['a first factor may be confirmed', SECOND_FACTOR, '?refresh=true', `${start}?refresh=true`],
    ['who is signed in may need more', good(session()), '?aal=aal2', `${start}?aal=aal2`],
  ])('%s', async (_what, reply, query, location) => {
    stage().standIn.whoami(reply);
    expect((await stage().service.ask(`/account/login${query}`)).location).toBe(location);
  });

  test.each<[what: string, reply: Reply, location: string]>([
    ['whoever is signed out logs in and comes back', SIGNED_OUT, `/account/login?return_to=${SETTINGS}`],
    ['a second factor comes first', SECOND_FACTOR, `/account/login?aal=aal2&return_to=${SETTINGS}`],
    ['their owner gets them', good(session()), '/.ory/kratos/self-service/settings/browser'],
  ])('of the settings: %s', async (_what, reply, location) => {
    stage().standIn.whoami(reply);
    expect((await stage().service.ask('/account/settings')).location).toBe(location);
  });

  test.each(['login', 'registration', 'recovery', 'verification', 'settings'])(
    'without Kratos stays on a page that says so: %s',
    async (kind) => {
      stage().standIn.whoami(BROKEN);
      const answer = await stage().service.ask(`/account/${kind}?return_to=x`);
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
      expect(headingsIn(answer.text)).toEqual(['Your account is not available right now']);
      expect(linksIn(answer.text)).toEqual([`/account/${kind}?return_to=x`]);
    },
  );

  test('of what is turned off is a page that says so', async () => {
    const own = await new Running('http://127.0.0.1:1', {
      ...SITE,
      registration: false,
      recovery: false,
      verification: false,
    }).start();
    for (const kind of ['registration', 'recovery', 'verification']) {
      const answer = await own.ask(`/account/${kind}`);
      expect([answer.status, headingsIn(answer.text)]).toEqual([404, ['This is turned off here']]);
    }
    await own.stop();
  });
});

describe('a flow that is not there to go on with', () => {
  const expired: Reply = {
    status: 410,
    body: { error: { code: 410, details: { return_to: HELLO } } },
  };
  test.each<[kind: string, reply: Reply, status: number, heading: string]>(
    ['login', 'registration', 'recovery', 'verification'].flatMap((kind) => [
      [kind, expired, 410, 'This page has expired'],
      [kind, UNKNOWN, 404, 'This step is not there any more'],
      [kind, CSRF, 403, 'Your browser did not send our cookies'],
      [kind, BROKEN, 503, 'Your account is not available right now'],
      [kind, { status: 429 }, 400, 'That did not work'],
    ]),
  )('%s with %j is a page with a way on', async (kind, reply, status, heading) => {
    stage().standIn.has(kind, FLOW, reply);
    const answer = await stage().open(kind);
    expect([answer.status, headingsIn(answer.text)]).toEqual([status, [heading]]);
    expect(answer.location).toBeUndefined();
    expect(linksIn(answer.text)).toEqual([
      status === 503
        ? `/account/${kind}?flow=${FLOW}`
        : status === 410
          ? `/account/${kind}?return_to=${encodeURIComponent(HELLO)}`
          : `/account/${kind}`,
    ]);
    expect(answer.cookies).toEqual(reply.cookies ?? []);
    expect(inlineIn(answer.text)).toEqual([]);
  });

  test('leads nowhere else when it has expired', async () => {
    const details = { return_to: 'https://evil.example/' };
    stage().standIn.has('login', FLOW, { status: 410, body: { error: { details } } });
    expect(linksIn((await stage().open('login')).text)).toEqual(['/account/login']);
  });

  test.each<[what: string, reply: Reply, location: string]>([
    ['signed out', SIGNED_OUT, `/account/login?return_to=${SETTINGS}`],
    ['one factor short', SECOND_FACTOR, `/account/login?aal=aal2&return_to=${SETTINGS}`],
  ])('settings of somebody %s come after the login', async (_what, reply, location) => {
    stage().standIn.whoami(reply);
    stage().standIn.has('settings', FLOW, reply);
    expect((await stage().open('settings')).location).toBe(location);
  });

  test('settings without Kratos, and those of somebody else', async () => {
    stage().standIn.whoami(good(session()));
    stage().standIn.has('settings', FLOW, {
      status: 403,
      body: { error: { id: 'security_identity_mismatch' } },
    });
    expect((await stage().open('settings')).status).toBe(404);
    stage().standIn.has('settings', FLOW, BROKEN);
    expect((await stage().open('settings')).status).toBe(503);
  });
});
