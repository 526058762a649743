/** Collects every mistake of a declaration, so that one report shows them all. */
import { PortcullisError } from './errors.js';
import { Sealed } from './secrets/sealed.js';
import { Unprintable } from './secrets/unprintable.js';

const SHOWN_CHARACTERS = 80;

/** Mistakes found so far. Each line reads: path, rule, what was got, remedy. */
export class Mistakes {
  private readonly lines: string[] = [];

  /** Notes one mistake; `got` is shown unless it is a secret. */
  add(path: string, must: string, got: unknown, remedy: string): void {
    this.lines.push(`${path} must ${must}, got ${shown(got)}; ${remedy}`);
  }

  /** Notes a mistake unless `right` holds. */
  unless(right: boolean, path: string, must: string, got: unknown, remedy: string): void {
    if (!right) this.add(path, must, got, remedy);
  }

  /** A whole number within bounds. */
  wholeNumber(path: string, got: number, least: number, most: number, remedy: string): void {
    this.unless(
      Number.isInteger(got) && got >= least && got <= most,
      path,
      `be a whole number from ${least} to ${most}`,
      got,
      remedy,
    );
  }

  /** Names or values that may not repeat. */
  unique(path: string, values: readonly string[], remedy: string): void {
    for (const twice of new Set(values.filter((value, i) => values.indexOf(value) !== i))) {
      this.add(path, 'be unique', twice, remedy);
    }
  }

  get found(): readonly string[] {
    return this.lines;
  }

  /**
   * Ends a check.
   *
   * @throws PortcullisError with all lines, sorted by their paths, when there is one
   */
  throwIfAny(what: string, at: string): void {
    if (this.lines.length === 0) return;
    const count = `${this.lines.length} mistake${this.lines.length === 1 ? '' : 's'}`;
    throw new PortcullisError(
      'invalid-declaration',
      `${what} has ${count}:\n${[...this.lines]
        .sort()
        .map((line) => `  ${line}`)
        .join('\n')}\n`,
      at,
    );
  }
}

function shown(got: unknown): string {
  if (isSecret(got)) return `the secret '${got.label}'`;
  if (got === undefined) return 'nothing';
  if (typeof got === 'number') return String(got);
  const text = JSON.stringify(withLabels(got)) as string | undefined;
  if (text === undefined) return typeof got;
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS - 3)}...` : text;
}

function isSecret(value: unknown): value is Sealed | Unprintable {
  return value instanceof Sealed || value instanceof Unprintable;
}

/** The same value with labels where secrets are, which refuse to become text themselves. */
function withLabels(value: unknown): unknown {
  if (isSecret(value)) return shown(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withLabels);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withLabels(inner)]));
}
