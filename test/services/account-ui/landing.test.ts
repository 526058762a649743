import { afterEach, expect, test } from 'vitest';
import type { Site } from '../../../services/account-ui/src/site.js';
import { headingsIn, inlineIn, Running, SITE, textIn } from './pages.js';
import { linksIn } from './stage.js';

const LANDING = {
  environment: 'dev',
  services: [{ name: 'hello', path: '/hello' }],
  people: [{ address: 'demo@example.com', command: 'npx portcullis secret get user-demo' }],
  mail: '/mail',
  docs: 'docs/tutorial.md',
};
let service: Running | undefined;
afterEach(() => service?.stop());

/** The start page of a site; no Kratos is there. */
async function start(site: Site, path = '/account/'): ReturnType<Running['ask']> {
  service = await new Running('http://127.0.0.1:1', site).start();
  return service.ask(path);
}

test.each(['/account', '/account/'])(
  'in development %s says what runs, who is there and where to go, also without Kratos',
  async (path) => {
    const { status, text } = await start({ ...SITE, landing: LANDING }, path);
    expect([status, headingsIn(text)]).toEqual([200, ['Environment dev']]);
    expect(linksIn(text)).toEqual([
      '/account/login',
      '/account/registration',
      '/account/settings',
      '/mail',
      '/hello',
    ]);
    for (const part of ['demo@example.com', 'npx portcullis secret get user-demo', 'docs/tutorial.md'])
      expect(textIn(text)).toContain(part);
    expect(inlineIn(text)).toEqual([]);
  },
);

test('what is not there is not spoken of', async () => {
  const { environment, docs } = LANDING;
  const landing = { environment, docs, services: [], people: [] };
  const { text } = await start({ ...SITE, registration: false, landing });
  expect(linksIn(text)).toEqual(['/account/login', '/account/settings']);
  expect(textIn(text)).not.toMatch(/What runs|Demo identities/);
});

test('elsewhere it leads to the settings', async () => {
  const { status, location } = await start(SITE);
  expect([status, location]).toEqual([303, '/account/settings']);
});
