/** Settings of session-check, read from its environment once. */

export interface Settings {
  readonly port: number;
  /** Origin of Kratos' public listener, without a path. */
  readonly kratosUrl: string;
  /** Name of the cookie that Kratos keeps a session in. */
  readonly sessionCookie: string;
  /** How old an answer of Kratos may be when it is used again; 0 means never again. */
  readonly rememberMilliseconds: number;
  /** The most answers that are remembered at once. */
  readonly rememberEntries: number;
  /** Tells replicas apart in logs. */
  readonly replica: string;
  /** How long it still answers after it was told to stop. */
  readonly drainMilliseconds: number;
}

/** @throws Error that names every variable which is missing or wrong */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  replica: string,
): Settings {
  const mistakes: string[] = [];
  const number = (name: string, least: number, most: number, otherwise = ''): number => {
    const text = environment[name] ?? otherwise;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      mistakes.push(`${name} must be a whole number from ${least} to ${most}`);
    return value;
  };
  const text = (name: string, right: (value: string) => boolean, must: string): string => {
    const value = environment[name] ?? '';
    if (!right(value)) mistakes.push(`${name} must be ${must}`);
    return value;
  };
  const settings = {
    port: number('PORT', 1, 65_535),
    kratosUrl: text('KRATOS_URL', isOrigin, "an origin such as 'http://kratos:4433'"),
    // The characters that RFC 6265 has for names.
    sessionCookie: text(
      'SESSION_COOKIE',
      (value) => /^[\w!#$%&'*+.^`|~-]+$/.test(value),
      'the name of a cookie',
    ),
    rememberMilliseconds: number('REMEMBER_MILLISECONDS', 0, 60_000),
    rememberEntries: number('REMEMBER_ENTRIES', 1, 1_000_000, '10000'),
    replica,
    drainMilliseconds: number('DRAIN_MILLISECONDS', 0, 60_000),
  };
  if (mistakes.length > 0) throw new Error(mistakes.join('; '));
  return settings;
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, origin, href } = new URL(text);
  return protocol === 'http:' && (text === origin || text === href) && href === `${origin}/`;
}
