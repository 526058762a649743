/** Durations and sizes with their unit in the type, so that no number needs one in its name. */
import { invalid } from './errors.js';

/** A length of time, at least one millisecond. */
export class Duration {
  static milliseconds(amount: number): Duration {
    return new Duration(amount);
  }
  static seconds(amount: number): Duration {
    return new Duration(whole(amount * 1000));
  }
  static minutes(amount: number): Duration {
    return new Duration(whole(amount * 60_000));
  }
  static hours(amount: number): Duration {
    return new Duration(whole(amount * 3_600_000));
  }
  static days(amount: number): Duration {
    return new Duration(whole(amount * 86_400_000));
  }

  /**
   * Reads `250ms`, `30s`, `5m`, `12h` or `30d`.
   *
   * @throws PortcullisError when the text has another form
   */
  static parse(text: string): Duration {
    const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
    const factor = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
    if (match?.[1] === undefined) {
      throw invalid('duration', 'be a whole number with ms, s, m, h or d', text, "write for example '30s'");
    }
    return new Duration(Number(match[1]) * factor[match[2] as keyof typeof factor]);
  }

  private constructor(private readonly amount: number) {
    if (!Number.isInteger(amount) || amount < 1) {
      throw invalid('duration', 'be at least one whole millisecond', amount, 'raise it');
    }
  }

  toMilliseconds(): number {
    return this.amount;
  }
  /** Whole seconds, rounded up so that a bound is never shortened. */
  toSeconds(): number {
    return Math.ceil(this.amount / 1000);
  }
  /**
   * The form that Go programs print, for example `1m30s` or `1.5s`.
   *
   * Exactly that form: a provider compares texts, and `90s` would be a change for ever.
   */
  toGoDuration(): string {
    if (this.amount < 1000) return `${this.amount}ms`;
    const hours = Math.floor(this.amount / 3_600_000);
    const minutes = Math.floor((this.amount % 3_600_000) / 60_000);
    const seconds = `${(this.amount % 60_000) / 1000}s`;
    if (hours > 0) return `${hours}h${minutes}m${seconds}`;
    return minutes > 0 ? `${minutes}m${seconds}` : seconds;
  }
}

/** Takes away what binary fractions add: 1.009 * 1000 isn't 1009. */
function whole(milliseconds: number): number {
  const near = Math.round(milliseconds);
  return Math.abs(milliseconds - near) < 1e-6 ? near : milliseconds;
}

/** An amount of memory or storage, at least one mebibyte. */
export class Size {
  static mebibytes(amount: number): Size {
    return new Size(amount);
  }
  static gibibytes(amount: number): Size {
    return new Size(amount * 1024);
  }

  /**
   * Reads `256Mi` or `2Gi`.
   *
   * @throws PortcullisError when the text has another form
   */
  static parse(text: string): Size {
    const match = /^(\d+)(Mi|Gi)$/.exec(text);
    if (match?.[1] === undefined) {
      throw invalid('size', 'be a whole number with Mi or Gi', text, "write for example '256Mi'");
    }
    return new Size(Number(match[1]) * (match[2] === 'Gi' ? 1024 : 1));
  }

  private constructor(private readonly amount: number) {
    if (!Number.isInteger(amount) || amount < 1) {
      throw invalid('size', 'be at least one whole mebibyte', amount, 'raise it');
    }
  }

  toMebibytes(): number {
    return this.amount;
  }
}
