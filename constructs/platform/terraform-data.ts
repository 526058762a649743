/**
 * `terraform_data`, made by ourselves.
 *
 * The framework's own class runs `terraform version` once per resource while it synthesizes: a
 * second of every synth, and a program that a synth must not need.
 */
import { TerraformResource, type TerraformMetaArguments } from 'cdktf';
import type { Construct } from 'constructs';

export interface TerraformDataProps extends Pick<TerraformMetaArguments, 'lifecycle' | 'provisioners'> {
  /** Kept in the state and readable as `output`. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** A changed value replaces the resource, which runs its provisioners again. */
  readonly triggersReplace: Readonly<Record<string, unknown>>;
}

/** A resource without a thing behind it; carries triggers, provisioners and values. */
export class TerraformData extends TerraformResource {
  /** May be completed until synthesis. */
  triggersReplace: Readonly<Record<string, unknown>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TerraformDataProps,
  ) {
    super(scope, id, {
      terraformResourceType: 'terraform_data',
      ...(props.lifecycle === undefined ? {} : { lifecycle: props.lifecycle }),
      ...(props.provisioners === undefined ? {} : { provisioners: props.provisioners }),
    });
    this.triggersReplace = props.triggersReplace;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { input: this.props.input, triggers_replace: this.triggersReplace };
  }
}
