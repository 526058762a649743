import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MASK, Mask } from '../../../cli/deck/mask.js';

const PEM = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9
q9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==
-----END PUBLIC KEY-----
`;

/** What a mask of some values leaves of a text. */
function masked(text: string, ...values: string[]): string {
  return new Mask(values).text(text);
}

describe('forms of one value', () => {
  test.each([
    ['as it is', 'hunter2-secret', 'the key hunter2-secret is taken', `the key ${MASK} is taken`],
    ['ending in a non-word character', 'c2VjcmV0c2VjcmV0==', '(c2VjcmV0c2VjcmV0==)', `(${MASK})`],
    ['without its padding', 'c2VjcmV0c2VjcmV0==', 'c2VjcmV0c2VjcmV0', MASK],
    ['trimmed', '  padded-secret\n', '"padded-secret"', `"${MASK}"`],
    ['escaped for JSON', 'a"b\\c\nd', '{"k":"a\\"b\\\\c\\nd"}', `{"k":"${MASK}"}`],
    ['escaped for JSON twice', 'a"b', 'a\\\\\\"b', MASK],
    ["escaped by Go's JSON", 'a<b>&c', 'a\\u003cb\\u003e\\u0026c', MASK],
    ["escaped by Go's JSON and then JSON", 'a<b>', 'a\\\\u003cb\\\\u003e', MASK],
    ['quoted by Go', 'bell\u0007\u0085\u00a0end', 'bell\\a\\u0085\\u00a0end', MASK],
    ['quoted by Go, in hexadecimal', 'one\u0001two\u007f', 'one\\x01two\\x7f', MASK],
    ['as JSON in ASCII', 'schlüssel', 'schl\\u00fcssel', MASK],
    ['in single quotes of YAML', "it's", "'it''s'", `'${MASK}'`],
    ['in double quotes of YAML', 'a\u001bb\u0085c', '"a\\eb\\Nc"', `"${MASK}"`],
    ['with escaped slashes', 'a/b', 'a\\/b', MASK],
    ['URL-encoded', 'a b/c=d&e', 'x?k=a%20b%2Fc%3Dd%26e', `x?k=${MASK}`],
    ['URL-encoded in small letters', 'a b/c=d&e', 'a%20b%2fc%3dd%26e', MASK],
    ['as a form', 'a b/c=d&e', 'a+b%2Fc%3Dd%26e', MASK],
    ['in a path of Go', 'a b/c=d&e', 'a%20b%2Fc=d&e', MASK],
    ['in base64', 'open sesame', 'b3BlbiBzZXNhbWU=', MASK],
    [
      'in base64 for URLs',
      '\u00ff\u00fe\u00fdxyz???',
      Buffer.from('\u00ff\u00fe\u00fdxyz???').toString('base64url'),
      MASK,
    ],
    ['in hexadecimal', 'open', '6f70656E'.toLowerCase(), MASK],
  ])('%s', (_, value, text, expected) => {
    expect(masked(text, value)).toBe(expected);
  });

  test('base64 of a text that holds the value leaves nothing to decode', () => {
    for (const user of ['', 'a', 'ab', 'abc']) {
      const shown = masked(Buffer.from(`${user}:open sesame!`).toString('base64'), 'open sesame');
      expect(Buffer.from(shown.replaceAll(MASK, ''), 'base64').toString('latin1')).not.toMatch(/pen|sesam/);
    }
  });

  test('each long line of a value by itself, however it is indented', () => {
    const indented = PEM.split('\n')
      .map((line) => `      ${line}`)
      .join('\n');
    expect(masked(indented, PEM).replace(/\s+/g, ' ').trim()).toBe([MASK, MASK, MASK, MASK].join(' '));
    expect(masked('short and a', 'a\nshort\nlong enough')).toBe('short and a');
  });

  test('short values too, but of these no encoded forms', () => {
    expect(masked('a YQ== 61', 'a')).toBe(`${MASK} YQ== 61`);
  });
});

describe('several values', () => {
  test('of two that overlap none leaves a rest', () => {
    expect(masked('<abcdefghijkl>', 'abcdefgh', 'efghijkl')).toBe(`<${MASK}>`);
    expect(masked('<aXaXa>', 'aXa')).toBe(`<${MASK}>`);
  });

  test('the longest wins where one begins with another', () => {
    expect(masked('secret-key-2', 'secret-key', 'secret-key-2')).toBe(MASK);
  });

  test('those that stand side by side become one, so that their number is not told', () => {
    expect(masked('onetwo one', 'one', 'two')).toBe(`${MASK} ${MASK}`);
  });

  test('none, and empty ones, leave a text alone', () => {
    expect(masked('as it was', '')).toBe('as it was');
    expect(new Mask([]).with(['was']).text('as it was')).toBe(`as it ${MASK}`);
  });
});

/** Values long enough not to be part of every text. */
const value = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 24 }),
    fc.string({ unit: 'binary', minLength: 4, maxLength: 24 }),
    fc.uint8Array({ minLength: 8, maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    fc
      .array(fc.string({ minLength: 8, maxLength: 20 }), { minLength: 2, maxLength: 4 })
      .map((lines) => lines.join('\n')),
  )
  .filter((text) => text.trim().length > 3);

const forms: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => JSON.stringify(text),
  (text) => JSON.stringify(JSON.stringify(text)),
  (text) => encodeURIComponent(Buffer.from(text).toString('utf8')),
  (text) => `'${text.replaceAll("'", "''")}'`,
  (text) => Buffer.from(text).toString('base64'),
  (text) => `<p>${text.trim()}</p>`,
  (text) => text.split('\n').join('\n      '),
];

describe('whatever the values', () => {
  test('no text keeps one of them', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 5 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(), fc.string({ maxLength: 10 })), { maxLength: 12 }),
        (values, parts) => {
          const text = parts
            .map(
              ([v, f, filler]) =>
                `${filler} ${(forms[f % forms.length] ?? String)(values[v % values.length] ?? '')}`,
            )
            .join('\n');
          const left = new Mask(values).text(text).split(MASK);
          for (const one of values)
            for (const part of [one, ...one.split('\n').filter((line) => line.trim().length >= 8)])
              for (const form of [part, JSON.stringify(part).slice(1, -1), part.trim()])
                expect(left.some((rest) => rest.includes(form))).toBe(false);
        },
      ),
    );
  });

  test('exactly what they cover is taken out', () => {
    const letters = fc.string({ unit: fc.constantFrom('x', 'y', 'z'), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(letters, { maxLength: 4 }),
        fc.string({ unit: fc.constantFrom('x', 'y', 'z', ' '), maxLength: 40 }),
        (values, text) => {
          const covered = Array.from(text, (_, at) =>
            values.some((one) =>
              Array.from(one, (__, back) => at - back).some(
                (begin) => begin >= 0 && text.startsWith(one, begin),
              ),
            ),
          );
          const expected = Array.from(text, (character, at) =>
            covered[at] !== true ? character : covered[at - 1] === true ? '' : MASK,
          ).join('');
          expect(new Mask(values).text(text)).toBe(expected);
        },
      ),
    );
  });
});
