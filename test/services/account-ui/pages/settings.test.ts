import { describe, expect, test } from 'vitest';
import { FLOW, OTHER_SESSION, good, session, settingsNodes } from '../flow-objects.js';
import { tagsIn, textIn } from '../pages.js';
import { onStage } from '../stage.js';

const stage = onStage();

describe('the settings page', () => {
  test('has every section, the sessions, and ways to end them', async () => {
    stage().standIn.whoami(good(session()));
    const agent = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1';
    const other = session({ id: OTHER_SESSION, devices: [{ id: 'd', user_agent: agent }] });
    stage().standIn.knows('GET /sessions?per_page=250', good([other]));
    const { text } = await stage().shown('settings', settingsNodes());
    expect(tagsIn(text).flatMap(({ name, attributes }) => (name === 'h2' ? [attributes.id] : []))).toEqual([
      'section-profile',
      'section-totp',
      'section-lookup_secret',
      'section-webauthn',
      'section-oidc',
      'section-sessions',
    ]);
    const seen = textIn(text);
    expect(seen).toContain('This browser : Firefox on Linux, since Jan 2, 2030, 3:04 AM UTC');
    expect(seen).toContain('Safari on iOS');
    expect(seen).toContain('O3MGQVPQ');
    expect(seen).toContain('e1zssqgg');
    const forms = tagsIn(text).flatMap(({ name, attributes }) =>
      name === 'form' ? [attributes.action] : [],
    );
    expect(forms.slice(-3)).toEqual([
      '/account/sessions/end',
      '/account/sessions/end-others',
      '/account/logout',
    ]);
    expect(text).toContain(`name="id" value="${OTHER_SESSION}"`);
    expect(text).not.toContain(`name="id" value="${session().id as string}"`);
    expect(text).toContain('src="data:image/png;base64,');
  });

  test('of who is signed in nowhere else offers nothing to end', async () => {
    stage().standIn.whoami(good(session()));
    const { text } = await stage().shown('settings', settingsNodes());
    expect(text).not.toContain('/account/sessions/');
    expect(textIn(text)).not.toContain('What you ended is signed out');
    const ended = await stage().service.ask(`/account/settings?flow=${FLOW}&ended=1`);
    expect(textIn(ended.text)).toContain('What you ended is signed out');
  });
});
