/** What a team declares about its API, as typed data; Kong's state is derived from it. */
import type { IWorkload } from '../platform/platform.js';
import type { Duration, Size } from '../quantities.js';
import type { KeyAlgorithm, KeyPair } from '../secrets/key-pair.js';
import type { Secret } from '../secrets/secret.js';
import type { Access } from './access.js';
import type { GatewayPlugin } from './plugins/plugin.js';
import type { Counters } from './plugins/traffic.js';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** How many requests may come per period. At least one bound; a longer period allows no less. */
export interface RateLimit {
  readonly second?: number;
  readonly minute?: number;
  readonly hour?: number;
  readonly day?: number;
  readonly month?: number;
  readonly year?: number;
}

/** Probes of the replicas behind a service. */
export interface UpstreamHealth {
  /** Path that gives a good answer while a replica takes traffic. */
  readonly path: string;
  /** @default Duration.seconds(1) */
  readonly interval?: Duration;
  /** Longest that an answer may take. @default Duration.seconds(1) */
  readonly timeout?: Duration;
  /**
   * Failed probes in a row that take a replica out.
   *
   * @default 2
   */
  readonly failures?: number;
  /**
   * Failed requests of callers in a row that take a replica out before the next probe does.
   *
   * @default - only probes decide
   */
  readonly passiveFailures?: number;
  /**
   * Statuses that a probe takes for a good and for a bad answer; any other says nothing.
   *
   * @default - 200 is good; 404, 429 and 500 to 505 are bad
   */
  readonly statuses?: { readonly healthy: readonly number[]; readonly unhealthy: readonly number[] };
}

/** What a caller is recognized by, so that the same replica answers. */
export type HashKey =
  | 'consumer'
  | 'ip'
  | 'path'
  | { readonly header: string }
  | { readonly query: string }
  /** Kong sets the cookie when it is missing. */
  | { readonly cookie: string };

/** How requests are spread over replicas. */
export type Balancing =
  | { readonly algorithm: 'round-robin' }
  | { readonly algorithm: 'least-connections' }
  | {
      readonly algorithm: 'consistent-hashing';
      readonly by: HashKey;
      /** Used when `by` isn't there; not with a cookie, which then is made. */
      readonly fallback?: HashKey;
    };

export interface RouteDeclaration {
  /** Unique in the gateway. */
  readonly name: string;
  /** Prefixes, each beginning with a slash, or regular expressions, each beginning with `~/`. */
  readonly paths: readonly string[];
  /** @default - every host of the gateway */
  readonly hosts?: readonly string[];
  /** @default - every method */
  readonly methods?: readonly HttpMethod[];
  /** Only requests with one of the values in each of these headers. */
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  /**
   * Who may pass.
   *
   * @default clients()
   */
  readonly access?: Access;
  /**
   * Whether the service gets the path without the matched prefix. Kong's own default is yes.
   *
   * @default false
   */
  readonly stripPath?: boolean;
  /**
   * Whether the service gets the host that the caller named. Kong's own default is no.
   *
   * @default true
   */
  readonly preserveHost?: boolean;
  /**
   * Whether plain HTTP is refused, with 426.
   *
   * @default false
   */
  readonly httpsOnly?: boolean;
  /**
   * Which of several regular expressions wins: the higher one.
   *
   * @default 0
   */
  readonly priority?: number;
  /**
   * Whether a request's and an answer's body are collected before they are passed on.
   *
   * @default - both are
   */
  readonly buffering?: { readonly request?: boolean; readonly response?: boolean };
  readonly plugins?: readonly GatewayPlugin[];
}

export interface ServiceDeclaration {
  /** Unique in the gateway. */
  readonly name: string;
  /** What answers; the gateway becomes one of its callers. */
  readonly workload: IWorkload;
  /** Name of the listener that the gateway calls. */
  readonly listener: string;
  readonly port: number;
  readonly health: UpstreamHealth;
  /** @default { algorithm: 'round-robin' } */
  readonly balancing?: Balancing;
  /** @default - connect within 2 seconds, 30 seconds between two reads or writes */
  readonly timeouts?: { readonly connect?: Duration; readonly read?: Duration; readonly write?: Duration };
  /**
   * How often another replica is tried when one can't be reached, or doesn't answer in time to a request
   * that may be repeated: a slow GET or PUT reaches several, a POST or PATCH does not.
   *
   * From 0 to 10.
   *
   * @default 2
   */
  readonly retries?: number;
  readonly plugins?: readonly GatewayPlugin[];
  readonly routes: readonly RouteDeclaration[];
}

