/** Terraform, run directly: saved plan, machine-readable progress, one SIGINT when interrupted. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { Channel } from '../../images/channel.js';
import { guarded } from './interrupt.js';
import { CommandError } from './output.js';
import { labelsIn, readPlan, type Plan } from './plan.js';
import { stackFolder, stateFolder, terraformConfigFile } from './project.js';
import { readStack } from './stack.js';
import { asVariables, masked } from './variables.js';

/** Lowest Terraform that this project is tried with. */
export const LEAST_TERRAFORM = '1.6.0';

/** A line of `terraform apply -json` that says what happens to a resource. */
export interface ApplyEvent {
  readonly type: string;
  readonly message: string;
  /** Address of the resource, empty when the line is about none. */
  readonly address: string;
  /** Elapsed seconds where Terraform says them. */
  readonly elapsed: number;
  readonly detail: string;
}

export interface PlanOptions {
  /** Whether everything is to go. */
  readonly destroy?: boolean;
  /** Values for secrets that weren't supplied; such a plan must not be applied unless it destroys. */
  readonly placeholders?: ReadonlyMap<string, string>;
}

/** What the state tells about a deployment. */
export interface Recorded {
  /** Ids of the containers and networks, by which orphans are told apart. */
  readonly ids: ReadonlySet<string>;
  /** The output `rotation`, undefined before the first deployment. */
  readonly rotation: unknown;
}

/** What we read of a resource in the state. */
interface Attributes {
  readonly id?: string;
  readonly upload?: readonly { readonly file: string; readonly content: string }[];
}

interface State {
  readonly outputs: { readonly rotation?: { readonly value?: unknown } } | undefined;
  readonly resources: readonly { readonly type: string; readonly attributes: Attributes }[];
}

