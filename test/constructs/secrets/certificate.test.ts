import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { PlatformStack } from '../../../constructs/platform/stack.js';
import { Duration } from '../../../constructs/quantities.js';
import { CertificateAuthority } from '../../../constructs/secrets/certificate-authority.js';
import {
  Certificate,
  type CertificateProps,
  type VariableCertificateProps,
} from '../../../constructs/secrets/certificate.js';
import { present, thrown } from '../../helper/failure.js';
import { WAYS_INTO_TEXT, intoText } from '../../helper/leaks.js';
import { workload } from '../../helper/specs.js';
import { declared, synthesize, type Synthesized } from '../../helper/synth.js';
import { expressionOf } from '../../helper/sealed.js';

type Change = Partial<CertificateProps> & { readonly generation?: number };

function issue(stack: PlatformStack, change: Partial<CertificateProps>): Certificate {
  return new Certificate(stack, 'gate', {
    authority: change.authority ?? new CertificateAuthority(stack, 'authority'),
    names: ['localhost'],
    ...change,
  });
}

function made({ generation = 0, ...change }: Change = {}): Certificate {
  return declared((stack) => issue(stack, change), {}, { certificates: generation });
}

function synthesized({ generation = 0, ...change }: Change = {}): Synthesized {
  return synthesize(
    (stack) => {
      issue(stack, change);
    },
    {},
    { certificates: generation },
  );
}

function mistake(change: Change): string {
  return thrown(() => made(change)).message;
}

describe('Certificate', () => {
  test.each(WAYS_INTO_TEXT)('fails when %s is tried', (way) => {
    expect(thrown(() => intoText(way, made())).message).toBe(
      "secret 'gate' can't become a string; hand the Secret itself to a property that takes one",
    );
    expect(inspect(made(), { depth: 9, showHidden: true })).toBe('Certificate(gate)');
  });

  test('is listed by its place, with the time that it ends', () => {
    const { rotating } = made({ generation: 2 });
    expect(rotating).toMatchObject({ class: 'certificates', name: 'gate' });
    expect(rotating.slots).toHaveLength(1);
    const output = synthesized({ generation: 2 }).parsed.output.rotation?.value;
    const resource = synthesized().address('tls_locally_signed_cert', 'gate/Resource');
    expect(output).toMatchObject({
      certificates: {
        generation: 2,
        secrets: [
          {
            name: 'gate',
            slots: [
              {
                slot: 0,
                generation: 2,
                madeAt: `\${${resource}.validity_start_time}`,
                notAfter: `\${${resource}.validity_end_time}`,
              },
            ],
          },
        ],
      },
    });
  });

  test('by default is a server for 90 days whose key is on P-256', () => {
    const stack = synthesized({ addresses: ['127.0.0.1'] });
    expect(stack.one('tls_private_key', 'gate/Key')).toMatchObject({
      algorithm: 'ECDSA',
      ecdsa_curve: 'P256',
    });
    expect(stack.one('tls_cert_request', 'gate/Request')).toMatchObject({
      subject: [{ common_name: 'localhost' }],
      dns_names: ['localhost'],
      ip_addresses: ['127.0.0.1'],
    });
    expect(stack.one('tls_locally_signed_cert', 'gate/Resource')).toMatchObject({
      validity_period_hours: 2160,
      allowed_uses: ['digital_signature', 'server_auth'],
      set_subject_key_id: true,
    });
  });

  test.each([0, 1, 2, 5])('at generation %d is signed by the slot that signs then', (generation) => {
    const stack = synthesized({ generation });
    const slot = (generation + 2) % 3;
    expect(stack.one('tls_locally_signed_cert', 'gate/Resource')).toMatchObject({
      ca_cert_pem: `\${${stack.address('tls_self_signed_cert', `authority/Slot${slot}`)}.cert_pem}`,
      ca_private_key_pem: `\${${stack.address('tls_private_key', `authority/Key${slot}`)}.private_key_pem}`,
    });
  });

  test('its key is made anew with each step of the authority and whenever its clock runs out', () => {
    const stack = synthesized({ lifetime: Duration.days(30) });
    expect(stack.one('tls_self_signed_cert', 'gate/Clock')).toMatchObject({
      validity_period_hours: 720,
      early_renewal_hours: 240,
      allowed_uses: [],
    });
    expect(stack.one('tls_private_key', 'gate/Key').lifecycle).toEqual({
      replace_triggered_by: [
        stack.address('terraform_data', 'gate/Generation/Resource'),
        stack.address('tls_self_signed_cert', 'gate/Clock'),
      ],
    });
    expect(
      synthesized({ generation: 4 }).one('terraform_data', 'gate/Generation/Resource').triggers_replace,
    ).toEqual({ generation: 4 });
  });

  test('hands over chain, key, bundle and the time of its end', () => {
    const { chain, privateKey, bundle, notAfter } = made();
    expect([chain.label, privateKey.label, bundle.label]).toEqual([
      'gate.crt',
      'gate.key',
      'authority.bundle',
    ]);
    expect(notAfter).toMatch(/^\$\{TfToken\[TOKEN\.\d+\]\}$/);
    const stack = synthesize((scope, platform) => {
      const certificate = issue(scope, {});
      const files = [
        { name: 'crt', content: certificate.chain },
        { name: 'key', content: certificate.privateKey },
      ];
      platform.workload(
        scope,
        'Reader',
        workload('reader', { files: [{ name: 'tls', path: '/tls', files, reloads: true }] }),
      );
    });
    expect(stack.container('Reader/Files-tls/Writer').upload.map(({ content }) => content)).toEqual([
      `\${${stack.address('tls_locally_signed_cert', 'gate/Resource')}.cert_pem}`,
      `\${${stack.address('tls_private_key', 'gate/Key')}.private_key_pem}`,
    ]);
  });

  test('can be for a client, or for both', () => {
    const uses = (change: Change): unknown =>
      synthesized(change).one('tls_locally_signed_cert', 'gate/Resource').allowed_uses;
    expect(uses({ usages: ['client'] })).toEqual(['digital_signature', 'client_auth']);
    expect(uses({ usages: ['server', 'client'] })).toEqual([
      'digital_signature',
      'server_auth',
      'client_auth',
    ]);
  });

  test('holds no key in the synthesized text, which is always the same', () => {
    expect(synthesized().text).toBe(synthesized().text);
    expect(synthesized().text).not.toContain('-----BEGIN');
  });

  test.each(['*.example.com', 'a', 'kong.internal'])('the name %s is accepted', (name) => {
    expect(made({ names: [name] }).label).toBe('gate');
  });

  test.each(['Localhost', '127.0.0.1', 'a_b', '', 'a..b', 'http://a', 'a.*.b'])(
    'fails when a name is %j',
    (name) => {
      expect(mistake({ names: ['localhost', name] })).toBe(
        `'names' must be host names in small letters, got ${JSON.stringify(name)}; put addresses into 'addresses' (at unit/gate)`,
      );
    },
  );

  test.each(['localhost', '1.2.3', '10.0.0.0/8'])('fails when an address is %j', (one) => {
    expect(mistake({ addresses: [one] })).toBe(
      `'addresses' must be IP addresses, got ${JSON.stringify(one)}; put host names into 'names' (at unit/gate)`,
    );
  });

  test('fails when it is valid for nothing or usable for nothing', () => {
    expect(mistake({ names: [] })).toBe(
      "'names' must hold a host name unless 'addresses' holds an address, got none; add the name that peers use (at unit/gate)",
    );
    expect(mistake({ usages: [] })).toBe(
      "'usages' must name 'server' or 'client', got none; leave it out for 'server' (at unit/gate)",
    );
    expect(made({ names: [], addresses: ['::1'] }).label).toBe('gate');
  });

  test('fails when it could outlive its authority', () => {
    const lived = (hours: number): Certificate =>
      declared((stack) =>
        issue(stack, {
          authority: new CertificateAuthority(stack, 'short', { lifetime: Duration.hours(30) }),
          lifetime: Duration.hours(hours),
        }),
      );
    expect(lived(10).label).toBe('gate');
    expect(thrown(() => lived(11)).message).toBe(
      "'lifetime' must be at most 10 hours, the renewal of its authority, got 11; shorten it or raise the authority's (at unit/gate)",
    );
  });

  test('fails when it would always be due for renewal', () => {
    expect(mistake({ lifetime: Duration.hours(3), renewal: Duration.hours(3) })).toBe(
      "'renewal' must be a whole number of hours below the lifetime of 3, got 3; leave it out for a third (at unit/gate)",
    );
  });
});

