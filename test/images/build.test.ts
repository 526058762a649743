import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { BuildError, missingSteps } from '../../images/build.js';
import type { ArtifactRecipe } from '../../images/recipe.js';
import { rejected } from '../helper/failure.js';
import { Builder, alive, recipe, sleeper } from '../helper/recipes.js';
import { scratchFolders } from '../helper/scratch.js';

const folder = scratchFolders();
let builder: Builder;

beforeEach(() => {
  builder = new Builder(folder());
});

describe('buildSteps', () => {
  test('builds what is used first', async () => {
    await builder.build([
      recipe('top', { uses: ['left', 'right'], lane: 'compile' }),
      recipe('left'),
      recipe('right', { lane: 'compile', uses: ['low'] }),
      recipe('low'),
    ]);
    const before = (one: string, other: string): void =>
      expect(builder.events.indexOf(one)).toBeLessThan(builder.events.indexOf(other));
    before('-low', '+right');
    before('-left', '+top');
    before('-right', '+top');
    expect(builder.events).toHaveLength(8);
  });

  test('runs one step of each lane beside the other, and never two of one', async () => {
    let release: () => void = () => undefined;
    const both = new Promise<void>((resolve) => {
      release = resolve;
    });
    const running = new Map<string, number>();
    let most = 0;
    const busy = (name: string, lane: 'compile' | 'fetch', wait: boolean): ArtifactRecipe =>
      recipe(name, {
        lane,
        build: async () => {
          running.set(lane, (running.get(lane) ?? 0) + 1);
          most = Math.max(most, running.get(lane) ?? 0);
          // The first of each lane can only end when the other lane's first has begun.
          if (running.get('compile') === 1 && running.get('fetch') === 1) release();
          if (wait) await both;
          await Promise.resolve();
          running.set(lane, (running.get(lane) ?? 0) - 1);
        },
      });
    await builder.build([
      busy('c1', 'compile', true),
      busy('c2', 'compile', false),
      busy('f1', 'fetch', true),
      busy('f2', 'fetch', false),
    ]);
    expect(most).toBe(1);
    expect(builder.events).toHaveLength(8);
  });

  test('gives a step the folders of what it uses, and a scratch folder that is gone afterwards', async () => {
    let scratch = '';
    const top = recipe('top', {
      uses: ['low'],
      build: (context, into) => {
        scratch = context.scratch;
        writeFileSync(
          join(into, 'file'),
          readFileSync(join(context.artifact('low'), 'file'), 'utf8').toUpperCase(),
        );
        return Promise.resolve();
      },
    });
    const all = [recipe('low'), top];
    await builder.build(all);
    expect(readFileSync(builder.step(all, 'top').artifact.path('file'), 'utf8')).toBe('LOW');
    expect(existsSync(scratch)).toBe(false);
  });

  test('builds nothing twice', async () => {
    const all = [recipe('low'), recipe('top', { uses: ['low'] })];
    await builder.build(all);
    expect(await missingSteps(builder.plan(all))).toEqual([]);
  });

  test('does not make again what only finished steps use, but what a missing one uses', async () => {
    const all = [recipe('low'), recipe('top', { uses: ['low'] })];
    const missing = async (): Promise<string[]> =>
      (await missingSteps(builder.plan(all))).map((one) => one.recipe.name);
    await builder.build(all);
    rmSync(builder.step(all, 'low').artifact.folder, { recursive: true });
    expect(await missing()).toEqual([]);
    rmSync(builder.step(all, 'top').artifact.folder, { recursive: true });
    expect(await missing()).toEqual(['low', 'top']);
  });
});

describe('a step that fails', () => {
  const failing = recipe('middle', {
    uses: ['low'],
    build: async ({ run }, into) => {
      writeFileSync(join(into, 'half'), '');
      await run(process.execPath, [
        '-e',
        'for (let i = 1; i <= 20; i++) console.log(`line ${i}`); console.error("no such header"); process.exitCode = 3',
      ]);
    },
  });
  const all = [recipe('low'), failing, recipe('top', { uses: ['middle'] })];

  test('fails when a program ends with another code than 0, with the end of its log', async () => {
    const error = await rejected(builder.build(all));
    if (!(error instanceof BuildError)) throw error;
    expect(error.step).toBe('middle');
    expect(error.cause).toMatch(/^Command failed with exit code 3: /);
    expect(error.message).toBe(
      `image step 'middle' must build, got: ${error.cause}; read ${error.log}, mend the cause and run the same command again (finished steps are kept)`,
    );
    expect(error.tail).toHaveLength(12);
    expect([...error.tail].sort()).toEqual(expect.arrayContaining(['line 20', 'no such header']));
    expect(readFileSync(error.log, 'utf8')).toContain('line 1\n');
  });

  test('leaves nothing half-made, and what comes after it is not started', async () => {
    await rejected(builder.build(all));
    expect(builder.events).toEqual(['+low', '-low', '+middle']);
    expect(
      readdirSync(join(builder.cache, 'artifacts')).map((name) => name.replace(/-[0-9a-f]+$/, '')),
    ).toEqual(['low']);
  });

  test('is taken up by the next run, which keeps what was finished', async () => {
    await rejected(builder.build(all));
    builder.events.length = 0;
    await builder.build([
      recipe('low'),
      recipe('middle', { uses: ['low'] }),
      recipe('top', { uses: ['middle'] }),
    ]);
    expect(builder.events).toEqual(['+middle', '-middle', '+top', '-top']);
  });

  test('fails when a recipe asks for what it does not use', async () => {
    const error = await rejected(
      builder.build([
        recipe('top', {
          build: ({ artifact }) => {
            artifact('ghost');
            return Promise.resolve();
          },
        }),
      ]),
    );
    expect(error.message).toMatch(
      /^image step 'top' must build, got: recipe 'top' must name what it uses, got 'ghost'; read /,
    );
  });

  test('ends the one that runs beside it', async () => {
    const pidFile = join(builder.cache, 'pid');
    const beside = sleeper(pidFile, 'compile');
    const quick = recipe('quick', {
      build: async () => {
        await vi.waitFor(() => {
          readFileSync(pidFile, 'utf8');
        });
        throw new Error('out of luck');
      },
    });
    const error = await rejected(builder.build([beside, quick]));
    expect(error.message).toContain("image step 'quick' must build, got: out of luck;");
    expect(alive(pidFile)).toBe(false);
  });
});
