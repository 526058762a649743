/** The gateway as decK sees it: how Kong differs from what was deployed, or from what is declared now. */
import { z } from 'zod';
import type { Environment } from '../../env/index.js';
import { readChannel } from '../../images/channel.js';
import { Deck, type DeckReport, type DeckState } from '../deck.js';
import { containers } from './docker.js';
import { interrupted } from './interrupt.js';
import { CommandError } from './output.js';
import { root } from './project.js';
import { declarations, type StackFile } from './stack.js';
import { Terraform } from './terraform.js';

const KONG = 'kong';
const STATE = 'deck-sync-state';
const SECRETS = 'deck-sync-secrets';
const STATE_FILE = 'kong.yaml';
const PLACEHOLDER = /\$\{\{ env "(DECK_ENV_[A-Z0-9_]+)" \}\}/g;

/** How Kong differs from what the last deployment gave decK. */
export async function drift(environment: Environment): Promise<DeckReport> {
  return (await gatewayDeck(environment)).diff(await deployedState(environment.name));
}

/** Brings Kong back to what the last deployment gave decK. */
export async function resync(environment: Environment): Promise<DeckReport> {
  return (await gatewayDeck(environment)).sync(await deployedState(environment.name));
}

/** How Kong differs from what is declared; undefined when no Kong runs. */
export async function declaredDifference(
  environment: Environment,
  stack: StackFile,
): Promise<DeckReport | undefined> {
  if ((await runningKong(environment.name)) === undefined) return undefined;
  const secrets = new Map((await deployedState(environment.name)).secrets);
  const text = declaredText(stack);
  for (const [, name = ''] of text.matchAll(PLACEHOLDER)) {
    // Made by the deployment that is only planned: whatever it will be, Kong has another.
    if (!secrets.has(name)) secrets.set(name, `made-at-deployment-${name}`);
  }
  return (await gatewayDeck(environment)).diff({ text, secrets });
}

/**
 * What the last deployment gave decK.
 *
 * @throws CommandError when there was none
 */
async function deployedState(environment: string): Promise<DeckState> {
  const terraform = new Terraform(environment, readChannel(root));
  const text = (await terraform.writtenFiles(STATE)).get(STATE_FILE);
  if (text === undefined) {
    throw new CommandError(
      `the gateway of '${environment}' must be deployed, got no state file of decK`,
      [],
      `run \`npm run up -- --env ${environment}\``,
    );
  }
  const secrets = await terraform.writtenFiles(SECRETS);
  return {
    text,
    // The job's files hold JSON strings, because decK puts them into YAML as they are.
    secrets: new Map([...secrets].map(([name, value]) => [name, z.string().parse(JSON.parse(value))])),
  };
}

/** The state file as the synthesized stack holds it, Terraform's escapes undone. */
export function declaredText(stack: StackFile): string {
  const shape = z.array(z.object({ file: z.string(), content: z.string() }));
  for (const { upload } of declarations(stack).values()) {
    const found = shape.safeParse(upload).data?.find(({ file }) => file.endsWith(`/${STATE_FILE}`));
    if (found !== undefined) return found.content.replaceAll('$${', '${').replaceAll('%%{', '%{');
  }
  throw new CommandError('the stack must have a gateway, got none', [], 'add a Gateway to the stack');
}

async function runningKong(environment: string): Promise<string | undefined> {
  return (await containers(environment)).find(
    ({ component, state }) => component === KONG && state === 'running',
  )?.name;
}

/** decK inside the network of the environment's Kong. */
async function gatewayDeck(environment: Environment): Promise<Deck> {
  const container = await runningKong(environment.name);
  if (container === undefined) {
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
      container,
      image: readChannel(root).images.deck.reference,
      ...(host === undefined ? {} : { host }),
    },
    { signal: interrupted },
  );
}
