import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LABEL_IDS, NOTICE_IDS } from '../../../../services/account-ui/src/words/kratos-ids.js';
import { WORDS, messageText } from '../../../../services/account-ui/src/words/kratos.js';
import { LANGUAGES, type Language } from '../../../../services/account-ui/src/words/language.js';
import { CONTEXTS } from './kratos-contexts.js';

const KRATOS = 'what Kratos says';
const IDS: readonly number[] = [...LABEL_IDS, ...NOTICE_IDS];
/** Texts that are a value and nothing else, or the same word in both languages. */
const ALIKE: readonly number[] = [1050006, 1050009, 4000001, 5000001];

const say = (language: Language, id: number, context?: object): string =>
  messageText(language, { id, text: KRATOS, context });
/** What both languages say, English first. */
const both = (id: number, context?: object): string[] =>
  LANGUAGES.map((language) => say(language, id, context));

describe('the catalogue', () => {
  test('names each id once', () => {
    expect(new Set(IDS).size).toBe(IDS.length);
  });

  test.each(LANGUAGES)('of %s holds each id and no other', (language) => {
    const { labels, notices } = WORDS[language];
    expect(Object.keys(labels).map(Number)).toEqual([...LABEL_IDS].sort((a, b) => a - b));
    expect(Object.keys(notices).map(Number)).toEqual([...NOTICE_IDS].sort((a, b) => a - b));
  });

  test.each(IDS)('%i is said in the language of the page, with every value in its place', (id) => {
    const [english = '', german = ''] = both(id, CONTEXTS[id]);
    for (const said of [english, german]) {
      expect(said).not.toBe(KRATOS);
      expect(said).not.toMatch(/[{}]|undefined|null|NaN|\[object/);
      expect(said.trim()).toBe(said);
    }
    if (ALIKE.includes(id)) expect(german).toBe(english);
    else expect(german).not.toBe(english);
  });

  test('keeps words of the trade from people', () => {
    const said = LANGUAGES.flatMap((language) => IDS.map((id) => say(language, id, CONTEXTS[id])));
    expect(
      said.filter((text) => /\b(property|schema|trait|flow|token|TOTP|WebAuthn|OIDC)\b/i.test(text)),
    ).toEqual([]);
  });

  test('leaves an id that it has not to Kratos', () => {
    for (const id of [0, 1010000, 4000000, 9999999, -1, NaN]) expect(both(id, {})).toEqual([KRATOS, KRATOS]);
  });
});

describe('a value of the context', () => {
  test.each([
    [1010002, { provider: 'Example & <Sons>' }, 'Example & <Sons>'],
    [1010016, { duplicate_identifier: 'ada@example.com', provider: 'GitHub' }, 'ada@example.com'],
    [1010016, { duplicateIdentifier: 'ada@example.com', provider: 'GitHub' }, 'GitHub'],
    [1010023, { address: 'ada@example.com' }, 'ada@example.com'],
    [1050006, { secret: 'JBSWY3DP' }, 'JBSWY3DP'],
    [1050018, { display_name: 'blue key' }, 'blue key'],
    [1060004, { masked_address: 'ad****@example.com' }, 'ad****@example.com'],
    [4000001, { reason: 'Something of its own' }, 'Something of its own'],
    [4000003, { min_length: 3, actual_length: 1 }, '3'],
    [4000005, { reason: 'it is on our own list' }, 'it is on our own list'],
    [4000018, { minimum: -1, actual: -2 }, '-1'],
    [4000032, { min_length: 8, actual_length: 3 }, '8'],
    [5000001, { reason: 'Something of its own' }, 'Something of its own'],
  ])('of %i stands in the text', (id, context, value) => {
    for (const said of both(id, context)) expect(said).toContain(value);
  });

  test.each(
    IDS.filter((id) => CONTEXTS[id] !== undefined).flatMap((id) =>
      // Keys without a name have a text of their own.
      id === 1050018 || id === 1050020 ? [] : [id],
    ),
  )('of %i that is missing, or of another type, leaves the text to Kratos', (id) => {
    const names = Object.keys(CONTEXTS[id] ?? {});
    const all = (value: unknown): object => Object.fromEntries(names.map((name) => [name, value]));
    for (const context of [undefined, {}, [], all(null), all({}), all(NaN), all(''), all(Symbol('value'))])
      expect(both(id, context)).toEqual([KRATOS, KRATOS]);
  });

  test('can name no other value and no part of the page', () => {
    expect(say('en', 1010002, { provider: '{secret}$&$1', secret: 'x' })).toBe('Sign in with {secret}$&$1');
  });

  test('never makes it throw', () => {
    const names = [...new Set(Object.values(CONTEXTS).flatMap((context) => Object.keys(context)))];
    const context = fc.oneof(
      fc.object(),
      fc.dictionary(
        fc.constantFrom(...names),
        fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }),
      ),
      fc.array(fc.anything()),
    );
    const values = fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof(
        fc.double(),
        fc.array(fc.oneof(fc.constantFrom('constructor', '__proto__', 'password', 'x', ''), fc.anything())),
        fc.constantFrom('constructor', '__proto__', 'toString', '{reason}'),
      ),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...IDS),
        fc.constantFrom(...LANGUAGES),
        fc.oneof(context, values),
        (id, language, of) => {
          expect(say(language, id, of)).toEqual(expect.any(String));
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('a number', () => {
  test.each([
    [4000003, { min_length: 1 }, 'Enter at least one character.', 'Geben Sie mindestens ein Zeichen ein.'],
    [
      4000017,
      { max_length: 12000 },
      'Enter 12,000 characters at most.',
      'Geben Sie höchstens 12.000 Zeichen ein.',
    ],
    [4000018, { minimum: 1900 }, 'Enter 1900 or more.', 'Geben Sie mindestens 1900 ein.'],
    [4000022, { base: 0.05 }, 'Enter a multiple of 0.05.', 'Geben Sie ein Vielfaches von 0,05 ein.'],
    [
      4000024,
      { min_items: 0 },
      'At least 0 entries are needed here.',
      'Hier sind mindestens 0 Einträge nötig.',
    ],
  ])('of %i is written as the language does', (id, context, ...said) => {
    expect(both(id, context)).toEqual(said);
  });

  test.each([-1, 1.5, Infinity])('that counts nothing, %d, leaves the text to Kratos', (min_length) => {
    expect(both(4000003, { min_length })).toEqual([KRATOS, KRATOS]);
  });
});

describe('the name of a field', () => {
  test.each([
    ['E-Mail', 'Email', 'E-Mail-Adresse'],
    ['Your E-mail', 'Email', 'E-Mail-Adresse'],
    ['email', 'Email', 'E-Mail-Adresse'],
    ['first_name', 'First name', 'Vorname'],
    ['First Name', 'First name', 'Vorname'],
    ['firstName', 'First name', 'Vorname'],
    ['taxNumber', 'Tax number', 'Tax number'],
    ['tax_number', 'Tax number', 'Tax number'],
    ['plan', 'Plan', 'Plan'],
    ['VAT number', 'VAT number', 'VAT number'],
    ['Cost centre', 'Cost centre', 'Cost centre'],
    ['Emailing', 'Emailing', 'Emailing'],
    ['constructor', 'Constructor', 'Constructor'],
  ])('%j is %j and %j', (title, english, german) => {
    expect(both(1070002, { title })).toEqual([english, german]);
    expect(both(4000002, { property: title })).toEqual([
      `Please fill in: ${english}.`,
      `Bitte füllen Sie dieses Feld aus: ${german}.`,
    ]);
  });
});

describe('an account that is there already', () => {
  const hint = 'ada@example.com';

  test('says in how many ways one comes into it', () => {
    expect(
      both(4000028, {
        available_credential_types: ['password', 'oidc', 'passkey', 'lookup_secret'],
        available_oidc_providers: ['github', 'acme'],
        credential_identifier_hint: hint,
      }),
    ).toEqual([
      'There is already an account with ada@example.com. Sign in to it with your password, your passkey, GitHub, or Acme.',
      'Zu ada@example.com gibt es schon ein Konto. Melden Sie sich dort an mit Ihrem Passwort, Ihrem Passkey, GitHub oder Acme.',
    ]);
  });

  test.each([
    [
      {
        available_credential_types: ['oidc'],
        available_oidc_providers: null,
        credential_identifier_hint: '',
      },
      [
        'There is already an account with these details. Sign in to it with a connected account.',
        'Mit diesen Angaben gibt es schon ein Konto. Melden Sie sich dort an mit einem verknüpften Konto.',
      ],
    ],
    [
      { available_credential_types: null, available_oidc_providers: null, credential_identifier_hint: hint },
      [
        'There is already an account with ada@example.com. Sign in to it, or recover it if you can’t.',
        'Zu ada@example.com gibt es schon ein Konto. Melden Sie sich an, oder stellen Sie es wieder her, wenn Sie das nicht können.',
      ],
    ],
  ])('says what is known: %j', (context, said) => {
    expect(both(4000028, context)).toEqual(said);
  });

  test('names a provider that has no label', () => {
    expect(say('de', 1050002, { provider: 'github' })).toBe('Mit GitHub verknüpfen');
  });
});

describe('what Kratos only says in English', () => {
  test.each([
    ['"<b>ada" is not valid "email"', 'vollständige E-Mail-Adresse'],
    ['"x" is not valid "date-time"', 'erwartete Form'],
    ['value must be one of "a", "b"', 'angebotenen Werte'],
    ['additionalProperties "x" not allowed', 'Unerwartetes'],
    ['Did not receive any value changes.', 'nichts geändert'],
    ['You must (re-)generate recovery backup codes before you can save them.', 'zuerst die Ersatzcodes'],
    ['You cannot remove first factor credentials.', 'weiteren Weg'],
    ['You tried to remove a passkey which does not exist.', 'schon entfernt'],
    ['Unable to parse WebAuthn response: EOF', 'Schlüssel oder das Gerät'],
    [
      'Unable to complete OpenID Connect flow because the OpenID Provider returned error "access_denied": no',
      'abgebrochen',
    ],
    ['Unable to finish because one or more permissions were not granted. Please retry', 'Erlaubnis'],
    [
      'Authentication failed because no id_token was returned. Please accept the "openid" permission and try again.',
      'Erlaubnis',
    ],
    ['Unable to complete OpenID Connect flow because the state parameter is invalid.', 'andere Seite'],
    ['identifier is required', 'womit Sie sich anmelden'],
    ['The code was already used. Please request another code.', 'schon benutzt'],
    ['The request was submitted too often. Please request another code.', 'zu viele Versuche'],
    ['An error occured, please use the new flow.', 'schiefgegangen'],
  ])('%j is said in the language', (reason, part) => {
    expect(say('de', 4000001, { reason })).toContain(part);
    expect(say('en', 4000001, { reason })).not.toBe(reason);
  });

  test('is left as it is when nobody knows it', () => {
    expect(both(4000001, { reason: 'An unheard-of thing' })).toEqual([
      'An unheard-of thing',
      'An unheard-of thing',
    ]);
  });
});

describe('backup codes', () => {
  const left = { id: 1050009, text: 'abcd', type: 'info', context: { secret: 'abcd' } };
  const gone = {
    id: 1050014,
    text: 'Secret was used',
    type: 'info',
    context: { used_at_unix: 1_793_491_200 },
  };

  test('stand in one line, the used ones without their code', () => {
    expect(both(1050015, { secrets: [left, gone] })).toEqual(['abcd, used', 'abcd, benutzt']);
  });

  test('that are used say on which day', () => {
    expect(both(gone.id, gone.context)).toEqual(['Used on November 1, 2026', 'Benutzt am 1. November 2026']);
  });

  test('of which one is unknown are left to Kratos', () => {
    expect(say('en', 1050015, { secrets: [left, { id: 7 }] })).toBe(KRATOS);
  });
});

test('the values that are possible are named', () => {
  expect(both(4000026, { allowed_types: ['integer', 'null'], actual_type: 'string' })).toEqual([
    'Enter a whole number or nothing.',
    'Geben Sie eine ganze Zahl oder nichts ein.',
  ]);
  expect(both(4000029, { expected: 'true' })).toEqual([
    'Only this is possible here: yes.',
    'Hier ist nur das möglich: ja.',
  ]);
  expect(say('en', 4000029, { expected: '"v2"' })).toBe('Only this is possible here: v2.');
  expect(say('en', 4000029, { expected: false })).toBe('Only this is possible here: no.');
  expect(say('en', 4000026, { allowed_types: ['file'] })).toBe(KRATOS);
});
