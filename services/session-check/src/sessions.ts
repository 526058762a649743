/**
 * Answers who a credential belongs to, from memory where that is recent enough.
 *
 * The bound: an answer serves the questions that come less than `rememberMilliseconds` after it was
 * asked for. Kratos looks a session up after it is asked, so a question that comes that long after a
 * session was revoked is never answered from before. It is the same for an answer that is remembered
 * and for one that is still under way, which later questions wait for instead of asking again. With 0
 * every question is put to Kratos by itself, even beside an equal one: what was asked before a
 * revocation may not answer what is asked after it.
 */
import { digest, render, satisfies, type Aal, type Kind, type Verdict } from './answer.js';
import type { Kratos } from './kratos.js';

/** Longer answers aren't remembered, so that all of them together stay within a container's memory. */
const LONGEST_REMEMBERED = 4096;

export interface Clock {
  /** Milliseconds since any moment; never steps back. */
  readonly monotonic: () => number;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
}

export interface Bounds {
  readonly rememberMilliseconds: number;
  readonly rememberEntries: number;
}

interface Entry {
  /** When Kratos was asked, monotonic. */
  readonly sent: number;
  readonly verdict: Promise<Verdict>;
}

/** Sessions as Kratos knows them, at most so old as the bound says. */
export class Sessions {
  /** The one used longest ago stands first. */
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly kratos: Kratos,
    private readonly bounds: Bounds,
    private readonly clock: Clock,
    /** Is told of every answer of Kratos. */
    private readonly heard: (verdict: Verdict) => void,
  ) {}

  /** How many answers are remembered or under way. */
  get size(): number {
    return this.entries.size;
  }

  /** The JSON text that answers a question. */
  async introspect(kind: Kind, credential: string, aal: Aal): Promise<string> {
    // Nothing else is ever in a cookie or a token of Kratos, and it would end up in a header.
    if (!/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/.test(credential)) {
      return render({ state: 'inactive' }, aal);
    }
    return render(await this.ask(kind, credential, aal), aal);
  }

  private async ask(kind: Kind, credential: string, aal: Aal): Promise<Verdict> {
    if (this.bounds.rememberMilliseconds === 0) return this.send(kind, credential);
    const key = digest(`${kind} ${credential}`);
    const known = this.entries.get(key);
    if (known !== undefined && this.isRecent(known)) {
      this.put(key, known);
      const verdict = await known.verdict;
      if (satisfies(verdict, aal) && !this.hasEnded(verdict)) return verdict;
      // The person may have given the second factor since. If another question has asked anew in the
      // meantime it did so after this one came, so its answer is as good as one of our own.
      const newer = this.entries.get(key);
      if (newer !== undefined && newer !== known) return newer.verdict;
    }
    const entry = { sent: this.clock.monotonic(), verdict: this.send(kind, credential) };
    this.put(key, entry);
    const verdict = await entry.verdict;
    if (!isWorthRemembering(verdict) && this.entries.get(key) === entry) this.entries.delete(key);
    return verdict;
  }

  private async send(kind: Kind, credential: string): Promise<Verdict> {
    const verdict = await this.kratos.whoami(kind, credential);
    this.heard(verdict);
    return verdict;
  }

  private isRecent({ sent }: Entry): boolean {
    return this.clock.monotonic() - sent < this.bounds.rememberMilliseconds;
  }

  private hasEnded(verdict: Verdict): boolean {
    return verdict.state === 'active' && verdict.expires <= this.clock.wall();
  }

  private put(key: string, entry: Entry): void {
    this.entries.delete(key);
    this.entries.set(key, entry);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.bounds.rememberEntries) break;
      this.entries.delete(oldest);
    }
  }
}

/** Only sessions are: a refusal costs Kratos little, and must not outlive its reason. */
function isWorthRemembering(verdict: Verdict): boolean {
  return verdict.state === 'active' && verdict.text.length <= LONGEST_REMEMBERED;
}
