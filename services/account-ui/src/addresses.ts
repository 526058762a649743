/**
 * Addresses of ours and of Kratos, as paths: a page that was opened at one of our origins stays there,
 * although Kratos writes the first of them into every address.
 */
import type { Site } from './site.js';

/** The flows that people go through; each has a page of that name. */
export const FLOWS = ['login', 'registration', 'recovery', 'verification', 'settings'] as const;
export type FlowKind = (typeof FLOWS)[number];

/** Path, query and fragment of an address below one of our origins; nothing for any other address. */
export function ownPath(site: Site, address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined;
  const { origin, pathname, search, hash } = new URL(address);
  // A path that begins with two slashes is read as another host.
  if (!site.origins.includes(origin) || pathname.startsWith('//')) return undefined;
  return `${pathname}${search}${hash}`;
}

/**
 * Path and query of an address that Kratos gave for itself.
 *
 * @throws Error when it isn't below Kratos' path
 */
export function kratosPathOf(site: Site, address: string): string {
  const path = ownPath(site, address);
  if (path?.startsWith(`${site.kratosPath}/`) !== true) throw new Error('an address that is not of Kratos');
  return path;
}

/** Where Kratos starts a flow. */
export function startOf(site: Site, kind: FlowKind, query: URLSearchParams): string {
  return withQuery(`${site.kratosPath}/self-service/${kind}/browser`, query);
}

/** Our page of a flow. With `returnTo`, the flow leads there in the end if Kratos allows it. */
export function pageOf(
  site: Site,
  kind: FlowKind,
  { returnTo, aal }: { readonly returnTo?: string | undefined; readonly aal?: 'aal2' } = {},
): string {
  const query = new URLSearchParams();
  if (aal !== undefined) query.set('aal', aal);
  if (returnTo !== undefined) query.set('return_to', returnTo);
  return withQuery(`${site.accountPath}/${kind}`, query);
}

/** The whole address of the settings page, as Kratos wants it in `return_to`. */
export function settingsAddress(site: Site): string {
  return `${site.origins[0] ?? ''}${site.accountPath}/settings`;
}

/** The page to go back to, which must be one of ours; else the first one. */
export function backTo(site: Site, path: string | null): string {
  const start = `${site.accountPath}/`;
  if (path === null || !URL.canParse(path, 'http://here')) return start;
  const { origin, pathname, search } = new URL(path, 'http://here');
  return origin === 'http://here' && pathname.startsWith(start) ? `${pathname}${search}` : start;
}

/** A path with a query where there is one. */
export function withQuery(path: string, query: URLSearchParams): string {
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
