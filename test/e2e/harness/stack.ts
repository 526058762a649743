/** Small stacks on the real Docker: synthesized in the test, applied by the real Terraform. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DockerPlatform } from '../../../constructs/platform/docker/docker-platform.js';
import { PlatformApp, PlatformStack } from '../../../constructs/platform/stack.js';
import type { Generations } from '../../../constructs/secrets/rotation.js';
import type { Catalogue } from '../../../env/catalogue.js';
import { checkEnvironment, type EnvironmentInput } from '../../../env/index.js';
import { EnvironmentStack } from '../../../stacks/environment-stack.js';
import { readyChannel } from './images.js';
import { docker, must, run, type Ran } from './run.js';

/** A range of its own, so that a running dev environment isn't in the way. */
const RANGE = '10.216.0.0/16';

export interface PlannedChange {
  readonly address: string;
  readonly type: string;
  readonly actions: readonly string[];
}

export type Declare = (stack: PlatformStack, platform: DockerPlatform, images: Catalogue) => void;

/** One stack with its folder and state; declare it again to change it. */
export class TestStack {
  private constructor(
    readonly environment: string,
    private readonly folder: string,
    private readonly env: Record<string, string>,
    private readonly ready: Awaited<ReturnType<typeof readyChannel>>,
  ) {}

  /** @param images recipes whose images the stack uses, besides `tools` */
  static async create(environment: string, images: readonly string[]): Promise<TestStack> {
    const ready = await readyChannel(['tools', ...images]);
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-stack-'));
    const env: Record<string, string> = { TF_INPUT: '0', CHECKPOINT_DISABLE: '1' };
    if (ready.mirror !== undefined) {
      const config = join(folder, 'terraform.rc');
      writeFileSync(
        config,
        `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(ready.mirror)}\n  }\n}\n`,
      );
      env.TF_CLI_CONFIG_FILE = config;
    }
    return new TestStack(environment, folder, env, ready);
  }

  get cwd(): string {
    return join(this.folder, 'cdktf.out', 'stacks', this.environment);
  }

  /** Synthesizes what is declared and fetches the providers. */
  async declare(
    declare: Declare,
    options: {
      readonly protect?: boolean;
      readonly generations?: Generations;
      readonly range?: string;
    } = {},
  ): Promise<void> {
    const { channel } = this.ready;
    await this.synthesize((app) => {
      const stack = new PlatformStack(app, this.environment, {
        backend: { type: 'local' },
        providers: channel.providers,
        generations: options.generations ?? {},
      });
      const platform = new DockerPlatform(stack, 'Platform', {
        environment: this.environment,
        tools: channel.images.tools,
        network: { range: options.range ?? RANGE, pinned: {} },
        logs: { mebibytes: 1, files: 1 },
        protect: options.protect ?? false,
      });
      declare(stack, platform, channel.images);
    });
  }

  /** The same for a whole environment, as its file would say it. */
  async declareEnvironment(
    input: (images: Catalogue) => EnvironmentInput,
    generations: Generations = {},
  ): Promise<void> {
    const { images, providers } = this.ready.channel;
    const environment = checkEnvironment(input(images), this.environment);
    await this.synthesize((app) => {
      new EnvironmentStack(app, { environment, providers, generations });
    });
  }

  private async synthesize(make: (app: PlatformApp) => void): Promise<void> {
    const app = new PlatformApp({ outdir: join(this.folder, 'cdktf.out'), skipValidation: false });
    make(app);
    app.synth();
    mkdirSync(join(this.folder, '.portcullis'), { recursive: true, mode: 0o700 });
    await this.terraform('init', '-no-color', '-input=false');
  }

  /** Sets a variable of the stack for every later command. */
  supply(name: string, value: string): void {
    this.env[`TF_VAR_${name}`] = value;
  }

  /** `terraform …` in the stack, expecting 0. */
  terraform(...args: string[]): Promise<string> {
    return must('terraform', args, { cwd: this.cwd, env: this.env });
  }

  /** `terraform apply`, whatever it ends with. */
  tryApply(): Promise<Ran> {
    return run('terraform', ['apply', '-no-color', '-auto-approve', '-input=false'], {
      cwd: this.cwd,
      env: this.env,
    });
  }

  async apply(): Promise<void> {
    await this.terraform('apply', '-no-color', '-auto-approve', '-input=false');
  }

  /** What a plan would change; empty when nothing. */
  async plan(): Promise<PlannedChange[]> {
    await this.terraform('plan', '-no-color', '-input=false', '-out=plan.bin');
    const shown = JSON.parse(await this.terraform('show', '-json', 'plan.bin')) as {
      resource_changes?: { address: string; type: string; change: { actions: string[] } }[];
    };
    return (shown.resource_changes ?? [])
      .map(({ address, type, change }) => ({ address, type, actions: change.actions }))
      .filter(({ actions }) => actions.join() !== 'no-op' && actions.join() !== 'read');
  }

  /** Removes everything of the stack, by Terraform and then by label, and its folder. */
  async destroy(): Promise<void> {
    await run('terraform', ['destroy', '-no-color', '-auto-approve', '-input=false'], {
      cwd: this.cwd,
      env: this.env,
    });
    for (const [list, drop] of [
      [
        ['ps', '-a', '-q'],
        ['rm', '-f', '-v'],
      ],
      [
        ['network', 'ls', '-q'],
        ['network', 'rm'],
      ],
      [
        ['volume', 'ls', '-q'],
        ['volume', 'rm'],
      ],
    ] as const) {
      const ids = (await docker(...list, '--filter', `label=dev.portcullis.environment=${this.environment}`))
        .split('\n')
        .filter((id) => id !== '');
      if (ids.length > 0) await docker(...drop, ...ids);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
