/** Waiting until a gate that has just been deployed answers alike, whichever worker of Kong is asked. */
import { ask } from './http.js';

/** Enough for every worker to be asked several times. */
const IN_A_ROW = 20;

/**
 * Asks until each path has answered with its status 20 times in a row. A worker may know a route a moment
 * before the plugins of it.
 *
 * @throws Error when that takes too long, with what was answered last
 */
export async function settled(expected: Readonly<Record<string, number>>): Promise<void> {
  let answers: Record<string, number> = {};
  let inARow = 0;
  for (let i = 0; i < 600 && inARow < IN_A_ROW; i++) {
    answers = {};
    for (const path of Object.keys(expected)) answers[path] = await status(path);
    const alike = Object.entries(expected).every(([path, wanted]) => answers[path] === wanted);
    inARow = alike ? inARow + 1 : 0;
    if (!alike) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  if (inARow < IN_A_ROW) {
    throw new Error(`the gate must answer ${JSON.stringify(expected)}, got ${JSON.stringify(answers)}`);
  }
}

async function status(path: string): Promise<number> {
  try {
    return (await ask({ port: 8000, path, headers: { host: 'localhost:8000' } })).status;
  } catch {
    return 0;
  }
}
