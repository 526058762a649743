/** What Oathkeeper's rules are derived from, and what they consist of. */
import type { Access } from '../gateway/access.js';
import { clients as admitClients } from '../gateway/access.js';
import type {
  ClientDeclaration,
  HttpMethod,
  RouteDeclaration,
  ServiceDeclaration,
} from '../gateway/model.js';
import type { KeyAlgorithm } from '../secrets/key-pair.js';
import type { Duration } from '../quantities.js';

/** Somebody outside whose signed tokens routes may accept. */
export interface TrustedIssuer {
  /** What routes name it by; unique. */
  readonly name: string;
  /** Value of `iss` in its tokens, exactly. */
  readonly issuer: string;
  /**
   * Where its public keys are, as JSON Web Key Set over HTTPS. Each key needs `kid` and `"use": "sig"`;
   * one without is not found.
   */
  readonly jwksUrl: string;
  /** A token must be meant for each of these; at least one. */
  readonly audience: readonly string[];
  /**
   * What its tokens may be signed with; at least one.
   *
   * @default ['RS256']
   */
  readonly algorithms?: readonly KeyAlgorithm[];
  /**
   * Scopes that a token must have, each exactly.
   *
   * @default []
   */
  readonly scopes?: readonly string[];
}

/** The session system as rules need it. */
export interface SessionRules {
  /** Base URL of session-check. */
  readonly url: string;
  /** Whether a session may be refused for its factors on any route. */
  readonly aalQuestion: boolean;
  /** How long a session that may pass isn't asked for again. */
  readonly remember: Duration | 'never';
  /** Whether people can have a second factor. */
  readonly secondFactor: boolean;
}

/** All that rules follow from. */
export interface RulesInput {
  readonly services: readonly ServiceDeclaration[];
  readonly clients: readonly ClientDeclaration[];
  readonly issuers: readonly TrustedIssuer[];
  /** Host names of the gateway. */
  readonly hosts: readonly string[];
  /** Ports that people call it at. */
  readonly ports: readonly number[];
  readonly publicUrl: string;
  /** The page where a browser begins to log in. */
  readonly loginUrl: string;
  /** Where the gateway says whose a key or an access token is. */
  readonly verifyUrl: string;
  readonly sessions?: SessionRules;
  /** Issuer and life of the services' tokens. */
  readonly signer: { readonly issuer: string; readonly ttl: Duration };
  /** Whether plain HTTP may lead to issuers and authorizers outside. */
  readonly development: boolean;
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** A step of a rule, or what answers its errors. */
export interface Handler {
  readonly handler: string;
  readonly config?: Readonly<Record<string, Json>>;
}

/** An access rule as Oathkeeper reads it. */
export interface Rule {
  readonly id: string;
  readonly description: string;
  readonly match: { readonly url: string; readonly methods: readonly string[] };
  readonly authenticators: readonly Handler[];
  readonly authorizer: Handler;
  readonly mutators: readonly Handler[];
  readonly errors?: readonly Handler[];
  readonly upstream: { readonly url: string; readonly preserve_host?: boolean; readonly strip_path?: string };
}

export type GuardedAccess = Extract<Access, { readonly kind: 'guarded' }>;

/** A route whose callers Oathkeeper knows before the service is asked. */
export interface GuardedRoute {
  readonly service: ServiceDeclaration;
  readonly route: RouteDeclaration;
  readonly access: GuardedAccess;
  readonly hosts: readonly string[];
  readonly methods: readonly HttpMethod[];
}

const METHODS: readonly HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Every guarded route, in the order of the declaration. */
export function guardedRoutes({ services, hosts }: Pick<RulesInput, 'services' | 'hosts'>): GuardedRoute[] {
  return services.flatMap((service) =>
    service.routes.flatMap((route) => {
      const access = route.access ?? admitClients();
      if (access.kind !== 'guarded') return [];
      return [{ service, route, access, hosts: route.hosts ?? hosts, methods: route.methods ?? METHODS }];
    }),
  );
}

/** Whether a session on this route may turn out to lack a factor. */
export function asksForFactor(access: GuardedAccess, sessions: SessionRules | undefined): boolean {
  return access.sessions && sessions !== undefined && (access.aal === 'aal2' || sessions.aalQuestion);
}

/** The service that a URL leads to, when it is one of ours. */
export function serviceAt(
  text: string,
  services: readonly ServiceDeclaration[],
): ServiceDeclaration | undefined {
  if (!URL.canParse(text)) return undefined;
  const { hostname, port } = new URL(text);
  return services.find(
    (service) => service.workload.name === hostname && service.port === Number(port === '' ? 80 : port),
  );
}

/** The programs that decide about callers of guarded routes, with the service where it is one of ours. */
export function remoteAuthorizers(
  input: Pick<RulesInput, 'services' | 'hosts'>,
): { readonly url: string; readonly service?: ServiceDeclaration }[] {
  return guardedRoutes(input).flatMap(({ access: { authorization } }) => {
    if (authorization.kind !== 'remote') return [];
    const service = serviceAt(authorization.url, input.services);
    return [{ url: authorization.url, ...(service === undefined ? {} : { service }) }];
  });
}
