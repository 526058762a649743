/** The environments of this platform, checked; one file each beside this one. */
import { dev } from './dev.js';
import { defaultCatalogue, type Catalogue } from './catalogue.js';
import { EnvironmentError, reportLines } from './report.js';
import { environmentSchema, type Environment, type EnvironmentInput } from './schema.js';

export { EnvironmentError } from './report.js';
export { CATALOGUE_NAMES, defaultCatalogue, type Catalogue, type CatalogueName } from './catalogue.js';
export { isDevelopment } from './cross-checks.js';
export type { Environment, EnvironmentInput } from './schema.js';
export { ownServices, type OwnService } from './service.js';

/** What an environment file exports: its data, given the images of the channel in use. */
export type EnvironmentFile = (images: Catalogue) => EnvironmentInput;

const files: Readonly<Record<string, EnvironmentFile>> = { dev };

/** Names of all environments. */
export const environmentNames: readonly string[] = Object.keys(files);

/**
 * Checks an environment and fills in its defaults.
 *
 * @throws EnvironmentError with every mistake at once
 */
export function checkEnvironment(input: unknown, name = 'environment'): Environment {
  const result = environmentSchema.safeParse(input);
  if (!result.success) throw new EnvironmentError(name, reportLines(result.error, input));
  return result.data;
}

/**
 * Reads one environment by its name.
 *
 * @throws EnvironmentError when there is none of that name or it has mistakes
 */
export function loadEnvironment(name: string, images: Catalogue = defaultCatalogue): Environment {
  const file = Object.hasOwn(files, name) ? files[name] : undefined;
  if (file === undefined) {
    throw new EnvironmentError(name, [
      `environment must be one of ${environmentNames.join(', ')}, got ${JSON.stringify(name)}; add env/${name}.ts and name it in env/index.ts`,
    ]);
  }
  const environment = checkEnvironment(file(images), name);
  if (environment.name !== name) {
    throw new EnvironmentError(name, [
      `name must be ${JSON.stringify(name)} as in env/index.ts, got ${JSON.stringify(environment.name)}; make them equal`,
    ]);
  }
  return environment;
}

/** Whether plans that destroy data are refused. */
export function protectsData(environment: Environment): boolean {
  return environment.protectData ?? environment.name !== 'dev';
}
