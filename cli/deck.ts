/**
 * decK as a typed program: what a state would change in Kong, and the change itself.
 *
 * Secrets reach decK by its standard input only, and nothing that it says leaves here unmasked.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeckError, refused } from './deck/errors.js';
import type { Mask } from './deck/mask.js';
import {
  readDump,
  readLint,
  readPing,
  readReport,
  readVersion,
  type DeckDump,
  type DeckLint,
  type DeckReport,
} from './deck/report.js';
import { RULESET } from './deck/ruleset.js';
import { maskOf, maskOfText, prepareState, requireTags, type DeckState } from './deck/state.js';
import { runDeck, wordsOf, type Call, type DeckTarget, type Ended } from './deck/target.js';

export { DeckError, type DeckFailure } from './deck/errors.js';
export { MASK } from './deck/mask.js';
export type * from './deck/report.js';
export type { DeckState } from './deck/state.js';
export type { AddressTarget, ContainerTarget, DeckTarget, ForwardTarget } from './deck/target.js';

export interface DeckOptions {
  /**
   * Milliseconds after which one call of decK is ended.
   *
   * @default 120000
   */
  readonly timeout?: number;
  /** Ends the call at work, its container and its port-forward. */
  readonly signal?: AbortSignal;
}

export type DeckValidation =
  { readonly ok: true } | { readonly ok: false; readonly errors: readonly string[] };

const TIMEOUT_MILLISECONDS = 120_000;
const NO_SECRETS: ReadonlyMap<string, string> = new Map();
/**
 * decK's workers write their lists of changes without a lock, so that with more than one of them
 * (10 unless told otherwise) changes can be missing from the report.
 */
const ONE_WORKER = ['--parallelism', '1'];

/** decK against one Kong. Every method throws DeckError, with decK's words in its detail. */
export class Deck {
  constructor(
    private readonly target: DeckTarget,
    private readonly options: DeckOptions = {},
  ) {}

  /** decK's own version, `dev` for a build without one. */
  async version(): Promise<string> {
    return readVersion((await this.must({ args: ['version'], online: false })).stdout);
  }

  /**
   * Asks the Admin API for Kong's version.
   *
   * @throws DeckError `unreachable` when it doesn't answer
   */
  async ping(): Promise<{ readonly kong: string }> {
    const mask = maskOf(NO_SECRETS);
    const ended = await this.run({ args: ['gateway', 'ping'], online: true }, mask);
    if (ended.code === 0) return readPing(ended.stdout);
    throw new DeckError(
      'unreachable',
      "Kong's Admin API must answer, got none",
      wordsOf(ended.stderr, mask),
      'see that Kong runs and that its Admin API listens there',
    );
  }

  /**
   * Checks a state: its form, and with `online` (the default) also each entity by Kong itself.
   *
   * @throws DeckError when the check can't be made
   */
  async validate(state: DeckState, { online = true } = {}): Promise<DeckValidation> {
    const { input, mask } = prepareState(state);
    const ended = await this.run({ args: [online ? 'gateway' : 'file', 'validate'], input, online }, mask);
    if (ended.code === 0) return { ok: true };
    // decK ends in the same way when a state is wrong and when Kong is away.
    if (online) await this.ping();
    const errors = wordsOf(ended.stderr, mask);
    return { ok: false, errors: errors.length > 0 ? errors : ['decK ended without a word'] };
  }

  /**
   * What `sync` would change.
   *
   * @throws DeckError `refused` for a state without select tags
   */
  diff(state: DeckState): Promise<DeckReport> {
    return this.reconcile('diff', state);
  }

  /**
   * Brings Kong to the state, deleting what carries its tags and isn't in it.
   *
   * @throws DeckError `refused` for a state without select tags; `failed` when Kong refused a change
   */
  sync(state: DeckState): Promise<DeckReport> {
    return this.reconcile('sync', state);
  }

  /**
   * What Kong holds, with every secret masked.
   *
   * @param tags only what carries all of them; none means everything
   * @param secrets known values, to be masked wherever else they stand
   */
  async dump(tags: readonly string[], secrets = NO_SECRETS): Promise<DeckDump> {
    const mask = maskOf(secrets);
    for (const tag of tags)
      if (!/^[^\s,"]+$/.test(tag))
        throw refused(
          'tags',
          'hold no space, comma or quote',
          JSON.stringify(mask.text(tag)),
          'name each tag by itself',
        );
    const select = tags.map((tag) => `--select-tag=${tag}`);
    const call = { args: ['gateway', 'dump', '--format', 'json', '-o', '-', ...select], online: true };
    return readDump((await this.must(call, mask)).stdout, mask);
  }

  /**
   * Checks a state's text against rules, without Kong and without its secrets.
   *
   * @param ruleset rules in Spectral's form, ours when left out
   */
  async lint(state: DeckState, ruleset = RULESET): Promise<DeckLint> {
    const mask = maskOfText(state);
    const folder =
      this.target.kind === 'container' ? undefined : mkdtempSync(join(tmpdir(), 'portcullis-lint-'));
    try {
      const path = join(folder ?? '/tmp', 'ruleset.yaml');
      if (folder !== undefined) writeFileSync(path, ruleset);
      const ended = await this.run(
        {
          args: ['file', 'lint', '--state', '-', '--format', 'json', path],
          input: state.text,
          online: false,
          file: { path, content: ruleset },
        },
        mask,
      );
      // It ends with 1 both for violations, which it prints, and for errors, which it doesn't.
      if (ended.stdout.trim() === '') throw failed('file lint', ended, mask);
      return readLint(ended.stdout, mask);
    } finally {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    }
  }

  private async reconcile(command: 'diff' | 'sync', state: DeckState): Promise<DeckReport> {
    const prepared = prepareState(state);
    requireTags(prepared);
    const { input, mask } = prepared;
    // Not with --non-zero-exit-code: at a difference decK then ends before it prints the report.
    const args = ['gateway', command, '--json-output', ...ONE_WORKER];
    const { stdout } = await this.must({ args, input, online: true }, mask);
    return readReport(command, stdout, mask);
  }

  private async must(call: Call, mask: Mask = maskOf(NO_SECRETS)): Promise<Ended> {
    const ended = await this.run(call, mask);
    if (ended.code === 0) return ended;
    throw failed(
      call.args
        .filter((word) => !word.startsWith('-'))
        .slice(0, 2)
        .join(' '),
      ended,
      mask,
    );
  }

  private run(call: Call, mask: Mask): Promise<Ended> {
    const { timeout = TIMEOUT_MILLISECONDS, signal } = this.options;
    return runDeck(this.target, call, { timeout, signal }, mask);
  }
}

function failed(command: string, ended: Ended, mask: Mask): DeckError {
  const away = /connection refused|no such host|i\/o timeout|no route to host/.test(ended.stderr);
  return new DeckError(
    away ? 'unreachable' : 'failed',
    `\`deck ${command}\` must end with 0, got ${ended.code}`,
    wordsOf(ended.stderr, mask),
    away ? 'see that Kong runs and that its Admin API listens there' : 'mend what decK names',
  );
}
