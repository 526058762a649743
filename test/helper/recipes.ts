/** Recipes that build next to nothing, in place of those that take minutes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSteps, missingSteps } from '../../images/build.js';
import { planSteps, type Step } from '../../images/plan.js';
import type { ArtifactRecipe } from '../../images/recipe.js';
import { present } from './failure.js';

/** A recipe of the local channel; unless told otherwise it writes its name into a file. */
export function recipe(name: string, change: Partial<ArtifactRecipe> = {}): ArtifactRecipe {
  return {
    kind: 'artifact',
    name,
    about: '',
    channels: ['local'],
    inputs: [],
    pins: [],
    uses: [],
    lane: 'fetch',
    build: (_context, into) => {
      writeFileSync(join(into, 'file'), name);
      return Promise.resolve();
    },
    ...change,
  };
}

/** Plans and builds recipes in a cache of their own, and notes what began and what ended. */
export class Builder {
  /** `+name` when a step began, `-name` when it ended well. */
  readonly events: string[] = [];

  constructor(readonly cache: string) {}

  plan(all: readonly ArtifactRecipe[]): Step[] {
    return planSteps(this.cache, this.cache, 'local', all);
  }

  step(all: readonly ArtifactRecipe[], name: string): Step {
    return present(this.plan(all).find((one) => one.recipe.name === name));
  }

  async build(all: readonly ArtifactRecipe[], signal?: AbortSignal): Promise<void> {
    const steps = this.plan(all);
    await buildSteps(steps, await missingSteps(steps), {
      root: this.cache,
      cache: this.cache,
      ...(signal === undefined ? {} : { signal }),
      events: {
        started: ({ recipe: { name } }) => this.events.push(`+${name}`),
        finished: ({ recipe: { name } }) => this.events.push(`-${name}`),
      },
    });
  }
}

/** A recipe whose program writes its process id and would then run for an hour. */
export function sleeper(pidFile: string, lane: 'compile' | 'fetch' = 'fetch'): ArtifactRecipe {
  const program = `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setTimeout(() => {}, 3_600_000)`;
  return recipe('sleeper', {
    lane,
    build: async ({ run }, into) => {
      writeFileSync(join(into, 'half'), '');
      await run(process.execPath, ['-e', program]);
    },
  });
}

/** Whether the process that wrote its id there still runs. */
export function alive(pidFile: string): boolean {
  try {
    return process.kill(Number(readFileSync(pidFile, 'utf8')), 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
