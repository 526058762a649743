import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DeckError } from '../../../cli/deck/errors.js';
import { MASK } from '../../../cli/deck/mask.js';
import { maskOf, maskOfText, prepareState, requireTags, type DeckState } from '../../../cli/deck/state.js';
import { thrown } from '../../helper/failure.js';

function state(text: string, secrets: Readonly<Record<string, string>> = {}): DeckState {
  return { text, secrets: new Map(Object.entries(secrets)) };
}

/** What decK would read. */
function read(given: DeckState): unknown {
  return JSON.parse(prepareState(given).input);
}

function refusal(work: () => unknown): string {
  const error = thrown(work);
  if (!(error instanceof DeckError)) throw error;
  expect(error.failure).toBe('refused');
  return [error.message, ...error.detail, error.remedy].filter((line) => line !== '').join(' | ');
}

const KEY = { DECK_ENV_K: 'the-value' };

describe('placeholders', () => {
  test.each([
    ['in single quotes, as our own states have them', `k: '\${{ env "DECK_ENV_K" }}'`, 'the-value'],
    ['without quotes', 'k: ${{ env "DECK_ENV_K" }}', 'the-value'],
    ['in JSON', '{"k": "${{env \\"DECK_ENV_K\\"}}"}', 'the-value'],
    [
      'within other text, more than once',
      `k: 'a \${{ env "DECK_ENV_K" }} \${{ env "DECK_ENV_K" }}'`,
      'a the-value the-value',
    ],
    ['in a block', 'k: |-\n  x\n  ${{ env "DECK_ENV_K" }}', 'x\nthe-value'],
  ])('%s', (_, text, expected) => {
    expect(read(state(text, KEY))).toEqual({ k: expected });
  });

  test('a value stays text whatever it looks like, unless it is converted', () => {
    const given = (conversion: string, value: string): unknown =>
      (read(state(`k: '\${{ env "DECK_ENV_K"${conversion} }}'`, { DECK_ENV_K: value })) as { k: unknown }).k;
    expect([given('', '7'), given('', 'true'), given('', 'null')]).toEqual(['7', 'true', 'null']);
    expect([given(' | toInt', '7'), given(' | toFloat', '0.5'), given(' | toBool', 'false')]).toEqual([
      7,
      0.5,
      false,
    ]);
  });

  test('in a value that was put in are not looked for again', () => {
    const values = { DECK_ENV_K: '${{ env "DECK_ENV_L" }}', DECK_ENV_L: 'other' };
    expect(read(state(`k: '\${{ env "DECK_ENV_K" }}'`, values))).toEqual({ k: '${{ env "DECK_ENV_L" }}' });
  });

  test('what YAML 1.1 would take for a switch stays text', () => {
    expect(prepareState(state('username: no\nother: [on, y]')).input).toBe(
      '{"username":"no","other":["on","y"]}\n',
    );
  });

  test('merge keys and aliases are followed', () => {
    expect(read(state('a: &a { x: 1 }\nb: { <<: *a, y: 2 }'))).toEqual({ a: { x: 1 }, b: { x: 1, y: 2 } });
  });
});

describe('what decK is given', () => {
  test('any value comes through, and nothing in it looks like a template', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.string({ minLength: 1 }),
        (value, prefix) => {
          const text = JSON.stringify({ plain: prefix.replaceAll('${{', ''), k: '${{ env "DECK_ENV_K" }}' });
          const { input } = prepareState(state(text, { DECK_ENV_K: `${value}\${{ x }}` }));
          const expected = { plain: prefix.replaceAll('${{', ''), k: `${value}\${{ x }}` };
          expect(JSON.parse(input)).toEqual(expected);
          expect(parse(input)).toEqual(expected);
          expect(input).not.toContain('${{');
          expect(input.trimEnd()).not.toMatch(/[\n\u007f-\ud7ff\ue000-\uffff]/);
        },
      ),
    );
  });

  test('its tags and its mask come with it, literals in secret places included', () => {
    const { tags, mask } = prepareState(
      state(
        '_info: { select_tags: [a, b] }\nconsumers: [{ keyauth_credentials: [{ key: literal-key }] }]',
        KEY,
      ),
    );
    expect(tags).toEqual(['a', 'b']);
    expect(mask.text('literal-key the-value')).toBe(`${MASK} ${MASK}`);
    expect(
      maskOfText(state('plugins: [{ config: { key: literal-key } }]', KEY)).text('literal-key the-value'),
    ).toBe(`${MASK} ${MASK}`);
  });
});

