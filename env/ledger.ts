/**
 * The ledger: which step of its rotation each class of secrets is to stand at.
 *
 * It is written before a deployment and never by one, and so is an input of synth like an
 * environment file. Without a file every class stands at generation 0.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { EnvironmentError, reportLines, rule } from './report.js';
import type { Environment } from './schema.js';

/** The classes, which are those that an environment gives a period. */
export const SECRET_CLASSES = [
  'passwords',
  'apiKeys',
  'signingKeys',
  'certificates',
] as const satisfies readonly (keyof Environment['rotation'])[];
export type SecretClass = (typeof SECRET_CLASSES)[number];

/** The parts of one step: the new value is made known, then used, then the old one goes. */
export const PHASES = ['publish', 'use', 'retire'] as const;

const whole = rule('be a whole number of 0 or more', 'write the generation, 0 before the first step');
const entry = z
  .strictObject(
    {
      g: z.number({ error: whole }).int({ error: whole }).min(0, { error: whole }),
      phase: z.enum(PHASES, {
        error: rule(`be one of ${PHASES.join(', ')}`, "write 'publish' for a new step"),
      }),
      at: z.iso.datetime({
        offset: true,
        error: rule('be a time as in RFC 3339', "write for example '2026-01-31T12:00:00Z'"),
      }),
    },
    { error: rule('be an object', 'write g, phase and at in { }') },
  )
  .optional();
const ledgerSchema = z.strictObject(
  {
    version: z.literal(1, { error: rule('be 1', 'write 1') }),
    classes: z.strictObject(
      { passwords: entry, apiKeys: entry, signingKeys: entry, certificates: entry } satisfies Record<
        SecretClass,
        typeof entry
      >,
      { error: rule('be an object', 'write the classes in { }') },
    ),
  },
  { error: rule('be an object in JSON', 'restore it from version control') },
);

export type Ledger = z.output<typeof ledgerSchema>;

/**
 * Where an environment's ledger lies: under version control; dev's beside its state, because both are
 * one machine's own.
 *
 * @param root of the checkout
 */
export function ledgerFile(root: string, environment: string): string {
  return environment === 'dev'
    ? join(root, '.portcullis', 'state', environment, 'ledger.json')
    : join(root, 'env', 'ledger', `${environment}.json`);
}

/**
 * Reads an environment's ledger.
 *
 * @throws EnvironmentError with every mistake at once
 */
export function readLedger(root: string, environment: string): Ledger {
  const file = ledgerFile(root, environment);
  if (!existsSync(file)) return { version: 1, classes: {} };
  return checkLedger(readFileSync(file, 'utf8'), environment);
}

/**
 * Checks the text of a ledger.
 *
 * @throws EnvironmentError with every mistake at once
 */
export function checkLedger(text: string, environment: string): Ledger {
  const input = parsed(text);
  const result = ledgerSchema.safeParse(input);
  if (result.success) return result.data;
  throw new EnvironmentError(
    environment,
    reportLines(result.error, input, 'ledger'),
    `the ledger of '${environment}'`,
  );
}

/** The generation of every class. */
export function generations({ classes }: Ledger): Readonly<Record<SecretClass, number>> {
  const of = (secretClass: SecretClass): number => classes[secretClass]?.g ?? 0;
  return {
    passwords: of('passwords'),
    apiKeys: of('apiKeys'),
    signingKeys: of('signingKeys'),
    certificates: of('certificates'),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
