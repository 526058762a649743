/**
 * The yardstick for synth: the same providers, and as many resources of each type as `dev` has, with as
 * many attributes, made directly. Arguments: a JSON object of resource type → count.
 */
import { App, TerraformResource, TerraformStack } from 'cdktf';
import { Container } from '@cdktf/provider-docker/lib/container/index.js';
import { Image } from '@cdktf/provider-docker/lib/image/index.js';
import { Network } from '@cdktf/provider-docker/lib/network/index.js';
import { DockerProvider } from '@cdktf/provider-docker/lib/provider/index.js';
import { Volume } from '@cdktf/provider-docker/lib/volume/index.js';
import { Password } from '@cdktf/provider-random/lib/password/index.js';
import { RandomProvider } from '@cdktf/provider-random/lib/provider/index.js';
import { CertRequest } from '@cdktf/provider-tls/lib/cert-request/index.js';
import { LocallySignedCert } from '@cdktf/provider-tls/lib/locally-signed-cert/index.js';
import { PrivateKey } from '@cdktf/provider-tls/lib/private-key/index.js';
import { TlsProvider } from '@cdktf/provider-tls/lib/provider/index.js';
import { SelfSignedCert } from '@cdktf/provider-tls/lib/self-signed-cert/index.js';

const counts = JSON.parse(process.argv[2] ?? '{}') as Record<string, number>;

const app = new App();
const stack = new TerraformStack(app, 'dev');
new DockerProvider(stack, 'docker');
new RandomProvider(stack, 'random');
new TlsProvider(stack, 'tls');

const makers: Record<string, (id: string) => unknown> = {
  docker_container: (id) =>
    new Container(stack, id, {
      name: id,
      image: 'image',
      command: ['program', '--option', 'value'],
      env: ['A=b', 'C=d', 'E=f', 'G=h'],
      user: '1000:1000',
      readOnly: true,
      capabilities: { drop: ['ALL'] },
      securityOpts: ['no-new-privileges:true'],
      memory: 256,
      memorySwap: 256,
      cpus: '0.5',
      logDriver: 'json-file',
      logOpts: { 'max-size': '10m', 'max-file': '3' },
      tmpfs: { '/tmp': 'rw,size=16m' },
      volumes: [{ volumeName: 'v', containerPath: '/v', readOnly: true }],
      upload: [{ file: '/a', content: 'b', permissions: '0400' }],
      healthcheck: { test: ['CMD', 'true'], interval: '2s', timeout: '2s', retries: 3, startPeriod: '30s' },
      wait: true,
      networksAdvanced: [{ name: 'n', aliases: ['a', 'b'] }],
      labels: [
        { label: 'a', value: 'b' },
        { label: 'c', value: 'd' },
      ],
      lifecycle: { createBeforeDestroy: true, ignoreChanges: ['name'] },
      provisioners: [{ type: 'local-exec', command: 'true', environment: { NAME: id } }],
    }),
  docker_image: (id) => new Image(stack, id, { name: id }),
  docker_network: (id) => new Network(stack, id, { name: id, ipamConfig: [{ subnet: '10.0.0.0/28' }] }),
  docker_volume: (id) => new Volume(stack, id, { name: id }),
  random_password: (id) => new Password(stack, id, { length: 40 }),
  tls_private_key: (id) => new PrivateKey(stack, id, { algorithm: 'ECDSA', ecdsaCurve: 'P256' }),
  tls_self_signed_cert: (id) =>
    new SelfSignedCert(stack, id, {
      privateKeyPem: 'key',
      subject: [{ commonName: id }],
      validityPeriodHours: 720,
      allowedUses: ['cert_signing'],
    }),
  tls_cert_request: (id) =>
    new CertRequest(stack, id, { privateKeyPem: 'key', subject: [{ commonName: id }], dnsNames: [id] }),
  tls_locally_signed_cert: (id) =>
    new LocallySignedCert(stack, id, {
      certRequestPem: 'request',
      caPrivateKeyPem: 'key',
      caCertPem: 'certificate',
      validityPeriodHours: 720,
      allowedUses: ['server_auth'],
    }),
  terraform_data: (id) =>
    // The framework's own class starts a program per resource, which would flatter us.
    new TerraformResource(stack, id, {
      terraformResourceType: 'terraform_data',
      provisioners: [{ type: 'local-exec', command: 'true', environment: { NAME: id } }],
    }),
};
for (const [type, count] of Object.entries(counts)) {
  const make = makers[type];
  if (make === undefined)
    throw new Error(`resource type must be one of ${Object.keys(makers).join(', ')}, got ${type}`);
  for (let i = 0; i < count; i++) make(`${type}-${i}`);
}
app.synth();
