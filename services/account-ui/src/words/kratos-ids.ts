/**
 * What Kratos can say to people, by the ids of its messages, and what a language has to bring for it.
 *
 * Complete for Kratos 1.3.1; ids of later releases stand behind them where their meaning is published.
 * Ids that only number a group (…000) are never sent.
 */
import type { Language } from './language.js';

/** Labels of fields, images and texts, and words on buttons. */
export const LABEL_IDS = [
  // Signing in.
  1010001, 1010002, 1010005, 1010006, 1010007, 1010008, 1010009, 1010010, 1010011, 1010013, 1010015, 1010017,
  1010018, 1010019, 1010021, 1010022, 1010023, 1010024,
  // Registration.
  1040001, 1040002, 1040003, 1040004, 1040006, 1040007, 1040008,
  // Settings.
  1050002, 1050003, 1050004, 1050005, 1050006, 1050007, 1050008, 1050009, 1050010, 1050011, 1050012, 1050013,
  1050014, 1050015, 1050016, 1050017, 1050018, 1050019, 1050020,
  // Recovery.
  1060007,
  // Any form.
  1070001, 1070002, 1070003, 1070004, 1070005, 1070006, 1070007, 1070008, 1070009, 1070010, 1070011, 1070012,
  1070013, 1070014, 1070015, 1070016, 1070017, 1070018,
] as const;

/** Sentences: what happened, what is wrong, what to do next. */
export const NOTICE_IDS = [
  // What happened: signing in, registration, settings, recovery, verification.
  1010003, 1010004, 1010012, 1010014, 1010016, 1010020, 1010025, 1040005, 1040009, 1050001, 1050023, 1060001,
  1060002, 1060003, 1060004, 1060005, 1060006, 1080001, 1080002, 1080003, 1080004, 1080005,
  // What is wrong with a value.
  4000001, 4000002, 4000003, 4000004, 4000005, 4000006, 4000007, 4000008, 4000009, 4000010, 4000011, 4000012,
  4000013, 4000014, 4000015, 4000016, 4000017, 4000018, 4000019, 4000020, 4000021, 4000022, 4000023, 4000024,
  4000025, 4000026, 4000027, 4000028, 4000029, 4000030, 4000031, 4000032, 4000033, 4000034, 4000035, 4000036,
  4000037, 4000038, 4000039, 4000040, 4000041, 4000042, 4000043, 4000044, 4000045,
  // What is wrong with a flow: signing in, registration, settings, recovery, verification, anywhere.
  4010001, 4010002, 4010003, 4010004, 4010005, 4010006, 4010007, 4010008, 4010009, 4010010, 4010011, 4040001,
  4040002, 4040003, 4050001, 4050002, 4060001, 4060002, 4060003, 4060004, 4060005, 4060006, 4070001, 4070002,
  4070003, 4070004, 4070005, 4070006, 5000001, 5000002, 5000003,
] as const;

export type LabelId = (typeof LABEL_IDS)[number];
export type NoticeId = (typeof NOTICE_IDS)[number];

/** A sentence whose form follows a number of the message's context, as the language's plural rules say. */
export type Counted = {
  /** Name of the number. */
  readonly count: string;
  readonly other: string;
} & Partial<Readonly<Record<Intl.LDMLPluralRule, string>>>;

/**
 * A text with `{names}` of values from the message's context. Of several, the first is taken whose values
 * are all there; without any, people read Kratos' own English text.
 */
export type Text = string | readonly string[] | Counted;

/** What a language brings: leaving out any of it is an error of the compiler. */
export interface KratosWords {
  readonly language: Language;
  readonly labels: Readonly<Record<LabelId, Text>>;
  readonly notices: Readonly<Record<NoticeId, Text>>;
  /** Names of fields, by their title or name in the identity schema; see `kratos-values.ts`. */
  readonly fields: Readonly<Record<FieldName, string>>;
  /** Ways to sign in, as they follow "sign in with". */
  readonly ways: Readonly<Record<Way, string>>;
  /** Kinds of values, as they follow "enter". */
  readonly kinds: Readonly<Record<Kind, string>>;
  /** Sentences for what Kratos only says in English, inside of {reason}. */
  readonly reasons: Readonly<Record<Reason, string>>;
  /** In place of a backup code that was used. */
  readonly used: string;
  readonly yes: string;
  readonly no: string;
}

export type FieldName =
  | 'email'
  | 'email address'
  | 'password'
  | 'identifier'
  | 'code'
  | 'totp code'
  | 'lookup secret'
  | 'username'
  | 'name'
  | 'full name'
  | 'first name'
  | 'last name'
  | 'given name'
  | 'family name'
  | 'phone'
  | 'phone number';

/** Kratos' credential types that open a session; second factors aren't among them. */
export type Way = 'password' | 'oidc' | 'webauthn' | 'passkey' | 'code';

/** JSON's types. */
export type Kind = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'null';

export type Reason =
  | 'email'
  | 'format'
  | 'choice'
  | 'unexpected'
  | 'unchanged'
  | 'codes-first'
  | 'last-way'
  | 'removed'
  | 'key'
  | 'refused-at-provider'
  | 'permissions'
  | 'provider'
  | 'identifier'
  | 'code-used'
  | 'too-often'
  | 'restart';
