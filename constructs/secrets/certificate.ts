/** `Certificate`: what one end of an edge proves its name with, issued by us or brought from outside. */
import { isIP } from 'node:net';
import { CertRequest } from '@cdktf/provider-tls/lib/cert-request/index.js';
import { LocallySignedCert } from '@cdktf/provider-tls/lib/locally-signed-cert/index.js';
import { PrivateKey } from '@cdktf/provider-tls/lib/private-key/index.js';
import { SelfSignedCert } from '@cdktf/provider-tls/lib/self-signed-cert/index.js';
import type { Construct } from 'constructs';
import { PortcullisError, invalid } from '../errors.js';
import { address } from '../platform/address.js';
import { Duration } from '../quantities.js';
import type { CertificateAuthority } from './certificate-authority.js';
import { Generation } from './generation.js';
import type { Rotating } from './rotation.js';
import { Sealed, unseal } from './sealed.js';
import { Secret } from './secret.js';
import { Unprintable } from './unprintable.js';
import { checkValidity, type Validity } from './validity.js';

/** Letters, digits and dashes between dots; the first label may be a star. */
const NAME =
  /^(?=.{1,253}$)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const EC_KEY = { algorithm: 'ECDSA', ecdsaCurve: 'P256' } as const;

/** Whether the holder answers calls, makes them, or both. */
export type CertificateUsage = 'server' | 'client';

/** A certificate with its key, wherever it comes from. */
export interface ICertificate {
  /** The certificate, then those between it and its authority, PEM. */
  readonly chain: Sealed;
  /** Its private key, PEM. */
  readonly privateKey: Sealed;
  /** What a peer verifies it with, PEM; none when that is known to peers already. */
  readonly bundle?: Sealed;
  /** Terraform expression of the time at which it ends, RFC 3339; none when it was brought. */
  readonly notAfter?: string;
}

export interface CertificateProps {
  readonly authority: CertificateAuthority;
  /** Host names that it is valid for, in small letters; the first label may be `*`. */
  readonly names: readonly string[];
  /**
   * IP addresses that it is valid for.
   *
   * @default []
   */
  readonly addresses?: readonly string[];
  /**
   * How long it is valid; a whole number of hours, at most the renewal of its authority, so that it
   * never outlives that.
   *
   * @default Duration.days(90)
   */
  readonly lifetime?: Duration;
  /**
   * How long before its end an apply renews it, with a new key. Only an apply does: apply more often
   * than this.
   *
   * @default - a third of the lifetime
   */
  readonly renewal?: Duration;
  /** @default ['server'] */
  readonly usages?: readonly CertificateUsage[];
}

export interface VariableCertificateProps {
  /** Terraform variable with the certificate and those between it and its authority, PEM. */
  readonly certificate: string;
  /** Terraform variable with its private key, PEM. */
  readonly key: string;
  /**
   * Raise it when the certificate changes.
   *
   * @default 1
   */
  readonly version?: number;
}

/**
 * A certificate for one end of an edge, signed at apply by an internal authority.
 *
 * Key and certificate are made anew when the renewal is due, when the authority takes a step, and
 * when what the certificate says changes. Whoever reads them from files that are followed takes them
 * over without a restart.
 */
export class Certificate extends Unprintable implements ICertificate, Rotating {
  readonly label: string;
  readonly chain: Sealed;
  readonly privateKey: Sealed;
  readonly bundle: Sealed;
  readonly notAfter: string;
  readonly rotating: Rotating['rotating'];

  /** A certificate from outside, as two sensitive variables, `TF_VAR_<certificate>` and `TF_VAR_<key>`. */
  static fromVariables(scope: Construct, id: string, props: VariableCertificateProps): ICertificate {
    return new BroughtCertificate(scope, id, props);
  }

