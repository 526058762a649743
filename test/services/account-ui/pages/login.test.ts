import { describe, expect, test } from 'vitest';
import { FLOW, csrf, flow, good, loginNodes, message, secondFactorNodes, session } from '../flow-objects.js';
import { CSRF, SECOND_FACTOR, type Reply } from '../kratos-stand-in.js';
import { headingsIn, ORIGIN, tagsIn, textIn, type Tag } from '../pages.js';
import { linksIn, namesIn, onStage } from '../stage.js';

const HELLO = `${ORIGIN}/hello?a=1`;
const stage = onStage();

describe('the login page', () => {
  test('has the fields, what browsers may fill in, and the ways on', async () => {
    const { text, status } = await stage().shown('login', loginNodes(), { return_to: HELLO });
    expect([status, headingsIn(text)]).toEqual([200, ['Sign in']]);
    const input = (name: string): Tag['attributes'] | undefined =>
      tagsIn(text).find(({ attributes }) => attributes.name === name)?.attributes;
    expect(input('identifier')).toMatchObject({ autocomplete: 'username webauthn', type: 'text' });
    expect(input('password')).toMatchObject({ autocomplete: 'current-password', type: 'password' });
    expect(input('csrf_token')).toMatchObject({ value: 'csrf+/=', type: 'hidden' });
    const carried = `return_to=${encodeURIComponent(HELLO)}`;
    expect(linksIn(text)).toEqual([
      `/account/consent?kind=login&flow=${FLOW}&provider=acme`,
      `/account/recovery?${carried}`,
      `/account/registration?${carried}`,
    ]);
    expect(tagsIn(text).find(({ name }) => name === 'form')?.attributes.action).toBe(
      `/.ory/kratos/self-service/login?flow=${FLOW}`,
    );
  });

  test('every field has a label', async () => {
    const { text } = await stage().shown('login', loginNodes());
    const labels = tagsIn(text).flatMap(({ name, attributes }) => (name === 'label' ? [attributes.for] : []));
    const ids = tagsIn(text).flatMap(({ name, attributes }) =>
      name === 'input' && attributes.type !== 'hidden' ? [attributes.id] : [],
    );
    expect(ids).toHaveLength(2);
    expect(labels).toEqual(ids);
  });

  test("loads Kratos' script unchanged and before ours, and says what buttons call", async () => {
    const { text } = await stage().shown('login', loginNodes());
    const scripts = tagsIn(text).filter(({ name }) => name === 'script');
    expect(scripts.map(({ attributes }) => [attributes.src?.slice(0, 26), attributes.integrity])).toEqual([
      ['/.ory/kratos/.well-known/o', 'sha512-abc'],
      ['/account/assets/account-' + (scripts[1]?.attributes.src?.slice(24, 26) ?? ''), undefined],
    ]);
    expect(tagsIn(text).find(({ attributes }) => 'data-trigger' in attributes)?.attributes).toMatchObject({
      type: 'button',
      'data-trigger': 'oryPasskeyLogin',
      hidden: '',
    });
  });

  test('of a second factor says so, and has a way out', async () => {
    stage().standIn.whoami(SECOND_FACTOR);
    const messages = [message(1010004, 'Please complete the second authentication challenge.')];
    const { text } = await stage().shown('login', secondFactorNodes(), { requested_aal: 'aal2', messages });
    expect(headingsIn(text)).toEqual(['Second factor']);
    expect(namesIn(text)).toEqual([
      'csrf_token',
      'totp_code',
      'method',
      'csrf_token',
      'lookup_secret',
      'method',
      undefined,
    ]);
    expect(linksIn(text)).toEqual([]);
    expect(
      tagsIn(text)
        .filter(({ name }) => name === 'form')
        .at(-1)?.attributes.action,
    ).toBe('/account/logout');
    expect(textIn(text)).not.toContain('authentication challenge');
  });

  test('without any second factor leads to where one is set up', async () => {
    stage().standIn.whoami(good(session()));
    const { text } = await stage().shown('login', [csrf()], { requested_aal: 'aal2' });
    expect([headingsIn(text), linksIn(text)]).toEqual([['Second factor'], ['/account/settings']]);
  });

  test('that confirms says so to who is signed in', async () => {
    stage().standIn.whoami(good(session()));
    const { text } = await stage().shown('login', loginNodes(), { refresh: true });
    expect(headingsIn(text)).toEqual(['Confirm that it is you']);
    expect(namesIn(text)).toContain('password');
  });

  test.each<[what: string, reply: Reply]>([
    ['still readable', good(flow('login', loginNodes(), { return_to: HELLO }))],
    ['from before the cookie changed', CSRF],
  ])('tells who is signed in, and comes back to a flow %s', async (_what, reply) => {
    stage().standIn.whoami(good(session()));
    stage().standIn.has('login', FLOW, reply);
    const { status, text } = await stage().open('login');
    expect([status, headingsIn(text)]).toEqual([200, ['You are signed in already']]);
    expect(linksIn(text)).toEqual([...(reply === CSRF ? [] : ['/hello?a=1']), '/account/settings']);
    expect(namesIn(text)).not.toContain('password');
  });

  test('leads on from there to none but our own origins', async () => {
    stage().standIn.whoami(good(session()));
    const { text } = await stage().shown('login', loginNodes(), { return_to: 'https://evil.example/hello' });
    expect(linksIn(text)).toEqual(['/account/settings']);
  });

  test('of a second factor that was given, too', async () => {
    stage().standIn.whoami(good(session({ authenticator_assurance_level: 'aal2' })));
    const { text } = await stage().shown('login', secondFactorNodes(), {
      requested_aal: 'aal2',
      return_to: HELLO,
    });
    expect([headingsIn(text), linksIn(text)[0]]).toEqual([['You are signed in already'], '/hello?a=1']);
  });

  test('is never shown again to who has given the first factor', async () => {
    stage().standIn.whoami(SECOND_FACTOR);
    const { location } = await stage().shown('login', loginNodes(), { return_to: HELLO });
    expect(location).toBe(`/account/login?aal=aal2&return_to=${encodeURIComponent(HELLO)}`);
  });

  test.each([{ requested_aal: 'aal2' }, { refresh: true }])(
    'begins anew where the session has ended meanwhile: %j',
    async (change) => {
      const { location } = await stage().shown('login', secondFactorNodes(), { ...change, return_to: HELLO });
      expect(location).toBe(`/account/login?return_to=${encodeURIComponent(HELLO)}`);
    },
  );

  test('leads to the provider at once for who has agreed', async () => {
    stage().standIn.has('login', FLOW, good(flow('login', loginNodes())));
    const { text } = await stage().service.ask(`/account/login?flow=${FLOW}`, {
      headers: { cookie: 'account_consent=other.acme' },
    });
    expect(tagsIn(text).find(({ attributes }) => attributes.name === 'provider')?.attributes.value).toBe(
      'acme',
    );
    expect(linksIn(text).join()).not.toContain('consent');
  });
});
