/** Settings of the JSON service, read from its environment once. */
import type { IdentitySettings } from './identity.js';

/** Algorithms with a key pair; with a shared key a service could sign what it verifies. */
const ALGORITHMS = ['RS256', 'ES256'];

export interface Settings {
  readonly name: string;
  readonly message: string;
  readonly port: number;
  /** Tells replicas apart in answers and logs. */
  readonly replica: string;
  /** How long it still answers after it was told to stop. */
  readonly drainMilliseconds: number;
  /** Whose signed identity every request must have; left out, requests need none. */
  readonly identity?: IdentitySettings & {
    /** File with the public keys. */
    readonly keys: string;
  };
}

/** @throws Error that names every variable which is missing or wrong */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  replica: string,
): Settings {
  const mistakes: string[] = [];
  const text = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === '') mistakes.push(`${name} must be set`);
    return value ?? '';
  };
  const number = (name: string, least: number, most: number): number => {
    const text = environment[name] ?? '';
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      mistakes.push(`${name} must be a whole number from ${least} to ${most}`);
    return value;
  };
  const settings = {
    name: text('SERVICE_NAME'),
    message: text('SERVICE_MESSAGE'),
    port: number('PORT', 1, 65_535),
    replica,
    drainMilliseconds: number('DRAIN_MILLISECONDS', 0, 60_000),
  };
  const identity = ['IDENTITY_ISSUER', 'IDENTITY_AUDIENCE', 'IDENTITY_KEYS', 'IDENTITY_ALGORITHMS'].some(
    (name) => environment[name] !== undefined,
  )
    ? {
        issuer: text('IDENTITY_ISSUER'),
        audience: text('IDENTITY_AUDIENCE'),
        keys: text('IDENTITY_KEYS'),
        algorithms: (environment.IDENTITY_ALGORITHMS ?? '').split(','),
      }
    : undefined;
  if (identity?.algorithms.every((name) => ALGORITHMS.includes(name)) === false)
    mistakes.push(`IDENTITY_ALGORITHMS must be some of ${ALGORITHMS.join(', ')} with commas between`);
  if (mistakes.length > 0) throw new Error(mistakes.join('; '));
  return { ...settings, ...(identity === undefined ? {} : { identity }) };
}
