/** A real Kong with its database for decK: nothing published, everything removed at the end. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Deck, type DeckOptions, type DeckState, type ForwardTarget } from '../../../cli/deck.js';
import { cacheRoot } from '../../../images/cache.js';
import { planSteps } from '../../../images/plan.js';
import { docker, mustDocker, Sandbox, type Outcome } from '../../images/kong/docker.js';
import { Gateway } from '../../images/kong/gateway.js';
import { checkoutRoot, localImage } from '../harness/images.js';
import { run } from '../harness/run.js';

const FORWARD = fileURLToPath(new URL('../../helper/forward.mjs', import.meta.url));

export class Rig {
  private constructor(
    private readonly sandbox: Sandbox,
    readonly gateway: Gateway,
    /** Kong's container. */
    readonly kong: string,
    /** Image with decK. */
    readonly image: string,
    /** decK on this machine. */
    readonly program: string,
  ) {}

  static async start(): Promise<Rig> {
    const sandbox = new Sandbox('portcullis-deck-test');
    try {
      const image = await localImage('deck');
      const gateway = await Gateway.create(sandbox, randomBytes(12).toString('hex'));
      const migrated = await gateway.migrate();
      if (migrated.code !== 0) throw new Error(`the database must be migrated, got: ${migrated.stderr}`);
      const kong = await gateway.start();
      const binary = planSteps(checkoutRoot, cacheRoot(), 'local').find(
        ({ recipe }) => recipe.name === 'deck-binary',
      );
      return new Rig(sandbox, gateway, kong, image, join(binary?.artifact.path() ?? '', 'deck'));
    } catch (error) {
      await sandbox.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.sandbox.close();
  }

  /** decK in a container beside Kong, or beside another container. */
  inContainer(container = this.kong, options: DeckOptions = {}): Deck {
    return new Deck({ kind: 'container', container, image: this.image }, options);
  }

  /** How Kong's Admin API, which nothing publishes, is reached from this machine. */
  get forward(): ForwardTarget {
    return {
      kind: 'forward',
      command: process.execPath,
      args: [FORWARD, 'docker', this.kong, '8001'],
      program: this.program,
    };
  }

  /** decK with nothing of ours around it. */
  async raw(input: string, ...args: string[]): Promise<{ code: number; out: string }> {
    const { code, out } = await run(
      'docker',
      [
        ...['run', '--rm', '--interactive', '--network', `container:${this.kong}`, '--log-driver', 'none'],
        ...['--env', 'HOME=/nonexistent', this.image, '--analytics=false', '--no-color'],
        ...['--kong-addr', 'http://127.0.0.1:8001', ...args],
      ],
      { input },
    );
    return { code, out };
  }

  /** All entities of one kind, as the Admin API gives them. */
  async entities(path: string): Promise<Record<string, unknown>[]> {
    const answer = await this.gateway.admin(this.kong, 'GET', `/${path}?size=1000`);
    if (answer.status !== 200) throw new Error(`the Admin API must give ${path}, got ${answer.status}`);
    return (JSON.parse(answer.body) as { data: Record<string, unknown>[] }).data;
  }

  /** Inspections of every decK container of ours that was seen while some work went on. */
  async watched<T>(work: Promise<T>): Promise<{ result: T; inspections: string[] }> {
    const inspections: string[] = [];
    const over = new AbortController();
    const watching = (async (): Promise<void> => {
      while (!over.signal.aborted) {
        const { stdout } = await docker('ps', '--format', '{{.Names}}', '--filter', 'name=portcullis-deck-');
        for (const name of stdout.split('\n').filter((one) => /^portcullis-deck-[0-9a-f]{12}$/.test(one))) {
          const inspected: Outcome = await docker('inspect', name);
          const top = await docker('top', name, '-eo', 'pid,args');
          if (inspected.code === 0) inspections.push(inspected.stdout + top.stdout);
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    try {
      return { result: await work, inspections };
    } finally {
      over.abort();
      await watching;
    }
  }

  /** Names of decK containers of ours. */
  async deckContainers(): Promise<string[]> {
    const names = await mustDocker('ps', '-a', '--format', '{{.Names}}');
    return names.split('\n').filter((name) => /^portcullis-deck-[0-9a-f]{12}$/.test(name));
  }
}

/** A state under a tag. */
export function stateOf(
  tag: string,
  content: object,
  secrets: Readonly<Record<string, string>> = {},
): DeckState {
  return {
    text: JSON.stringify({ _format_version: '3.0', _info: { select_tags: [tag] }, ...content }),
    secrets: new Map(Object.entries(secrets)),
  };
}

/** How a state names a secret. */
export function placeholder(name: string): string {
  return `\${{ env "${name}" }}`;
}
