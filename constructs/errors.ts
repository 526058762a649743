/** The one catalogue of mistakes that a stack can be told about at synth. */

/** Kinds of mistakes. */
export const ERROR_CODES = [
  'invalid-property',
  'invalid-declaration',
  'unsupported',
  'secret-leak',
  'foreign-volume',
  'subnet-collision',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * A mistake in what was declared.
 *
 * Grammar of every message: `'<what>' must <rule>, got <value>; <remedy>`, lower case, no final period.
 * A message never holds the value of a secret.
 */
export class PortcullisError extends Error {
  /** Stable name of the kind of mistake; scripts may match it. `docs/errors.md` explains each. */
  readonly code: ErrorCode;
  /** Path of the construct at which the mistake was found, empty when there is none. */
  readonly at: string;

  constructor(code: ErrorCode, message: string, at = '') {
    super(at === '' ? message : `${message} (at ${at})`);
    this.name = 'PortcullisError';
    this.code = code;
    this.at = at;
  }
}

/** Makes the error for a property whose value breaks its rule. */
export function invalid(
  property: string,
  rule: string,
  got: string | number | boolean,
  remedy: string,
  at = '',
): PortcullisError {
  const shown = typeof got === 'string' ? JSON.stringify(got) : String(got);
  return new PortcullisError('invalid-property', `'${property}' must ${rule}, got ${shown}; ${remedy}`, at);
}

/** Makes the error for something a platform can't do. */
export function unsupported(platform: string, what: string, remedy: string, at = ''): PortcullisError {
  return new PortcullisError('unsupported', `platform '${platform}' can't do ${what}; ${remedy}`, at);
}

/** Makes the error for a secret that somebody tried to turn into text. */
export function secretLeak(name: string): PortcullisError {
  return new PortcullisError(
    'secret-leak',
    `secret '${name}' can't become a string; hand the Secret itself to a property that takes one`,
  );
}
