/** What is known of a person: the e-mail address that they are told apart by, and further traits. */
import type { Mistakes } from '../mistakes.js';
import type { EnabledMethods } from './methods.js';

/** One thing that is known of a person beside the e-mail address. */
export interface Trait {
  readonly type: 'string' | 'number' | 'boolean';
  /** What a form calls it. @default - its name */
  readonly title?: string;
  /** Most characters of a text, from 1 to 1024. @default 256 */
  readonly maxLength?: number;
  /**
   * Whether nobody can register without it.
   *
   * @default false
   */
  readonly required?: boolean;
}

export interface IdentitySchema {
  /** What forms are about. @default 'Person' */
  readonly title?: string;
  /** Beside `email`, which everybody has: by name in small letters, digits and underscores. */
  readonly traits?: Readonly<Record<string, Trait>>;
}

/** Id of the one schema; every identity names the schema that it was made with. */
export const SCHEMA_ID = 'default';

const LONGEST_TEXT = 256;
/** Form of the name of a trait, and of the names that a form gives to it. */
const TRAIT_NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** Notes every mistake of a schema. */
export function checkIdentitySchema(mistakes: Mistakes, path: string, schema: IdentitySchema): void {
  for (const [name, trait] of Object.entries(schema.traits ?? {})) {
    const at = `${path}.traits.${name}`;
    mistakes.unless(
      TRAIT_NAME.test(name),
      at,
      'have a name of small letters, digits and underscores, beginning with a letter',
      name,
      'rename it',
    );
    mistakes.unless(
      name !== 'email',
      at,
      'be another than the e-mail address, which everybody has',
      name,
      'remove it',
    );
    if (trait.maxLength === undefined) continue;
    mistakes.wholeNumber(`${at}.maxLength`, trait.maxLength, 1, 1024, `leave it out for ${LONGEST_TEXT}`);
    mistakes.unless(
      trait.type === 'string',
      `${at}.maxLength`,
      'be there for a text alone',
      trait.type,
      'leave it out',
    );
  }
}

/**
 * The schema as Kratos reads it.
 *
 * The address is an identifier only of the methods that are in use: with an identifier of its own a
 * method counts as set up, and one that is set up as a second factor is demanded.
 */
export function renderIdentitySchema(schema: IdentitySchema, methods: EnabledMethods): object {
  const traits = Object.entries(schema.traits ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const required = traits.filter(([, trait]) => trait.required === true).map(([name]) => name);
  return {
    $id: 'portcullis:identity',
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: schema.title ?? 'Person',
    type: 'object',
    properties: {
      traits: {
        type: 'object',
        properties: {
          email: {
            type: 'string',
            format: 'email',
            title: 'E-Mail',
            minLength: 3,
            maxLength: 320,
            'ory.sh/kratos': emailUses(methods),
          },
          ...Object.fromEntries(traits.map(([name, trait]) => [name, renderTrait(name, trait)])),
        },
        required: ['email', ...required],
        additionalProperties: false,
      },
    },
  };
}

function emailUses(methods: EnabledMethods): object {
  return {
    credentials: {
      ...(methods.password ? { password: { identifier: true } } : {}),
      ...(methods.webauthn === 'off' ? {} : { webauthn: { identifier: true } }),
      ...(methods.passkey ? { passkey: { display_name: true } } : {}),
      ...(methods.totp ? { totp: { account_name: true } } : {}),
      ...(methods.code === 'off' ? {} : { code: { identifier: true, via: 'email' } }),
    },
    ...(methods.verification === 'off' ? {} : { verification: { via: 'email' } }),
    ...(methods.recovery === 'off' ? {} : { recovery: { via: 'email' } }),
  };
}

function renderTrait(name: string, { type, title = name, maxLength = LONGEST_TEXT }: Trait): object {
  return { type, title, ...(type === 'string' ? { maxLength } : {}) };
}
