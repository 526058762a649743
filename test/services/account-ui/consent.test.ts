import { describe, expect, test } from 'vitest';
import { agreedIn } from '../../../services/account-ui/src/consent.js';
import { FLOW, flow, good, loginNodes, registrationNodes } from './flow-objects.js';
import { CSRF, type Reply } from './kratos-stand-in.js';
import { headingsIn, inlineIn, ORIGIN, Running, SITE, tagsIn, textIn } from './pages.js';
import { linksIn, onStage } from './stage.js';

const stage = onStage();
const PAGE = `/account/consent?kind=login&flow=${FLOW}&provider=acme`;

describe('the consent page', () => {
  test.each([
    ['login', loginNodes()],
    ['registration', registrationNodes()],
  ] as const)('says before a %s what is told and stored, and sends it on', async (kind, nodes) => {
    stage().standIn.has(kind, FLOW, good(flow(kind, nodes)));
    const { status, text } = await stage().service.ask(PAGE.replace('login', kind));
    expect([status, headingsIn(text)]).toEqual([200, ['Continue with Acme?']]);
    const said = textIn(text);
    for (const part of ['your mail address', 'your name', 'We store this with your account'])
      expect(said).toContain(part);
    const tags = tagsIn(text);
    expect(tags.find(({ name }) => name === 'form')?.attributes).toMatchObject({
      method: 'post',
      action: PAGE.replace('login', kind),
    });
    expect(tags.find(({ name }) => name === 'input')?.attributes).toMatchObject({
      name: 'csrf_token',
      value: 'csrf+/=',
    });
    expect(tags.find(({ name }) => name === 'button')?.attributes).toMatchObject({
      name: 'provider',
      value: 'acme',
    });
    expect(linksIn(text)).toEqual([`/account/${kind}?flow=${FLOW}`]);
    expect(inlineIn(text)).toEqual([]);
  });

  test('says so of a provider that tells nothing', async () => {
    stage().standIn.has('login', FLOW, good(flow('login', loginNodes())));
    const site = { ...SITE, providers: [{ id: 'acme', label: '<b>Acme', tells: [] }] };
    const kratosUrl = stage().standIn.url;
    const own = await new Running(kratosUrl, site).start();
    const { text } = await own.ask(PAGE);
    await own.stop();
    expect(textIn(text)).toContain('nothing but a number');
    expect(headingsIn(text)).toEqual(['Continue with <b>Acme?']);
  });

  test.each([
    '/account/consent',
    PAGE.replace('kind=login', 'kind=settings'),
    PAGE.replace('provider=acme', 'provider=other'),
    PAGE.replace(FLOW, 'x'),
    PAGE.replace(FLOW, `${FLOW}%26a=b`),
  ])('is not there for %s', async (path) => {
    expect((await stage().service.ask(path)).status).toBe(404);
    expect(stage().standIn.asked).toEqual([]);
  });

  test.each<[what: string, reply: Reply, status: number]>([
    ['does not offer the provider', good(flow('login', loginNodes().slice(1))), 404],
    ['is of another browser', CSRF, 403],
  ])('is not there for a flow that %s', async (_what, reply, status) => {
    stage().standIn.has('login', FLOW, reply);
    expect((await stage().service.ask(PAGE)).status).toBe(status);
  });
});

describe('agreeing', () => {
  test('is remembered, and the same form goes on to Kratos', async () => {
    const answer = await stage().service.post(
      PAGE,
      { provider: 'acme', csrf_token: 'csrf+/=' },
      { origin: ORIGIN, cookie: 'account_consent=gone.acme' },
    );
    // 307 keeps method and body.
    expect([answer.status, answer.location]).toEqual([307, `/.ory/kratos/self-service/login?flow=${FLOW}`]);
    expect(answer.cookies).toEqual([
      'account_consent=acme; Path=/account; Max-Age=31536000; HttpOnly; SameSite=Lax',
    ]);
    expect(stage().standIn.asked).toEqual([]);
  });

  test.each<[path: string, fields: Readonly<Record<string, string>>]>([
    [PAGE, {}],
    [PAGE, { provider: 'other' }],
    [PAGE, { provider: 'acme', csrf_token: 'x'.repeat(5000) }],
    [PAGE.replace(FLOW, '..'), { provider: 'acme' }],
    [PAGE.replace('kind=login', 'kind=../../x'), { provider: 'acme' }],
  ])('of %s with %j is none', async (path, fields) => {
    const answer = await stage().service.post(path, fields);
    expect([answer.status, answer.cookies]).toEqual([400, []]);
  });

  test('counts for providers that there are', () => {
    const providers = ['a', 'b', 'c'].map((id) => ({ id, label: id, tells: [] }));
    const site = { ...SITE, providers };
    expect(agreedIn(site, 'x=1; account_consent=c.a.gone')).toEqual(['a', 'c']);
    for (const none of [undefined, '', 'account_consent=', 'account_consent=<a>', 'account_consent_x=a'])
      expect(agreedIn(site, none)).toEqual([]);
  });
});
