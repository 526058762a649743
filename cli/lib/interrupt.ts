/** Ctrl-C: speaks at once, asks the program at work to stop once, and waits for it. */
import { progress } from './output.js';

/** What an interruption is handed to. */
interface Killable {
  kill(signal: NodeJS.Signals): boolean;
}

let atWork: Killable | undefined;
let interruptions = 0;
const abort = new AbortController();

/** Aborted at the first interruption, for work that runs without a program of its own. */
export const interrupted: AbortSignal = abort.signal;

/** Exit code of a command ended by Ctrl-C, by the shell's custom. */
export const INTERRUPTED_EXIT = 130;

/** Begins to listen; every command that changes something calls it once. */
export function listenForInterrupts(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      interruptions++;
      if (interruptions === 1) {
        progress(
          'interrupted: finishing what is half done (press Ctrl-C again to end at once; the next run mends what is left)',
        );
        abort.abort();
        atWork?.kill('SIGINT');
      } else {
        atWork?.kill('SIGKILL');
        process.exit(INTERRUPTED_EXIT);
      }
    });
  }
}

/** Names the program that an interruption is handed to while it runs. */
export async function guarded<T>(child: Killable & Promise<T>): Promise<T> {
  atWork = child;
  try {
    return await child;
  } finally {
    atWork = undefined;
  }
}
