/** One deployment: mend what an interruption left, plan, refuse what destroys data, apply, explain. */
import type { Ledger } from '../../env/ledger.js';
import { Components } from './components.js';
import { labelled, lastHealthOutput, lastLines, remove } from './docker.js';
import { INTERRUPTED_EXIT, interrupted } from './interrupt.js';
import { CommandError, progress } from './output.js';
import type { PlannedChange } from './plan.js';
import { remedyFor } from './remedies.js';
import { readApplied, refuseJump } from './rotation.js';
import type { ApplyEvent, Terraform } from './terraform.js';

const HEARTBEAT_SECONDS = 30;
const LOG_LINES = 15;
const DATA_LABEL = 'dev.portcullis.data';

/**
 * Applies the synthesized stack.
 *
 * @returns how many resources changed
 * @throws CommandError that names the component, shows its last log lines and says what to do; and
 * when the ledger is more than one step ahead of what is applied, or behind it
 */
export async function deploy(terraform: Terraform, ledger: Ledger): Promise<number> {
  const components = Components.ofStack(terraform.environment);
  const { ids, rotation } = await terraform.recorded();
  refuseJump(terraform.environment, ledger, readApplied(rotation));
  await mendOrphans(terraform.environment, ids);
  const { changes, outputs } = await terraform.makePlan();
  let errors: ApplyEvent[];
  try {
    refuseLoss(changes);
    // Outputs alone change too: a step of a class that has no secret yet must count as applied.
    if (changes.length === 0 && outputs.length === 0) return 0;
    if (changes.length > 0) progress(`applying ${changes.length} changes`);
    errors = await terraform.apply((event) => {
      showEvent(event, components);
    });
  } finally {
    terraform.dropPlan();
  }
  if (interrupted.aborted) throw new Interrupted();
  if (errors.length > 0) throw await explain(terraform.environment, errors, components);
  return changes.length;
}

/** The command was ended by Ctrl-C; nothing is wrong. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode = INTERRUPTED_EXIT;
  constructor() {
    super('interrupted; run the same command again to go on from here');
  }
}

/**
 * Removes containers and networks that carry our label but aren't in the state.
 *
 * A command that was killed between making and recording them would otherwise leave their names and
 * subnets taken. Volumes stay: making one that exists is no error, and they may hold data.
 */
async function mendOrphans(environment: string, known: ReadonlySet<string>): Promise<void> {
  for (const kind of ['container', 'network'] as const) {
    const orphans = (await labelled(kind, environment)).filter((id) => !known.has(id));
    if (orphans.length === 0) continue;
    progress(
      `removing ${orphans.length} ${kind}${orphans.length === 1 ? '' : 's'} that an interrupted command left behind`,
    );
    await remove(kind, orphans);
  }
}

/** Fails on every plan that would destroy or replace storage with data. */
export function refuseLoss(changes: readonly Pick<PlannedChange, 'address' | 'actions' | 'labels'>[]): void {
  const lost = changes.filter(
    ({ actions, labels }) => actions.includes('delete') && labels[DATA_LABEL] === 'true',
  );
  if (lost.length === 0) return;
  throw new CommandError(
    `a deployment must keep all data, got a plan that destroys ${lost.length} volume${lost.length === 1 ? '' : 's'}`,
    lost.map(({ address, actions }) => `${address}: ${actions.join(' then ')}`),
    'undo the change that replaces it; where the data may go, run `npm run down` first',
  );
}

function showEvent(event: ApplyEvent, components: Components): void {
  const component = components.of(event.address);
  if (event.address === '' || component === undefined) return;
  if (event.type === 'apply_complete' && /^(docker_container|terraform_data)\./.test(event.address)) {
    progress(`  ${component}: ${event.message.includes('Destruction') ? 'removed' : 'done'}`);
  } else if (
    event.type === 'apply_progress' &&
    event.elapsed > 0 &&
    event.elapsed % HEARTBEAT_SECONDS === 0
  ) {
    progress(`  … ${component}: ${event.elapsed} s so far`);
  } else if (event.type === 'apply_errored') {
    progress(`  ${component}: failed`);
  }
}

async function explain(
  environment: string,
  errors: readonly ApplyEvent[],
  components: Components,
): Promise<CommandError> {
  // A job's own error says more than that of whatever waited for it.
  const first = errors.find(({ address }) => components.of(address) !== undefined) ?? errors[0];
  const component = first === undefined ? undefined : components.of(first.address);
  const said = (first?.detail ?? '').split('\n').filter((line) => line.trim() !== '');
  const logs =
    component === undefined ? [] : await lastLines(environment, component, LOG_LINES).catch(() => []);
  const health =
    component === undefined ? '' : await lastHealthOutput(environment, component).catch(() => '');
  const summary = first?.message ?? 'nothing said';
  return new CommandError(
    component === undefined
      ? `the deployment must succeed, got: ${summary}`
      : `component '${component}' must start, got: ${summary}`,
    [
      ...said.slice(0, 6),
      ...(health === '' ? [] : [`its health check says: ${health}`]),
      ...(logs.length > 0 ? [`last lines of ${component ?? ''}:`, ...logs.map((line) => `  ${line}`)] : []),
    ],
    remedyFor(`${summary}\n${said.join('\n')}`),
  );
}
