import { describe, expect, test } from 'vitest';
import { DockerPlatform } from '../../../constructs/platform/docker/docker-platform.js';
import { PlatformStack, type BackendSpec } from '../../../constructs/platform/stack.js';
import { CertificateAuthority } from '../../../constructs/secrets/certificate-authority.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { VERSIONS, synthesizeApp, type Synthesized } from '../../helper/synth.js';

class Sample extends PlatformStack {
  constructor(...args: ConstructorParameters<typeof PlatformStack>) {
    super(...args);
    this.handOver('url', 'http://localhost');
    this.handOverPublic('ca_certificate', new CertificateAuthority(this, 'authority').bundle);
    this.handOverSecret('client-my-app', Secret.generated(this, 'key'));
  }
}

function withBackend(backend: BackendSpec): Synthesized {
  return synthesizeApp('unit', (app) => {
    const sample = new Sample(app, 'unit', { backend, providers: VERSIONS, generations: { passwords: 3 } });
    new DockerPlatform(sample, 'Platform', {
      environment: 'unit',
      tools: { reference: 'portcullis/tools:1', version: '1' },
      network: { range: '10.216.0.0/16', pinned: {} },
      logs: { mebibytes: 1, files: 1 },
      protect: false,
    });
  });
}

const stack = withBackend({ type: 'local' });

describe('PlatformStack', () => {
  test('pins each provider to exactly one version', () => {
    const versions = Object.entries(stack.parsed.terraform.required_providers).map(([name, { version }]) => [
      name,
      version,
    ]);
    expect(Object.fromEntries(versions)).toEqual({ docker: '= 4.5.0', random: '= 3.7.2', tls: '= 4.1.0' });
    expect(stack.parsed.terraform.required_version).toBe('>= 1.6.0');
  });

  test('keeps a local state at a path that is the same on every machine', () => {
    expect(stack.parsed.terraform.backend).toEqual({
      local: { path: '../../../.portcullis/state/unit/terraform.tfstate' },
    });
  });

  test('keeps a remote state encrypted and locked', () => {
    expect(withBackend({ type: 's3', bucket: 'b', key: 'k', region: 'r' }).parsed.terraform.backend).toEqual({
      s3: { bucket: 'b', key: 'k', region: 'r', encrypt: true, use_lockfile: true },
    });
  });

  test('hands a plain value over under its own name', () => {
    expect(stack.parsed.output.url).toEqual({ value: 'http://localhost' });
  });

  test('hands a secret over as sensitive, as an expression, with its slot and age', () => {
    expect(stack.parsed.output.secret_client_my_app).toEqual({
      sensitive: true,
      value: {
        value: `\${${stack.address('random_password', 'key/Slot1')}.result}`,
        generation: 3,
        slot: 1,
        madeAt: `\${${stack.address('terraform_data', 'key/Generation1/Resource')}.output.at}`,
      },
    });
  });
});
