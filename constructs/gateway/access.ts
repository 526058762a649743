/** Who may pass a route, and the plugins that see to it. */
import { PortcullisError } from '../errors.js';
import type { Secret } from '../secrets/secret.js';
import type { GatewayPlugin } from './plugins/plugin.js';
import { acl, jwt, keyAuth, oauth2 } from './plugins/authentication.js';

/** How a client shows who it is. */
export type ClientMethod = 'key' | 'jwt' | 'oauth2';

export type Access =
  | {
      readonly kind: 'clients';
      /** Any one of them suffices. */
      readonly methods: readonly ClientMethod[];
      /** A client must be in one of them. */
      readonly groups?: readonly string[];
    }
  | { readonly kind: 'public'; readonly reason: string };

export interface ClientsProps {
  /**
   * Any one of them suffices.
   *
   * @default ['key']
   */
  readonly methods?: readonly ClientMethod[];
  /**
   * Groups of which a client must have one; a known client outside of them gets 403.
   *
   * @default - every client may pass
   */
  readonly groups?: readonly string[];
}

/** Clients may pass; whoever shows no valid credential gets 401. */
export function clients(props: ClientsProps = {}): Access {
  return {
    kind: 'clients',
    methods: props.methods ?? ['key'],
    ...(props.groups === undefined ? {} : { groups: props.groups }),
  };
}

/**
 * Everybody may pass, known or not.
 *
 * @param reason why that is right, for whoever reviews it
 */
export function publicAccess(reason: string): Access {
  return { kind: 'public', reason };
}

/**
 * Consumer that stands for a caller without a valid credential where one of several methods suffices.
 *
 * It has no credential and no group, no limit is counted for it, and on every such route it meets a 401.
 */
export const ANONYMOUS = 'anonymous';

/** Whether callers without a valid credential become the anonymous consumer on the way to their 401. */
export function admitsAnonymous(access: Access): boolean {
  return access.kind === 'clients' && access.methods.length > 1;
}

/** Plugins of a route, by who may pass. */
export function accessPlugins(access: Access, provisionKey: Secret | undefined): GatewayPlugin[] {
  if (access.kind === 'public') return [];
  const anonymous = admitsAnonymous(access) ? { anonymous: ANONYMOUS } : {};
  const methods = access.methods.map((method) => {
    switch (method) {
      case 'key':
        return keyAuth(anonymous);
      case 'jwt':
        return jwt(anonymous);
      case 'oauth2':
        if (provisionKey === undefined) {
          throw new PortcullisError(
            'invalid-declaration',
            "route access 'oauth2' must come with a provision key",
          );
        }
        return oauth2({ ...anonymous, provisionKey });
    }
  });
  return [...methods, ...(access.groups === undefined ? [] : [acl({ allow: access.groups })])];
}
