import { describe, expect, test } from 'vitest';
import {
  codeNodes,
  credentialNodes,
  good,
  loginNodes,
  message,
  missingTraitNodes,
  registrationNodes,
  session,
  settingsNodes,
  type Node,
  csrf,
  input,
  script,
  submit,
  title,
} from './flow-objects.js';
import { inlineIn, ORIGIN, tagsIn, textIn } from './pages.js';
import { onStage } from './stage.js';

const stage = onStage();

describe('markup that somebody has typed', () => {
  const MARKUP = `"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;`;
  const texts = [message(4000001, MARKUP, 'error', { reason: MARKUP }), message(99, MARKUP)];
  test.each<[what: string, kind: string, nodes: readonly Node[], change: Readonly<Record<string, unknown>>]>([
    ['login', 'login', loginNodes(MARKUP), { messages: texts, return_to: `${ORIGIN}/${MARKUP}` }],
    ['registration', 'registration', registrationNodes(MARKUP), { messages: texts }],
    ['its second step', 'registration', credentialNodes(MARKUP), {}],
    ['what a provider told', 'registration', missingTraitNodes(MARKUP), {}],
    ['recovery', 'recovery', codeNodes(), { messages: texts }],
    ['settings', 'settings', settingsNodes(MARKUP), { messages: texts }],
  ])('is text: %s', async (_what, kind, nodes, change) => {
    if (kind === 'settings')
      stage().standIn.whoami(good(session({ devices: [{ id: 'd', user_agent: MARKUP }] })));
    const { text } = await stage().shown(kind, nodes, change);
    expect(inlineIn(text)).toEqual([]);
    const tags = tagsIn(text);
    expect(tags.filter(({ attributes }) => attributes.src === 'x' || 'onerror' in attributes)).toEqual([]);
    const places = tags.flatMap(({ attributes, text: inside }) => [attributes.value, inside]);
    expect(places.some((place) => place?.includes(MARKUP) === true)).toBe(true);
  });
});

describe('a node', () => {
  test.each<[type: string, drawn: string]>([
    ['text', 'text'],
    ['email', 'email'],
    ['tel', 'tel'],
    ['number', 'number'],
    ['date', 'date'],
    ['datetime-local', 'datetime-local'],
    ['url', 'url'],
    ['password', 'password'],
    ['hologram', 'text'],
  ])('of type %s is a field of type %s', async (type, drawn) => {
    const field = input('default', { name: 'traits.it', type, value: 'v', pattern: '[a-z]+' }, title('It'));
    const { text } = await stage().shown('registration', [csrf(), field]);
    const found = tagsIn(text).find(({ attributes }) => attributes.name === 'traits.it');
    expect(found?.attributes).toMatchObject({ type: drawn, pattern: '[a-z]+' });
    expect(found?.attributes.value).toBe(type === 'password' ? undefined : 'v');
    expect(textIn(text)).toContain('It');
  });

  test('with choices is a list of them', async () => {
    const options = [{ value: 'a' }, { value: '<b>' }];
    const field = input('default', { name: 'traits.it', type: 'text', value: '<b>', options });
    const { text } = await stage().shown('registration', [csrf(), field]);
    const found = tagsIn(text).filter(({ name }) => name === 'option');
    expect(
      found.map(({ attributes, text: inside }) => [attributes.value, 'selected' in attributes, inside]),
    ).toEqual([
      ['a', false, 'a'],
      ['<b>', true, '<b>'],
    ]);
  });

  test('of a group that nobody knows is there, and one of a kind that nobody knows says what it is called', async () => {
    const strange: Node = {
      type: 'hologram',
      group: 'retina',
      attributes: { node_type: 'hologram', id: 'h' },
      messages: [],
      meta: { label: message(1, 'Look into the <camera>') },
    };
    const { text, status } = await stage().shown('login', [
      csrf(),
      strange,
      submit('retina', 'method', 'retina', message(2, 'Scan')),
    ]);
    expect(status).toBe(200);
    expect(textIn(text)).toContain('Look into the <camera>');
    expect(tagsIn(text).find(({ attributes }) => attributes.value === 'retina')?.text).toBe('Scan');
  });

  test('with a picture or a script of somebody else loads neither', async () => {
    const picture: Node = {
      type: 'img',
      group: 'totp',
      attributes: { src: 'https://evil.example/a.png', id: 'i', width: 1, height: 1, node_type: 'img' },
      messages: [],
      meta: {},
    };
    const foreign: Node = {
      ...script(),
      attributes: { ...script().attributes, src: 'https://evil.example/a.js' },
    };
    const { text } = await stage().shown('login', [csrf(), picture, foreign]);
    expect(text).not.toContain('evil.example');
  });

  test('that is disabled stays so, and a box is not forced', async () => {
    const { text } = await stage().shown('registration', [
      csrf(),
      input('default', { name: 'traits.a', type: 'text', disabled: true, required: true }),
      input('default', { name: 'traits.b', type: 'checkbox', required: true, value: false }),
    ]);
    const [a, b] = ['traits.a', 'traits.b'].map(
      (name) =>
        tagsIn(text).find(({ attributes }) => attributes.name === name && attributes.type !== 'hidden')
          ?.attributes,
    );
    expect(a).toMatchObject({ disabled: '', required: '' });
    expect([Object.keys(b ?? {}).includes('required'), Object.keys(b ?? {}).includes('checked')]).toEqual([
      false,
      false,
    ]);
  });
});
