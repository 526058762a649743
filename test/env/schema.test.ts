import { describe, expect, test } from 'vitest';
import { EnvironmentError, checkEnvironment } from '../../env/index.js';
import { VALID } from '../helper/environment.js';
import { thrown } from '../helper/failure.js';

/** Lines of the report on a valid environment with some fields replaced. */
function lines(change: object): readonly string[] {
  const error = thrown(() => checkEnvironment({ ...VALID, ...change }));
  if (!(error instanceof EnvironmentError)) throw error;
  return error.lines;
}

const HOSTS = ['localhost'];
const BROUGHT = { kind: 'brought', certificate: 'gate_certificate', key: 'gate_key' };
const CLIENT = { name: 'demo', limit: { minute: 1 } };

describe('a mistake in who may call', () => {
  const client = (change: object): object => ({ clients: [{ ...CLIENT, ...change }] });
  const hello = (access: object): object => ({ services: { hello: { access } } });
  test.each<[object, string]>([
    [
      client({ methods: ['password'] }),
      `clients[0].methods[0] must be one of key, jwt, oauth2, got "password"; write for example ['key']`,
    ],
    [
      client({ methods: [] }),
      "clients[0].methods must name at least one method, got []; write for example ['key']",
    ],
    [
      client({ methods: ['key', 'key'] }),
      'clients[0].methods must name each method once, got ["key","key"]; remove the second',
    ],
    [
      client({ methods: 'key' }),
      `clients[0].methods must be a list of methods, got "key"; write for example ['key']`,
    ],
    [
      client({ algorithm: 'HS256' }),
      'clients[0].algorithm must be one of RS256, ES256, got "HS256"; leave it out for ES256',
    ],
    [
      client({ groups: ['Readers'] }),
      'clients[0].groups[0] must be small letters, digits, dots, dashes and underscores, got "Readers"; rename it',
    ],
    [
      client({ groups: 'readers' }),
      'clients[0].groups must be a list of groups, got "readers"; write [] for none',
    ],
    [
      hello({ methods: 'key' }),
      `services.hello.access.methods must be a list of methods, got "key"; write for example ['key']`,
    ],
    [
      hello({ groups: [] }),
      'services.hello.access.groups must name at least one group, got []; leave it out for every client',
    ],
    [
      hello({ scopes: [] }),
      'services.hello.access.scopes must be a name that the schema knows, got []; remove or correct it',
    ],
  ])('%j', (change, line) => {
    expect(lines(change)).toEqual([line]);
  });
});

