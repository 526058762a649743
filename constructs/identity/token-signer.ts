/** `TokenSigner`: the keys of the tokens that services believe, and of nothing else. */
import { Construct } from 'constructs';
import { invalid } from '../errors.js';
import { Duration } from '../quantities.js';
import { KeyPair, type KeyAlgorithm } from '../secrets/key-pair.js';
import { KeySet } from '../secrets/key-set.js';

export interface TokenSignerProps {
  /** Value of `iss` in every token: the public URL. */
  readonly issuer: string;
  /**
   * What tokens are signed with.
   *
   * ES256 signs in a thirtieth of the time of RS256 and takes about twice as long to verify. A client
   * that makes a token for each request needs a signature for each, so that signing weighs more.
   *
   * @default 'ES256'
   */
  readonly algorithm?: KeyAlgorithm;
  /**
   * How long a token is valid; from 30 seconds to 15 minutes.
   *
   * A signed token is handed out again until a tenth of this is left, and held in memory as long: a
   * short time bounds both what a stolen token is good for and that memory.
   *
   * @default Duration.minutes(2)
   */
  readonly ttl?: Duration;
}

/**
 * Keys that tokens for services are signed with, rotating with the class `signingKeys`.
 *
 * A step makes the newest key known and signs with the one before it, which every reader has had since
 * the step before; the oldest key of three still verifies. The signer reads its file again after at
 * most 30 seconds, and a token lives `ttl` after its key stopped signing. So two steps must be further
 * apart than `ttl`, 30 seconds and the time that services take to reload their keys.
 */
export class TokenSigner extends Construct {
  readonly issuer: string;
  readonly ttl: Duration;
  readonly algorithm: KeyAlgorithm;
  /** For the signer alone: the private key that signs, its public half, then the other public ones. */
  readonly signing: KeySet;
  /** For whoever verifies: every public key. */
  readonly verification: KeySet;

  /** @throws PortcullisError when `ttl` is out of bounds or the issuer is no URL */
  constructor(scope: Construct, id: string, props: TokenSignerProps) {
    super(scope, id);
    const at = this.node.path;
    this.issuer = props.issuer;
    this.ttl = props.ttl ?? Duration.minutes(2);
    const seconds = this.ttl.toSeconds();
    if (seconds < 30 || seconds > 900) {
      throw invalid('ttl', 'be from 30 to 900 seconds', seconds, 'leave it out for 2 minutes', at);
    }
    if (!/^https?:\/\/[^\s?#]+$/.test(props.issuer)) {
      throw invalid('issuer', 'be a URL without query', props.issuer, 'use the public URL', at);
    }
    const keys = KeyPair.generated(this, 'id-token', { algorithm: props.algorithm ?? 'ES256' });
    this.algorithm = keys.algorithm;
    const slots = Array.from({ length: keys.slots }, (_, slot) => slot);
    const others = slots.filter((slot) => slot !== keys.signingSlot);
    // The signer takes the first private key and the first public key's id. In any other order it names
    // a key that didn't sign, and nobody could verify.
    this.signing = new KeySet('id-token.signing', [
      { key: keys.privateKey(keys.signingSlot) },
      { key: keys.publicKey(keys.signingSlot) },
      ...others.map((slot) => ({ key: keys.publicKey(slot) })),
    ]);
    this.verification = new KeySet(
      'id-token.verification',
      slots.map((slot) => ({ key: keys.publicKey(slot) })),
    );
  }
}
