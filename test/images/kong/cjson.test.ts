import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { localImage } from '../../e2e/harness/images.js';
import { runLua, type Frame } from './docker.js';
import { documentText, mutatedText, nodeParse, rounded, walk, withPrecision } from './json-documents.js';

const SEED = 20_261_122;

let image: string;

const lua = (name: string): Promise<string> =>
  readFile(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');

/** Node accepts half a surrogate pair; like lua-cjson, the stand-in does not. */
function hasLoneSurrogate(text: string): boolean {
  return /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}

/** Why the frame is not the right answer to the text, `undefined` when it is. */
function complaint(text: string, frame: Frame): string | undefined {
  const parsed = nodeParse(text);
  const leaves: (string | number)[] = [];
  if (parsed !== undefined) walk(parsed.value, (leaf) => leaves.push(leaf));
  const representable = leaves.every((leaf) => typeof leaf === 'number' || !hasLoneSurrogate(leaf));
  const finite = leaves.every((leaf) => typeof leaf === 'string' || Number.isFinite(leaf));
  const expected = parsed === undefined || !representable ? 'r' : finite ? 'd' : 'u';
  if (frame.kind !== expected) {
    return `expected ${expected}, got ${frame.kind} ${frame.text}`;
  }
  if (frame.kind === 'd') {
    const again = nodeParse(frame.text);
    const wanted = withPrecision(parsed?.value ?? null, 16);
    // Strict about -0 and key sets.
    return again !== undefined && isDeepStrictEqual(again.value, wanted) ? undefined : `got ${frame.text}`;
  }
  return undefined;
}

async function complaints(texts: readonly string[]): Promise<readonly string[]> {
  const frames = await runLua(image, await lua('roundtrip'), texts);
  return texts.flatMap((text, index) => {
    const frame = frames[index];
    const reason = frame === undefined ? 'no answer' : complaint(text, frame);
    return reason === undefined ? [] : [`${JSON.stringify(text)}: ${reason}`];
  });
}

beforeAll(async () => {
  image = await localImage('kong');
});

describe('documents', () => {
  test('decoding and encoding again gives the document that node reads', async () => {
    const texts = fc.sample(documentText, { seed: SEED, numRuns: 3000 });
    expect(await complaints(texts)).toEqual([]);
  });

  test('what node refuses is refused and what it accepts is accepted', async () => {
    const texts = fc.sample(mutatedText, { seed: SEED, numRuns: 4000 });
    const refused = texts.filter((text) => nodeParse(text) === undefined).length;
    // Otherwise the mutations would test nothing.
    expect(refused).toBeGreaterThan(1000);
    expect(texts.length - refused).toBeGreaterThan(500);
    expect(await complaints(texts)).toEqual([]);
  });

  test('known malformed documents are refused', async () => {
    const texts = [
      ...[
        '',
        ' ',
        '[',
        '{',
        ']',
        '[1,]',
        '{"a":1,}',
        '{"a"}',
        '{a:1}',
        "['a']",
        '[1 2]',
        '1 2',
        'nul',
        'tru',
      ],
      ...[
        '01',
        '-',
        '-01',
        '1.',
        '.5',
        '+1',
        '1e',
        '1e+',
        '0x1F',
        'NaN',
        'Infinity',
        '-Infinity',
        'undefined',
      ],
      ...[
        '"',
        '"\\"',
        '"\\x"',
        '"\\u12g4"',
        '"\t"',
        '"\n"',
        '"\u0000"',
        '/**/1',
        '\ufeff1',
        '[1]]',
        '{"a":1}}',
      ],
    ];
    expect(await complaints(texts)).toEqual([]);
    const frames = await runLua(image, await lua('roundtrip'), texts);
    expect(frames.every((frame) => frame.kind === 'r')).toBe(true);
  });

  test('numbers of many digits are read as node reads them', async () => {
    const many = '1234567890'.repeat(30);
    const texts = [
      many,
      `-${many}.${many}`,
      `0.${'0'.repeat(300)}${many}`,
      '1e-12345678',
      `${'0.'.padEnd(320, '0')}1e320`,
    ];
    expect(await complaints(texts)).toEqual([]);
  });

  test('half a surrogate pair is refused', async () => {
    const texts = [
      '"\\ud800"',
      '"\\udc00"',
      '"\\ud800\\ud800"',
      '"\\udc00\\ud800"',
      '"\\ud800x"',
      '{"\\udfff":1}',
    ];
    const frames = await runLua(image, await lua('roundtrip'), texts);
    expect(frames.map((frame) => frame.kind)).toEqual(texts.map(() => 'r'));
  });

  test('numbers beyond a double are decoded but never written', async () => {
    const frames = await runLua(image, await lua('roundtrip'), ['1e309', '[-1e400]', '1e12345678']);
    expect(frames.map((frame) => frame.kind)).toEqual(['u', 'u', 'u']);
    expect(frames[0]?.text).toBe('Cannot serialise number: must not be NaN or Inf');
  });

  test('nesting is accepted up to the limit and refused one deeper', async () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    const frames = await runLua(image, await lua('roundtrip'), [nested(1000), nested(1001)]);
    expect(frames).toEqual([
      { kind: 'd', text: nested(1000) },
      { kind: 'r', text: 'Found too many nested data structures (1001)' },
    ]);
  });
});

