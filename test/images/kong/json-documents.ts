/** Generators of JSON texts, well-formed and mutated, for the tests of the cjson stand-in. */
import fc from 'fast-check';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const space: fc.Arbitrary<string> = fc.constantFrom('', '', '', ' ', '\n', '\t', '\r\n ');

const escape: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t', '/', '\u007f'),
  fc.constantFrom('\\u0000', '\\u001F', '\\u007f', '\\u00e9', '\\u20AC', '\\uFFFF', '\\uD7FF', '\\uE000'),
  // Surrogate pairs, at both ends of their range.
  fc.constantFrom('\\ud800\\udc00', '\\uDBFF\\uDFFF', '\\uD83D\\ude00'),
);

const rawText: fc.Arbitrary<string> = fc
  .string({ unit: 'binary', maxLength: 6 })
  .map((text) => JSON.stringify(text).slice(1, -1));

const stringText: fc.Arbitrary<string> = fc
  .array(fc.oneof(escape, rawText), { maxLength: 5 })
  .map((parts) => `"${parts.join('')}"`);

const numberText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('0', '-0', '0.0', '-0.0e1', '1e308', '-1e308', '1.7976931348623157e308', '5e-324'),
  fc.constantFrom('9007199254740991', '9007199254740992', '-9007199254740993', '1E+2', '1e-7', '1e21'),
  fc.constantFrom('2.2250738585072014e-308', '0.1', '123456789012345678901234567890', '1e-400'),
  fc.integer().map(String),
  fc.maxSafeInteger().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
);

/** Well-formed JSON texts in all the spellings the grammar allows. */
export const documentText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => {
  const item = fc.tuple(space, tie('value'), space).map((parts) => parts.join(''));
  const member = fc
    .tuple(space, stringText, space, item)
    .map(([before, key, after, value]) => `${before}${key}${after}:${value}`);
  return {
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(fc.constantFrom('null', 'true', 'false', '[]', '{}', '[ ]', '{\n}'), stringText, numberText),
      fc.array(item, { maxLength: 6 }).map((items) => `[${items.join(',')}]`),
      fc.array(member, { maxLength: 6 }).map((members) => `{${members.join(',')}}`),
    ),
  };
}).value;

const splice: fc.Arbitrary<string> = fc.constantFrom(
  ...['', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '1', '-', '+', '.', 'e', 'E', 'x', 'n', 't', 'f'],
  ...[' ', '\n', '\u000b', '\u00a0', '\u0000', '\u001f', '\ufeff', "'", '/', '//', 'NaN', 'Infinity'],
  ...['0x10', 'null', 'true', '\\u12', '\\ud800', '\\udc00', '\\x41', 'é', '😀'],
);

/** Texts that are one edit away from a well-formed one; many are still well-formed. */
export const mutatedText: fc.Arbitrary<string> = fc
  .tuple(documentText, fc.nat(), fc.nat(2), splice)
  .map(([text, seed, removed, inserted]) => {
    // By code point: half a surrogate pair could not be sent as UTF-8.
    const points = Array.from(text);
    points.splice(seed % (points.length + 1), removed, inserted);
    return points.join('');
  });

/** What `JSON.parse` makes of a text, `undefined` where it refuses. */
export function nodeParse(text: string): { readonly value: Json } | undefined {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return undefined;
  }
}

/** Calls `visit` with every string (keys too) and number of a document. */
export function walk(value: Json, visit: (leaf: string | number) => void): void {
  if (typeof value === 'string' || typeof value === 'number') {
    visit(value);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      visit(key);
      walk(item, visit);
    }
  }
}

/** A number as it is after being written with so many significant digits. */
export function rounded(value: number, digits: number): number {
  // toPrecision forgets the sign of -0.
  return value === 0 ? value : Number(value.toPrecision(digits));
}

/** The document with every number rounded. */
export function withPrecision(value: Json, digits: number): Json {
  if (typeof value === 'number') {
    return rounded(value, digits);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return (value as readonly Json[]).map((item) => withPrecision(item, digits));
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withPrecision(item, digits)]));
}
