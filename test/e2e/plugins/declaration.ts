/** Everything that the cases declare, as one gateway. */
import type { GatewayProps } from '../../../constructs/gateway/gateway.js';
import { access } from './access.cases.js';
import { balancing } from './balancing.cases.js';
import { cache } from './cache.cases.js';
import { functions } from './functions.cases.js';
import { gate, PAGES } from './gate.cases.js';
import { guarded } from './guarded.cases.js';
import { hygiene } from './hygiene.cases.js';
import { granted } from './granted.cases.js';
import { limits } from './limits.cases.js';
import { precedence } from './precedence.cases.js';
import { protection } from './protection.cases.js';
import { routing } from './routing.cases.js';
import { sessions } from './sessions.cases.js';
import { sizes } from './sizes.cases.js';
import { telemetry } from './telemetry.cases.js';
import { echoing, type Made, type Theme } from './theme.js';
import { tokens } from './tokens.cases.js';
import { transform } from './transform.cases.js';

export const themes: readonly Theme[] = [
  limits,
  sizes,
  protection,
  transform,
  functions,
  cache,
  precedence,
  telemetry,
  access,
  tokens,
  granted,
  guarded,
  gate,
  sessions,
  hygiene,
  routing,
  balancing,
];

/** What the gateway is declared with, beyond what every gateway has. */
export function declaration(made: Made): Pick<GatewayProps, 'services' | 'clients' | 'plugins' | 'pages'> {
  return {
    services: [
      echoing(made, 'echo', { routes: themes.flatMap(({ routes }) => routes?.(made) ?? []) }),
      ...themes.flatMap(({ services }) => services?.(made) ?? []),
    ],
    clients: themes.flatMap(({ clients }) => clients?.(made) ?? []),
    plugins: themes.flatMap(({ plugins }) => plugins ?? []),
    pages: PAGES,
  };
}
