/** The deployed gateway as decK sees it: what was declared, and how Kong differs from it now. */
import { z } from 'zod';
import type { Environment } from '../../env/index.js';
import { readChannel } from '../../images/channel.js';
import { Deck, type DeckReport, type DeckState } from '../deck.js';
import { containers } from './docker.js';
import { interrupted } from './interrupt.js';
import { CommandError } from './output.js';
import { root } from './project.js';
import { Terraform } from './terraform.js';

const KONG = 'kong';
const STATE = 'deck-sync-state';
const SECRETS = 'deck-sync-secrets';

/**
 * What the last deployment gave decK.
 *
 * @throws CommandError when there was none
 */
export async function deployedState(environment: string): Promise<DeckState> {
  const terraform = new Terraform(environment, readChannel(root));
  const [state, secrets] = [await terraform.writtenFiles(STATE), await terraform.writtenFiles(SECRETS)];
  const [text] = state.values();
  if (text === undefined) {
    throw new CommandError(
      `the gateway of '${environment}' must be deployed, got no state file of decK`,
      [],
      `run \`npm run up -- --env ${environment}\``,
    );
  }
  return {
    text,
    // The job's files hold JSON strings, because decK puts them into YAML as they are.
    secrets: new Map([...secrets].map(([name, value]) => [name, z.string().parse(JSON.parse(value))])),
  };
}

/**
 * decK inside the network of the environment's Kong.
 *
 * @throws CommandError when Kong doesn't run
 */
export async function gatewayDeck(environment: Environment): Promise<Deck> {
  const kong = (await containers(environment.name)).find(
    ({ component, state }) => component === KONG && state === 'running',
  );
  if (kong === undefined) {
    throw new CommandError(
      `Kong of '${environment.name}' must run, got no running container`,
      [],
      `run \`npm run up -- --env ${environment.name}\``,
    );
  }
  const host = environment.platform.kind === 'docker' ? environment.platform.host : undefined;
  return new Deck(
    {
      kind: 'container',
      container: kong.name,
      image: readChannel(root).images.deck.reference,
      ...(host === undefined ? {} : { host }),
    },
    { signal: interrupted },
  );
}

/** How Kong differs from what was deployed. */
export async function drift(environment: Environment): Promise<DeckReport> {
  const [deck, state] = [await gatewayDeck(environment), await deployedState(environment.name)];
  return deck.diff(state);
}

/** Brings Kong back to what was deployed. */
export async function resync(environment: Environment): Promise<DeckReport> {
  const [deck, state] = [await gatewayDeck(environment), await deployedState(environment.name)];
  return deck.sync(state);
}

/** One line per entity that differs, without its values. */
export function driftLines({ changes }: DeckReport): string[] {
  const verb = { create: 'is missing', update: 'was changed', delete: 'was added' } as const;
  return changes.map(({ kind, name, action }) => `${kind} '${name}' ${verb[action]}`);
}
