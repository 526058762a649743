/** What the commands say: progress and errors on stderr, results on stdout. */

import { stripVTControlCharacters } from 'node:util';

/** A failure that the reader can mend: what happened, shown detail, what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  constructor(
    message: string,
    readonly detail: readonly string[] = [],
    readonly remedy = '',
  ) {
    super(message);
  }
}

/** One line of progress. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** One line of result. */
export function result(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Seconds with one decimal, for people. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** A failure as one object, so that a program needn't read prose. */
export function failureData(error: unknown): {
  error: { message: string; detail: readonly string[]; remedy: string };
} {
  const known = error instanceof CommandError ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return { error: { message, detail: known?.detail ?? [], remedy: known?.remedy ?? '' } };
}

/**
 * Shows a failure: what, the last lines that explain it, the remedy.
 *
 * With `--json` the same goes to stdout as one object.
 */
export function showFailure(error: unknown, json: boolean): void {
  const data = failureData(error);
  if (json) {
    result(JSON.stringify({ version: 1, ...data }));
    return;
  }
  const { message, detail, remedy } = data.error;
  progress(`error: ${message}`);
  for (const line of detail) progress(`  | ${stripVTControlCharacters(line)}`);
  if (remedy !== '') progress(`  what to do: ${remedy}`);
}

/** Rows under a header, columns as wide as they need. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
