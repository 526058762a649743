/** Copies of the checkout under test, so that a test can be a stranger or break a file. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawn, type ChildProcess } from 'node:child_process';
import { checkoutRoot } from './images.js';
import { docker, must, run, type Ran, type RunOptions } from './run.js';

export const ENVIRONMENT = 'dev';
const LABEL = `label=dev.portcullis.environment=${ENVIRONMENT}`;

/** Ids of every container, network and volume of the dev environment, wherever it was deployed from. */
export async function leftovers(): Promise<string[]> {
  const lists = await Promise.all(
    [
      ['ps', '-a', '-q'],
      ['network', 'ls', '-q'],
      ['volume', 'ls', '-q'],
    ].map((list) => docker(...list, '--filter', LABEL)),
  );
  return lists.flatMap((list) => list.split('\n').filter((id) => id !== ''));
}

/** Ids of a component's running containers in the dev environment, in a stable order. */
export async function componentIds(component: string): Promise<string[]> {
  const filter = ['--filter', `label=dev.portcullis.component=${component}`, '--filter', LABEL];
  const list = await docker('ps', '-q', '--no-trunc', ...filter);
  return list
    .split('\n')
    .filter((id) => id !== '')
    .sort();
}

/**
 * The dev environment has fixed names and a fixed port: two can't stand beside each other.
 *
 * @throws Error when one runs already, because taking it down isn't a test's business
 */
export async function requireNoDevEnvironment(): Promise<void> {
  if ((await leftovers()).length > 0) {
    throw new Error(
      'no dev environment may run while its tests do, got one; run `npm run down` where it was deployed from',
    );
  }
}

/** A command at work, with what it has said so far. */
export class Running {
  readonly done: Promise<Ran>;
  private readonly child: ChildProcess;
  private said = '';

  constructor(root: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [join(root, 'bin/portcullis.mjs'), ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (part: Buffer) => {
        this.said += part.toString('utf8');
      });
    }
    this.done = new Promise((resolve) => {
      this.child.on('close', (code) => {
        resolve({ code: code ?? -1, out: this.said, all: this.said });
      });
    });
  }

  /** Waits until the command has said something. */
  async says(text: string | RegExp): Promise<void> {
    for (let i = 0; i < 3000; i++) {
      if (typeof text === 'string' ? this.said.includes(text) : text.test(this.said)) return;
      if (this.child.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the command must say ${String(text)}, got:\n${this.said.slice(-3000)}`);
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

/** A copy of everything git tracks or would track. */
export class Checkout {
  private constructor(readonly root: string) {}

  /** @param installed whether the dependencies are there already */
  static async copy(installed: boolean): Promise<Checkout> {
    const root = mkdtempSync(join(tmpdir(), 'portcullis-checkout-'));
    const files = await must('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: checkoutRoot });
    for (const file of files.split('\0').filter((name) => name !== '')) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      cpSync(join(checkoutRoot, file), join(root, file), { dereference: false });
    }
    if (installed) symlinkSync(join(checkoutRoot, 'node_modules'), join(root, 'node_modules'));
    return new Checkout(root);
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), 'utf8');
  }

  /** Replaces text that must be there; returns what undoes it. */
  edit(file: string, from: string, to: string): () => void {
    const before = this.read(file);
    if (!before.includes(from)) throw new Error(`${file} must hold the text to replace: ${from}`);
    writeFileSync(
      join(this.root, file),
      before.replace(from, () => to),
    );
    return () => {
      writeFileSync(join(this.root, file), before);
    };
  }

  /** `npm run …` in the copy, whatever it ends with. */
  npm(script: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Ran> {
    return run('npm', ['run', '-s', script, '--', ...args], { cwd: this.root, ...options });
  }

  /** `portcullis …` in the copy, whatever it ends with. */
  portcullis(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return run(process.execPath, [join(this.root, 'bin/portcullis.mjs'), ...args], {
      cwd: this.root,
      ...options,
    });
  }

  /** A command left running, for tests that disturb it. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    return new Running(this.root, args, env);
  }

  /** `terraform …` in the deployed stack. */
  async terraform(...args: string[]): Promise<Ran> {
    const lines = (await this.npm('images', ['env'])).out;
    const config = /TF_CLI_CONFIG_FILE='([^']*)'/.exec(lines)?.[1];
    return run('terraform', args, {
      cwd: join(this.root, 'cdktf.out/stacks', ENVIRONMENT),
      env: {
        TF_INPUT: '0',
        CHECKPOINT_DISABLE: '1',
        ...(config === undefined ? {} : { TF_CLI_CONFIG_FILE: config }),
      },
    });
  }

  /** Takes the environment down and removes the copy. */
  async remove(): Promise<void> {
    await this.portcullis(['down']);
    rmSync(this.root, { recursive: true, force: true });
  }
}
