/** One environment as one stack: environment in, constructs out; wiring only. */
import { isIP } from 'node:net';
import type { Construct } from 'constructs';
import { Postgres } from '../constructs/data/postgres.js';
import { unsupported } from '../constructs/errors.js';
import { guarded } from '../constructs/gateway/access.js';
import { Gateway, jsonServiceDeclaration } from '../constructs/gateway/gateway.js';
import { Kong, VERIFY_PORT } from '../constructs/gateway/kong.js';
import { Oathkeeper } from '../constructs/identity/oathkeeper.js';
import { DockerPlatform } from '../constructs/platform/docker/docker-platform.js';
import { PlatformStack, type ProviderVersions } from '../constructs/platform/stack.js';
import { Duration, Size } from '../constructs/quantities.js';
import { Certificate, type ICertificate } from '../constructs/secrets/certificate.js';
import { CertificateAuthority } from '../constructs/secrets/certificate-authority.js';
import type { Generations } from '../constructs/secrets/rotation.js';
import { JsonService } from '../constructs/services/json-service.js';
import { isDevelopment, protectsData, type Environment } from '../env/index.js';
import { declareClient } from './clients.js';
import { declareIdentity, origins, remembered, type Identity } from './identity.js';
import { resources } from './resources.js';

export interface EnvironmentStackProps {
  readonly environment: Environment;
  readonly providers: ProviderVersions;
  /**
   * The step of its rotation that each class of secrets stands at, as the ledger says.
   *
   * @default - 0 for every class
   */
  readonly generations?: Generations;
}

/** Everything of one environment. */
export class EnvironmentStack extends PlatformStack {
  readonly platform: DockerPlatform;
  readonly postgres: Postgres;
  readonly kong: Kong;
  readonly identity: Identity;
  readonly oathkeeper: Oathkeeper;
  readonly services: JsonService[];
  private authority: CertificateAuthority | undefined;

  /** @throws PortcullisError when the environment asks for what isn't built */
  constructor(scope: Construct, { environment, providers, generations = {} }: EnvironmentStackProps) {
    super(scope, environment.name, { backend: environment.backend, providers, generations });
    if (environment.platform.kind !== 'docker') {
      throw unsupported(
        environment.platform.kind,
        'environments yet',
        "set platform to { kind: 'docker' }",
        environment.name,
      );
    }
    this.platform = new DockerPlatform(this, 'Platform', {
      environment: environment.name,
      tools: environment.images.tools,
      network: environment.network,
      logs: environment.retention.logs,
      protect: protectsData(environment),
      ...(environment.platform.host === undefined ? {} : { host: environment.platform.host }),
    });
    const platform = this.platform;

    this.postgres = new Postgres(this, 'Postgres', {
      platform,
      image: environment.images.postgres,
      resources: resources(environment.postgres.resources),
      storage: Size.parse(environment.postgres.storage),
      maxConnections: environment.postgres.maxConnections,
      ...(environment.postgres.tls
        ? { tls: { authority: this.authorityOf(environment), lifetime: certificateLifetime(environment) } }
        : {}),
    });
    const { tls } = environment.public;
    this.identity = declareIdentity(this, { environment, platform, postgres: this.postgres });
    const { signer, sessionCheck, kratos } = this.identity;
    this.kong = new Kong(this, 'Kong', {
      platform,
      image: environment.images.kong,
      database: this.postgres.addDatabase('kong'),
      resources: resources(environment.kong.resources),
      workers: environment.kong.workers,
      publish: { address: environment.public.address, port: environment.public.port },
      ...(tls === undefined
        ? {}
        : {
            tls: {
              certificate: this.gateCertificate(environment, tls),
              publish: { address: environment.public.address, port: tls.port },
            },
          }),
      propagation: Duration.parse(environment.kong.propagation),
      drain: Duration.parse(environment.kong.drain),
      verify: true,
    });
    const served = (['hello', 'world'] as const).map((name) => {
      const { replicas, message, resources: limits, access } = environment.services[name];
      const { groups, ...others } = access;
      const service = new JsonService(this, name, {
        platform,
        image: environment.images.jsonService,
        name,
        message,
        replicas,
        resources: resources(limits),
        identity: { issuer: signer.issuer, keys: signer.verification, algorithms: [signer.algorithm] },
      });
      const mayPass = guarded({ ...others, ...(groups === undefined ? {} : { groups }) });
      return { service, declaration: jsonServiceDeclaration(service, { access: mayPass }) };
    });
    this.services = served.map(({ service }) => service);
    const declared = environment.clients.map((client) => declareClient(this, client));
    const { identity } = environment;
    const services = [...served.map(({ declaration }) => declaration), ...this.identity.services];
    const declaredClients = declared.map(({ declaration }) => declaration);
    const { canonical, ports } = origins(environment);
    this.oathkeeper = new Oathkeeper(this, 'Oathkeeper', {
      platform,
      image: environment.images.oathkeeper,
      resources: resources(identity.oathkeeper.resources),
      replicas: identity.oathkeeper.replicas,
      signer,
      services,
      clients: declaredClients,
      hosts: environment.public.hosts,
      ports,
      publicUrl: environment.public.url,
      kong: this.kong.workload,
      verifyPort: VERIFY_PORT,
      sessions: {
        check: sessionCheck,
        aalQuestion: kratos.aalQuestion,
        cookie: kratos.cookie,
        secondFactor: kratos.secondFactor,
        loginUrl: kratos.loginUrl,
        remember: remembered(environment),
      },
      issuers: identity.issuers,
      development: isDevelopment(environment),
    });
    new Gateway(this, 'Gateway', {
      platform,
      kong: this.kong,
      deck: environment.images.deck,
      tag: `portcullis-${environment.name}`,
      hosts: environment.public.hosts,
      services,
      clients: declaredClients,
      identity: {
        ...this.oathkeeper.gate,
        canonical,
        limit: identity.limits.people,
        limitBy: 'address',
      },
    });
    this.handOver('url', environment.public.url);
    const credentials = [...declared.flatMap((client) => client.credentials), ...this.identity.credentials];
    for (const { name, of, id } of credentials) {
      this.handOverSecret(name, of, id);
    }
  }

  /** Made when first asked for: an environment that needs no certificate has no authority. */
  private authorityOf({ name }: Environment): CertificateAuthority {
    this.authority ??= new CertificateAuthority(this, 'authority', { name: `portcullis ${name}` });
    return this.authority;
  }

  private gateCertificate(
    environment: Environment,
    { certificate }: NonNullable<Environment['public']['tls']>,
  ): ICertificate {
    if (certificate.kind === 'brought') return Certificate.fromVariables(this, 'gate', certificate);
    const { hosts } = environment.public;
    const authority = this.authorityOf(environment);
    // People's programs verify the gate with it.
    this.handOverPublic('ca_certificate', authority.bundle);
    return new Certificate(this, 'gate', {
      authority,
      names: hosts.filter((host) => isIP(host) === 0),
      addresses: hosts.filter((host) => isIP(host) !== 0),
      lifetime: certificateLifetime(environment),
    });
  }
}

function certificateLifetime({ rotation }: Environment): Duration {
  return Duration.parse(rotation.certificates);
}
