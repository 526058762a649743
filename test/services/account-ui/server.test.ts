import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { present } from '../../helper/failure.js';
import { FLOW, flow, good, loginNodes } from './flow-objects.js';
import { KratosStandIn, SIGNED_OUT } from './kratos-stand-in.js';
import { headingsIn, inlineIn, ORIGIN, Running, SITE, tagsIn } from './pages.js';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self' http://localhost:8000 https://localhost:8443 https://acme.example",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

let standIn: KratosStandIn;
let service: Running;
beforeEach(async () => {
  standIn = new KratosStandIn();
  standIn.whoami(SIGNED_OUT);
  standIn.has('login', FLOW, good(flow('login', loginNodes())));
  service = await new Running(await standIn.start()).start();
});
afterEach(async () => {
  await service.stop();
  await standIn.stop();
});

/** Path of what the login page loads by such a tag. */
async function loadedBy(tag: string, attribute: string): Promise<string> {
  const { text } = await service.ask(`/account/login?flow=${FLOW}`);
  const found = tagsIn(text).find(
    ({ name, attributes }) => name === tag && attributes[attribute]?.startsWith('/account/assets/') === true,
  );
  return present(found?.attributes[attribute]);
}

describe('every answer', () => {
  test.each([
    ['GET', `/account/login?flow=${FLOW}`, 200],
    ['GET', '/account/login', 303],
    ['GET', '/account', 303],
    ['GET', '/account/', 303],
    ['GET', '/account/nothing', 404],
    ['GET', '/account/error', 404],
    ['GET', '/account/logout', 405],
    ['POST', '/account/login', 405],
    ['DELETE', '/account/login', 405],
    ['POST', '/account/logout', 403],
    ['GET', '/account/language', 303],
    ['GET', '/account/assets/nothing.css', 404],
    ['GET', '/health/live', 200],
    ['GET', '/', 404],
    ['GET', '//evil.example/', 404],
    ['GET', '/account/__proto__', 404],
    ['GET', '/__proto__', 404],
  ])('of %s %s has status %d and says what it may load', async (method, path, status) => {
    const answer = await service.ask(path, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
    });
    if (!String(answer.headers['content-type']).startsWith('text/html')) return;
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(headingsIn(answer.text)).toHaveLength(1);
    expect(inlineIn(answer.text)).toEqual([]);
  });

  test('that is an asset may be kept for ever', async () => {
    for (const [path, type] of [
      [await loadedBy('link', 'href'), 'text/css; charset=utf-8'],
      [await loadedBy('script', 'src'), 'text/javascript; charset=utf-8'],
    ] as const) {
      const { status, headers, text } = await service.ask(path);
      expect(status).toBe(200);
      expect(headers['content-type']).toBe(type);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(headers['content-security-policy']).toBe(POLICY);
      expect(Buffer.byteLength(text)).toBe(Number(headers['content-length']));
    }
  });

  test('to HEAD is the same without the page', async () => {
    const path = `/account/login?flow=${FLOW}`;
    const [full, head] = [await service.ask(path), await service.ask(path, { method: 'HEAD' })];
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers['content-length']).toBe(full.headers['content-length']);
  });

  test('to a wrong method says which is right', async () => {
    expect((await service.ask('/account/login', { method: 'PUT' })).headers.allow).toBe('GET, HEAD');
    expect((await service.ask('/account/logout')).headers.allow).toBe('POST');
    expect((await service.ask('/account/consent', { method: 'PUT' })).headers.allow).toBe('GET, HEAD, POST');
  });
});

