/** From an environment's plain data to what constructs take. */
import type { ResourceSpec } from '../constructs/platform/platform.js';
import { Size } from '../constructs/quantities.js';
import type { Environment } from '../env/index.js';

export function resources(data: Environment['kong']['resources']): ResourceSpec {
  return { memory: Size.parse(data.memory), cpu: data.cpu, pids: data.pids };
}
