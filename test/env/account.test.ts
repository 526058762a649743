import { describe, expect, test } from 'vitest';
import { contrast } from '../../env/account.js';
import { EnvironmentError, checkEnvironment, type EnvironmentInput } from '../../env/index.js';
import { VALID, environment } from '../helper/environment.js';
import { thrown } from '../helper/failure.js';

type Account = NonNullable<EnvironmentInput['account']>;

function mistakes(account: object): readonly string[] {
  const error = thrown(() => checkEnvironment({ ...VALID, account }));
  if (!(error instanceof EnvironmentError)) throw error;
  return error.lines;
}

const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');
const svg = (inside = '', attributes = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"${attributes}>${inside}</svg>`;
const logo = (type: string, content: string | Buffer): object => ({
  logo: { type, base64: base64(content) },
});
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]);

describe('contrast', () => {
  test.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#767676', '#ffffff', 4.54],
    ['#777777', '#ffffff', 4.47],
    ['#ff0000', '#ffffff', 3.99],
    ['#1d4ed8', '#ffffff', 6.7],
  ])('of %s and %s is %d, whichever comes first', (one, other, ratio) => {
    expect(contrast(one, other)).toBeCloseTo(ratio, 1);
    expect(contrast(other, one)).toBe(contrast(one, other));
  });
});

describe('account', () => {
  test('takes a name, colours, a logo and a language', () => {
    const account: Account = {
      name: 'Werkstatt Süd',
      colours: { accent: '#004400' },
      logo: { type: 'image/png', base64: base64(PNG) },
      language: 'de',
      replicas: 3,
    };
    expect(environment({ account }).account).toMatchObject({
      ...account,
      colours: { accent: '#004400', onAccent: '#ffffff' },
    });
  });

  test.each([
    ['', '""'],
    ['   ', '"   "'],
    ['x'.repeat(41), `"${'x'.repeat(41)}"`],
    ['a\nb', '"a\\nb"'],
  ])('refuses the name %j', (name, shown) => {
    expect(mistakes({ name })).toEqual([
      `account.name must be text of 1 to 40 characters, got ${shown}; leave it out for 'Portcullis'`,
    ]);
  });

  test('refuses colours of another form', () => {
    expect(mistakes({ colours: { accent: 'red', onAccent: '#fffff' } })).toEqual([
      'account.colours.accent must be a colour as #rrggbb, got "red"; write for example \'#1d4ed8\'',
      'account.colours.onAccent must be a colour as #rrggbb, got "#fffff"; write for example \'#1d4ed8\'',
    ]);
  });

  test('refuses text that is hard to read, and says how hard', () => {
    expect(mistakes({ colours: { accent: '#777777' } })).toEqual([
      'account.colours must have a contrast of 4.5 or more, not the 4.47 of #777777 and #ffffff, got {"accent":"#777777"}; make one of them darker or lighter',
    ]);
    expect(environment({ account: { colours: { accent: '#767676' } } }).account.colours.accent).toBe(
      '#767676',
    );
    expect(
      environment({ account: { colours: { accent: '#ffd400', onAccent: '#000000' } } }).account.colours,
    ).toEqual({ accent: '#ffd400', onAccent: '#000000' });
  });

  test('refuses languages that nobody has translated to', () => {
    expect(mistakes({ language: 'fr' })).toEqual([
      'account.language must be one of en, de, got "fr"; leave it out for en',
    ]);
  });
});

describe('a logo', () => {
  test.each([
    svg(),
    `<?xml version="1.0"?>\n<!-- drawn by hand -->\n${svg('<path d="M0 0h10"/>')}`,
    svg('<defs><linearGradient id="a"/></defs><rect fill="url(#a)"/><use href="#a"/>'),
    svg('<style>.a { fill: #123456 }</style><circle class="a" r="3"/>'),
  ])('may be the picture %j', (text) => {
    const { account } = environment({
      account: { logo: { type: 'image/svg+xml', base64: base64(text) } },
    });
    expect(account.logo?.base64).toBe(base64(text));
  });

  test.each([
    svg('<script>alert(1)</script>'),
    svg('<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>'),
    svg('', ' onload="alert(1)"'),
    svg('<rect\nonclick = "x()"/>'),
    svg('<a href="https://elsewhere.example"><rect/></a>'),
    svg("<image xlink:href='//elsewhere.example/a.png'/>"),
    svg('<use href=https://elsewhere.example/a.svg#a />'),
    svg('<a href="javascript:alert(1)"/>'),
    svg('<foreignObject><p/></foreignObject>'),
    svg('<animate attributeName="href" to="x"/>'),
    svg('<set attributeName="href" to="x"/>'),
    svg('<rect fill="url(https://elsewhere.example/a)"/>'),
    svg('<style>@import "//elsewhere.example/a.css"</style>'),
    `<?xml version="1.0"?>${svg('<!ENTITY a "b">')}`,
  ])('may not run or fetch anything, as in %j', (text) => {
    const [line, ...others] = mistakes(logo('image/svg+xml', text));
    expect(line).toMatch(
      /^account\.logo\.base64 must be a picture alone, without scripts, handlers, animation or references to the outside, got .*; save it as plain SVG$/,
    );
    expect(others).toEqual([]);
  });

  test.each([
    ['image/svg+xml', 'GIF89a', 'must be an SVG picture'],
    ['image/svg+xml', '<html><svg></svg></html>', 'must be an SVG picture'],
    ['image/svg+xml', PNG, 'must be an SVG picture'],
    ['image/png', svg(), 'must be a PNG picture'],
    [
      'image/png',
      Buffer.concat([PNG, Buffer.alloc(48 * 1024)]),
      'must be at most 49152 bytes decoded, not 49161',
    ],
    ['image/gif', 'GIF89a', 'must be one of image/svg+xml, image/png'],
  ])('of type %s is what it says, and small', (type, content, must) => {
    expect(mistakes(logo(type, content))).toEqual([expect.stringContaining(must)]);
  });

  test('is base64 on one line', () => {
    for (const text of ['', 'a b', 'data:image/png;base64,AAAA', 'AAAA\nAAAA'])
      expect(mistakes({ logo: { type: 'image/png', base64: text } })[0]).toContain(
        'account.logo.base64 must be the picture in base64, on one line',
      );
  });

  test('of 48 kB is taken', () => {
    const whole = Buffer.concat([PNG, Buffer.alloc(48 * 1024 - PNG.length)]);
    const made = environment({ account: { logo: { type: 'image/png', base64: base64(whole) } } });
    expect(made.account.logo?.type).toBe('image/png');
  });
});