describe('a mistake', () => {
  test.each<[object, string]>([
    [
      { name: 'Dev' },
      `name must be 2 to 16 small letters, digits and dashes, got "Dev"; write for example 'dev'`,
    ],
    [
      { name: undefined },
      `name must be 2 to 16 small letters, digits and dashes, got nothing; write for example 'dev'`,
    ],
    [
      { name: 'a'.repeat(17) },
      `name must be 2 to 16 small letters, digits and dashes, got "${'a'.repeat(17)}"; write for example 'dev'`,
    ],
    [
      { platform: 'docker' },
      `platform must be one of docker, kubernetes, got "docker"; write { kind: 'docker' }`,
    ],
    [
      { platform: { kind: 'podman' } },
      `platform.kind must be one of docker, kubernetes, got "podman"; write { kind: 'docker' }`,
    ],
    [
      { platform: { kind: 'docker', host: 'x' } },
      `platform.host must be the address of a Docker engine, got "x"; write for example 'ssh://host', or leave it out`,
    ],
    [
      { platform: { kind: 'kubernetes' } },
      'platform.context must be the name of a kube context, got nothing; run `kubectl config get-contexts`',
    ],
    [
      { platform: { kind: 'kubernetes', context: '' } },
      'platform.context must be the name of a kube context, got ""; run `kubectl config get-contexts`',
    ],
    [{ protectData: 'no' }, 'protectData must be true or false, got "no"; leave it out: true outside dev'],
    [
      { public: { ...VALID.public, address: 'x' } },
      `public.address must be an IPv4 address, got "x"; write '127.0.0.1' to keep it on this machine`,
    ],
    [
      { public: { ...VALID.public, address: '127.0.0.256' } },
      `public.address must be an IPv4 address, got "127.0.0.256"; write '127.0.0.1' to keep it on this machine`,
    ],
    [
      { public: { ...VALID.public, port: 8000.5 } },
      'public.port must be a whole number from 1 to 65535, got 8000.5; choose a free port',
    ],
    [
      { public: { ...VALID.public, hosts: [...HOSTS, 'Bad'] } },
      `public.hosts[1] must be a host name in small letters or an IPv4 address, without scheme and port, got "Bad"; write for example 'api.example.com'`,
    ],
    [
      { public: { url: 'http://localhost:99999', hosts: HOSTS } },
      `public.url must be an http or https address without a path, got "http://localhost:99999"; write for example 'http://localhost:8000'`,
    ],
    [
      { public: { url: 'http://localhost:8000/', hosts: HOSTS } },
      `public.url must be an http or https address without a path, got "http://localhost:8000/"; write for example 'http://localhost:8000'`,
    ],
    [
      { public: { ...VALID.public, tls: { certificate: { kind: 'self' } } } },
      `public.tls.certificate.kind must be one of internal, brought, got "self"; write { kind: 'internal' }`,
    ],
    [
      { public: { ...VALID.public, tls: { certificate: { kind: 'internal' }, port: 8000 } } },
      'public.tls.port must be another port than public.port, got 8000; choose a free port',
    ],
    [
      { public: { ...VALID.public, tls: { certificate: { kind: 'internal' }, port: 0 } } },
      'public.tls.port must be a whole number from 1 to 65535, got 0; choose a free port',
    ],
    [
      { public: { ...VALID.public, tls: { certificate: { ...BROUGHT, key: BROUGHT.certificate } } } },
      `public.tls.certificate.key must be another variable than 'certificate', got "gate_certificate"; name two variables`,
    ],
    [
      { public: { ...VALID.public, tls: { certificate: { ...BROUGHT, key: 'Gate-Key' } } } },
      `public.tls.certificate.key must be a Terraform variable in small letters, digits and underscores, got "Gate-Key"; write for example 'gate_certificate'`,
    ],
    [
      { public: { ...VALID.public, tls: { certificate: { ...BROUGHT, version: 0 } } } },
      'public.tls.certificate.version must be a whole number from 1 to 1000000, got 0; raise it by one with each new certificate',
    ],
    [
      { rotation: { certificates: '601d' } },
      'rotation.certificates must be at most 600d, got "601d"; shorten it',
    ],
    [{ postgres: { tls: 'on' } }, 'postgres.tls must be true or false, got "on"; leave it out for true'],
    [
      { images: { ...VALID.images, kong: { reference: 'kong', version: '3' } } },
      `images.kong.reference must be an image reference with a tag, got "kong"; write for example 'kong:3.9.3'`,
    ],
    [
      { images: { ...VALID.images, kong: { reference: 'kong:3', version: 'x' } } },
      `images.kong.version must be the version of the program inside, got "x"; write for example '3.9.3'`,
    ],
    [
      { network: { range: '10.0.0.0' } },
      `network.range must be an IPv4 range in CIDR form, got "10.0.0.0"; write for example '10.212.0.0/14'`,
    ],
    [
      { network: { range: '10.999.0.0/14' } },
      `network.range must be an IPv4 range in CIDR form, got "10.999.0.0/14"; write for example '10.212.0.0/14'`,
    ],
    [
      { network: { pinned: { 'a--b': 'x' } } },
      `network.pinned.a--b must be an IPv4 range in CIDR form, got "x"; write for example '10.212.0.0/14'`,
    ],
    [
      { backend: { type: 'gcs' } },
      `backend.type must be one of local, s3, got "gcs"; write { type: 'local' }`,
    ],
    [
      { backend: { type: 's3', bucket: '', key: 'k', region: 'r' } },
      'backend.bucket must be the name of a bucket, got ""; name it',
    ],
    [
      { retention: { logs: { files: 21 } } },
      'retention.logs.files must be a whole number from 1 to 20, got 21; leave it out for 3',
    ],
    [
      { rotation: { passwords: '30h' } },
      `rotation.passwords must be a whole number of days, got "30h"; write for example '30d'`,
    ],
    [
      { postgres: { storage: '0Gi' } },
      `postgres.storage must be a whole number with Mi or Gi, got "0Gi"; write for example '256Mi'`,
    ],
    [
      { postgres: { maxConnections: 19 } },
      'postgres.maxConnections must be a whole number from 20 to 1000, got 19; leave it out for 100',
    ],
    [
      { postgres: { resources: { cpu: 0 } } },
      'postgres.resources.cpu must be a number of CPU cores from 0.1 to 64, got 0; raise it',
    ],
    [
      { postgres: { resources: { cpu: 65 } } },
      'postgres.resources.cpu must be a number of CPU cores from 0.1 to 64, got 65; lower it',
    ],
    [
      { postgres: { resources: { pids: 15 } } },
      'postgres.resources.pids must be a whole number from 16 to 4096, got 15; leave it out for the default',
    ],
    [{ kong: { workers: 65 } }, 'kong.workers must be a whole number from 1 to 64, got 65; use one per core'],
    [
      { kong: { propagation: '1' } },
      `kong.propagation must be a whole number with ms, s, m, h or d, got "1"; write for example '30d'`,
    ],
    [
      { services: { hello: { replicas: 17 } } },
      'services.hello.replicas must be a whole number from 1 to 16, got 17; use 2 or more to survive the loss of one',
    ],
    [{ services: { world: { message: 5 } } }, 'services.world.message must be text, got 5; write a greeting'],
    [{ clients: {} }, 'clients must be a list of clients, got {}; write [] for none'],
    [
      { clients: [{ ...CLIENT, name: 'A' }] },
      'clients[0].name must be 2 to 40 small letters, digits and dashes, got "A"; rename it',
    ],
    [
      { clients: [{ name: 'demo', limit: { second: 0 } }] },
      'clients[0].limit.second must be a whole number from 1 to 1000000, got 0; leave it out for no bound',
    ],
  ])('fails when %j is written, with path, rule, value and remedy', (change, line) => {
    expect(lines(change)).toEqual([line]);
  });

  test.each<[object, string]>([
    [{ nam: 'dev' }, 'nam must be a name that the schema knows, got "dev"; remove or correct it'],
    [
      { platform: { kind: 'docker', hots: 'x' } },
      'platform.hots must be a name that the schema knows, got "x"; remove or correct it',
    ],
    [
      { rotation: { apiKey: '1d' } },
      'rotation.apiKey must be a name that the schema knows, got "1d"; remove or correct it',
    ],
    [
      { services: { hello: { port: 1 } } },
      'services.hello.port must be a name that the schema knows, got 1; remove or correct it',
    ],
    [
      { clients: [{ ...CLIENT, key: 'k' }] },
      'clients[0].key must be a name that the schema knows, got "k"; remove or correct it',
    ],
  ])('fails when the name in %j is unknown', (change, line) => {
    expect(lines(change)).toEqual([line]);
  });

  test.each<[object, string]>([
    [{ images: null }, 'images must be an object, got null; write its fields in { }'],
    [{ public: 'x' }, 'public must be an object, got "x"; write its fields in { }'],
    [{ clients: ['demo'] }, 'clients[0] must be an object, got "demo"; write its fields in { }'],
  ])('fails when %j is no object', (change, line) => {
    expect(lines(change)).toEqual([line]);
  });

  test.each<[object, string]>([
    [
      { public: { url: 'http://localhost:8001', hosts: HOSTS } },
      `public.url must have the published port 8000, got "http://localhost:8001"; write 'http://localhost:8000'`,
    ],
    [
      { public: { url: 'http://localhost', hosts: HOSTS } },
      `public.url must have the published port 8000, got "http://localhost"; write 'http://localhost:8000'`,
    ],
    [
      { public: { url: 'http://example.com:8000', hosts: HOSTS } },
      `public.hosts must hold the host of public.url, example.com, got ["localhost"]; add 'example.com'`,
    ],
    [
      { clients: [{ name: 'demo', limit: {} }] },
      'clients[0].limit must set second, minute or hour, got {}; set one of them',
    ],
    [
      { clients: [{ name: 'demo', limit: { second: 5, hour: 4 } }] },
      'clients[0].limit must allow no less over a longer period, got {"second":5,"hour":4}; raise the longer one',
    ],
    [{ clients: [CLIENT, CLIENT] }, 'clients[1].name must be unique, got "demo"; rename one of them'],
  ])('fails when fields contradict each other: %j', (change, line) => {
    expect(lines(change)).toEqual([line]);
  });
});
