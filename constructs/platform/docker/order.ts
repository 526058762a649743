/** What waits for what: from constructs to Terraform's addresses, and what can't be waited for. */
import { TerraformResource } from 'cdktf';
import { Dependable, type IConstruct, type IDependable } from 'constructs';
import { unsupported } from '../../errors.js';
import { address } from '../address.js';
import { DockerJob, DockerWorkload } from './workload.js';

/**
 * Terraform makes everything that a replica waits for come before it goes, too. For what is replaced
 * in place that can't be, and the failure would come only with its first change.
 *
 * @throws PortcullisError when replicas wait, directly or behind a job, for such a workload
 */
export function checkOrder(workload: DockerWorkload): void {
  const held = workload.inPlace ? undefined : inPlaceBehind(workload.spec.after ?? []);
  if (held === undefined) return;
  const kind = held.spec.exclusive === true ? 'an exclusive workload' : 'a workload with a port or a volume';
  throw unsupported(
    'docker',
    `replicas ('${workload.name}') that wait for ${kind} ('${held.name}')`,
    "leave 'after' out and let the program retry until what it needs is there",
    workload.node.path,
  );
}

/** The first workload, replaced in place, that these wait for, directly or behind a job. */
function inPlaceBehind(dependables: readonly IDependable[]): DockerWorkload | undefined {
  for (const construct of constructsOf(dependables)) {
    if (construct instanceof DockerWorkload && construct.inPlace) return construct;
    const found = inPlaceBehind(waitsFor(construct));
    if (found !== undefined) return found;
  }
  return undefined;
}

function waitsFor(construct: IConstruct): readonly IDependable[] {
  if (construct instanceof DockerWorkload) return construct.spec.after ?? [];
  if (!(construct instanceof DockerJob)) return [];
  const { after = [], administers } = construct.spec;
  return administers === undefined ? after : [...after, administers];
}

/** Every resource that must be ready before what depends on these starts. */
export function resources(dependables: readonly IDependable[]): TerraformResource[] {
  return constructsOf(dependables).filter((construct): construct is TerraformResource =>
    TerraformResource.isTerraformResource(construct),
  );
}

/** Addresses for `depends_on`, each once, in a stable order. */
export function addresses(found: readonly TerraformResource[]): string[] {
  return [...new Set(found.map(address))].sort();
}

function constructsOf(dependables: readonly IDependable[]): IConstruct[] {
  return dependables
    .flatMap((dependable) => Dependable.of(dependable).dependencyRoots)
    .flatMap((root) => root.node.findAll());
}
