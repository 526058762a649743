import { describe, expect, test } from 'vitest';
import { TokenSigner, type TokenSignerProps } from '../../../constructs/identity/token-signer.js';
import { Duration } from '../../../constructs/quantities.js';
import { Sealed } from '../../../constructs/secrets/sealed.js';
import type { KeySet } from '../../../constructs/secrets/key-set.js';
import { thrown } from '../../helper/failure.js';
import { declared } from '../../helper/synth.js';

function signer(change: Partial<TokenSignerProps> = {}, generation = 0): TokenSigner {
  return declared(
    (stack) => new TokenSigner(stack, 'Signer', { issuer: 'http://localhost:8000', ...change }),
    {},
    { signingKeys: generation },
  );
}

function labels({ entries }: KeySet): string[] {
  return entries.map(({ key }) => (key instanceof Sealed ? key.label : 'plain'));
}

describe('TokenSigner', () => {
  test.each([
    [0, 2],
    [1, 0],
    [2, 1],
    [3, 2],
  ])('at generation %i signs with slot %i, its public half right behind it', (generation, slot) => {
    const [first, second, ...others] = labels(signer({}, generation).signing);
    expect([first, second]).toEqual([`id-token#${slot}`, `id-token.pub#${slot}`]);
    expect(others.sort()).toEqual(
      [0, 1, 2].filter((one) => one !== slot).map((one) => `id-token.pub#${one}`),
    );
  });

  test('gives whoever verifies every public key and no other', () => {
    expect(labels(signer().verification)).toEqual(['id-token.pub#0', 'id-token.pub#1', 'id-token.pub#2']);
  });

  test('leaves the ids of keys to their thumbprints, the same for both halves', () => {
    const { signing, verification } = signer();
    expect([...signing.entries, ...verification.entries].every(({ kid }) => kid === undefined)).toBe(true);
  });

  test('signs ES256 for two minutes by default', () => {
    const { algorithm, ttl } = signer();
    expect([algorithm, ttl.toSeconds()]).toEqual(['ES256', 120]);
    expect(signer({ algorithm: 'RS256' }).algorithm).toBe('RS256');
  });

  test.each<[string, Partial<TokenSignerProps>, string]>([
    [
      'a short life',
      { ttl: Duration.seconds(29) },
      "'ttl' must be from 30 to 900 seconds, got 29; leave it out for 2 minutes (at unit/Signer)",
    ],
    [
      'a long life',
      { ttl: Duration.seconds(901) },
      "'ttl' must be from 30 to 900 seconds, got 901; leave it out for 2 minutes (at unit/Signer)",
    ],
    [
      'an issuer that is no URL',
      { issuer: 'localhost' },
      '\'issuer\' must be a URL without query, got "localhost"; use the public URL (at unit/Signer)',
    ],
  ])('refuses %s', (_what, change, message) => {
    expect(thrown(() => signer(change)).message).toBe(message);
  });
});
