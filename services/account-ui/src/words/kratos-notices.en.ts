/** English sentences, by the ids of Kratos' messages: what happened, what is wrong, what to do. */
import type { KratosWords, Text } from './kratos-ids.js';

const sent = 'Nothing there after some minutes? Look into the spam folder and check the address.';
const expired = 'This page was open for too long and has expired. Please fill in the form again.';
const done = 'You have done this already. There is nothing left to do here.';
const incomplete = 'Something is missing. Fill in the form and press the button that you want.';
const failed = 'Something went wrong. Please start again.';
const link = 'This link doesn’t work any more. Have a new one sent.';
const partial = 'The link isn’t complete. Copy all of it from the email, or have a new one sent.';
const code = 'This code is wrong, was used before or is too old. Check it, or have a new one sent.';
const setUp = (what: string): Text => `Your account has no ${what} yet. Choose another way.`;

export const notices: KratosWords['notices'] = {
  1010003: 'Please show that it is you: sign in once more.',
  1010004: 'One more step: show in a second way that it is you.',
  1010012: 'Have your security key, finger or face ready, then continue.',
  1010014: `If we know this address, a code is on its way to it. Enter the code here. ${sent}`,
  1010016:
    'There is already an account with {duplicate_identifier}. Sign in to it, and {provider} becomes another way into it.',
  1010020: 'We send a code to {masked_to}. Enter the full address to show that it is yours.',
  1010025: `A code is on its way to you. Enter it here. ${sent}`,

  1040005: `A code is on its way to your address. Enter it here. ${sent}`,
  1040009: 'Choose how you want to sign in from now on.',

  1050001: 'Your changes are saved.',
  1050023: 'Your organisation looks after this account. Ask its administrators to change these settings.',

  1060001:
    'You are back in your account. Choose a new password now, or set up another way to sign in: the door stays open for a short time only.',
  1060002: `If we know this address, an email with a link is on its way to it. Open the link. ${sent}`,
  1060003: `If we know this address, an email with a code is on its way to it. Enter the code here. ${sent}`,
  1060004: `A code is on its way to {masked_address}. Enter it here. ${sent}`,
  1060005: 'Enter the full address, so that we know that it is yours.',
  1060006: 'Choose where we send the code.',

  1080001: `We send an email with a link to your address. Open the link to confirm the address. ${sent}`,
  1080002: 'Your email address is confirmed.',
  1080003: `We send an email with a code to your address. Enter the code here to confirm the address. ${sent}`,
  1080004:
    'We send a text message with a code to your number. Enter the code here. Nothing there? Check the number.',
  1080005: 'Your phone number is confirmed.',

  4000001: '{reason}',
  4000002: 'Please fill in: {property}.',
  4000003: {
    count: 'min_length',
    one: 'Enter at least one character.',
    other: 'Enter at least {min_length} characters.',
  },
  4000004: 'This doesn’t have the form that is expected here. Please check it.',
  4000005: 'Choose another password: {reason}.',
  4000006: 'These sign-in details aren’t right. Check the spelling of each and try again.',
  4000007: 'There is already an account with these details. Sign in to it, or recover it if you can’t.',
  4000008: 'That didn’t match. Enter the code that your app shows now, or try your key again.',
  4000009: 'What you sign in with is missing. Please fill it in.',
  4000010: 'Your address isn’t confirmed yet. Open the email that we sent you, then sign in again.',
  4000011: setUp('authenticator app'),
  4000012: 'This backup code was used before. Each works once: enter another one.',
  4000013: setUp('security key'),
  4000014: setUp('backup codes'),
  4000015:
    'There is no account with these details and a security key. Check the spelling or choose another way.',
  4000016: 'This isn’t one of your backup codes. Check the spelling or enter another one.',
  4000017: {
    count: 'max_length',
    one: 'Enter one character at most.',
    other: 'Enter {max_length} characters at most.',
  },
  4000018: 'Enter {minimum} or more.',
  4000019: 'Enter more than {minimum}.',
  4000020: 'Enter {maximum} or less.',
  4000021: 'Enter less than {maximum}.',
  4000022: 'Enter a multiple of {base}.',
  4000023: {
    count: 'max_items',
    one: 'Only one entry is possible here. Remove the others.',
    other: 'Only {max_items} entries are possible here. Remove some.',
  },
  4000024: {
    count: 'min_items',
    one: 'At least one entry is needed here.',
    other: 'At least {min_items} entries are needed here.',
  },
  4000025: 'Two entries are the same. Change or remove one of them.',
  4000026: 'Enter {allowed_types}.',
  4000027:
    'There is already an account with this address. Sign in to it, then connect the other account in your settings.',
  4000028: [
    'There is already an account with {credential_identifier_hint}. Sign in to it with {ways}.',
    'There is already an account with these details. Sign in to it with {ways}.',
    'There is already an account with {credential_identifier_hint}. Sign in to it, or recover it if you can’t.',
  ],
  4000029: 'Only this is possible here: {expected}.',
  4000030: 'This isn’t possible here. Please choose something else.',
  4000031: 'This password is too much like what you sign in with. Choose another one.',
  4000032: {
    count: 'min_length',
    one: 'Choose a password of at least one character.',
    other: 'Choose a password of at least {min_length} characters.',
  },
  4000033: {
    count: 'max_length',
    one: 'Choose a password of one character at most.',
    other: 'Choose a password of {max_length} characters at most.',
  },
  4000034:
    'This password is in lists of stolen passwords. Choose another one, and change it wherever else you use it.',
  4000035:
    'There is no account with these details that signs in with a code. Check the spelling or choose another way.',
  4000036: 'Your details changed on the way. Please start again.',
  4000037: 'There is no account with these details, or no way into it. Check the spelling.',
  4000038: 'That didn’t work. Please solve the task once more.',
  4000039: 'This is your old password. Choose another one.',
  4000040: 'Enter a full email address, for example name@example.com.',
  4000041: 'Enter a full phone number with its country, for example +49 30 123456.',
  4000042: setUp('device to sign in with'),
  4000043: 'Your security key wasn’t accepted. Please try again.',
  4000044: 'Your device wasn’t accepted. Try again or choose another way.',
  4000045: 'Your device must be set up again before it can be used.',

  4010001: expired,
  4010002: incomplete,
  4010003: incomplete,
  4010004: incomplete,
  4010005: incomplete,
  4010006: incomplete,
  4010007: done,
  4010008: code,
  4010009:
    'This isn’t the account that you wanted to connect. Sign in with the address that was named before.',
  4010010: 'This address isn’t one of your account. Check the spelling.',
  4010011: 'This account is switched off. Please ask the people who run this site.',

  4040001: expired,
  4040002: done,
  4040003: code,

  4050001: expired,
  4050002: 'Please change one address at a time.',

  4060001: done,
  4060002: failed,
  4060003: partial,
  4060004: link,
  4060005: expired,
  4060006: code,

  4070001: link,
  4070002: done,
  4070003: failed,
  4070004: partial,
  4070005: expired,
  4070006: code,

  5000001: '{reason}',
  5000002: 'There is no way to sign in at the moment. Please tell the people who run this site.',
  5000003: 'Your organisation’s sign-in isn’t set up. Please tell its administrators.',
};