describe('refusals', () => {
  test.each([
    [
      'DECK_HEADERS',
      'x',
      '\'secrets.DECK_HEADERS\' must have a name that begins with DECK_ENV_, in capitals, digits and underscores, got "DECK_HEADERS" | rename it: decK takes any other DECK_ variable for one of its own flags',
    ],
    ['DECK_TIMEOUT', 'x', "'secrets.DECK_TIMEOUT' must have a name"],
    ['KEY', 'x', "'secrets.KEY' must have a name"],
    ['DECK_ENV_', 'x', "'secrets.DECK_ENV_' must have a name"],
    ['DECK_ENV_K', '', "'secrets.DECK_ENV_K' must have a value, got an empty one | set it"],
    [
      'DECK_ENV_K',
      'half \ud800',
      "'secrets.DECK_ENV_K' must be text in Unicode, got half a surrogate pair | encode bytes, for example in base64",
    ],
  ])('fails when a secret is %s=%j', (name, value, message) => {
    expect(refusal(() => maskOf(new Map([[name, value]])))).toContain(message);
  });

  test.each([
    ['k: [', "'state' must be YAML or JSON, got text that can't be parsed | line 1, column 5: "],
    ['just text', "'state' must be a map, got something else"],
    [
      '? ${{ env "DECK_ENV_K" }}\n: 1',
      "'state' must have plain text for every name, got another one at line 1, column 3",
    ],
    [
      `a: [{ b: '\${{ env "DECK_ENV_Z" }}' }]`,
      '\'a[0].b\' must name secrets that are given, got "DECK_ENV_Z"',
    ],
    [`a: '\${{ env "DECK_TIMEOUT" }}'`, '\'a\' must name secrets that are given, got "DECK_TIMEOUT"'],
    [
      `a: '\${{ env "DECK_ENV_K" | toInt }}'`,
      "'a' must stand alone and convert with toInt, toFloat or toBool a value that is one, got `toInt`",
    ],
    [`a: '\${{ env "DECK_ENV_K" | indent }}'`, 'got `indent`'],
    [`a: '\${{ if true }}'`, '\'a\' must hold no template but `${{ env "DECK_ENV_…" }}`, got another'],
    [
      'consumers: [{ basicauth_credentials: [{ username: a }] }]',
      "'consumers.0.basicauth_credentials' must be absent, got basic-auth credentials | use keyauth_credentials: Kong keeps hashes, so decK never sees that a password changed",
    ],
    ['basicauth_credentials: [{ username: a }]', "'basicauth_credentials' must be absent"],
    ['_konnect: {}', "'_konnect' must be absent"],
  ])('fails when a state is %j', (text, message) => {
    expect(refusal(() => prepareState(state(text, KEY)))).toContain(message);
  });

  test('fails when no tags are given where they decide what is deleted', () => {
    for (const text of [
      '_info: {}',
      '_info: { select_tags: [] }',
      '_info: { select_tags: [""] }',
      'services: []',
    ])
      expect(refusal(() => requireTags(prepareState(state(text))))).toBe(
        "'_info.select_tags' must name at least one tag, got none | add one of your own: without it decK deletes everything in Kong that the state does not list",
      );
    requireTags(prepareState(state('_info: { select_tags: [a] }')));
  });

  test('no refusal shows a value', () => {
    const secret = 'quite-a-secret';
    expect(
      refusal(() => prepareState(state(`a: '\${{ env "DECK_ENV_K" | toInt }}'`, { DECK_ENV_K: secret }))),
    ).not.toContain(secret);
    expect(
      refusal(() => prepareState(state(`${secret}: 1\n${secret}: 2`, { DECK_ENV_K: secret }))),
    ).not.toContain(secret);
  });
});
