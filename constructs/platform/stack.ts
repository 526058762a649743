/** The Terraform stack behind an environment; the one place that knows the framework's stack. */
import {
  App,
  type AppConfig,
  LocalBackend,
  S3Backend,
  TerraformOutput,
  TerraformProvider,
  TerraformStack,
} from 'cdktf';
import type { Construct } from 'constructs';
import { RandomProvider } from '@cdktf/provider-random/lib/provider/index.js';
import { TlsProvider } from '@cdktf/provider-tls/lib/provider/index.js';
import { KeyPair } from '../secrets/key-pair.js';
import { unseal, type Sealed } from '../secrets/sealed.js';
import type { Secret } from '../secrets/secret.js';

/** Exact versions of the providers, as the image channel offers them. */
export type ProviderVersions = Readonly<Record<'docker' | 'random' | 'tls', string>>;

/** Where Terraform keeps the state, which holds every secret's value. */
export type BackendSpec =
  | { readonly type: 'local' }
  | { readonly type: 's3'; readonly bucket: string; readonly key: string; readonly region: string };

export interface PlatformStackProps {
  readonly backend: BackendSpec;
  readonly providers: ProviderVersions;
}

/** Something that settles its last details when everything else is declared. */
interface Finishing {
  finish(): void;
}

/** The application that stacks live in. */
export class PlatformApp extends App {
  constructor(options: AppConfig = {}) {
    // Nobody reads them, and each resource would take one.
    super({ stackTraces: false, ...options });
  }
}

/** A stack with backend, exact provider versions, and outputs that hand values over. */
export class PlatformStack extends TerraformStack {
  private finished = false;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PlatformStackProps,
  ) {
    super(scope, id);
    if (props.backend.type === 'local') {
      // Relative to the synthesized stack, so that the output is the same on every machine.
      new LocalBackend(this, { path: `../../../.portcullis/state/${id}/terraform.tfstate` });
    } else {
      const { bucket, key, region } = props.backend;
      new S3Backend(this, { bucket, key, region, encrypt: true });
      this.addOverride('terraform.backend.s3.use_lockfile', true);
    }
    new RandomProvider(this, 'Random');
    new TlsProvider(this, 'Tls');
    this.addOverride('terraform.required_version', '>= 1.6.0');
  }

  /** Makes a plain value readable after the deployment. */
  protected handOver(name: string, value: string): void {
    new TerraformOutput(this, `output-${name}`, { value, staticId: true }).overrideLogicalId(name);
  }

  /** Makes a value readable that is known at apply only; Terraform refuses one that is secret. */
  protected handOverPublic(name: string, value: Sealed): void {
    this.handOver(name, unseal(value));
  }

  /**
   * Makes the newest value of a secret, or the newest private key of a pair, readable for
   * `portcullis secret get`, marked sensitive.
   *
   * @param id what it is known by to whom it is shown; not secret
   */
  protected handOverSecret(name: string, of: Secret | KeyPair, id?: string): void {
    const value = of instanceof KeyPair ? of.privateKey(of.newestSlot) : of.newest;
    new TerraformOutput(this, `secret-${name}`, {
      value: {
        value: unseal(value),
        generation: of.generation,
        slot: of.newestSlot,
        madeAt: of.madeAt(of.newestSlot),
        ...(id === undefined ? {} : { id }),
      },
      sensitive: true,
    }).overrideLogicalId(`secret_${name.replaceAll('-', '_')}`);
  }

  override prepareStack(): void {
    if (!this.finished) {
      this.finished = true;
      for (const construct of this.node.findAll()) {
        if (isFinishing(construct)) construct.finish();
      }
      for (const construct of this.node.findAll()) {
        if (!TerraformProvider.isTerraformProvider(construct)) continue;
        const version = Object.entries(this.props.providers).find(
          ([name]) => name === construct.terraformResourceType,
        )?.[1];
        if (version !== undefined) {
          this.addOverride(
            `terraform.required_providers.${construct.terraformResourceType}.version`,
            `= ${version}`,
          );
        }
      }
    }
    super.prepareStack();
  }
}

function isFinishing(construct: object): construct is Finishing {
  return 'finish' in construct && typeof construct.finish === 'function';
}