  /** @throws PortcullisError when a name, an address, a usage, the lifetime or the renewal breaks its rule */
  constructor(scope: Construct, id: string, props: CertificateProps) {
    super(scope, id);
    this.label = id;
    const { authority, names, addresses = [], usages = ['server'] } = props;
    this.checkSubject(names, addresses, usages);
    const { hours, renewalHours } = this.checkLifetime(props);
    const keeper = new Generation(this, 'Generation', authority.generation);
    // The provider's own early renewal keeps the key. So the time is told by a certificate that
    // nobody reads: when its renewal is due the key is replaced, and all that was made from it.
    const clock = new SelfSignedCert(this, 'Clock', {
      privateKeyPem: new PrivateKey(this, 'ClockKey', EC_KEY).privateKeyPem,
      validityPeriodHours: hours,
      earlyRenewalHours: renewalHours,
      allowedUses: [],
    });
    const key = new PrivateKey(this, 'Key', {
      ...EC_KEY,
      lifecycle: { replaceTriggeredBy: [address(keeper.resource), address(clock)] },
    });
    const request = new CertRequest(this, 'Request', {
      privateKeyPem: key.privateKeyPem,
      // Only shown to people; verifiers read the names below, which may be longer.
      subject: [{ commonName: (names[0] ?? addresses[0] ?? id).slice(0, 64) }],
      ...(names.length === 0 ? {} : { dnsNames: [...names] }),
      ...(addresses.length === 0 ? {} : { ipAddresses: [...addresses] }),
    });
    const signed = new LocallySignedCert(this, 'Resource', {
      certRequestPem: request.certRequestPem,
      caCertPem: unseal(authority.signer.certificate),
      caPrivateKeyPem: unseal(authority.signer.privateKey),
      validityPeriodHours: hours,
      setSubjectKeyId: true,
      allowedUses: ['digital_signature', ...usages.map((usage) => `${usage}_auth`)],
    });
    this.chain = Sealed.of(`${id}.crt`, authority.generation, signed.certPem);
    this.privateKey = Sealed.of(`${id}.key`, authority.generation, key.privateKeyPem);
    this.bundle = authority.bundle;
    this.notAfter = signed.validityEndTime;
    this.rotating = {
      class: 'certificates',
      name: this.node.path.split('/').slice(1).join('/'),
      slots: [
        {
          slot: 0,
          generation: authority.generation,
          madeAt: signed.validityStartTime,
          notAfter: this.notAfter,
        },
      ],
    };
  }

  private checkSubject(
    names: readonly string[],
    addresses: readonly string[],
    usages: readonly CertificateUsage[],
  ): void {
    const at = this.node.path;
    if (names.length + addresses.length === 0) {
      throw new PortcullisError(
        'invalid-property',
        "'names' must hold a host name unless 'addresses' holds an address, got none; add the name that peers use",
        at,
      );
    }
    const name = names.find((one) => !NAME.test(one) || isIP(one) !== 0);
    if (name !== undefined) {
      throw invalid('names', 'be host names in small letters', name, "put addresses into 'addresses'", at);
    }
    const wrong = addresses.find((one) => isIP(one) === 0);
    if (wrong !== undefined) {
      throw invalid('addresses', 'be IP addresses', wrong, "put host names into 'names'", at);
    }
    if (usages.length === 0) {
      throw new PortcullisError(
        'invalid-property',
        "'usages' must name 'server' or 'client', got none; leave it out for 'server'",
        at,
      );
    }
  }

  private checkLifetime({ authority, lifetime = Duration.days(90), renewal }: CertificateProps): Validity {
    const checked = checkValidity(lifetime, renewal, this.node.path);
    const most = authority.validity.renewalHours;
    if (checked.hours > most) {
      throw invalid(
        'lifetime',
        `be at most ${most} hours, the renewal of its authority`,
        checked.hours,
        "shorten it or raise the authority's",
        this.node.path,
      );
    }
    return checked;
  }
}

/** A certificate that somebody else issued. */
class BroughtCertificate extends Unprintable implements ICertificate {
  readonly label: string;
  readonly chain: Sealed;
  readonly privateKey: Sealed;

  constructor(scope: Construct, id: string, { certificate, key, version = 1 }: VariableCertificateProps) {
    super(scope, id);
    this.label = id;
    if (certificate === key) {
      throw invalid(
        'key',
        "be another variable than 'certificate'",
        key,
        'name two variables',
        this.node.path,
      );
    }
    this.chain = Secret.fromVariable(this, certificate, {
      version,
      description: 'Certificate with those between it and its authority, PEM.',
    }).newest;
    this.privateKey = Secret.fromVariable(this, key, {
      version,
      description: 'Private key of the certificate, PEM.',
    }).newest;
  }
}
