/** Reads what decK prints: strictly, masked, in types of ours. */
import { z } from 'zod';
import { concealEntity, concealName, concealState, concealText } from './conceal.js';
import { DeckError } from './errors.js';
import type { Mask } from './mask.js';

export type DeckAction = 'create' | 'update' | 'delete';

/** One entity that is, or would be, changed; secrets in it are `[masked]`. */
export interface DeckChange {
  /** decK's word for the kind, such as `route` or `key-auth`. */
  readonly kind: string;
  readonly name: string;
  readonly action: DeckAction;
  /** The entity in Kong; absent when it is created. */
  readonly before?: unknown;
  /** The entity as declared; absent when it is deleted. */
  readonly after?: unknown;
}

export interface DeckSummary {
  readonly creating: number;
  readonly updating: number;
  readonly deleting: number;
  readonly total: number;
}

/** What a synchronization changed, or would change. */
export interface DeckReport {
  readonly changes: readonly DeckChange[];
  readonly summary: DeckSummary;
  readonly warnings: readonly string[];
}

/** What Kong holds under some tags, as a state with `[masked]` for every secret: not one to synchronize. */
export interface DeckDump {
  readonly formatVersion: string;
  readonly state: Readonly<Record<string, unknown>>;
}

export type DeckSeverity = 'error' | 'warn' | 'info' | 'hint';

export interface DeckViolation {
  readonly severity: DeckSeverity;
  readonly message: string;
  /** Line of the state, from 1 on. */
  readonly line: number;
  /** Column of the state, from 1 on. */
  readonly column: number;
}

export interface DeckLint {
  /** Whether nothing of severity `error` was found. */
  readonly ok: boolean;
  readonly violations: readonly DeckViolation[];
}

const count = z.int().nonnegative();
const entities = z
  .array(
    z.strictObject({
      name: z.string(),
      kind: z.string().min(1),
      body: z.strictObject({ old: z.unknown().optional(), new: z.unknown().optional() }),
    }),
  )
  .nullable()
  .transform((list) => list ?? []);
const lines = z
  .array(z.string())
  .nullable()
  .transform((list) => list ?? []);
const report = z.strictObject({
  changes: z.strictObject({
    creating: entities,
    updating: entities,
    deleting: entities,
    // Newer versions tell what an error kept them from.
    dropped_creations: entities.optional(),
    dropped_updates: entities.optional(),
    dropped_deletions: entities.optional(),
  }),
  summary: z.strictObject({ creating: count, updating: count, deleting: count, total: count }),
  warnings: lines,
  errors: lines,
});
type Entities = z.output<typeof entities>;

const lint = z.strictObject({
  total_count: count,
  fail_count: count,
  results: z.array(
    z.strictObject({
      Message: z.string(),
      Severity: z.enum(['error', 'warn', 'info', 'hint']),
      Line: count,
      Column: count,
      Character: count,
      Path: z.string(),
    }),
  ),
});

const dump = z.looseObject({ _format_version: z.string().regex(/^3\.\d+$/) });

/**
 * Reads the report of `diff` or `sync`.
 *
 * With `--json-output` errors stand in the report and the exit code is 0, so they are looked for here.
 *
 * @throws DeckError when there are errors, or the form isn't one that we know
 */
export function readReport(command: 'diff' | 'sync', stdout: string, mask: Mask): DeckReport {
  const { changes, summary, errors, warnings } = parse(command, report, stdout, mask);
  if (errors.length > 0) {
    const dropped = [
      ...named('create', changes.dropped_creations ?? [], mask),
      ...named('update', changes.dropped_updates ?? [], mask),
      ...named('delete', changes.dropped_deletions ?? [], mask),
    ];
    throw new DeckError(
      'failed',
      `decK must end ${command} without an error, got ${errors.length}`,
      [
        ...errors.map((error) => concealText(mask, error)),
        ...dropped.map(({ action, kind, name }) => `not done: ${action} ${kind} ${name}`),
      ],
      command === 'sync'
        ? 'mend the state and synchronize again: Kong may hold a part of the changes'
        : 'mend the state',
    );
  }
  const lists = [changes.creating, changes.updating, changes.deleting].map(({ length }) => length);
  const counts = [summary.creating, summary.updating, summary.deleting];
  if (lists.join() !== counts.join() || summary.total !== counts.reduce((a, b) => a + b))
    throw unreadable(command, [`it counts ${counts.join(', ')} changes and lists ${lists.join(', ')}`]);
  return {
    changes: [
      ...named('create', changes.creating, mask),
      ...named('update', changes.updating, mask),
      ...named('delete', changes.deleting, mask),
    ],
    summary,
    warnings: warnings.map((warning) => concealText(mask, warning)),
  };
}

function named(action: DeckAction, list: Entities, mask: Mask): DeckChange[] {
  return list.map(({ kind, name, body }) => {
    const shown = (entity: unknown): unknown => concealEntity(mask, kind, entity);
    const change = { kind: concealText(mask, kind), name: concealName(mask, kind, name), action };
    switch (action) {
      case 'create':
        return { ...change, after: shown(body.new) };
      case 'update':
        return { ...change, before: shown(body.old), after: shown(body.new) };
      case 'delete':
        // decK puts what it deletes under `new`.
        return { ...change, before: shown(body.old ?? body.new) };
    }
  });
}

/** @throws DeckError when the form isn't one that we know */
export function readLint(stdout: string, mask: Mask): DeckLint {
  const { results, fail_count, total_count } = parse('file lint', lint, stdout, mask);
  if (results.length !== total_count)
    throw unreadable('file lint', [`it counts ${total_count} violations and lists ${results.length}`]);
  return {
    ok: fail_count === 0,
    violations: results.map(({ Message, Severity, Line, Column }) => ({
      severity: Severity,
      // The way in which our rules say "this is never right" isn't the reader's business.
      message: concealText(mask, Message.replace(/: `name` must be falsy$/, '')),
      line: Line,
      column: Column,
    })),
  };
}

/** @throws DeckError when the form isn't one that we know */
export function readDump(stdout: string, mask: Mask): DeckDump {
  const state = parse('dump', dump, stdout, mask);
  return {
    formatVersion: state._format_version,
    state: concealState(mask, state) as Record<string, unknown>,
  };
}

/** @throws DeckError when the form isn't one that we know */
export function readVersion(stdout: string): string {
  const version = /^decK v?(\S+) \(\S*\)\s*$/.exec(stdout)?.[1];
  if (version === undefined) throw unreadable('version', ['it says no version']);
  return version;
}

/** @throws DeckError when the form isn't one that we know */
export function readPing(stdout: string): { readonly kong: string } {
  const kong = /^Kong version:\s+(\S+)\s*$/m.exec(stdout)?.[1];
  if (kong === undefined) throw unreadable('ping', ['it says no version of Kong']);
  return { kong };
}

function parse<Schema extends z.ZodType>(
  command: string,
  schema: Schema,
  stdout: string,
  mask: Mask,
): z.output<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(stdout);
  } catch {
    // Not shown: in a text that we can't take apart, what isn't in the mask would be in clear.
    throw unreadable(command, [`it printed ${stdout.length} characters that are not JSON`]);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw unreadable(
    command,
    result.error.issues
      .slice(0, 5)
      .map(({ path, message }) => concealText(mask, `${path.map(String).join('.')}: ${message}`)),
  );
}

function unreadable(command: string, detail: readonly string[]): DeckError {
  return new DeckError(
    'unreadable',
    `the answer of \`deck ${command}\` must have a form that we know, got another`,
    detail,
    'use a decK from 1.55 to 1.65',
  );
}
