/** Whose signed tokens the gate knows, and the header in which each one's reach the identity system. */
import type { ClientDeclaration, IdentityGate } from './model.js';

/** Somebody whose signed tokens are known; a client issues its own, under its name. */
export interface TokenIssuer {
  /** Number of the issuer, from 1. */
  readonly n: number;
  /** The claim `iss` of its tokens. */
  readonly issuer: string;
  /** Name that routes know an outside issuer by. */
  readonly name?: string;
  /** The client that signs its own tokens. */
  readonly client?: ClientDeclaration;
}

/** Outside issuers first, then the clients that sign tokens, each in the order of the declaration. */
export function tokenIssuers(
  outside: IdentityGate['issuers'],
  clients: readonly ClientDeclaration[],
): readonly TokenIssuer[] {
  return [
    ...outside.map(({ name, issuer }) => ({ name, issuer })),
    ...clients.filter(({ jwt }) => jwt !== undefined).map((client) => ({ issuer: client.name, client })),
  ].map((one, i) => ({ n: i + 1, ...one }));
}

/**
 * Header that holds a token of one issuer, bare.
 *
 * Each issuer's tokens are verified against its keys alone, so each has a header of its own.
 */
export function gateTokenHeader(n: number): string {
  return `X-Gate-Token-${n}`;
}

/**
 * Header that a session is handed on in: what the route demands of it, how it was shown, and what was
 * shown, such as `aal1.cookie.…`. What remembers answers by the whole of it never mixes demands.
 */
export const GATE_SESSION = 'X-Gate-Session';
