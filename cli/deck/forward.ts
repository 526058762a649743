/** A port-forward that lives as long as what uses it. */
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { concealText } from './conceal.js';
import { DeckError } from './errors.js';
import type { Mask } from './mask.js';

export interface ForwardOptions {
  /** Milliseconds within which it must listen, and then again what uses it must end. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

const LISTENS = /^Forwarding from 127\.0\.0\.1:(\d+)(?: |$)/;
const LEAST_PORT = 1;
const MOST_PORT = 65_535;
const LAST_LINES = 20;
const KILL_AFTER_MILLISECONDS = 3000;

/**
 * Starts a port-forward, hands its address to `use` once it listens, and ends it whatever comes.
 *
 * @throws DeckError when it doesn't listen, or ends before `use` does and `use` fails
 */
export async function withForward<T>(
  { command, args }: { readonly command: string; readonly args: readonly string[] },
  { timeout, signal }: ForwardOptions,
  mask: Mask,
  use: (url: string) => Promise<T>,
): Promise<T> {
  if (signal?.aborted === true) throw interrupted();
  const child = execa(command, args, {
    stdin: 'ignore',
    reject: false,
    buffer: false,
    forceKillAfterDelay: KILL_AFTER_MILLISECONDS,
  });
  const said: string[] = [];
  const keep = (line: string): void => {
    said.push(concealText(mask, line));
    if (said.length > LAST_LINES) said.shift();
  };
  createInterface({ input: child.stderr }).on('line', keep);
  const stop = new AbortController();
  try {
    const port = await new Promise<number>((resolve, reject) => {
      // Read to the end: a full pipe would hold the forward up.
      createInterface({ input: child.stdout }).on('line', (line) => {
        keep(line);
        const found = Number(LISTENS.exec(line)?.[1] ?? 0);
        if (found >= LEAST_PORT && found <= MOST_PORT) resolve(found);
      });
      void child.then((run) => {
        reject(
          run.exitCode === undefined && run.signal === undefined
            ? failure('missing', `must be installed, got no program '${command}'`, [])
            : failure('unreachable', 'must listen, got its end', said),
        );
      });
      const timer = setTimeout(() => {
        reject(failure('timeout', `must listen within ${timeout / 1000} s, got nothing of it`, said));
      }, timeout);
      stop.signal.addEventListener('abort', () => {
        clearTimeout(timer);
      });
      signal?.addEventListener('abort', () => reject(interrupted()), { signal: stop.signal });
    });
    return await use(`http://127.0.0.1:${port}`);
  } catch (error) {
    const over = child.exitCode !== null || child.signalCode !== null;
    if (!over || !(error instanceof DeckError) || error.failure === 'missing' || said.length === 0)
      throw error;
    throw new DeckError(error.failure, error.message, [...new Set([...said, ...error.detail])], error.remedy);
  } finally {
    stop.abort();
    child.kill('SIGTERM');
    await child;
  }
}

function failure(
  kind: 'missing' | 'unreachable' | 'timeout',
  rest: string,
  said: readonly string[],
): DeckError {
  return new DeckError(
    kind,
    `the port-forward ${rest}`,
    [...said],
    'run its command by hand, and see that it prints `Forwarding from 127.0.0.1:PORT`',
  );
}

function interrupted(): DeckError {
  return new DeckError(
    'interrupted',
    'the port-forward must come to its end, got an interruption',
    [],
    'run the same command again',
  );
}
