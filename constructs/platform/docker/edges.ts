/** One Docker network per pair of workloads of which one may call the other, and none besides. */
import type { Construct } from 'constructs';
import { Network } from '@cdktf/provider-docker/lib/network/index.js';
import { labels, type DockerContext } from './context.js';
import { Subnets, type SubnetsProps } from './subnets.js';

/** Another end's name for the network of a published listener. */
export const OUTSIDE = 'outside';

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
      name: `${this.context.prefix}-${key}`,
      driver: 'bridge',
      // Only a published listener needs a way out; everything else stays inside.
      internal: other !== OUTSIDE && one !== OUTSIDE,
      ipamConfig: [{ subnet }],
      labels: labels(this.context, key),
    });
    const edge: Edge = { key, ends, subnet, network };
    this.edges.set(key, edge);
    return edge;
  }

  /** The networks that an end stands on, in a stable order. */
  of(end: string): readonly Edge[] {
    return [...this.edges.values()]
      .filter((edge) => edge.ends.includes(end))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}
