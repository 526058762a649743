import { describe, expect, test } from 'vitest';
import {
  FLOW,
  codeNodes,
  credentialNodes,
  csrf,
  good,
  message,
  missingTraitNodes,
  registrationNodes,
  session,
  type Node,
} from '../flow-objects.js';
import { CSRF } from '../kratos-stand-in.js';
import { headingsIn, ORIGIN, tagsIn, textIn } from '../pages.js';
import { linksIn, namesIn, onStage } from '../stage.js';

const HELLO = `${ORIGIN}/hello?a=1`;
const stage = onStage();

describe('the pages with one way at a time', () => {
  test('registration: the first step, the second, and what a provider did not tell', async () => {
    const first = await stage().shown('registration', registrationNodes());
    expect(headingsIn(first.text)).toEqual(['Create an account']);
    // A box that isn't ticked is sent as false, a ticked one as true after it.
    expect(namesIn(first.text)).toEqual([
      'csrf_token',
      'traits.email',
      'traits.news',
      'traits.news',
      'method',
    ]);
    const second = await stage().shown('registration', credentialNodes());
    expect(namesIn(second.text).filter((name) => name === 'password' || name === 'screen')).toEqual([
      'password',
      'screen',
    ]);
    const third = await stage().shown('registration', missingTraitNodes('ada@example.com'));
    expect(textIn(third.text)).toContain('a little more than the provider told us');
    expect(linksIn(third.text)).toEqual(['/account/login']);
    expect(third.text).toContain('value="ada@example.com"');
  });

  test('registration tells who is signed in', async () => {
    stage().standIn.whoami(good(session()));
    stage().standIn.has('registration', FLOW, CSRF);
    expect(headingsIn((await stage().open('registration')).text)).toEqual(['You are signed in already']);
  });

  test('what is wrong stands at the field, and in a list that leads there', async () => {
    const { text } = await stage().shown('registration', credentialNodes());
    const field = tagsIn(text).find(({ attributes }) => attributes.type === 'password');
    expect(field?.attributes).toMatchObject({ 'aria-invalid': 'true' });
    const note = tagsIn(text).find(
      ({ attributes }) => attributes.id === field?.attributes['aria-describedby'],
    );
    expect(note?.text).toMatch(/8/);
    expect(linksIn(text)).toContain(`#${field?.attributes.id ?? ''}`);
    expect(tagsIn(text).some(({ attributes }) => attributes.role === 'alert')).toBe(true);
  });

  test('recovery and verification: asking for the mail, and for its code', async () => {
    for (const kind of ['recovery', 'verification']) {
      const sent = await stage().shown(kind, codeNodes(), {
        state: 'sent_email',
        messages: [message(1060003, 'An email has been sent.')],
      });
      expect(namesIn(sent.text)).toEqual([
        'csrf_token',
        'method',
        'code',
        'method',
        'csrf_token',
        'method',
        'email',
      ]);
      expect(tagsIn(sent.text).some(({ attributes }) => attributes.role === 'status')).toBe(true);
      expect(
        tagsIn(sent.text).find(({ attributes }) => attributes.name === 'code')?.attributes,
      ).toMatchObject({ autocomplete: 'one-time-code', inputmode: 'numeric', maxlength: '6' });
    }
  });

  test('verification leads on to where Kratos says, if that is ours', async () => {
    const continueTo = (href: string): Node => ({
      type: 'a',
      group: 'code',
      attributes: { href, id: 'continue', title: message(1070009, 'Continue'), node_type: 'a' },
      messages: [],
      meta: {},
    });
    // Its action isn't one of Kratos any more, and nothing is left to send.
    const nodes = [csrf(), continueTo(HELLO)];
    const passed = await stage().shown('verification', nodes, {
      state: 'passed_challenge',
      ui: { action: HELLO, method: 'GET', nodes, messages: [message(1080002, 'You did it.')] },
    });
    expect(passed.status).toBe(200);
    expect(linksIn(passed.text)[0]).toBe('/hello?a=1');
    expect(tagsIn(passed.text).some(({ name }) => name === 'form')).toBe(false);
    for (const href of ['https://evil.example/', 'javascript:alert(1)']) {
      const { text } = await stage().shown('verification', [continueTo(href)]);
      expect(linksIn(text)).toEqual(['/account/settings']);
      expect(textIn(text)).toContain('Continue');
    }
  });
});
