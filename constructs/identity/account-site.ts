/** What the account pages know of their platform: the file `site.json`, derived from Kratos and the declaration. */
import type { Mistakes } from '../mistakes.js';
import type { KratosSettings } from './kratos-config.js';
import { providerOrigins, providerTells, providerId, providerLabel } from './providers.js';

export interface Logo {
  readonly type: 'image/svg+xml' | 'image/png';
  /** At most 48 kB when decoded. It is shown as a picture alone, in which nothing runs. */
  readonly base64: string;
}

/** What the start page tells whoever develops. */
export interface Landing {
  /** Name of the environment. */
  readonly environment: string;
  /** Paths to try. */
  readonly services: readonly { readonly name: string; readonly path: string }[];
  /** Who can log in, and the command that shows the password. The password itself has no place here. */
  readonly people: readonly { readonly address: string; readonly command: string }[];
  /** Path of the mail catcher. @default - there is none */
  readonly mail?: string;
  /** File of the checkout to read next. @default 'docs/tutorial.md' */
  readonly docs?: string;
}

/** How the pages look and what they offer, beside what Kratos does. */
export interface Look {
  /** What the platform is called, 1 to 40 characters. @default 'Portcullis' */
  readonly name?: string;
  /**
   * Colour of buttons and marks, and of the text on it, each as `#rrggbb`. Text can be read from a
   * contrast of 4.5 on.
   *
   * @default { accent: '#1d4ed8', onAccent: '#ffffff' }
   */
  readonly colours?: { readonly accent: string; readonly onAccent: string };
  /** @default - the name alone */
  readonly logo?: Logo;
  /** Where a browser asks for neither. @default 'en' */
  readonly language?: 'en' | 'de';
  /** A start page for whoever develops, shown to everybody. @default - none, `/account` leads to the settings */
  readonly landing?: Landing;
}

const LARGEST_LOGO_BYTES = 48 * 1024;
const DOCS = 'docs/tutorial.md';

/** Notes every mistake of how the pages look. */
export function checkLook(mistakes: Mistakes, { name, colours, logo, landing }: Look): void {
  mistakes.unless(
    name === undefined || /^(?=.*\S)[^\p{Cc}]{1,40}$/u.test(name),
    'name',
    'be 1 to 40 characters',
    name,
    "leave it out for 'Portcullis'",
  );
  for (const [of, colour] of Object.entries(colours ?? {})) {
    mistakes.unless(
      /^#[0-9a-f]{6}$/i.test(colour),
      `colours.${of}`,
      'be a colour as #rrggbb',
      colour,
      "write for example '#1d4ed8'",
    );
  }
  if (logo !== undefined) {
    const { length } = Buffer.from(logo.base64, 'base64');
    mistakes.unless(
      /^[A-Za-z0-9+/]+={0,2}$/.test(logo.base64) && length <= LARGEST_LOGO_BYTES,
      'logo.base64',
      `be the picture in base64, of at most ${LARGEST_LOGO_BYTES} bytes`,
      `${length} bytes`,
      'make it smaller',
    );
  }
  const paths = [
    ...(landing?.services ?? []).map(({ path }, i): [string, string] => [
      `landing.services[${i}].path`,
      path,
    ]),
    ...(landing?.mail === undefined ? [] : [['landing.mail', landing.mail] as const]),
  ];
  for (const [at, path] of paths) {
    mistakes.unless(
      /^\/(?!\/)[A-Za-z0-9/._~-]*$/.test(path),
      at,
      'be a path of this platform',
      path,
      "write for example '/hello'",
    );
  }
}

/** Origins that people reach the pages at; Kratos' own comes first. */
export function publicOrigins({ publicUrl, returnUrls }: KratosSettings): readonly string[] {
  return [...new Set([publicUrl, ...returnUrls.map((url) => new URL(url).origin)])];
}

/** The file; pretty, since differences of it are read by people. */
export function siteFile(settings: KratosSettings, look: Look): string {
  const { methods, providers } = settings;
  const { landing } = look;
  const site = {
    name: look.name ?? 'Portcullis',
    origins: publicOrigins(settings),
    accountPath: settings.accountPath,
    kratosPath: settings.basePath,
    language: look.language ?? 'en',
    colours: look.colours ?? { accent: '#1d4ed8', onAccent: '#ffffff' },
    ...(look.logo === undefined ? {} : { logo: look.logo }),
    formTargets: [...new Set(providers.flatMap(providerOrigins))],
    providers: providers.map((provider) => ({
      id: providerId(provider),
      label: providerLabel(provider),
      tells: providerTells(provider),
    })),
    registration: settings.registration,
    recovery: methods.recovery !== 'off',
    verification: methods.verification !== 'off',
    ...(landing === undefined ? {} : { landing: { ...landing, docs: landing.docs ?? DOCS } }),
  };
  return `${JSON.stringify(site, null, 2)}\n`;
}
