/** Builds what is missing, with progress, a log per step, and nothing half-made left behind. */
import { createWriteStream, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecaError, execa } from 'execa';
import type { BuildContext } from './recipe.js';
import type { Step } from './plan.js';

/** What happens while building, for whoever shows it. */
export interface BuildEvents {
  started(step: Step, log: string): void;
  finished(step: Step, seconds: number): void;
}

/** A step that failed: which, its last lines, and where the rest of them is. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
  constructor(
    readonly step: string,
    override readonly cause: string,
    readonly tail: readonly string[],
    readonly log: string,
  ) {
    super(
      `image step '${step}' must build, got: ${cause}; read ${log}, mend the cause and run the same command again (finished steps are kept)`,
    );
  }
}

export interface BuildOptions {
  readonly root: string;
  readonly cache: string;
  readonly events: BuildEvents;
  readonly signal?: AbortSignal;
}

/** Names of the images that the engine has. */
export async function presentImages(references: readonly string[]): Promise<Set<string>> {
  if (references.length === 0) return new Set();
  const { stdout } = await execa('docker', ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'], {
    stdin: 'ignore',
  });
  const have = new Set(stdout.split('\n'));
  return new Set(references.filter((reference) => have.has(reference)));
}

/** The steps that have to run; an artifact that only finished images use is not made again. */
export async function missingSteps(steps: readonly Step[]): Promise<Step[]> {
  const images = await presentImages(
    steps.filter(({ recipe }) => recipe.kind === 'image').map(({ reference }) => reference),
  );
  const done = (step: Step): boolean =>
    step.recipe.kind === 'image' ? images.has(step.reference) : step.artifact.exists;
  const needed = new Set<string>();
  const need = (step: Step): void => {
    if (done(step) || needed.has(step.recipe.name)) return;
    needed.add(step.recipe.name);
    for (const used of step.uses) {
      const below = steps.find(({ recipe }) => recipe.name === used);
      if (below !== undefined) need(below);
    }
  };
  const used = new Set(steps.flatMap(({ uses }) => uses));
  for (const step of steps) if (!used.has(step.recipe.name)) need(step);
  return steps.filter(({ recipe }) => needed.has(recipe.name));
}

/**
 * Runs the steps, one that compiles beside one that fetches.
 *
 * @throws BuildError at the first step that fails, after the one beside it has been ended
 */
export async function buildSteps(
  all: readonly Step[],
  missing: readonly Step[],
  options: BuildOptions,
): Promise<void> {
  const waiting = new Set(missing);
  const running = new Map<Step, Promise<void>>();
  const abort = new AbortController();
  const stop = (): void => {
    abort.abort();
  };
  options.signal?.addEventListener('abort', stop, { once: true });
  // The event doesn't come again for what was aborted before.
  if (options.signal?.aborted === true) stop();
  let failure: unknown;
  try {
    while ((waiting.size > 0 || running.size > 0) && failure === undefined && !abort.signal.aborted) {
      for (const step of waiting) {
        const blocked = step.uses.some((name) =>
          [...waiting, ...running.keys()].some(({ recipe }) => recipe.name === name),
        );
        const laneTaken = [...running.keys()].some(({ recipe }) => recipe.lane === step.recipe.lane);
        if (blocked || laneTaken) continue;
        waiting.delete(step);
        const work = runStep(all, step, { ...options, signal: abort.signal })
          .catch((error: unknown) => {
            failure ??= error;
          })
          .finally(() => running.delete(step));
        running.set(step, work);
      }
      await Promise.race(running.values());
    }
  } finally {
    stop();
    await Promise.all(running.values());
    options.signal?.removeEventListener('abort', stop);
  }
  if (failure instanceof Error) throw failure;
  options.signal?.throwIfAborted();
}

async function runStep(all: readonly Step[], step: Step, options: BuildOptions): Promise<void> {
  const { recipe, hash } = step;
  const logs = join(options.cache, 'logs');
  mkdirSync(logs, { recursive: true });
  const log = join(logs, `${recipe.name}-${hash}.log`);
  // Opened at once: a stream that opens later may find its folder gone after an early end.
  const stream = createWriteStream(log, { fd: openSync(log, 'w') });
  const scratch = mkdtempSync(join(tmpdir(), 'portcullis-build-'));
  const begin = Date.now();
  options.events.started(step, log);
  const find = (name: string): Step => {
    const found = all.find((other) => other.recipe.name === name);
    if (found === undefined) throw new Error(`recipe '${recipe.name}' must name what it uses, got '${name}'`);
    return found;
  };
  const context: BuildContext = {
    root: options.root,
    scratch,
    artifact: (name) => find(name).artifact.path(),
    image: (name) => find(name).reference,
    async run(program, args, { cwd, env } = {}) {
      stream.write(`$ ${program} ${args.join(' ')}\n`);
      const child = execa(program, args, {
        stdin: 'ignore',
        forceKillAfterDelay: 5000,
        ...(cwd === undefined ? {} : { cwd }),
        ...(env === undefined ? {} : { env }),
        ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
      });
      child.stdout.on('data', (part) => stream.write(part));
      child.stderr.on('data', (part) => stream.write(part));
      return (await child).stdout;
    },
  };
  try {
    if (recipe.kind === 'artifact') await step.artifact.make((folder) => recipe.build(context, folder));
    else
      await recipe.build(context, step.reference, step.uses.length === 0 ? recipe.upstreamBase : undefined);
    options.events.finished(step, (Date.now() - begin) / 1000);
  } catch (error) {
    await new Promise((resolve) => stream.end(resolve));
    const cause =
      error instanceof ExecaError
        ? (error.shortMessage.split('\n')[0] ?? '')
        : error instanceof Error
          ? error.message
          : String(error);
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    throw new BuildError(recipe.name, cause, lines.slice(-12), log);
  } finally {
    stream.end();
    rmSync(scratch, { recursive: true, force: true });
  }
}