test('numbers are rounded to the digits asked for, as by toPrecision', async () => {
  const numbers = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), {
    seed: SEED,
    numRuns: 500,
  });
  const digits = numbers.map((_, index) => (index % 16) + 1);
  const chunks = numbers.map(
    (value, index) => `local json = require("cjson").new()
      json.encode_number_precision(${String(digits[index])})
      return json.encode(${Object.is(value, -0) ? '-0' : String(value)})`,
  );
  const frames = await runLua(image, await lua('evaluate'), chunks);
  const wrong = frames.filter(
    (frame, index) => Number(frame.text) !== rounded(numbers[index] ?? NaN, digits[index] ?? 0),
  );
  expect(wrong).toEqual([]);
});

/** Lua chunk, expected results joined by commas. */
const answers: Record<string, readonly [chunk: string, expected: string]> = {
  'null is ngx.null': [
    'return j.decode("null") == ngx.null, j.null == ngx.null, j.encode(ngx.null), j.encode(nil)',
    'true,true,null,null',
  ],
  'null in an object is kept': ['return j.decode(\'{"a":null}\').a == ngx.null', 'true'],
  'control characters, quotes, slashes and delete are escaped': [
    'return j.encode("\\0\\1\\b\\f\\n\\r\\t\\31\\"\\\\/\\127")',
    '"\\u0000\\u0001\\b\\f\\n\\r\\t\\u001f\\"\\\\\\/\\u007f"',
  ],
  'a plain empty table is an object': ['return j.encode({})', '{}'],
  'empty_array is written as an array': [
    'return j.encode({ a = j.empty_array }), type(j.empty_array)',
    '{"a":[]},userdata',
  ],
  'array_mt writes an empty table as an array': ['return j.encode(setmetatable({}, j.array_mt))', '[]'],
  'array_mt writes the array part only': [
    'return j.encode(setmetatable({ 1, 2, a = 3 }, j.array_mt))',
    '[1,2]',
  ],
  'empty_array_mt writes an empty table as an array': [
    'return j.encode(setmetatable({}, j.empty_array_mt))',
    '[]',
  ],
  'empty_array_mt leaves a filled table alone': [
    'return j.encode(setmetatable({ a = 1 }, j.empty_array_mt)), j.encode(setmetatable({ 1 }, j.empty_array_mt))',
    '{"a":1},[1]',
  ],
  'decoded arrays are marked only when asked for': [
    'local a = getmetatable(j.decode("[]")) j.decode_array_with_array_mt(true) local t = j.decode("[[],{}]") return a, getmetatable(t) == j.array_mt, getmetatable(t[1]) == j.array_mt, getmetatable(t[2])',
    'nil,true,true,nil',
  ],
  'an unmarked empty array comes back as an object': ['return j.encode(j.decode("[]"))', '{}'],
  'encode_empty_table_as_object(false) writes an array': [
    'j.encode_empty_table_as_object(false) return j.encode({}), j.encode({ a = {} })',
    '[],{"a":[]}',
  ],
  'holes in an array are written as null': ['return j.encode({ 1, nil, 3 })', '[1,null,3]'],
  'a sparse array is written as an object when converted': [
    'j.encode_sparse_array(true) return j.encode({ [1000] = 1 })',
    '{"1000":1}',
  ],
  'a sparse array below the safe length stays an array': ['return j.encode({ [3] = 1 })', '[null,null,1]'],
  'a raised safe length stays in force': [
    'j.encode_sparse_array(nil, nil, 2 ^ 15) return j.encode({ [11] = 1 })',
    '[null,null,null,null,null,null,null,null,null,null,1]',
  ],
  'ratio 0 switches the sparse check off': [
    'j.encode_sparse_array(false, 0, 0) return j.encode({ [4] = 1 })',
    '[null,null,null,1]',
  ],
  'sparse settings are returned': ['return j.encode_sparse_array()', 'false,2,10'],
  'number keys become strings beside string keys': ['return j.encode({ [1.5] = 1 })', '{"1.5":1}'],
  'numbers have 14 digits by default': [
    'return j.encode(1 / 3), j.encode_number_precision()',
    '0.33333333333333,14',
  ],
  'number precision is per instance': [
    'local o = j.new() o.encode_number_precision(3) return o.encode(1 / 3), j.encode(1 / 3)',
    '0.333,0.33333333333333',
  ],
  'a new instance starts from the defaults': [
    'j.encode_empty_table_as_object(false) return j.new().encode({}), j.encode({})',
    '{},[]',
  ],
  'markers are shared between instances': [
    'return j.new().array_mt == j.array_mt, j.new().empty_array == require("cjson.safe").empty_array',
    'true,true',
  ],
  'infinite numbers can be written as null': [
    'j.encode_invalid_numbers("null") return j.encode({ 1 / 0, -1 / 0, 0 / 0 })',
    '[null,null,null]',
  ],
  'encode depth is limited': [
    'j.encode_max_depth(2) return pcall(j.encode, { { {} } })',
    'false,Cannot serialise, excessive depth (3)',
  ],
  'decode depth is limited': [
    'j.decode_max_depth(2) return pcall(j.decode, "[[[]]]")',
    'false,Found too many nested data structures (3)',
  ],
  'the last of two equal keys wins': ['return j.decode(\'{"a":1,"a":2}\').a', '2'],
  'cjson.safe returns nil and an error': [
    'local s = require "cjson.safe" return s.decode("[1,"), (select(2, s.decode("[1,")))',
    'nil,Expected value but found T_END at character 4',
  ],
  'cjson.safe returns nil for what is not a string': ['return (require("cjson.safe").decode(nil))', 'nil'],
  'cjson.safe returns nil for what it cannot encode': [
    'return require("cjson.safe").encode({ print })',
    'nil,Cannot serialise function: type not supported',
  ],
  'a new instance of cjson.safe is safe': ['return (require("cjson.safe").new().decode("x"))', 'nil'],
};

