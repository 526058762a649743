/** Runs programs for tests and keeps what they said. */
import { execa } from 'execa';

export interface Ran {
  readonly code: number;
  readonly out: string;
  /** stdout and stderr as they came. */
  readonly all: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly signal?: AbortSignal;
}

/** Runs to the end, whatever the exit code. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { cwd, env, input, signal } = options;
  const done = await execa(program, [...args], {
    reject: false,
    all: true,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  return { code: done.exitCode ?? 1, out: done.stdout, all: done.all };
}

/**
 * Runs to the end and expects 0.
 *
 * @throws Error with what the program said
 */
export async function must(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, out, all } = await run(program, args, options);
  if (code !== 0)
    throw new Error(
      `${program} ${args.slice(0, 3).join(' ')} must end with 0, got ${code}:\n${all.slice(-4000)}`,
    );
  return out;
}

/** `docker …`, expecting 0. */
export function docker(...args: string[]): Promise<string> {
  return must('docker', args);
}
