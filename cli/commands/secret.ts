/** `portcullis secret`: names and ages, and one value to hand to a client. */
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { readChannel } from '../../images/channel.js';
import { CommandError, result, table } from '../lib/output.js';
import { root } from '../lib/project.js';
import { Terraform } from '../lib/terraform.js';

interface HandedOver {
  readonly name: string;
  readonly value: string;
  /** What it is known by to whom it is shown: a token's `kid`, an OAuth2 client's id. */
  readonly id?: string;
  readonly generation: number;
  readonly slot: number;
  readonly madeAt: string;
}

const PREFIX = 'secret_';

/** Secrets that an environment hands over, by name. */
export async function handedOver(environment: string): Promise<HandedOver[]> {
  const outputs = await new Terraform(environment, readChannel(root)).outputs();
  return Object.entries(outputs)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, { value }]) => ({
      name: name.slice(PREFIX.length).replaceAll('_', '-'),
      ...(value as Omit<HandedOver, 'name'>),
    }));
}

async function confirmed(name: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new CommandError(`showing '${name}' must be confirmed, got no terminal to ask at`, [], 'add --yes');
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test(
      (await lines.question(`Show the value of '${name}' on this terminal? [y/N] `)).trim(),
    );
  } finally {
    lines.close();
  }
}

export function secretCommand(parent: Command): void {
  const secret = parent.command('secret').description('secrets to hand over: list, get');

  secret
    .command('list')
    .description('names and ages')
    .option('--env <name>', 'environment', 'dev')
    .option('--json', 'machine-readable')
    .action(async ({ env, json }: { env: string; json?: boolean }) => {
      const rows = (await handedOver(env)).map(({ name, id, generation, slot, madeAt }) => ({
        name,
        ...(id === undefined ? {} : { id }),
        generation,
        slot,
        madeAt,
        ageDays: Math.floor((Date.now() - Date.parse(madeAt)) / 86_400_000),
      }));
      if (json === true) result(JSON.stringify({ version: 1, environment: env, secrets: rows }));
      else
        for (const line of table([
          ['NAME', 'ID', 'GENERATION', 'SLOT', 'MADE', 'AGE'],
          ...rows.map((r) => [
            r.name,
            r.id ?? '',
            String(r.generation),
            String(r.slot),
            r.madeAt,
            `${r.ageDays} d`,
          ]),
        ]))
          result(line);
    });

  secret
    .command('get')
    .description('one value, to hand to a client')
    .argument('<name>', 'as `secret list` shows it')
    .option('--env <name>', 'environment', 'dev')
    .option('--yes', 'do not ask')
    .action(async (name: string, { env, yes }: { env: string; yes?: boolean }) => {
      const all = await handedOver(env);
      const found = all.find((candidate) => candidate.name === name);
      if (found === undefined)
        throw new CommandError(
          `secret must be one of ${all.map((s) => s.name).join(', ') || '(none)'}, got '${name}'`,
          [],
          'run `npx portcullis secret list`',
        );
      if (yes !== true && !(await confirmed(name)))
        throw new CommandError(`showing '${name}' must be confirmed, got a no`, [], 'nothing was shown');
      result(found.value);
    });
}
