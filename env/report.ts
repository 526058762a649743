/** Turns what the schema found into one line per mistake: path, rule, what was got, remedy. */
import type * as z from 'zod';

/** Between rule and remedy in an issue's message. */
const BETWEEN = '; ';

/** The text of a mistake: what a value must be, and what to do. */
export function rule(must: string, remedy: string): string {
  return `must ${must}${BETWEEN}${remedy}`;
}

/** All mistakes of one environment, or of a file that belongs to it. */
export class EnvironmentError extends Error {
  constructor(
    readonly environment: string,
    readonly lines: readonly string[],
    subject = `environment '${environment}'`,
  ) {
    super(
      `${subject} has ${lines.length} mistake${lines.length === 1 ? '' : 's'}:\n${lines.map((line) => `  ${line}`).join('\n')}`,
    );
    this.name = 'EnvironmentError';
  }
}

/** One line per mistake, in the order of the paths; `whole` names what has none. */
export function reportLines(error: z.ZodError, input: unknown, whole = 'environment'): string[] {
  return error.issues
    .flatMap((issue) => {
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) =>
          line(
            [...issue.path, key],
            rule('be a name that the schema knows', 'remove or correct it'),
            valueAt(input, [...issue.path, key]),
            whole,
          ),
        );
      }
      return [line(issue.path, issue.message, valueAt(input, issue.path), whole)];
    })
    .sort();
}

function line(path: readonly PropertyKey[], message: string, got: unknown, whole: string): string {
  const at = message.indexOf(BETWEEN);
  const [must, remedy] = at < 0 ? [message, ''] : [message.slice(0, at), message.slice(at)];
  return `${formatPath(path) || whole} ${must}, got ${formatValue(got)}${remedy}`;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );
}

function formatValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      value !== null && typeof value === 'object' ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    input,
  );
}
