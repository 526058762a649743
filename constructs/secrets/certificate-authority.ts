/** `CertificateAuthority`: an environment's own authority with its slots, next, current and previous. */
import { PrivateKey } from '@cdktf/provider-tls/lib/private-key/index.js';
import { SelfSignedCert } from '@cdktf/provider-tls/lib/self-signed-cert/index.js';
import type { Construct } from 'constructs';
import { invalid } from '../errors.js';
import { address } from '../platform/address.js';
import { Duration } from '../quantities.js';
import { Generation } from './generation.js';
import { generationOf } from './rotation.js';
import { Sealed, unseal } from './sealed.js';
import { inSlot, slotGeneration } from './slots.js';
import { Unprintable } from './unprintable.js';
import { checkValidity, type Validity } from './validity.js';

/** What is published, what signs, what is still presented. */
const SLOTS = 3;

export interface CertificateAuthorityProps {
  /**
   * Beginning of the name in its certificates; at most 50 letters, digits, spaces and dashes.
   *
   * @default 'portcullis'
   */
  readonly name?: string;
  /**
   * How long an authority's certificate is valid; a whole number of hours.
   *
   * @default Duration.days(1825)
   */
  readonly lifetime?: Duration;
  /**
   * How long before its end an apply renews it, with the same key, so that what it signed stays
   * trusted. No certificate that it signs may be valid for longer than this.
   *
   * @default - a third of the lifetime
   */
  readonly renewal?: Duration;
}

/**
 * An internal certificate authority, made by Terraform's `tls` provider at apply.
 *
 * Three authorities live side by side, ECDSA on P-256 each, and the bundle holds them all. A step of
 * the generation replaces one, and the one made in the step before signs from then on. So whoever
 * still has the bundle of the step before trusts the new certificates, and whoever has the new
 * bundle trusts those that are still presented: nobody has to be first.
 *
 * The private keys are in Terraform's state and nowhere else.
 */
export class CertificateAuthority extends Unprintable {
  readonly label: string;
  readonly generation: number;
  readonly validity: Validity;
  /** The certificates of all slots, PEM; not secret, but known at apply only. */
  readonly bundle: Sealed;
  private readonly authorities: readonly { readonly certificate: Sealed; readonly privateKey: Sealed }[];

  /** @throws PortcullisError when name, lifetime, renewal or generation break their rule */
  constructor(scope: Construct, id: string, props: CertificateAuthorityProps = {}) {
    super(scope, id);
    const at = this.node.path;
    const name = props.name ?? 'portcullis';
    if (!/^[A-Za-z0-9][A-Za-z0-9 -]{0,49}$/.test(name)) {
      throw invalid('name', 'be at most 50 letters, digits, spaces and dashes', name, 'leave it out', at);
    }
    this.label = id;
    this.generation = generationOf(scope, 'certificates');
    this.validity = checkValidity(props.lifetime ?? Duration.days(1825), props.renewal, at);
    this.authorities = Array.from({ length: SLOTS }, (_, slot) => {
      const generation = slotGeneration(this.generation, SLOTS, slot);
      const keeper = new Generation(this, `Generation${slot}`, generation);
      const key = new PrivateKey(this, `Key${slot}`, {
        algorithm: 'ECDSA',
        ecdsaCurve: 'P256',
        lifecycle: { replaceTriggeredBy: [address(keeper.resource)] },
      });
      const certificate = new SelfSignedCert(this, `Slot${slot}`, {
        privateKeyPem: key.privateKeyPem,
        // A verifier looks for the issuer by name first: no two in a bundle have the same.
        subject: [{ commonName: `${name} ca ${slot}` }],
        validityPeriodHours: this.validity.hours,
        earlyRenewalHours: this.validity.renewalHours,
        isCaCertificate: true,
        setSubjectKeyId: true,
        setAuthorityKeyId: true,
        allowedUses: ['cert_signing', 'crl_signing'],
      });
      return {
        certificate: Sealed.of(`${id}.crt#${slot}`, generation, certificate.certPem),
        privateKey: Sealed.of(`${id}#${slot}`, generation, key.privateKeyPem),
      };
    });
    this.bundle = Sealed.of(
      `${id}.bundle`,
      this.generation,
      this.authorities.map(({ certificate }) => unseal(certificate)).join(''),
    );
  }

  /** The slot that signs: the one before the newest, which every verifier has had for one step. */
  get signingSlot(): number {
    return (this.generation + SLOTS - 1) % SLOTS;
  }

  /** Certificate and private key that sign at this generation; for `Certificate`. */
  get signer(): { readonly certificate: Sealed; readonly privateKey: Sealed } {
    return inSlot(this.authorities, this.signingSlot, this.node.path);
  }
}
