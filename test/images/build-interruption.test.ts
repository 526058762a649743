import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { rejected } from '../helper/failure.js';
import { Builder, alive, recipe, sleeper } from '../helper/recipes.js';
import { scratchFolders } from '../helper/scratch.js';

const folder = scratchFolders();
let builder: Builder;

beforeEach(() => {
  builder = new Builder(folder());
});

describe('an interruption', () => {
  test('ends the program at work, leaves nothing half-made and starts nothing more', async () => {
    const pidFile = join(builder.cache, 'pid');
    const abort = new AbortController();
    const work = rejected(
      builder.build([sleeper(pidFile), recipe('top', { uses: ['sleeper'] })], abort.signal),
    );
    await vi.waitFor(
      () => {
        expect(Number(readFileSync(pidFile, 'utf8'))).toBeGreaterThan(0);
      },
      { timeout: 10_000 },
    );
    abort.abort();
    expect((await work).message).toContain("image step 'sleeper' must build, got: Command was canceled");
    expect(alive(pidFile)).toBe(false);
    expect(readdirSync(join(builder.cache, 'artifacts'))).toEqual([]);
    expect(builder.events).toEqual(['+sleeper']);
  });

  test('is followed by a run that goes on from there', async () => {
    const abort = new AbortController();
    const stopping = recipe('second', {
      uses: ['first'],
      build: async ({ run }) => {
        abort.abort();
        await run(process.execPath, ['-e', '']);
      },
    });
    await rejected(builder.build([recipe('first'), stopping], abort.signal));
    builder.events.length = 0;
    await builder.build([recipe('first'), recipe('second', { uses: ['first'] })]);
    expect(builder.events).toEqual(['+second', '-second']);
  });

  test('before the first step starts none', async () => {
    await builder.build([recipe('only')], AbortSignal.abort()).catch(() => undefined);
    expect(builder.events).toEqual([]);
  });

  test('during a step that runs no program starts no other', async () => {
    const abort = new AbortController();
    const stopping = recipe('first', {
      build: () => {
        abort.abort();
        return Promise.resolve();
      },
    });
    await builder
      .build([stopping, recipe('second', { uses: ['first'] })], abort.signal)
      .catch(() => undefined);
    expect(builder.events).not.toContain('+second');
  });
});
