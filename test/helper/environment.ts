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

/** What every environment but dev needs besides. */
export const PRODUCTION = {
  name: 'prod',
  public: { url: 'https://localhost', hosts: ['localhost'] },
  identity: { mail: { kind: 'smtp', host: 'smtp.example.com', from: 'no-reply@example.com' } },
} as const satisfies Partial<EnvironmentInput>;

/** A checked environment with some fields replaced. */
export function environment(change: Partial<EnvironmentInput> = {}): Environment {
  return checkEnvironment({ ...VALID, ...change });
}
