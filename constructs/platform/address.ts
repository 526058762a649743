/** A resource's plain address, which `replace_triggered_by` wants instead of an expression. */
import type { TerraformResource } from 'cdktf';

export function address(resource: TerraformResource): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}