/** Lua chunk, part of the error it raises. */
const refusals: Record<string, readonly [chunk: string, message: string]> = {
  'fails when an array is excessively sparse': [
    'return j.encode({ [1000] = 1 })',
    'Cannot serialise table: excessively sparse array',
  ],
  'fails when a number is not finite': ['return j.encode(0 / 0)', 'must not be NaN or Inf'],
  'fails when a key is a boolean': [
    'return j.encode({ [true] = 1 })',
    'table key must be a number or string',
  ],
  'fails when a value is a function': [
    'return j.encode({ print })',
    'Cannot serialise function: type not supported',
  ],
  'fails when a value is a cdata': ['return j.encode(1LL)', 'Cannot serialise cdata: type not supported'],
  'fails when decode gets a table': [
    'return j.decode({})',
    "bad argument #1 to 'decode' (string expected, got table)",
  ],
  'fails when encode gets nothing': ['return j.encode()', 'expected 1 argument'],
  'fails when something follows the document': [
    'return j.decode("1,")',
    'Expected the end but found invalid token at character 2',
  ],
  'fails when precision is out of range': [
    'return j.encode_number_precision(17)',
    'expected integer between 1 and 16',
  ],
  'fails when invalid numbers are asked for': [
    'return j.encode_invalid_numbers(true)',
    "accepts false or 'null'",
  ],
  'fails when lenient decoding is asked for': ['return j.decode_invalid_numbers(true)', 'accepts false only'],
};

describe('settings and markers', () => {
  const cases = { ...answers, ...refusals };
  const frames = new Map<string, Frame>();

  beforeAll(async () => {
    const names = Object.keys(cases);
    const chunks = Object.values(cases).map(([chunk]) => `local j = require("cjson").new() ${chunk}`);
    for (const [index, frame] of (await runLua(image, await lua('evaluate'), chunks)).entries()) {
      frames.set(names[index] ?? '', frame);
    }
  });

  test.each(Object.entries(answers))('%s', (name, [, expected]) => {
    expect(frames.get(name)).toEqual({ kind: 'd', text: expected });
  });

  test.each(Object.entries(refusals))('%s', (name, [, message]) => {
    expect(frames.get(name)?.kind).toBe('r');
    expect(frames.get(name)?.text).toContain(message);
  });
});
