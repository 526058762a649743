/** What the site is called, looks like and offers, read from the file that the construct writes. */
import { LANGUAGES, type Language } from './words/language.js';

const LOGO_TYPES = ['image/svg+xml', 'image/png'] as const;

/** A social provider that people may log in with. */
export interface Provider {
  readonly id: string;
  /** What people know it by. */
  readonly label: string;
  /** What it tells us of a person. */
  readonly tells: readonly ('email' | 'name')[];
}

/** What the page at the start of a development environment shows. */
export interface Landing {
  readonly environment: string;
  readonly services: readonly { readonly name: string; readonly path: string }[];
  /** Demo identities; `command` shows the password, which never stands here. */
  readonly people: readonly { readonly address: string; readonly command: string }[];
  /** Path of the mail catcher. */
  readonly mail?: string;
  /** File of the repository to read next. */
  readonly docs: string;
}

export interface Site {
  readonly name: string;
  /** Public origins of the gateway; the first is that of Kratos' base URL. */
  readonly origins: readonly string[];
  /** Path that all pages are below, such as '/account'. */
  readonly accountPath: string;
  /** Path that Kratos answers below, such as '/.ory/kratos'. */
  readonly kratosPath: string;
  /** Where the browser asks for none that we have. */
  readonly language: Language;
  /** Both as '#rrggbb'; `onAccent` is readable on `accent`. */
  readonly colours: { readonly accent: string; readonly onAccent: string };
  readonly logo?: { readonly type: (typeof LOGO_TYPES)[number]; readonly base64: string };
  /** Origins beside ours that the answer to a form may lead to. */
  readonly formTargets: readonly string[];
  readonly providers: readonly Provider[];
  readonly registration: boolean;
  readonly recovery: boolean;
  readonly verification: boolean;
  /** Left out outside of development. */
  readonly landing?: Landing;
}

type Members = Readonly<Record<string, unknown>>;

/** Reads the file's text; every mistake goes to `mistakes`, and then what is returned isn't to be used. */
export function readSite(text: string, mistakes: string[]): Site {
  const root = object(parse(text));
  if (root === undefined) mistakes.push('the site file must be a JSON object');
  const check = new Checks(mistakes);
  const site = root ?? {};
  const colours = object(site.colours) ?? {};
  const logo = object(site.logo);
  const landing = object(site.landing);
  return {
    name: check.text('name', site.name, /^.{1,60}$/u, '1 to 60 characters'),
    origins: check.origins('origins', site.origins, 1),
    accountPath: check.path('accountPath', site.accountPath),
    kratosPath: check.path('kratosPath', site.kratosPath),
    language: check.choice('language', site.language, LANGUAGES, 'en'),
    colours: {
      accent: check.colour('colours.accent', colours.accent),
      onAccent: check.colour('colours.onAccent', colours.onAccent),
    },
    ...(site.logo === undefined
      ? {}
      : {
          logo: {
            type: check.choice('logo.type', logo?.type, LOGO_TYPES, 'image/svg+xml'),
            base64: check.text('logo.base64', logo?.base64, /^[A-Za-z0-9+/]+={0,2}$/, 'Base64'),
          },
        }),
    formTargets: check.origins('formTargets', site.formTargets, 0),
    providers: check.list('providers', site.providers, (path, provider) => ({
      id: check.text(`${path}.id`, provider.id, /^[\w-]{1,60}$/, 'letters, digits, _ and -'),
      label: check.text(`${path}.label`, provider.label),
      tells: check.texts(`${path}.tells`, provider.tells).flatMap((what) => {
        if (what === 'email' || what === 'name') return [what];
        mistakes.push(`${path}.tells must hold nothing but email and name`);
        return [];
      }),
    })),
    registration: check.truth('registration', site.registration),
    recovery: check.truth('recovery', site.recovery),
    verification: check.truth('verification', site.verification),
    ...(site.landing === undefined ? {} : { landing: readLanding(check, landing ?? {}) }),
  };
}

function readLanding(check: Checks, landing: Members): Landing {
  return {
    environment: check.text('landing.environment', landing.environment),
    services: check.list('landing.services', landing.services, (path, service) => ({
      name: check.text(`${path}.name`, service.name),
      path: check.path(`${path}.path`, service.path),
    })),
    people: check.list('landing.people', landing.people, (path, person) => ({
      address: check.text(`${path}.address`, person.address),
      command: check.text(`${path}.command`, person.command),
    })),
    ...(landing.mail === undefined ? {} : { mail: check.path('landing.mail', landing.mail) }),
    docs: check.text('landing.docs', landing.docs),
  };
}

/** Looks at values one by one and notes what is wrong with them. */
class Checks {
  constructor(private readonly mistakes: string[]) {}

  text(path: string, value: unknown, right = /\S/, must = 'a text that is not empty'): string {
    if (typeof value === 'string' && right.test(value)) return value;
    this.mistakes.push(`${path} must be ${must}`);
    return '';
  }

  /** A path of our own: two slashes at its start would lead to another host. */
  path(path: string, value: unknown): string {
    return this.text(path, value, /^(?:\/[A-Za-z0-9._~-]+)+$/, "a path such as '/account'");
  }

  colour(path: string, value: unknown): string {
    return this.text(path, value, /^#[0-9a-fA-F]{6}$/, "a colour such as '#1a4fa3'");
  }

  truth(path: string, value: unknown): boolean {
    if (typeof value !== 'boolean') this.mistakes.push(`${path} must be true or false`);
    return value === true;
  }

  choice<T extends string>(path: string, value: unknown, choices: readonly T[], otherwise: T): T {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) this.mistakes.push(`${path} must be one of ${choices.join(', ')}`);
    return found ?? otherwise;
  }

  texts(path: string, value: unknown): string[] {
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    this.mistakes.push(`${path} must be a list of texts`);
    return [];
  }

  origins(path: string, value: unknown, least: number): string[] {
    const found = this.texts(path, value);
    if (found.length < least) this.mistakes.push(`${path} must name at least ${least}`);
    for (const origin of found) {
      if (!URL.canParse(origin) || new URL(origin).origin !== origin || !/^https?:/.test(origin))
        this.mistakes.push(`${path} must hold origins such as 'https://example.com'`);
    }
    return found;
  }

  list<T>(path: string, value: unknown, read: (path: string, item: Members) => T): T[] {
    if (!Array.isArray(value)) {
      this.mistakes.push(`${path} must be a list`);
      return [];
    }
    return value.map((item: unknown, i) => read(`${path}[${i}]`, object(item) ?? {}));
  }
}

function object(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Members)
    : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
