/** What a recipe is: inputs that name its hash, what it builds upon, and how it is built. */
import type { ChannelName } from './channel.js';

/** What a recipe may use while it builds. */
export interface BuildContext {
  /** Root of the checkout. */
  readonly root: string;
  /** Folder of an artifact that this recipe uses. */
  readonly artifact: (name: string) => string;
  /** Reference of an image that this recipe uses. */
  readonly image: (name: string) => string;
  /** Runs a program; its output goes to the step's log. */
  readonly run: (
    program: string,
    args: readonly string[],
    options?: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> },
  ) => Promise<string>;
  /** An empty folder that is removed after the step. */
  readonly scratch: string;
}

interface RecipeBase {
  readonly name: string;
  /** One line of `images list`. */
  readonly about: string;
  readonly channels: readonly ChannelName[];
  /** Files and folders of the checkout that the result depends on. */
  readonly inputs: readonly string[];
  /** Further text that the result depends on, such as a pinned version. */
  readonly pins: readonly string[];
  /** Names of recipes that must be built before. */
  readonly uses: readonly string[];
  /** Compiling fills the processors, fetching the network: one of each runs at a time. */
  readonly lane: 'compile' | 'fetch';
  /** Only built where a suite names it: no deployment has it. */
  readonly onDemand?: true;
}

/** Builds a folder into the cache. */
export interface ArtifactRecipe extends RecipeBase {
  readonly kind: 'artifact';
  build(context: BuildContext, folder: string): Promise<void>;
}

/** Builds an image into the container engine. */
export interface ImageRecipe extends RecipeBase {
  readonly kind: 'image';
  /** Version of the program inside, by channel. */
  readonly version: Readonly<Partial<Record<ChannelName, string>>>;
  /** Images of the registry that the upstream channel builds upon: recipe name → reference. */
  readonly upstreamBase?: string;
  build(context: BuildContext, reference: string, base: string | undefined): Promise<void>;
}

export type Recipe = ArtifactRecipe | ImageRecipe;