/** Environment of every Terraform process of ours. */
export function terraformEnvironment(
  channel: Channel,
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const given = environment.TF_CLI_CONFIG_FILE;
  const own: Record<string, string> = { TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1' };
  if (channel.channel === 'local') own.TF_CLI_CONFIG_FILE = terraformConfigFile;
  // A variable that names no file makes Terraform warn at every call.
  else if (given !== undefined && !existsSync(given)) own.TF_CLI_CONFIG_FILE = '';
  return own;
}

/** Terraform's version, or undefined when it isn't there. */
export async function terraformVersion(): Promise<string | undefined> {
  const { stdout, exitCode } = await execa('terraform', ['version', '-json'], {
    reject: false,
    stdin: 'ignore',
    env: { CHECKPOINT_DISABLE: '1' },
  });
  if (exitCode !== 0) return undefined;
  const start = stdout.indexOf('{');
  return (JSON.parse(stdout.slice(start)) as { terraform_version?: string }).terraform_version;
}

/** Whether a version is at least another, by its three numbers. */
export function atLeast(version: string, least: string): boolean {
  const numbers = (text: string): number[] => text.split('-')[0]?.split('.').map(Number) ?? [];
  const [have, want] = [numbers(version), numbers(least)];
  for (let i = 0; i < 3; i++) if ((have[i] ?? 0) !== (want[i] ?? 0)) return (have[i] ?? 0) > (want[i] ?? 0);
  return true;
}

/** One environment's Terraform. */
export class Terraform {
  private readonly cwd: string;
  private readonly plan: string;
  private readonly env: Record<string, string>;

  constructor(
    readonly environment: string,
    private readonly channel: Channel,
  ) {
    this.cwd = stackFolder(environment);
    // In a folder of its own: Terraform makes files that everybody may read.
    this.plan = join(stateFolder(environment), 'plan', 'plan.bin');
    this.env = terraformEnvironment(channel);
  }

  /** Fetches the providers, unless that was done for the same ones. */
  async init(): Promise<void> {
    const stack = JSON.parse(readFileSync(join(this.cwd, 'cdk.tf.json'), 'utf8')) as { terraform: unknown };
    const marker = join(this.cwd, '.terraform', 'portcullis');
    const config = existsSync(terraformConfigFile) ? readFileSync(terraformConfigFile, 'utf8') : '';
    const wanted = createHash('sha256')
      .update(JSON.stringify([stack.terraform, this.channel.channel, config]))
      .digest('hex');
    if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
    // What another channel locked doesn't fit this one; versions are exact either way.
    rmSync(join(this.cwd, '.terraform.lock.hcl'), { force: true });
    await this.run(
      ['init', '-no-color', '-input=false', '-reconfigure'],
      'the providers must be fetched',
      'run `npm run images -- build` on a closed network, or check the connection, then run the same command again',
    );
    writeFileSync(marker, wanted);
  }

  /** Saves a plan and tells what it would change; whoever asked for it applies or drops it. */
  async makePlan({ destroy = false, placeholders = new Map() }: PlanOptions = {}): Promise<Plan> {
    this.dropPlan();
    mkdirSync(dirname(this.plan), { mode: 0o700 });
    try {
      await this.run(
        [
          'plan',
          '-no-color',
          '-input=false',
          '-lock-timeout=10s',
          '-out',
          this.plan,
          ...(destroy ? ['-destroy'] : []),
        ],
        'a plan must be made',
        'mend what Terraform says, then run the same command again',
        asVariables(placeholders),
      );
      const shown = await this.readJson(
        ['show', '-json', this.plan],
        'the plan must be readable',
        'run the same command again',
      );
      return readPlan(shown, readStack(this.cwd), placeholders);
    } catch (error) {
      this.dropPlan();
      throw error;
    }
  }

  /** Drops a saved plan, which holds secrets. */
  dropPlan(): void {
    rmSync(dirname(this.plan), { recursive: true, force: true });
  }

  /**
   * Applies the saved plan.
   *
   * @returns diagnostics of severity error, none when it went well
   */
  async apply(onEvent: (event: ApplyEvent) => void): Promise<ApplyEvent[]> {
    const child = execa(
      'terraform',
      ['apply', '-json', '-input=false', '-lock-timeout=10s', '-parallelism=20', this.plan],
      {
        cwd: this.cwd,
        env: this.env,
        stdin: 'ignore',
        reject: false,
        buffer: false,
        // Its own process group: Ctrl-C in the terminal must not reach it twice.
        detached: true,
      },
    );
    const errors: ApplyEvent[] = [];
    const reading = (async (): Promise<void> => {
      for await (const line of createInterface({ input: child.stdout })) {
        const event = readEvent(line);
        if (event === undefined) continue;
        if (event.type === 'diagnostic') errors.push(event);
        onEvent(event);
      }
    })();
    const stderr: string[] = [];
    child.stderr.on('data', (part: Buffer) => stderr.push(part.toString('utf8')));
    const { exitCode } = await guarded(child);
    await reading;
    this.dropPlan();
    if (exitCode !== 0 && errors.length === 0) {
      errors.push({
        type: 'diagnostic',
        message: `terraform apply must end with 0, got ${exitCode ?? 'a signal'}`,
        address: '',
        elapsed: 0,
        detail: masked(stderr.join('')),
      });
    }
    return errors;
  }

  /** What the state tells: nothing but this leaves it, because it holds every secret. */
  async recorded(): Promise<Recorded> {
    const { outputs, resources } = await this.state();
    const ids = resources
      .filter(({ type }) => type.startsWith('docker_'))
      .map(({ attributes }) => attributes.id ?? '');
    return { ids: new Set(ids), rotation: outputs?.rotation?.value };
  }

  /** Files that the last deployment wrote for a component, by their names; secrets included, so show none. */
  async writtenFiles(component: string): Promise<Map<string, string>> {
    const uploads = (await this.state()).resources
      .filter(({ attributes }) => labelsIn(attributes)['dev.portcullis.component'] === component)
      .flatMap(({ attributes }) => attributes.upload ?? []);
    return new Map(uploads.map(({ file, content }) => [file.slice(file.lastIndexOf('/') + 1), content]));
  }

  private async state(): Promise<State> {
    const pulled = (await this.readJson(
      ['state', 'pull'],
      'the state must be readable',
      'check that its backend answers, then run the same command again',
    )) as
      | {
          outputs?: State['outputs'];
          resources?: { type: string; instances?: { attributes?: Attributes }[] }[];
        }
      | undefined;
    return {
      outputs: pulled?.outputs,
      resources: (pulled?.resources ?? []).flatMap(({ type, instances }) =>
        (instances ?? []).map(({ attributes }) => ({ type, attributes: attributes ?? {} })),
      ),
    };
  }

  /** Outputs with their values; sensitive ones included, so show none of it unasked. */
  async outputs(): Promise<Record<string, { readonly sensitive: boolean; readonly value: unknown }>> {
    if (!existsSync(this.cwd)) {
      throw new CommandError(
        `environment '${this.environment}' must be deployed, got no synthesized stack`,
        [],
        `run \`npm run up -- --env ${this.environment}\``,
      );
    }
    return (await this.readJson(
      ['output', '-json'],
      'the outputs must be readable',
      `deploy '${this.environment}' first: \`npm run up -- --env ${this.environment}\``,
    )) as Record<string, { sensitive: boolean; value: unknown }>;
  }

  /**
   * What a command prints as JSON, undefined when it prints nothing.
   *
   * @throws CommandError without a word of what was printed: it holds secrets
   */
  private async readJson(args: readonly string[], must: string, remedy: string): Promise<unknown> {
    const { stdout } = await this.run(args, must, remedy, {}, 'stderr');
    if (stdout.trim() === '') return undefined;
    try {
      return JSON.parse(stdout);
    } catch {
      throw new CommandError(`${must}, got something else than JSON`, [], remedy);
    }
  }

  private async run(
    args: readonly string[],
    must: string,
    remedy: string,
    variables: Readonly<Record<string, string>> = {},
    shown: 'all' | 'stderr' = 'all',
  ): Promise<{ stdout: string }> {
    const result = await guarded(
      execa('terraform', args, {
        cwd: this.cwd,
        env: { ...this.env, ...variables },
        stdin: 'ignore',
        reject: false,
        all: true,
        detached: true,
      }),
    );
    if (result.exitCode === 0) return result;
    throw new CommandError(
      `${must}, got a failing \`terraform ${args[0] ?? ''}\``,
      masked(result[shown])
        .split('\n')
        .filter((line) => line.trim() !== '')
        .slice(-20),
      remedy,
    );
  }
}

function readEvent(line: string): ApplyEvent | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const {
    type,
    hook,
    diagnostic,
    '@message': message,
  } = parsed as {
    type?: string;
    '@message'?: string;
    hook?: { resource?: { addr?: string }; elapsed_seconds?: number };
    diagnostic?: { severity?: string; summary?: string; detail?: string; address?: string };
  };
  if (type === undefined) return undefined;
  if (type === 'diagnostic' && diagnostic?.severity !== 'error') return undefined;
  return {
    type,
    message: masked(diagnostic?.summary ?? message ?? ''),
    address: diagnostic?.address ?? hook?.resource?.addr ?? '',
    elapsed: hook?.elapsed_seconds ?? 0,
    detail: masked(diagnostic?.detail ?? ''),
  };
}
