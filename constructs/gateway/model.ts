/** What a team declares about its API, as typed data; Kong's state is derived from it. */
import type { IWorkload } from '../platform/platform.js';
import type { Duration } from '../quantities.js';
import type { Secret } from '../secrets/secret.js';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** How many requests one client may send. At least one bound; a longer period allows no less. */
export interface RateLimit {
  readonly second?: number;
  readonly minute?: number;
  readonly hour?: number;
}

/** Active probes of the replicas behind a service. */
export interface UpstreamHealth {
  /** Path that answers 200 while a replica takes traffic. */
  readonly path: string;
  /** @default Duration.seconds(1) */
  readonly interval?: Duration;
  /**
   * Failed probes in a row that take a replica out.
   *
   * @default 2
   */
  readonly failures?: number;
}

export interface RouteDeclaration {
  /** Unique in the gateway. */
  readonly name: string;
  /** Path prefixes, each beginning with a slash. */
  readonly paths: readonly string[];
  /** @default - every method */
  readonly methods?: readonly HttpMethod[];
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
  readonly routes: readonly RouteDeclaration[];
}

export interface ClientDeclaration {
  /** Unique in the gateway; becomes Kong's consumer. */
  readonly name: string;
  /** API key sent in the header `apikey`; every slot's value is accepted. */
  readonly key: Secret;
  readonly limit: RateLimit;
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
}
