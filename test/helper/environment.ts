/** A small valid environment; a test writes only what it is about. */
import {
  checkEnvironment,
  defaultCatalogue,
  type Environment,
  type EnvironmentInput,
} from '../../env/index.js';

export const VALID = {
  name: 'dev',
  platform: { kind: 'docker' },
  public: { url: 'http://localhost:8000', hosts: ['localhost'] },
  images: defaultCatalogue,
} as const satisfies EnvironmentInput & { readonly images: unknown };

/** A checked environment with some fields replaced. */
export function environment(change: Partial<EnvironmentInput> = {}): Environment {
  return checkEnvironment({ ...VALID, ...change });
}
