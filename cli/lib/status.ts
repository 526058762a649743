/** How old the secrets of an environment are, and when each class takes its next step. */
import type { Environment } from '../../env/index.js';
import { SECRET_CLASSES, type Ledger, type SecretClass } from '../../env/ledger.js';
import { table } from './output.js';
import type { Applied, AppliedSecret } from './rotation.js';

const DAY_MILLISECONDS = 86_400_000;

export interface SlotStatus {
  readonly slot: number;
  readonly generation: number;
  readonly madeAt: string;
  readonly ageDays: number;
  readonly notAfter?: string;
  /** Whether it is the slot that clients use at this generation. */
  readonly newest: boolean;
}

export interface SecretStatus {
  readonly name: string;
  readonly slots: readonly SlotStatus[];
}

export interface ClassStatus {
  readonly class: SecretClass | 'fixed' | 'outside';
  /** The generation that is applied; null where a class has none. */
  readonly generation: number | null;
  /** What the ledger says; null where it says nothing. */
  readonly ledger: { readonly g: number; readonly phase: string; readonly at: string } | null;
  readonly secrets: readonly SecretStatus[];
  /** Age of the newest value, of the secret whose newest is oldest; null without a secret. */
  readonly newestAgeDays: number | null;
  readonly periodDays: number | null;
  /** When the next step is due, RFC 3339; null for what doesn't step. */
  readonly nextStep: string | null;
  readonly overdue: boolean;
}

/**
 * The state of every class at a time.
 *
 * A class is due when the first of its secrets is: the newest value has lived for the period, or ends
 * by itself. It is overdue from that moment on.
 */
export function rotationStatus(
  periods: Environment['rotation'],
  ledger: Ledger,
  applied: Applied,
  now: Date,
): ClassStatus[] {
  const rotating = SECRET_CLASSES.map((name): ClassStatus => {
    const { generation, secrets } = applied[name];
    const periodDays = Number.parseInt(periods[name], 10);
    const shown = secrets.map((secret) => secretStatus(secret, generation, now));
    const due = shown
      .flatMap(newestOf)
      .flatMap(({ madeAt, notAfter }) => [
        Date.parse(madeAt) + periodDays * DAY_MILLISECONDS,
        ...(notAfter === undefined ? [] : [Date.parse(notAfter)]),
      ]);
    const next = due.length === 0 ? undefined : Math.min(...due);
    return {
      class: name,
      generation,
      ledger: ledger.classes[name] ?? null,
      secrets: shown,
      newestAgeDays: oldest(shown),
      periodDays,
      nextStep: next === undefined ? null : new Date(next).toISOString(),
      overdue: next !== undefined && now.getTime() >= next,
    };
  });
  const still = (['fixed', 'outside'] as const).map((name): ClassStatus => {
    const secrets = applied[name].secrets.map((secret) => secretStatus(secret, 0, now));
    return {
      class: name,
      generation: null,
      ledger: null,
      secrets,
      newestAgeDays: oldest(secrets),
      periodDays: null,
      nextStep: null,
      overdue: false,
    };
  });
  return [...rotating, ...still];
}

/** Two tables for people: the classes, then every slot. */
export function statusLines(classes: readonly ClassStatus[]): string[] {
  const rows = classes.map((one) => [
    one.class,
    one.generation === null ? '-' : String(one.generation),
    phase(one),
    String(one.secrets.length),
    one.newestAgeDays === null ? '-' : `${one.newestAgeDays} d`,
    one.periodDays === null ? '-' : `${one.periodDays} d`,
    one.nextStep === null ? '-' : `${one.nextStep.slice(0, 10)}${one.overdue ? ' OVERDUE' : ''}`,
  ]);
  const slots = classes.flatMap((one) =>
    one.secrets.flatMap(({ name, slots }) =>
      slots.map((slot) => [
        name,
        one.class,
        `${slot.slot}${slot.newest && slots.length > 1 ? ' newest' : ''}`,
        String(slot.generation),
        `${slot.ageDays} d`,
        slot.notAfter === undefined ? slot.madeAt : `${slot.madeAt}, ends ${slot.notAfter}`,
      ]),
    ),
  );
  return [
    ...table([['CLASS', 'GENERATION', 'PHASE', 'SECRETS', 'NEWEST', 'PERIOD', 'NEXT STEP'], ...rows]),
    '',
    ...table([['SECRET', 'CLASS', 'SLOT', 'GENERATION', 'AGE', 'MADE'], ...slots]),
  ];
}

function phase({ ledger, generation }: ClassStatus): string {
  if (ledger === null) return '-';
  return ledger.g === generation ? ledger.phase : `${ledger.phase} of ${ledger.g}, not applied`;
}

function secretStatus({ name, slots }: AppliedSecret, generation: number, now: Date): SecretStatus {
  return {
    name,
    slots: slots.map(({ notAfter, ...slot }) => ({
      ...slot,
      ageDays: Math.floor((now.getTime() - Date.parse(slot.madeAt)) / DAY_MILLISECONDS),
      ...(notAfter === undefined ? {} : { notAfter }),
      newest: slot.slot === generation % slots.length,
    })),
  };
}

function newestOf({ slots }: SecretStatus): readonly SlotStatus[] {
  return slots.filter(({ newest }) => newest);
}

function oldest(secrets: readonly SecretStatus[]): number | null {
  const ages = secrets.flatMap(newestOf).map(({ ageDays }) => ageDays);
  return ages.length === 0 ? null : Math.max(...ages);
}
