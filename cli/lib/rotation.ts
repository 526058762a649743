/** What the last deployment tells about its secrets, and whether a ledger may follow it. */
import { relative } from 'node:path';
import * as z from 'zod';
import { SECRET_CLASSES, generations, ledgerFile, type Ledger } from '../../env/ledger.js';
import { CommandError } from './output.js';
import { root } from './project.js';

const secrets = z.array(
  z.object({
    name: z.string(),
    slots: z.array(
      z.object({
        slot: z.number(),
        generation: z.number(),
        madeAt: z.iso.datetime({ offset: true }),
        notAfter: z.iso.datetime({ offset: true }).optional(),
      }),
    ),
  }),
);
const rotating = z.object({ generation: z.number(), secrets });
const still = z.object({ secrets });
const rotationOutput = z.object({
  passwords: rotating,
  apiKeys: rotating,
  signingKeys: rotating,
  certificates: rotating,
  fixed: still,
  outside: still,
});

/** The output `rotation`: every class with its generation, every secret with its slots. */
export type Applied = z.output<typeof rotationOutput>;
export type AppliedSecret = Applied['fixed']['secrets'][number];

/**
 * Reads the output `rotation`; undefined where nothing was deployed.
 *
 * @throws CommandError when another version wrote it
 */
export function readApplied(output: unknown): Applied | undefined {
  if (output === undefined) return undefined;
  const parsed = rotationOutput.safeParse(output);
  if (parsed.success) return parsed.data;
  throw new CommandError(
    "the output 'rotation' must be one that this version writes, got another",
    [],
    'use the version of Portcullis that deployed the environment',
  );
}

/**
 * A step replaces one slot and leaves the others in use; two at once would take away what is in use.
 *
 * Before the first deployment nothing is, so any generation may come.
 *
 * @throws CommandError when a class is neither at what is applied nor one step ahead of it
 */
export function refuseJump(environment: string, ledger: Ledger, applied: Applied | undefined): void {
  if (applied === undefined) return;
  const wanted = generations(ledger);
  const wrong = SECRET_CLASSES.filter((name) => ![0, 1].includes(wanted[name] - applied[name].generation));
  if (wrong.length === 0) return;
  throw new CommandError(
    `the ledger of '${environment}' must stand at what is applied or one step ahead, got ${wrong.length} class${wrong.length === 1 ? '' : 'es'} elsewhere`,
    wrong.map((name) => {
      const { generation } = applied[name];
      return `'${name}' must be at generation ${generation} or ${generation + 1}, got ${wanted[name]}`;
    }),
    `mend ${relative(root, ledgerFile(root, environment))}, then run the same command again; each step needs a deployment of its own`,
  );
}