/** A public key that a client made itself. */
export interface ClientPublicKey {
  /** Value of the claim `kid` in its tokens; unique in the gateway. */
  readonly kid: string;
  readonly algorithm: KeyAlgorithm;
  /** PEM, beginning with `-----BEGIN PUBLIC KEY-----`. */
  readonly publicKey: string;
}

/** A program that calls with credentials of its own. */
export interface ClientDeclaration {
  /** Unique in the gateway; becomes Kong's consumer. */
  readonly name: string;
  /** API key sent in the header `apikey`; every slot's value is accepted. */
  readonly key?: Secret;
  /** What signs its tokens: keys made here, of which every slot's is accepted, or its own. */
  readonly jwt?: KeyPair | readonly ClientPublicKey[];
  /** Secret that it gets OAuth2 access tokens for, over HTTPS; every slot's value is accepted. */
  readonly oauth2?: Secret;
  /** Groups that routes may ask for. */
  readonly groups?: readonly string[];
  readonly limit: RateLimit;
  readonly plugins?: readonly GatewayPlugin[];
}

/** What the gateway must know of the identity system, which stands between it and guarded routes' services. */
export interface IdentityGate {
  /** What decides who may pass: Oathkeeper. */
  readonly workload: IWorkload;
  /** Name of the listener that the gateway calls. */
  readonly listener: string;
  readonly port: number;
  /** Path that it answers with 403, by a rule of its own, as soon as it has rules. */
  readonly probePath: string;
  /** Name of the cookie that holds a session. */
  readonly sessionCookie: string;
  /**
   * Origins, one per scheme, that a browser on any other host is led to, for example
   * `http://localhost:8000`.
   */
  readonly canonical: { readonly http?: string; readonly https?: string };
  /** Address where a browser's login begins. */
  readonly loginUrl: string;
  /** Whether a session of the first level may be refused on any route, not only where `aal2` is asked for. */
  readonly aalQuestion: boolean;
  /** Outside issuers of tokens; `issuer` is the claim `iss`. */
  readonly issuers: readonly { readonly name: string; readonly issuer: string }[];
  /** Limit of people and strangers, on each guarded route by itself. */
  readonly limit: RateLimit;
  /**
   * Whose requests are counted together.
   *
   * By `session` many people may share an address. Whoever shows no session counts by the address, and an
   * invented session, which nobody has looked at yet, has a count of its own: this bounds what a person
   * does, not what an attacker does.
   */
  readonly limitBy: 'address' | 'session';
  /** Kong's port where it asks whose a client's credential is. */
  readonly verifyPort: number;
}

/** A page that the gateway answers with by itself, for everybody. */
export interface FixedPage {
  /** Unique among pages and routes. */
  readonly name: string;
  /** Prefixes, each beginning with a slash. */
  readonly paths: readonly string[];
  readonly status: number;
  readonly title: string;
  readonly text: string;
}

export interface GatewayDeclaration {
  /** Select tag: what carries another is neither seen nor deleted by our synchronization. */
  readonly tag: string;
  /** Host names that are answered; any other gets 404. */
  readonly hosts: readonly string[];
  readonly services: readonly ServiceDeclaration[];
  readonly clients: readonly ClientDeclaration[];
  /** Header that carries the request's id, in both directions. */
  readonly requestIdHeader: string;
  /** Largest body of a request, where a route doesn't say otherwise. */
  readonly requestSize: Size;
  /**
   * Largest body that the gateway takes at all.
   *
   * @default - not compared with what routes allow
   */
  readonly maxRequestBody?: Size;
  /** Where the limits of clients are counted. */
  readonly counters: Counters;
  /** For every request. */
  readonly plugins: readonly GatewayPlugin[];
  /** What OAuth2's flow with a code would need; given where a route or a client uses OAuth2. */
  readonly provisionKey: Secret | undefined;
  /** What decK wants beside a public key and nothing is ever verified with; given where a client signs tokens. */
  readonly unusedSecret?: Secret | undefined;
  /** Whether callers can reach the gateway over HTTPS. */
  readonly https: boolean;
  /** The identity system; given where a route is guarded. */
  readonly identity?: IdentityGate;
  /** Kong's listener where the identity system asks, by Kong's own name; given where it has one. */
  readonly verification?: { readonly host: string; readonly port: number } | undefined;
  readonly pages?: readonly FixedPage[];
}
