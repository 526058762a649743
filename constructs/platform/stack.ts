/** The Terraform stack behind an environment; the one place that knows the framework's stack. */
import {
  App,
  type AppConfig,
  LocalBackend,
  S3Backend,
  TerraformOutput,
  TerraformProvider,
  TerraformResource,
  TerraformStack,
} from 'cdktf';
import type { Construct } from 'constructs';
import { RandomProvider } from '@cdktf/provider-random/lib/provider/index.js';
import { TlsProvider } from '@cdktf/provider-tls/lib/provider/index.js';
import { KeyPair } from '../secrets/key-pair.js';
import { rotationRecord, type Generations } from '../secrets/rotation.js';
import { unseal, type Sealed } from '../secrets/sealed.js';
import type { Secret } from '../secrets/secret.js';
import { address } from './address.js';

/** Exact versions of the providers, as the image channel offers them. */
export type ProviderVersions = Readonly<Record<'docker' | 'random' | 'tls', string>>;

/** Where Terraform keeps the state, which holds every secret's value. */
export type BackendSpec =
  | { readonly type: 'local' }
  | { readonly type: 's3'; readonly bucket: string; readonly key: string; readonly region: string };

export interface PlatformStackProps {
  readonly backend: BackendSpec;
  readonly providers: ProviderVersions;
  /**
   * The step of its rotation that each class of secrets stands at.
   *
   * @default - 0 for every class
   */
  readonly generations?: Generations;
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
  /** The step of its rotation that each class of secrets stands at. */
  readonly generations: Generations;
  private finished = false;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PlatformStackProps,
  ) {
    super(scope, id);
    this.generations = props.generations ?? {};
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

  /**
   * Makes readable which generation of each secret has arrived.
   *
   * It waits for everything: after a deployment that failed halfway it still tells the generations
   * before, so that nobody takes the next step on top of one that isn't there yet.
   */
  private tellRotation(): void {
    const everything = this.node.findAll();
    const output = new TerraformOutput(this, 'rotation', {
      value: rotationRecord(everything, this.generations),
      staticId: true,
    });
    output.overrideLogicalId('rotation');
    // Plain addresses: the framework's own way makes expressions of them.
    output.addOverride(
      'depends_on',
      everything
        .filter((one) => TerraformResource.isTerraformResource(one))
        .map(address)
        .sort(),
    );
  }

  override prepareStack(): void {
    if (!this.finished) {
      this.finished = true;
      for (const construct of this.node.findAll()) {
        if (isFinishing(construct)) construct.finish();
      }
      this.tellRotation();
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
