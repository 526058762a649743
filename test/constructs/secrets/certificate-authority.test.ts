import { inspect } from 'node:util';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { Duration } from '../../../constructs/quantities.js';
import {
  CertificateAuthority,
  type CertificateAuthorityProps,
} from '../../../constructs/secrets/certificate-authority.js';
import type { Sealed } from '../../../constructs/secrets/sealed.js';
import { thrown } from '../../helper/failure.js';
import { WAYS_INTO_TEXT, intoText } from '../../helper/leaks.js';
import { workload } from '../../helper/specs.js';
import { declared, synthesize, type Synthesized } from '../../helper/synth.js';

function made(props: CertificateAuthorityProps = {}, certificates = 0): CertificateAuthority {
  return declared((stack) => new CertificateAuthority(stack, 'authority', props), {}, { certificates });
}

function synthesized(props: CertificateAuthorityProps = {}, certificates = 0): Synthesized {
  return synthesize(
    (stack) => {
      new CertificateAuthority(stack, 'authority', props);
    },
    {},
    { certificates },
  );
}

/** Slots whose certificates differ between two generations. */
function changed(from: number, to: number): string[] {
  const [before, after] = [synthesized({}, from), synthesized({}, to)];
  return [...before.all('terraform_data')]
    .filter(([path, value]) => JSON.stringify(value) !== JSON.stringify(after.one('terraform_data', path)))
    .map(([path]) => path);
}

describe('CertificateAuthority', () => {
  test.each(WAYS_INTO_TEXT)('fails when %s is tried', (way) => {
    expect(thrown(() => intoText(way, made())).message).toBe(
      "secret 'authority' can't become a string; hand the Secret itself to a property that takes one",
    );
  });

  test('no type takes it for text, and the inspector shows its label alone', () => {
    expectTypeOf<CertificateAuthority>().not.toExtend<string>();
    expectTypeOf<CertificateAuthority['bundle']>().toEqualTypeOf<Sealed>();
    expect(inspect(made(), { depth: 9, showHidden: true })).toBe('CertificateAuthority(authority)');
  });

  test('by default has three authorities on P-256, valid for five years and renewed in their last third', () => {
    const stack = synthesized();
    const keys = [...stack.all('tls_private_key').values()];
    expect(keys).toHaveLength(3);
    for (const key of keys) expect(key).toMatchObject({ algorithm: 'ECDSA', ecdsa_curve: 'P256' });
    const certificates = [...stack.all('tls_self_signed_cert').values()];
    expect(certificates.map(({ subject }) => subject)).toEqual(
      [0, 1, 2].map((slot) => [{ common_name: `portcullis ca ${slot}` }]),
    );
    for (const certificate of certificates) {
      expect(certificate).toMatchObject({
        validity_period_hours: 43_800,
        early_renewal_hours: 14_600,
        is_ca_certificate: true,
        set_subject_key_id: true,
        set_authority_key_id: true,
        allowed_uses: ['cert_signing', 'crl_signing'],
      });
    }
  });

  test('has every slot in its bundle from the start', () => {
    const stack = synthesize((scope, platform) => {
      const { bundle } = new CertificateAuthority(scope, 'authority');
      const set = { name: 'ca', path: '/ca', files: [{ name: 'ca.pem', content: bundle }], reloads: true };
      platform.workload(scope, 'Reader', workload('reader', { files: [set] }));
    });
    expect(stack.container('Reader/Files-ca/Writer').upload[0]?.content).toBe(
      [0, 1, 2]
        .map((slot) => `\${${stack.address('tls_self_signed_cert', `authority/Slot${slot}`)}.cert_pem}`)
        .join(''),
    );
  });

  test.each([
    [0, 1],
    [1, 2],
    [2, 0],
    [3, 1],
  ])(
    'a step from generation %d replaces slot %d, which neither signs then nor signed before',
    (from, fresh) => {
      expect(from % 3).toBe((fresh + 2) % 3);
      expect(changed(from, from + 1)).toEqual([`authority/Generation${fresh}/Resource`]);
      expect(made({}, from).signingSlot).not.toBe(fresh);
      expect(made({}, from + 1).signingSlot).not.toBe(fresh);
    },
  );

  test.each([0, 1, 2, 3, 7])('at generation %d it signs with what the next step keeps', (generation) => {
    const now = made({}, generation);
    const next = made({}, generation + 1);
    expect(now.signingSlot).toBe((generation + 2) % 3);
    expect(next.signingSlot).toBe(generation % 3);
    expect(now.signer.privateKey.label).toBe(`authority#${now.signingSlot}`);
  });

  test('each key is replaced with its own generation mark', () => {
    const stack = synthesized();
    for (const slot of [0, 1, 2]) {
      expect(stack.one('tls_private_key', `authority/Key${slot}`).lifecycle).toEqual({
        replace_triggered_by: [stack.address('terraform_data', `authority/Generation${slot}/Resource`)],
      });
    }
  });

  test('the same declaration synthesizes to the same text', () => {
    expect(synthesized({}, 3).text).toBe(synthesized({}, 3).text);
    expect(synthesized().text).not.toContain('-----BEGIN');
  });

  test.each(['', 'a/b', 'x'.repeat(51), ' a'])('fails when its name is %j', (name) => {
    expect(thrown(() => made({ name })).message).toBe(
      `'name' must be at most 50 letters, digits, spaces and dashes, got ${JSON.stringify(name)}; leave it out (at unit/authority)`,
    );
  });

  test.each([
    [Duration.hours(1), 1],
    [Duration.minutes(150), 2.5],
  ])('fails when its lifetime is no whole number of hours', (lifetime, hours) => {
    expect(thrown(() => made({ lifetime })).message).toBe(
      `'lifetime' must be a whole number of hours from 2 on, got ${hours}; leave it out (at unit/authority)`,
    );
  });

  test.each([
    [Duration.hours(10), 10],
    [Duration.hours(11), 11],
    [Duration.minutes(30), 0.5],
  ])('fails when its renewal is not within its lifetime', (renewal, hours) => {
    expect(thrown(() => made({ lifetime: Duration.hours(10), renewal })).message).toBe(
      `'renewal' must be a whole number of hours below the lifetime of 10, got ${hours}; leave it out for a third (at unit/authority)`,
    );
  });

  test.each([
    [2, 1],
    [3, 1],
    [10, 3],
  ])('a lifetime of %d hours is renewed %d hours before its end', (hours, renewalHours) => {
    expect(made({ lifetime: Duration.hours(hours) }).validity).toEqual({ hours, renewalHours });
  });
});
