/** Every typed plugin, route, client and credential on a real Kong: one stack, applied once, asked by all cases. */
import { afterAll, beforeAll } from 'vitest';
import { themes } from './declaration.js';
import { deploy, takeAway } from './deployment.js';
import { schemas } from './schemas.cases.js';
import { synchronization } from './synchronization.cases.js';

beforeAll(deploy);
afterAll(takeAway);

schemas();
for (const { cases } of themes) cases();
// Last, because it breaks and mends what the others ask.
synchronization();
