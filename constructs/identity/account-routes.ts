/** How the gateway leads to the account pages, and how often. */
import { publicAccess } from '../gateway/access.js';
import { pathChunk } from '../gateway/dispatch.js';
import type { RateLimit, ServiceDeclaration } from '../gateway/model.js';
import { outagePages } from '../gateway/outage-pages.js';
import { rateLimiting, type Counters } from '../gateway/plugins/traffic.js';
import { preFunction } from '../gateway/plugins/transform.js';
import { publicOrigins } from './account-site.js';
import type { AccountUi } from './account-ui.js';
import { returnCheckChunk } from './return-check.js';

/** How often one address may ask for a page or for what a page loads. */
export interface AccountLimits {
  /** @default { minute: 600 } */
  readonly pages?: RateLimit;
  /** Where they are counted. @default { kind: 'local' } */
  readonly counters?: Counters;
}

/**
 * The declaration of the account pages: their path and plain segments below it, nothing that only begins
 * like it.
 *
 * A browser on another host is led to the one that has the cookies. A page may be asked for twice; what
 * a form sends is sent again only where nobody has taken it.
 */
export function accountDeclaration(
  { workload, listener, port, settings }: Pick<AccountUi, 'workload' | 'listener' | 'port' | 'settings'>,
  limits: AccountLimits = {},
): ServiceDeclaration {
  const path = settings.accountPath.replaceAll('.', '\\.');
  const origin = (scheme: string): string | undefined =>
    publicOrigins(settings).find((one) => one.startsWith(`${scheme}://`));
  const [http, https] = [origin('http'), origin('https')];
  const canonical = {
    ...(http === undefined ? {} : { http }),
    ...(https === undefined ? {} : { https }),
  };
  return {
    name: 'account',
    workload,
    listener,
    port,
    health: { path: '/health/ready' },
    retries: 1,
    plugins: [outagePages()],
    routes: [
      {
        name: 'account',
        paths: [`~${path}(?:/|(?:/[A-Za-z0-9._~-]+)*)$`],
        access: publicAccess('where people log in and keep their accounts'),
        plugins: [
          preFunction({ access: [pathChunk(canonical), returnCheckChunk(settings.returnUrls)] }),
          rateLimiting({
            limit: limits.pages ?? { minute: 600 },
            by: 'ip',
            ...(limits.counters === undefined ? {} : { counters: limits.counters }),
          }),
        ],
      },
    ],
  };
}
