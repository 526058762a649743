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
  | { readonly kind: 'public'; readonly reason: string }
  | {
      readonly kind: 'guarded';
      /** Whether people may pass, with a session. */
      readonly sessions: boolean;
      /** Clients that may pass, too; any one of the methods suffices. */
      readonly methods: readonly ClientMethod[];
      /** A client must be in one of them; people need none. */
      readonly groups?: readonly string[];
      /** Names of the outside issuers whose tokens count here. */
      readonly issuers: readonly string[];
      /** What a session must have been opened with. */
      readonly aal: Aal;
      readonly authorization: Authorization;
      /** Claims that the service gets beyond the usual ones, by name. */
      readonly claims: Readonly<Record<string, ClaimSource>>;
    };

/** Who may pass where the identity system decides. */
export type Guarded = Extract<Access, { readonly kind: 'guarded' }>;

/** How sure it is who somebody is: `aal2` takes a second factor. */
export type Aal = 'aal1' | 'aal2';

/** What a claim of the identity token is made of: a person's trait, a claim of an outside token, or a fixed text. */
export type ClaimSource =
  { readonly trait: string } | { readonly claim: string } | { readonly value: string };

/** What is decided about a caller who is known. */
export type Authorization =
  | { readonly kind: 'allow' }
  | { readonly kind: 'deny' }
  /** A program answers 200 for yes and 403 for no. */
  | { readonly kind: 'remote'; readonly url: string };

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

/**
 * Clients may pass; whoever shows no valid credential gets 401.
 *
 * Credentials come in headers and no service sees them: `apikey` and `Authorization` go no further. With
 * OAuth2 a request without `Authorization` gets 401, too, when its query or body has an `access_token`.
 */
export function clients(props: ClientsProps = {}): Access {
  return {
    kind: 'clients',
    methods: props.methods ?? ['key'],
    ...(props.groups === undefined ? {} : { groups: props.groups }),
  };
}

/**
 * Everybody may pass, known or not. The service sees an `Authorization` and no `apikey`.
 *
 * @param reason why that is right, for whoever reviews it
 */
export function publicAccess(reason: string): Access {
  return { kind: 'public', reason };
}

export interface GuardedProps {
  /**
   * Whether people may pass, with a session.
   *
   * @default true
   */
  readonly sessions?: boolean;
  /**
   * How clients may show who they are; any one suffices.
   *
   * @default - no client may pass
   */
  readonly methods?: readonly ClientMethod[];
  /**
   * Groups of which a client must have one; a known client outside of them gets 403.
   *
   * @default - every client that one of the methods lets in
   */
  readonly groups?: readonly string[];
  /**
   * Names of the outside issuers whose tokens count here.
   *
   * @default - none
   */
  readonly issuers?: readonly string[];
  /**
   * What a session must have been opened with.
   *
   * @default 'aal1'
   */
  readonly aal?: Aal;
  /** @default { kind: 'allow' } */
  readonly authorization?: Authorization;
  /** @default - only the usual claims */
  readonly claims?: Readonly<Record<string, ClaimSource>>;
}

/**
 * Whoever the identity system knows may pass; the service gets a signed token that says who it is.
 *
 * One credential counts per request: `Authorization` before `apikey` before `X-Session-Token` before the
 * session cookie. The service sees none of them.
 */
export function guarded(props: GuardedProps = {}): Access {
  return {
    kind: 'guarded',
    sessions: props.sessions ?? true,
    methods: props.methods ?? [],
    ...(props.groups === undefined ? {} : { groups: props.groups }),
    issuers: props.issuers ?? [],
    aal: props.aal ?? 'aal1',
    authorization: props.authorization ?? { kind: 'allow' },
    claims: props.claims ?? {},
  };
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

/**
 * Consumer that stands for people and strangers on guarded routes, and the group that it is in.
 *
 * It is another one than `ANONYMOUS`, whose 401 comes before any question of groups.
 */
export const STRANGER = 'gate-anonymous';

/** Whether callers whom the gateway doesn't know as a client become the stranger. */
export function admitsStrangers(access: Access): boolean {
  return access.kind === 'guarded' && access.methods.length > 0;
}

/**
 * Plugins of a route, by who may pass.
 *
 * On a guarded route they count a client's requests and look at its groups; who may pass is decided
 * behind them, so they refuse nobody else and leave the credential where it is.
 */
export function accessPlugins(access: Access, provisionKey: Secret | undefined): GatewayPlugin[] {
  if (access.kind === 'public') return [];
  const asked = access.kind === 'guarded';
  const anonymous = {
    ...(admitsAnonymous(access) ? { anonymous: ANONYMOUS } : {}),
    ...(asked ? { anonymous: STRANGER, keepCredential: true } : {}),
  };
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
  if (access.groups === undefined) return methods;
  return [...methods, acl({ allow: asked ? [...access.groups, STRANGER] : access.groups })];
}
