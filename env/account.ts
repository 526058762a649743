/** What an environment says about its account pages: what they are called and how they look. */
import * as z from 'zod';
import { pattern, record, resources, wholeNumber } from './fields.js';
import { rule } from './report.js';

const LEAST_CONTRAST = 4.5;
const LARGEST_LOGO_BYTES = 48 * 1024;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const COLOUR = /^#[0-9a-fA-F]{6}$/;
const colour = pattern(COLOUR, 'be a colour as #rrggbb', "write for example '#1d4ed8'");

/** Relative luminance of a colour as WCAG 2 has it, from 0 for black to 1 for white. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two colours, each as `#rrggbb`, as WCAG 2 has it: from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const colours = record({
  /** Buttons and marks. */
  accent: colour.default('#1d4ed8'),
  /** Text on the accent. */
  onAccent: colour.default('#ffffff'),
})
  .superRefine(({ accent, onAccent }, context) => {
    // Colours of another form are reported by themselves.
    if (!COLOUR.test(accent) || !COLOUR.test(onAccent)) return;
    const got = contrast(accent, onAccent);
    if (got >= LEAST_CONTRAST) return;
    // Rounded down: 4.499 is not enough, and must not read as if it were.
    const shown = (Math.floor(got * 100) / 100).toFixed(2);
    context.addIssue({
      code: 'custom',
      path: [],
      input: { accent, onAccent },
      message: rule(
        `have a contrast of ${LEAST_CONTRAST} or more, not the ${shown} of ${accent} and ${onAccent}`,
        'make one of them darker or lighter',
      ),
    });
  })
  .prefault({});

/**
 * Signs of a picture that would run or fetch something. The pages show it where nothing of the kind works,
 * yet a file that tries doesn't belong there.
 */
const ACTIVE_SVG = [
  /<\s*(?:[\w-]+:)?(script|foreignObject|iframe|object|embed|handler|listener|set|animate\w*)\b/i,
  /\son[a-z]+\s*=/i,
  /javascript:/i,
  /<!(DOCTYPE|ENTITY)/i,
  /<\?xml-stylesheet/i,
  /@import/i,
  /url\(\s*["']?(?!#)/i,
  /\b(href|src)\s*=\s*(?:"(?!#)|'(?!#)|(?!["'#]))/i,
] as const;

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

const logo = record({
  type: z.enum(['image/svg+xml', 'image/png'], {
    error: rule('be one of image/svg+xml, image/png', 'convert the picture'),
  }),
  base64: pattern(BASE64, 'be the picture in base64, on one line', 'write what `base64 -w0 FILE` prints'),
}).superRefine(({ type, base64 }, context) => {
  if (!BASE64.test(base64)) return;
  const bytes = Buffer.from(base64, 'base64');
  const note = (must: string, remedy: string): void =>
    context.addIssue({ code: 'custom', path: ['base64'], input: base64, message: rule(must, remedy) });
  if (bytes.length > LARGEST_LOGO_BYTES) {
    note(`be at most ${LARGEST_LOGO_BYTES} bytes decoded, not ${bytes.length}`, 'make the picture smaller');
    return;
  }
  if (type === 'image/png') {
    if (!bytes.subarray(0, PNG.length).equals(PNG)) note('be a PNG picture', 'correct type or picture');
    return;
  }
  const text = bytes.toString('utf8');
  if (!/^\uFEFF?\s*(<\?xml[^>]*\?>\s*)?(<!--[\s\S]*?-->\s*)*<svg[\s>]/.test(text)) {
    note('be an SVG picture', 'correct type or picture');
  } else if (ACTIVE_SVG.some((sign) => sign.test(text))) {
    note(
      'be a picture alone, without scripts, handlers, animation or references to the outside',
      'save it as plain SVG',
    );
  }
});

export const account = record({
  /** What the platform is called. */
  name: pattern(
    /^(?=.*\S)[^\p{Cc}]{1,40}$/u,
    'be text of 1 to 40 characters',
    "leave it out for 'Portcullis'",
  ).default('Portcullis'),
  colours,
  logo: logo.optional(),
  /** Where a browser asks for neither. */
  language: z.enum(['en', 'de'], { error: rule('be one of en, de', 'leave it out for en') }).default('en'),
  replicas: wholeNumber(1, 16, 'use 2 or more to survive the loss of one').default(2),
  resources: resources('192Mi', 0.5, 64),
}).prefault({});
