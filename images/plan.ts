/** From recipes to what has to be built: hashes, references, and what is there already. */
import { CATALOGUE_NAMES, defaultCatalogue, type Catalogue, type CatalogueName } from '../env/catalogue.js';
import { Artifact, hashInputs } from './cache.js';
import { UPSTREAM_PROVIDERS, type Channel, type ChannelName } from './channel.js';
import { LOCAL_PROVIDERS } from './go-recipes.js';
import { recipes } from './recipes.js';
import type { Recipe } from './recipe.js';

/** A recipe with everything that follows from its inputs. */
export interface Step {
  readonly recipe: Recipe;
  readonly hash: string;
  readonly uses: readonly string[];
  /** Folder in the cache, for an artifact. */
  readonly artifact: Artifact;
  /** Image reference, for an image. */
  readonly reference: string;
}

/** The recipe behind each name of the catalogue, where one exists in the channel. */
const RECIPE_OF: Readonly<Record<CatalogueName, string>> = {
  kong: 'kong-gate',
  postgres: 'postgres',
  deck: 'deck',
  tools: 'tools',
  jsonService: 'json-service',
  kratos: 'kratos',
  oathkeeper: 'oathkeeper',
  mailpit: 'mailpit',
  sessionCheck: 'session-check',
  accountUi: 'account-ui',
};

/** Recipes of all images that an environment runs. */
export const imageRecipes: readonly string[] = Object.values(RECIPE_OF);

/** All steps of a channel, each after what it uses. */
export function planSteps(
  root: string,
  cache: string,
  channel: ChannelName,
  all: readonly Recipe[] = recipes,
): Step[] {
  const steps = new Map<string, Step>();
  const add = (name: string): Step => {
    const known = steps.get(name);
    if (known !== undefined) return known;
    const recipe = all.find((candidate) => candidate.name === name);
    if (!recipe?.channels.includes(channel))
      throw new Error(`recipe '${name}' must exist in channel '${channel}'`);
    const uses = channel === 'upstream' ? [] : recipe.uses;
    const below = uses.map((used) => add(used).hash);
    const base = channel === 'upstream' && recipe.kind === 'image' ? [recipe.upstreamBase ?? ''] : [];
    const hash = hashInputs(root, recipe.inputs, [name, ...recipe.pins, ...below, ...base]);
    const version = recipe.kind === 'image' ? (recipe.version[channel] ?? '0') : '';
    const step: Step = {
      recipe,
      hash,
      uses,
      artifact: new Artifact(cache, name, hash),
      reference: `portcullis/${name}:${version}-${hash}`,
    };
    steps.set(name, step);
    return step;
  };
  for (const recipe of all) if (recipe.channels.includes(channel)) add(recipe.name);
  return [...steps.values()];
}

/** The channel file that these steps amount to. */
export function channelOf(name: ChannelName, steps: readonly Step[]): Channel {
  const images = Object.fromEntries(
    CATALOGUE_NAMES.map((image) => {
      const step = steps.find(({ recipe }) => recipe.kind === 'image' && recipe.name === RECIPE_OF[image]);
      const version = step?.recipe.kind === 'image' ? step.recipe.version[name] : undefined;
      return [
        image,
        step === undefined || version === undefined
          ? defaultCatalogue[image]
          : { reference: step.reference, version },
      ];
    }),
  ) as Record<CatalogueName, Catalogue[CatalogueName]>;
  return {
    version: 1,
    channel: name,
    images,
    providers: name === 'local' ? LOCAL_PROVIDERS : UPSTREAM_PROVIDERS,
  };
}

/** The steps that are built where nothing is named. */
export function usual(steps: readonly Step[]): Step[] {
  return steps.filter(({ recipe }) => recipe.onDemand !== true);
}

/** The steps that a selection of names needs, themselves included. */
export function closure(steps: readonly Step[], names: readonly string[]): Step[] {
  const wanted = new Set<string>();
  const add = (name: string): void => {
    const step = steps.find(({ recipe }) => recipe.name === name);
    if (step === undefined)
      throw new Error(`image must be one of ${steps.map((s) => s.recipe.name).join(', ')}, got '${name}'`);
    if (wanted.has(name)) return;
    wanted.add(name);
    step.uses.forEach(add);
  };
  names.forEach(add);
  return steps.filter(({ recipe }) => wanted.has(recipe.name));
}
