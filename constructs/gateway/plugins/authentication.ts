/** Plugins that find out who calls, and whether a client's groups let it pass. */
import { Duration } from '../../quantities.js';
import type { Secret } from '../../secrets/secret.js';
import { checkEitherList, checkHeaderNames, type GatewayPlugin } from './plugin.js';

export interface KeyAuthProps {
  /**
   * Headers that may carry the key.
   *
   * @default ['apikey']
   */
  readonly headers?: readonly string[];
  /**
   * Name of the consumer that stands for whoever shows no valid key; without one they get 401.
   *
   * @default - none
   */
  readonly anonymous?: string;
  /**
   * Whether the credential goes further, to a program that looks at it again.
   *
   * @default false
   */
  readonly keepCredential?: boolean;
}

/**
 * Lets pass who shows a client's key in a header; the key itself goes no further by default.
 *
 * Never read from a query string or a body: a key there ends in every access log on the way, and
 * Kong's own default would. Source: Kong's plugin `key-auth`.
 */
export function keyAuth(props: KeyAuthProps = {}): GatewayPlugin {
  const headers = props.headers ?? ['apikey'];
  return {
    name: 'key-auth',
    onClients: false,
    check(mistakes, path) {
      mistakes.unless(
        headers.length > 0,
        `${path}.headers`,
        'name at least one',
        headers,
        "write ['apikey']",
      );
      checkHeaderNames(mistakes, `${path}.headers`, headers);
    },
    config: () => ({
      key_names: [...headers],
      key_in_header: true,
      key_in_query: false,
      key_in_body: false,
      hide_credentials: props.keepCredential !== true,
      run_on_preflight: true,
      anonymous: props.anonymous,
    }),
  };
}

export interface JwtProps {
  /**
   * Longest life that a token may still have; a longer one is refused.
   *
   * At most 365 days.
   *
   * @default Duration.hours(1)
   */
  readonly maximumExpiration?: Duration;
  /**
   * Claim that names the key.
   *
   * Looked for in the payload first, then in the header. With `iss` an issuer could have one key only.
   *
   * @default 'kid'
   */
  readonly keyClaim?: 'kid' | 'iss';
  /** As with `keyAuth`. */
  readonly anonymous?: string;
}

/**
 * Lets pass who shows a bearer token signed with a client's key.
 *
 * `exp` and `nbf` must be there and hold, which Kong's own default doesn't look at. The algorithm is
 * that of the registered key: `none`, and HS256 signed with a public key, are refused. Tokens are read
 * from the header `Authorization` alone. Source: Kong's plugin `jwt`.
 */
export function jwt(props: JwtProps = {}): GatewayPlugin {
  const seconds = (props.maximumExpiration ?? Duration.hours(1)).toSeconds();
  return {
    name: 'jwt',
    onClients: false,
    check(mistakes, path) {
      mistakes.wholeNumber(
        `${path}.maximumExpiration`,
        seconds,
        1,
        Duration.days(365).toSeconds(),
        'choose whole seconds up to 365 days',
      );
    },
    config: () => ({
      key_claim_name: props.keyClaim ?? 'kid',
      claims_to_verify: ['exp', 'nbf'],
      maximum_expiration: seconds,
      header_names: ['authorization'],
      uri_param_names: [],
      cookie_names: [],
      secret_is_base64: false,
      run_on_preflight: true,
      anonymous: props.anonymous,
    }),
  };
}

/** Flows that OAuth 2.1 keeps and Kong has. */
export type OAuth2Flow = 'client-credentials' | 'authorization-code';

export interface OAuth2Props {
  /** @default ['client-credentials'] */
  readonly flows?: readonly OAuth2Flow[];
  /** @default - none */
  readonly scopes?: readonly string[];
  /**
   * Whether a token must be asked for with a scope.
   *
   * @default false
   */
  readonly mandatoryScope?: boolean;
  /** @default Duration.minutes(15) */
  readonly tokenLifetime?: Duration;
  /** What a login page shows Kong to speak for a person; for the flow with a code. */
  readonly provisionKey: Secret;
  /** As with `keyAuth`. */
  readonly anonymous?: string;
  /** As with `keyAuth`. */
  readonly keepCredential?: boolean;
}

/**
 * Lets pass who shows an access token; tokens are handed out at `/oauth2/token` below each route.
 *
 * Handed out over HTTPS only. Tokens count on every route of the gateway. The implicit and password flows, which
 * OAuth 2.1 removes, can't be had. Source: Kong's plugin `oauth2`.
 */
export function oauth2(props: OAuth2Props): GatewayPlugin {
  const flows = props.flows ?? ['client-credentials'];
  const lifetime = (props.tokenLifetime ?? Duration.minutes(15)).toSeconds();
  return {
    name: 'oauth2',
    onClients: false,
    check(mistakes, path) {
      mistakes.unless(
        flows.length > 0,
        `${path}.flows`,
        'name at least one',
        flows,
        "write ['client-credentials']",
      );
      mistakes.unless(
        props.mandatoryScope !== true || (props.scopes ?? []).length > 0,
        `${path}.scopes`,
        'name at least one where a scope is mandatory',
        props.scopes,
        'list the scopes',
      );
      mistakes.wholeNumber(
        `${path}.tokenLifetime`,
        lifetime,
        1,
        Duration.days(1).toSeconds(),
        'choose whole seconds up to one day',
      );
    },
    config: () => ({
      enable_client_credentials: flows.includes('client-credentials'),
      enable_authorization_code: flows.includes('authorization-code'),
      enable_implicit_grant: false,
      enable_password_grant: false,
      accept_http_if_already_terminated: false,
      global_credentials: true,
      hide_credentials: props.keepCredential !== true,
      pkce: 'strict',
      scopes: props.scopes === undefined ? undefined : [...props.scopes],
      mandatory_scope: props.mandatoryScope ?? false,
      token_expiration: lifetime,
      provision_key: props.provisionKey.newest,
      anonymous: props.anonymous,
    }),
  };
}

export interface AclProps {
  /** Groups of clients that may pass. */
  readonly allow?: readonly string[];
  /** Groups that may not; everybody else may. */
  readonly deny?: readonly string[];
}

/**
 * Lets pass by the client's groups: 403 for a known client outside of them, 401 for an unknown one.
 *
 * Source: Kong's plugin `acl`.
 */
export function acl(props: AclProps): GatewayPlugin {
  return {
    name: 'acl',
    onClients: false,
    check(mistakes, path) {
      checkEitherList(mistakes, path, props);
    },
    config: () => ({
      allow: props.allow === undefined ? undefined : [...props.allow],
      deny: props.deny === undefined ? undefined : [...props.deny],
      hide_groups_header: false,
    }),
  };
}
