import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PortcullisError } from '../../../../constructs/errors.js';
import { Subnets } from '../../../../constructs/platform/docker/subnets.js';
import { thrown } from '../../../helper/failure.js';

const RANGE = '10.212.0.0/14';
const edge = fc
  .tuple(fc.stringMatching(/^[a-z]{2,8}$/), fc.stringMatching(/^[a-z]{2,8}$/))
  .map((ends) => ends.join('--'));

function subnets(range = RANGE, pinned: Record<string, string> = {}): Subnets {
  return new Subnets({ range, pinned });
}

function addressOf(subnet: string): number {
  return subnet
    .replace(/\/.*/, '')
    .split('.')
    .reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Subnet per edge; an edge that collides is left out, as its user would have to pin it. */
function handedOut(edges: readonly string[]): Map<string, string> {
  const all = subnets();
  return new Map(
    edges.flatMap((name) => {
      try {
        return [[name, all.of(name)]];
      } catch (error) {
        if (error instanceof PortcullisError && error.code === 'subnet-collision') return [];
        throw error;
      }
    }),
  );
}

describe('subnets', () => {
  test('are the same on every machine', () => {
    expect(subnets().of('kong--postgres')).toBe('10.214.30.160/28');
  });

  test('follow from the name alone, whatever was asked before', () => {
    fc.assert(
      fc.property(fc.uniqueArray(edge, { minLength: 2, maxLength: 20 }), (edges) => {
        const [forth, back] = [handedOut(edges), handedOut([...edges].reverse())];
        for (const [name, subnet] of forth) expect(back.get(name) ?? subnet).toBe(subnet);
      }),
    );
  });

  test('lie in the range, start on a boundary of 16 addresses and are given once', () => {
    const first = addressOf('10.212.0.0');
    fc.assert(
      fc.property(fc.uniqueArray(edge, { minLength: 1, maxLength: 50 }), (edges) => {
        const all = [...handedOut(edges).values()];
        expect(new Set(all).size).toBe(all.length);
        for (const subnet of all) {
          expect(subnet).toMatch(/\/28$/);
          expect(addressOf(subnet) % 16).toBe(0);
          expect(addressOf(subnet)).toBeGreaterThanOrEqual(first);
          expect(addressOf(subnet) + 15).toBeLessThan(first + 2 ** 18);
        }
      }),
    );
  });

  test('an edge that is asked for again keeps its subnet', () => {
    const all = subnets();
    expect(all.of('a--b')).toBe(all.of('a--b'));
  });

  test('a pinned one overrides the hash', () => {
    expect(subnets(RANGE, { 'kong--postgres': '10.212.0.0/28' }).of('kong--postgres')).toBe('10.212.0.0/28');
  });

  test.each(['10.0.0.0/8', '10.216.5.0/24'])('%s is a range', (range) => {
    expect(subnets(range).of('a--b')).toMatch(/^10\.\d+\.\d+\.\d+\/28$/);
  });

  test('fails when two edges have the same one, and the remedy helps', () => {
    const [holder, other] = colliding('10.216.5.0/24');
    const all = subnets('10.216.5.0/24');
    const subnet = all.of(holder);
    expect(thrown(() => all.of(other))).toMatchObject({
      code: 'subnet-collision',
      message: `networks '${holder}' and '${other}' must have subnets of their own, got ${subnet} for both; set network.pinned['${other}'] to a free /28 in 10.216.5.0/24`,
    });
    const free = subnet === '10.216.5.0/28' ? '10.216.5.16/28' : '10.216.5.0/28';
    const mended = subnets('10.216.5.0/24', { [other]: free });
    expect([mended.of(holder), mended.of(other)]).toEqual([subnet, free]);
  });

  test('fails when a pinned one is taken by a hash', () => {
    const taken = subnets().of('a--b');
    const all = subnets(RANGE, { 'c--d': taken });
    all.of('a--b');
    expect(thrown(() => all.of('c--d')).message).toContain(`got ${taken} for both`);
  });

  test.each(['10.212.0.0', '10.212.0/14', '10.212.0.256/24', 'fd00::/8', '10.212.0.0/33', ''])(
    'fails when the range is %j',
    (range) => {
      expect(thrown(() => subnets(range)).message).toBe(
        `'network.range' must be an IPv4 range in CIDR form, got ${JSON.stringify(range)}; use for example '10.212.0.0/14'`,
      );
    },
  );

  test.each(['0.0.0.0/7', '10.0.0.0/25'])('fails when the range is as wide as %s', (range) => {
    expect(thrown(() => subnets(range)).message).toBe(
      `'network.range' must be a range from /8 to /24, got ${JSON.stringify(range)}; use for example '10.212.0.0/14'`,
    );
  });

  test('fails when the range begins inside a block', () => {
    expect(thrown(() => subnets('10.213.0.0/14')).message).toBe(
      `'network.range' must start on a /14 boundary, got "10.213.0.0/14"; clear the bits behind the prefix`,
    );
  });
});

/** Two edges with one subnet; a /24 has only 16, so they are found soon. */
function colliding(range: string): [string, string] {
  const seen = new Map<string, string>();
  for (let i = 0; ; i++) {
    const name = `a--b${i}`;
    const subnet = subnets(range).of(name);
    const holder = seen.get(subnet);
    if (holder !== undefined) return [holder, name];
    seen.set(subnet, name);
  }
}
