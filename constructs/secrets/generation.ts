/** The mark that a slot's resources are replaced by, with the time at which Terraform made it. */
import { Construct } from 'constructs';
import { TerraformData } from '../platform/terraform-data.js';

/**
 * One `terraform_data` per slot.
 *
 * Its trigger is the slot's generation. Its `input.at` is the time of the apply that made it: the
 * clock is Terraform's, synth has none, and ignoring later changes keeps the second plan empty.
 */
export class Generation extends Construct {
  readonly resource: TerraformData;

  constructor(scope: Construct, id: string, generation: number) {
    super(scope, id);
    this.resource = new TerraformData(this, 'Resource', {
      triggersReplace: { generation },
      input: { generation, at: '${plantimestamp()}' },
      lifecycle: { ignoreChanges: ['input'] },
    });
  }

  /** Terraform expression of the time at which this generation was made, RFC 3339. */
  get madeAt(): string {
    return `\${${this.resource.fqn}.output.at}`;
  }
}
