/** One environment as one stack: environment in, constructs out; wiring only. */
import type { Construct } from 'constructs';
import { Postgres } from '../constructs/data/postgres.js';
import { unsupported } from '../constructs/errors.js';
import { Gateway, jsonServiceDeclaration } from '../constructs/gateway/gateway.js';
import { Kong } from '../constructs/gateway/kong.js';
import { DockerPlatform } from '../constructs/platform/docker/docker-platform.js';
import type { ResourceSpec } from '../constructs/platform/platform.js';
import { PlatformStack, type ProviderVersions } from '../constructs/platform/stack.js';
import { Duration, Size } from '../constructs/quantities.js';
import type { Generations } from '../constructs/secrets/rotation.js';
import { Secret } from '../constructs/secrets/secret.js';
import { JsonService } from '../constructs/services/json-service.js';
import { protectsData, type Environment } from '../env/index.js';

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
  readonly services: JsonService[];

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
    });
    this.kong = new Kong(this, 'Kong', {
      platform,
      image: environment.images.kong,
      database: this.postgres.addDatabase('kong'),
      resources: resources(environment.kong.resources),
      workers: environment.kong.workers,
      publish: { address: environment.public.address, port: environment.public.port },
      propagation: Duration.parse(environment.kong.propagation),
      drain: Duration.parse(environment.kong.drain),
    });
    this.services = (['hello', 'world'] as const).map((name) => {
      const { replicas, message, resources: limits } = environment.services[name];
      return new JsonService(this, name, {
        platform,
        image: environment.images.jsonService,
        name,
        message,
        replicas,
        resources: resources(limits),
      });
    });
    const clients = environment.clients.map(({ name, limit }) => ({
      name,
      key: Secret.generated(this, `client-${name}`, { class: 'apiKeys' }),
      limit: {
        ...(limit.second === undefined ? {} : { second: limit.second }),
        ...(limit.minute === undefined ? {} : { minute: limit.minute }),
        ...(limit.hour === undefined ? {} : { hour: limit.hour }),
      },
    }));
    new Gateway(this, 'Gateway', {
      platform,
      kong: this.kong,
      deck: environment.images.deck,
      tag: `portcullis-${environment.name}`,
      hosts: environment.public.hosts,
      services: this.services.map(jsonServiceDeclaration),
      clients,
    });
    this.handOver('url', environment.public.url);
    for (const client of clients) this.handOverSecret(`client-${client.name}`, client.key);
  }
}

function resources(data: Environment['kong']['resources']): ResourceSpec {
  return { memory: Size.parse(data.memory), cpu: data.cpu, pids: data.pids };
}
