/** One Docker network per pair of workloads of which one may call the other, and none besides. */
import type { Construct } from 'constructs';
import { Network } from '@cdktf/provider-docker/lib/network/index.js';
import { labels, type DockerContext } from './context.js';
import { invalid } from '../../errors.js';
import { checkName, shortHash } from '../names.js';
import { Subnets, type SubnetsProps } from './subnets.js';

/** Another end's name for the network of a published listener. */
export const OUTSIDE = 'outside';
/** Another end's name for the network of a workload that nobody calls yet. */
export const ALONE = 'alone';
/** Another end's name for the network by which a container calls out. */
export const EGRESS = 'egress';

/** Checks the name of an end of a network; some are taken. */
export function checkEnd(property: string, name: string, at: string): string {
  if ([OUTSIDE, ALONE, EGRESS].includes(name))
    throw invalid(property, `be another than '${name}'`, name, 'rename it', at);
  return checkName(property, name, at);
}

export interface Edge {
  readonly key: string;
  readonly ends: readonly [string, string];
  readonly subnet: string;
  readonly network: Network;
}

/** All networks of a stack, made when first asked for. */
export class Edges {
  private readonly subnets: Subnets;
  private readonly edges = new Map<string, Edge>();

  constructor(
    private readonly scope: Construct,
    private readonly context: DockerContext,
    props: SubnetsProps,
  ) {
    this.subnets = new Subnets(props);
  }

  /** The network between two ends; the same one whichever is named first. */
  between(one: string, other: string): Edge {
    const ends = [one, other].sort() as [string, string];
    const key = ends.join('--');
    const known = this.edges.get(key);
    if (known !== undefined) return known;
    const subnet = this.subnets.of(key);
    const network = new Network(this.scope, `Edge-${key}`, {
      // Networks of replicas are replaced side by side with them: another subnet is another name.
      name: `${this.context.prefix}-${key}-${shortHash(subnet).slice(0, 4)}`,
      driver: 'bridge',
      // Only a published listener and who calls out need a way out; everything else stays inside.
      internal: !ends.some((end) => end === OUTSIDE || end === EGRESS),
      ipamConfig: [{ subnet }],
      labels: labels(this.context, key),
    });
    const edge: Edge = { key, ends, subnet, network };
    this.edges.set(key, edge);
    return edge;
  }

  /** @throws PortcullisError when a subnet is pinned to a network that doesn't exist */
  finish(): void {
    this.subnets.checkPins([...this.edges.keys()]);
  }

  /** The networks that an end stands on, in a stable order. */
  of(end: string): readonly Edge[] {
    return [...this.edges.values()]
      .filter((edge) => edge.ends.includes(end))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}
