/** Verifies who a request is for: the signed identity that the gate puts into `Authorization`. */
import { createHash } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import type { Keys } from './keys.js';

/** Clocks of two hosts may differ by so many seconds. */
const TOLERANCE_SECONDS = 5;
/** A few hundred bytes each. */
const MOST_REMEMBERED = 10_000;

export interface IdentitySettings {
  /** The `iss` that is trusted. */
  readonly issuer: string;
  /** The `aud` that means this service. */
  readonly audience: string;
  /** The only algorithms that may have signed. */
  readonly algorithms: readonly string[];
}

/** A request without an identity; the message is for the log, and holds nothing of the request. */
export class Refusal extends Error {}

/** Whom a request comes from. */
export interface Caller {
  readonly subject: string;
}

/** Verifies tokens and remembers those that were good until they end or the keys change. */
export class Verifier {
  /** By digest: a list of tokens would be a list of keys to the house. */
  private verified = new Map<string, { readonly caller: Caller; readonly ends: number }>();

  constructor(
    private readonly settings: IdentitySettings,
    private readonly keys: Keys,
    /** Milliseconds since 1970. */
    private readonly wall: () => number,
  ) {}

  /** Must be called when a key may have gone: what it signed is good no longer. */
  forget(): void {
    // A new one, so that a verification under way can't add to it by the keys of before.
    this.verified = new Map();
  }

  /** How many tokens are remembered. */
  get remembered(): number {
    return this.verified.size;
  }

  /**
   * Whom the request comes from.
   *
   * @param authorization the header, if there is one
   * @throws Refusal when there is no token, or one that isn't good here and now
   */
  async verify(authorization: string | undefined): Promise<Caller> {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new Refusal(authorization === undefined ? 'no token' : 'no bearer token');
    this.keys.refresh();
    const digest = createHash('sha256').update(token).digest('base64');
    const known = this.verified.get(digest);
    if (known !== undefined) {
      if (this.wall() < known.ends) return known.caller;
      this.verified.delete(digest);
      throw new Refusal('ERR_JWT_EXPIRED exp');
    }
    const memory = this.verified;
    const verified = await this.check(token);
    for (const oldest of memory.keys()) {
      if (memory.size < MOST_REMEMBERED) break;
      memory.delete(oldest);
    }
    memory.set(digest, verified);
    return verified.caller;
  }

  private async check(token: string): Promise<{ caller: Caller; ends: number }> {
    const { issuer, audience, algorithms } = this.settings;
    try {
      const { payload } = await jwtVerify(
        token,
        ({ kid, alg }) => {
          const found = kid === undefined ? undefined : this.keys.find(kid);
          if (found === undefined) throw new Refusal('unknown kid');
          if (found.algorithm !== alg) throw new Refusal("an algorithm that is not the key's");
          return found.key;
        },
        {
          issuer,
          audience,
          algorithms: [...algorithms],
          clockTolerance: TOLERANCE_SECONDS,
          currentDate: new Date(this.wall()),
          requiredClaims: ['sub', 'aud', 'exp', 'iat', 'iss', 'jti'],
        },
      );
      // A token for several services could be carried from one to the next.
      if (Array.isArray(payload.aud) && payload.aud.length !== 1) throw new Refusal('more than one aud');
      if (typeof payload.sub !== 'string' || payload.sub === '') throw new Refusal('no sub');
      if (typeof payload.jti !== 'string' || payload.jti === '') throw new Refusal('no jti');
      return {
        caller: { subject: payload.sub },
        ends: ((payload.exp ?? 0) + TOLERANCE_SECONDS) * 1000,
      };
    } catch (error) {
      if (error instanceof Refusal) throw error;
      if (!(error instanceof errors.JOSEError)) throw error;
      const claim = 'claim' in error && typeof error.claim === 'string' ? ` ${error.claim}` : '';
      throw new Refusal(`${error.code}${claim}`);
    }
  }
}
