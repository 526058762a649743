/** Values from a message's context, made fit for people; undefined where one isn't what it should be. */
import type { FieldName, Kind, KratosWords, Reason, Way } from './kratos-ids.js';

/** Reads a value by the name that a text gives it. */
export type Read = (context: unknown, words: KratosWords) => string | undefined;

/** How values with a meaning are read; every other is a text or a number as it stands there. */
const READERS: Readonly<Record<string, Read>> = {
  title: (context, words) => fieldName(text(context, 'title'), words),
  property: (context, words) => fieldName(text(context, 'property'), words),
  provider: (context) => providerName(text(context, 'provider')),
  reason: (context, words) => reasonFor(text(context, 'reason'), words),
  duplicate_identifier: (context) =>
    text(context, 'duplicate_identifier') ?? text(context, 'duplicateIdentifier'),
  masked_to: (context) => text(context, 'masked_to') ?? text(context, 'maskedTo'),
  used_at: (context, words) => day(member(context, 'used_at_unix'), words),
  allowed_types: (context, words) => kinds(member(context, 'allowed_types'), words),
  expected: (context, words) => expected(member(context, 'expected'), words),
  ways: (context, words) => ways(context, words),
  secrets: (context, words) => secrets(member(context, 'secrets'), words),
};

export function readValue(name: string, context: unknown, words: KratosWords): string | undefined {
  if (Object.hasOwn(READERS, name)) return READERS[name]?.(context, words);
  const value = member(context, name);
  return typeof value === 'number' ? number(value, words) : filled(value);
}

/** A count from the context: a whole number from 0; Kratos sends -1 for what it couldn't tell. */
export function readCount(name: string, context: unknown): number | undefined {
  const value = member(context, name);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function filled(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function text(context: unknown, name: string): string | undefined {
  return filled(member(context, name));
}

/** Texts of a list; what a Go program calls an empty list is null. */
function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.flatMap((entry) => filled(entry) ?? []) : [];
}

function number(value: number, { language }: KratosWords): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  // Four digits without a separator, because they may be a year.
  return new Intl.NumberFormat(language, { useGrouping: 'min2', maximumFractionDigits: 10 }).format(value);
}

/** The day of an instant in seconds since 1970. */
function day(seconds: unknown, { language }: KratosWords): string | undefined {
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : NaN);
  if (Number.isNaN(date.getTime())) return undefined;
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(date);
}

function either(parts: readonly string[], { language }: KratosWords): string | undefined {
  return parts.length === 0
    ? undefined
    : new Intl.ListFormat(language, { type: 'disjunction' }).format([...new Set(parts)]);
}

/** Whether a text is a key of a dictionary. */
function known<Key extends string>(words: Readonly<Record<Key, string>>, key: string): key is Key {
  return Object.hasOwn(words, key);
}

/** The name of a field: the language's word for a usual one, else what the schema calls it. */
function fieldName(name: string | undefined, { fields }: KratosWords): string | undefined {
  if (name === undefined) return undefined;
  // Where the schema has no title there is a name for programs, such as taxNumber.
  const isTitle = !/^[a-z][a-zA-Z0-9_]*$/.test(name);
  const words = isTitle ? name : name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const spaced = words.replace(/[-_\s]+/g, ' ').trim();
  const usual: string = spaced.toLowerCase().replace(/^(?:your )?e ?mail\b/, 'email');
  if (known<FieldName>(fields, usual)) return fields[usual];
  return isTitle ? name : capitalized(spaced);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Names of providers that are known by an id when the environment gives them no label. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['apple', 'Apple'],
  ['auth0', 'Auth0'],
  ['discord', 'Discord'],
  ['facebook', 'Facebook'],
  ['github', 'GitHub'],
  ['gitlab', 'GitLab'],
  ['google', 'Google'],
  ['linkedin', 'LinkedIn'],
  ['microsoft', 'Microsoft'],
  ['netid', 'NetID'],
  ['slack', 'Slack'],
  ['spotify', 'Spotify'],
  ['twitch', 'Twitch'],
  ['x', 'X'],
]);

function providerName(name: string | undefined): string | undefined {
  return name === undefined ? undefined : (PROVIDERS.get(name) ?? name);
}

/** Ways into an account that is there already: providers by name, the rest in words. */
function ways(context: unknown, words: KratosWords): string | undefined {
  const providers = texts(member(context, 'available_oidc_providers')).map(
    // Of these Kratos hands on the id alone, which is in small letters.
    (id) => PROVIDERS.get(id) ?? capitalized(id),
  );
  const types = texts(member(context, 'available_credential_types'));
  const others = types
    .filter((type) => known<Way>(words.ways, type))
    // "A connected account" says nothing beside its name.
    .filter((type) => type !== 'oidc' || providers.length === 0)
    .map((type) => words.ways[type]);
  return either([...others, ...providers], words);
}

function kinds(value: unknown, words: KratosWords): string | undefined {
  const types = texts(value);
  const names = types.filter((type) => known<Kind>(words.kinds, type)).map((type) => words.kinds[type]);
  return names.length === types.length ? either(names, words) : undefined;
}

/** The one value that is accepted; Kratos hands it on as JSON or as Go writes it. */
function expected(value: unknown, words: KratosWords): string | undefined {
  if (value === true || value === 'true') return words.yes;
  if (value === false || value === 'false') return words.no;
  return typeof value === 'number' ? number(value, words) : filled(value)?.replace(/^"(.*)"$/s, '$1');
}

/** Backup codes in one line; a used one is there without its code. */
function secrets(value: unknown, { used }: KratosWords): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const codes = value.map((entry: unknown) =>
    member(entry, 'id') === 1050014 ? used : text(member(entry, 'context'), 'secret'),
  );
  return codes.every((code) => code !== undefined) ? codes.join(', ') : undefined;
}

/** What stands in {reason}: Kratos' English sentences for programs, told by what they have in common. */
const REASONS: readonly (readonly [pattern: RegExp, reason: Reason])[] = [
  [/ is not valid "email"$/, 'email'],
  [/ is not valid "[a-z-]+"$/, 'format'],
  [/^value must be /, 'choice'],
  [/^additionalProperties /, 'unexpected'],
  [/^Did not receive any value changes/, 'unchanged'],
  [/^You must \(re-\)generate recovery backup codes/, 'codes-first'],
  [/^You cannot remove first factor credentials/, 'last-way'],
  [/^You tried to remove /, 'removed'],
  [/^Unable to parse WebAuthn response/, 'key'],
  [/ returned error "access_denied"/, 'refused-at-provider'],
  [/permissions were not granted|accept the "openid" permission/, 'permissions'],
  [/^Unable to complete OpenID Connect flow/, 'provider'],
  [/^identifier is required/, 'identifier'],
  [/^The code was already used/, 'code-used'],
  [/^The request was submitted too often/, 'too-often'],
  [/^An error occur+ed, please (?:use the new|retry the) flow/, 'restart'],
];

function reasonFor(reason: string | undefined, { reasons }: KratosWords): string | undefined {
  if (reason === undefined) return undefined;
  const found = REASONS.find(([pattern]) => pattern.test(reason));
  return found === undefined ? reason : reasons[found[1]];
}
