/** Settings of the JSON service, read from its environment once. */

export interface Settings {
  readonly name: string;
  readonly message: string;
  readonly port: number;
  /** Tells replicas apart in answers and logs. */
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
  if (mistakes.length > 0) throw new Error(mistakes.join('; '));
  return settings;
}