describe('Certificate.fromVariables', () => {
  const props = { certificate: 'gate_certificate', key: 'gate_key' };
  const brought = (change: Partial<VariableCertificateProps> = {}) =>
    declared((stack) => Certificate.fromVariables(stack, 'gate', { ...props, ...change }));

  test('is two sensitive variables, and neither bundle nor end is known', () => {
    const stack = synthesize((scope) => {
      Certificate.fromVariables(scope, 'gate', { ...props, version: 2 });
    });
    expect(Object.keys(stack.parsed.variable)).toEqual(['gate_certificate', 'gate_key']);
    for (const variable of Object.values(stack.parsed.variable)) {
      expect(variable).toMatchObject({ sensitive: true, nullable: false });
    }
    const { chain, privateKey, bundle, notAfter } = brought({ version: 2 });
    expect([expressionOf(chain), expressionOf(privateKey), bundle, notAfter]).toEqual([
      '${var.gate_certificate}',
      '${var.gate_key}',
      undefined,
      undefined,
    ]);
    expect([chain.generation, present(privateKey).generation]).toEqual([2, 2]);
  });

  test.each(WAYS_INTO_TEXT)('fails when %s is tried', (way) => {
    expect(thrown(() => intoText(way, brought())).message).toContain("secret 'gate' can't become a string");
  });

  test('fails when certificate and key are one variable', () => {
    expect(thrown(() => brought({ key: 'gate_certificate' })).message).toBe(
      "'key' must be another variable than 'certificate', got \"gate_certificate\"; name two variables (at unit/gate)",
    );
  });
});
