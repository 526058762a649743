import { describe, expect, test } from 'vitest';
import { sealedJson, SealedText } from '../../../constructs/identity/sealed-json.js';
import { composed, Sealed } from '../../../constructs/secrets/sealed.js';
import { expressionOf } from '../../helper/sealed.js';

const secret = composed('secret#0', ['s3cret']);
const other = composed('other#0', ['s3cret']);

describe('a file with secrets in it', () => {
  test('is JSON on one line, in the order of its members', () => {
    const file = sealedJson('file', {
      b: [1, true, 'a"b'],
      a: new SealedText(['x://"', secret, '@host']),
      empty: {},
      none: [],
    });
    expect(expressionOf(file)).toBe('{"b":[1,true,"a\\"b"],"a":"x://\\"s3cret@host","empty":{},"none":[]}');
  });

  test('escapes what Terraform would read', () => {
    expect(expressionOf(sealedJson('file', { a: '${var.x} %{if}' }))).toBe('{"a":"$${var.x} %%{if}"}');
  });

  test('is another file when a plain value, a secret or a generation changed, and no other time', () => {
    const made = (plain: string, sealed: Sealed): Sealed => sealedJson('file', { plain, sealed });
    const first = made('a', secret);
    expect(made('a', secret).label).toBe(first.label);
    expect([made('b', secret).label, made('a', other).label]).not.toContain(first.label);
    expect(first.label).toMatch(/^file-[0-9a-f]{8}$/);
    expect(sealedJson('file', { a: Sealed.of('s#0', 4, 'x'), b: Sealed.of('t#0', 3, 'y') }).generation).toBe(
      7,
    );
  });
});
