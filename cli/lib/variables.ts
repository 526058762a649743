/** Secrets from outside: which ones a stack asks for, which aren't supplied, and that none is shown. */
import { CommandError } from './output.js';
import type { StackFile } from './stack.js';

const PREFIX = 'TF_VAR_';
/** A shorter value is a word, and words stand in honest messages. */
const LEAST_MASKED = 8;

/** A secret that Terraform must be given. */
export interface OutsideSecret {
  readonly name: string;
  /** What it is for. */
  readonly description: string;
}

/** The secrets that a stack asks for and nobody has supplied; an empty value is none. */
export function missingSecrets(
  { variable = {} }: StackFile,
  environment: NodeJS.ProcessEnv = process.env,
): OutsideSecret[] {
  return Object.entries(variable)
    .filter(([name, declared]) => !('default' in declared) && !environment[`${PREFIX}${name}`])
    .map(([name, { description = '' }]) => ({ name, description }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What to say about a missing secret, and what to do. */
export function explainMissing({ name, description }: OutsideSecret): { says: string; remedy: string } {
  return {
    says: `secret '${name}' must be supplied, got nothing${description === '' ? '' : ` (${description})`}`,
    remedy: `\`export ${PREFIX}${name}=…\``,
  };
}

/** @throws CommandError that lists every missing secret with what it is for and how to supply it */
export function refuseMissing(environment: string, missing: readonly OutsideSecret[]): void {
  if (missing.length === 0) return;
  throw new CommandError(
    `every secret from outside must be supplied to deploy '${environment}', got ${missing.length} missing`,
    missing.map(explainMissing).map(({ says, remedy }) => `${says}; ${remedy}`),
    'set the variables above, then run the same command again',
  );
}

/**
 * Values to plan with in place of missing secrets, by the secret's name.
 *
 * For plans that are only looked at, or that only destroy: applied, they would stand in files as the
 * secret itself.
 */
export function placeholdersFor(missing: readonly OutsideSecret[]): ReadonlyMap<string, string> {
  return new Map(missing.map(({ name }) => [name, `portcullis-not-supplied-${name}`]));
}

/** Placeholders as Terraform takes them. */
export function asVariables(placeholders: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...placeholders].map(([name, value]) => [`${PREFIX}${name}`, value]));
}

/** A program's words without the values that it was given as variables. */
export function masked(text: string, environment: NodeJS.ProcessEnv = process.env): string {
  return Object.entries(environment)
    .filter(([name]) => name.startsWith(PREFIX))
    .flatMap(([, value = '']) => [value, ...value.split('\n')])
    .map((value) => value.trim())
    .filter((value) => value.length >= LEAST_MASKED)
    .sort((a, b) => b.length - a.length)
    .reduce((shown, value) => shown.replaceAll(value, '(sensitive value)'), text);
}