describe('the language', () => {
  const languageOf = async (headers: Readonly<Record<string, string>>): Promise<unknown> => {
    const answer = await service.ask('/account/nothing', { headers });
    const html = tagsIn(answer.text).find(({ name }) => name === 'html');
    expect(answer.headers['content-language']).toBe(html?.attributes.lang);
    expect(answer.headers.vary).toBe('accept-language, cookie');
    return html?.attributes.lang;
  };

  test('is the one that was chosen, else the one that is asked for, else that of the site', async () => {
    expect(await languageOf({})).toBe('en');
    expect(await languageOf({ 'accept-language': 'de-AT,de;q=0.9' })).toBe('de');
    expect(await languageOf({ 'accept-language': 'de', cookie: 'x=1; account_language=en' })).toBe('en');
    expect(await languageOf({ cookie: 'account_language=<script>' })).toBe('en');
  });

  test('is kept by a cookie, and the browser goes back to its page', async () => {
    const back = '/account/login?flow=1&a=b';
    const answer = await service.ask(
      `/account/language?${new URLSearchParams({ to: 'de', back }).toString()}`,
    );
    expect([answer.status, answer.location]).toEqual([303, back]);
    expect(answer.cookies).toEqual([
      'account_language=de; Path=/account; Max-Age=31536000; HttpOnly; SameSite=Lax',
    ]);
  });

  test.each([
    'https://evil.example/account/',
    '//evil.example/account/',
    '/\\evil.example',
    '/account/../../evil',
    '/hello',
    'javascript:alert(1)',
    '/account/\r\nset-cookie: a=b',
  ])('never leads to %j', async (back) => {
    const answer = await service.ask(
      `/account/language?${new URLSearchParams({ to: 'de', back }).toString()}`,
    );
    expect(answer.status).toBe(303);
    expect(answer.location).toMatch(/^\/account\//);
    expect(answer.cookies).toHaveLength(1);
  });

  test('that nobody has is not kept', async () => {
    expect((await service.ask('/account/language?to=fr')).cookies).toEqual([]);
  });

  test('links on a page lead back to it, whatever its address holds', async () => {
    const path = '/account/nothing?"><script>alert(1)</script>&x=1'.replaceAll(' ', '%20');
    const { text } = await service.ask(path);
    const links = tagsIn(text).filter(({ attributes }) => attributes.hreflang !== undefined);
    expect(links.map(({ attributes }) => attributes.hreflang)).toEqual(['en', 'de']);
    for (const { attributes } of links) {
      const { pathname, searchParams } = new URL(present(attributes.href), ORIGIN);
      expect([pathname, searchParams.get('back')]).toEqual(['/account/language', path]);
    }
    expect(inlineIn(text)).toEqual([]);
  });
});

describe('a cookie of ours', () => {
  test('is for encrypted connections alone where all of them are', async () => {
    const own = await new Running('http://127.0.0.1:1', { ...SITE, origins: ['https://a.example'] }).start();
    const { cookies } = await own.ask('/account/language?to=de');
    await own.stop();
    expect(cookies[0]).toMatch(/; Secure$/);
  });
});

describe('health', () => {
  test('it is ready and lives until told to leave, then answers and keeps no connection', async () => {
    expect((await service.ask('/health/ready')).text).toBe('{"status":"ready"}');
    service.leave();
    const after = await service.ask('/health/ready');
    expect([after.status, after.text, after.headers.connection]).toEqual([
      503,
      '{"status":"stopping"}',
      'close',
    ]);
    expect((await service.ask('/health/live')).status).toBe(200);
    expect((await service.ask(`/account/login?flow=${FLOW}`)).status).toBe(200);
  });

  test('does not depend on Kratos', async () => {
    await service.ask('/health/live');
    await service.ask('/health/ready');
    expect(standIn.asked).toEqual([]);
  });
});

test('a flow that leads elsewhere than to Kratos is a mistake of ours, and a page says so', async () => {
  const body = flow('login', loginNodes());
  const ui = { ...(body.ui as object), action: 'https://evil.example/' };
  standIn.has('login', FLOW, good({ ...body, ui }));
  const answer = await service.ask(`/account/login?flow=${FLOW}`);
  expect([answer.status, headingsIn(answer.text)]).toEqual([500, ['Something went wrong on our side']]);
  expect(answer.text).not.toContain('evil');
  expect(service.failures).toEqual(['Error']);
});

test('a browser that goes away in the middle of a form does not end the service', async () => {
  const arrived = service.asked();
  const socket = connect(service.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `POST /account/sessions/end HTTP/1.1\r\nhost: x\r\norigin: ${ORIGIN}\r\ncontent-length: 100\r\n\r\nid=`,
  );
  await arrived;
  socket.destroy();
  await once(socket, 'close');
  expect((await service.ask('/health/live')).status).toBe(200);
});
