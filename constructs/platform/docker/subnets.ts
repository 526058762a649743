/**
 * Addresses of the networks between workloads.
 *
 * A subnet follows from the edge's name alone. Numbering by position would move the subnets of all
 * later edges when one is added, and Docker replaces every container on a network that moves.
 */
import { createHash } from 'node:crypto';
import { PortcullisError, invalid } from '../../errors.js';

/** Size of one edge's subnet: 16 addresses, 13 of them for containers. */
const EDGE_BITS = 28;

export interface SubnetsProps {
  /** Private IPv4 range in CIDR form, at least a /24. */
  readonly range: string;
  /** Subnets given by hand, by edge name; the way out of a collision. */
  readonly pinned: Readonly<Record<string, string>>;
}

/** Hands out one /28 per edge name. */
export class Subnets {
  private readonly base: number;
  private readonly last: number;
  private readonly count: number;
  private readonly taken = new Map<string, string>();

  /** @throws PortcullisError when the range is no IPv4 CIDR from /8 to /24 on its own boundary */
  constructor(private readonly props: SubnetsProps) {
    const { address, bits } = parseCidr(props.range);
    if (bits < 8 || bits > 24) {
      throw invalid(
        'network.range',
        'be a range from /8 to /24',
        props.range,
        "use for example '10.212.0.0/14'",
      );
    }
    this.base = address;
    this.last = address + 2 ** (32 - bits) - 1;
    this.count = 2 ** (EDGE_BITS - bits);
  }

  /**
   * The subnet of an edge.
   *
   * @throws PortcullisError when another edge has the same one
   */
  of(edge: string): string {
    const pinned = this.props.pinned[edge];
    const subnet = pinned === undefined ? this.hashed(edge) : this.checked(edge, pinned);
    const holder = this.taken.get(subnet);
    if (holder !== undefined && holder !== edge) {
      throw new PortcullisError(
        'subnet-collision',
        `networks '${holder}' and '${edge}' must have subnets of their own, got ${subnet} for both; ` +
          `set network.pinned['${edge}'] to a free /${EDGE_BITS} in ${this.props.range}`,
      );
    }
    this.taken.set(subnet, edge);
    return subnet;
  }

  /** @throws PortcullisError when a pin names a network that isn't among the given ones */
  checkPins(edges: readonly string[]): void {
    const unknown = Object.keys(this.props.pinned).find((edge) => !edges.includes(edge));
    if (unknown !== undefined) {
      throw invalid(
        'network.pinned',
        `name networks of this environment (${edges.join(', ')})`,
        unknown,
        'remove or correct the name',
      );
    }
  }

  private checked(edge: string, pinned: string): string {
    const { address, bits } = parseCidr(pinned, `network.pinned['${edge}']`);
    if (bits !== EDGE_BITS || address < this.base || address > this.last) {
      throw invalid(
        `network.pinned['${edge}']`,
        `be a /${EDGE_BITS} in ${this.props.range}`,
        pinned,
        'choose a free one',
      );
    }
    return pinned;
  }

  private hashed(edge: string): string {
    const digest = createHash('sha256').update(edge).digest().readUInt32BE(0);
    const address = this.base + (digest % this.count) * 2 ** (32 - EDGE_BITS);
    return `${formatAddress(address)}/${EDGE_BITS}`;
  }
}

function parseCidr(text: string, property = 'network.range'): { address: number; bits: number } {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  const parts = (match?.slice(1) ?? []).map(Number);
  const [a, b, c, d, bits] = parts;
  if (
    a === undefined ||
    b === undefined ||
    c === undefined ||
    d === undefined ||
    bits === undefined ||
    [a, b, c, d].some((part) => part > 255) ||
    bits > 32
  ) {
    throw invalid(property, 'be an IPv4 range in CIDR form', text, "use for example '10.212.0.0/14'");
  }
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  if (address % 2 ** (32 - bits) !== 0) {
    throw invalid(property, `start on a /${bits} boundary`, text, 'clear the bits behind the prefix');
  }
  return { address, bits };
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
