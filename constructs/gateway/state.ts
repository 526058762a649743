/** Kong's declarative state, rendered from the model. */
import { Document, Scalar, visit } from 'yaml';
import type { Sealed } from '../secrets/sealed.js';
import type { ClientDeclaration, GatewayDeclaration, ServiceDeclaration } from './model.js';

/** A rendered state file, and the secrets that decK must find in its environment. */
export interface GatewayState {
  /** YAML with decK's `env` placeholders instead of secrets. */
  readonly text: string;
  /** Environment variable of decK → value. */
  readonly secrets: ReadonlyMap<string, Sealed>;
}

/** Own prefix below DECK_, which decK insists on: a bare one could be a flag of decK itself. */
const PREFIX = 'DECK_ENV_';

/** Renders `_format_version` 3.0; names and order are stable, so the same model gives the same text. */
export function renderState(gateway: GatewayDeclaration): GatewayState {
  const secrets = new Map<string, Sealed>();
  const document = new Document({
    _format_version: '3.0',
    _info: { select_tags: [gateway.tag] },
    services: gateway.services.map((service) => renderService(service, gateway.hosts)),
    upstreams: gateway.services.map(renderUpstream),
    consumers: gateway.clients.map((client) => renderClient(client, secrets)),
    plugins: [
      {
        name: 'correlation-id',
        config: { header_name: gateway.requestIdHeader, generator: 'uuid', echo_downstream: true },
      },
    ],
  });
  // A value that looks like a number must stay text once decK has put it in.
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && node.value.startsWith('${{')) node.type = Scalar.QUOTE_SINGLE;
    },
  });
  return { text: document.toString({ lineWidth: 0 }), secrets };
}

function renderService(service: ServiceDeclaration, hosts: readonly string[]): object {
  return {
    name: service.name,
    protocol: 'http',
    host: upstreamName(service),
    port: service.port,
    retries: 2,
    connect_timeout: 2000,
    read_timeout: 30_000,
    write_timeout: 30_000,
    routes: service.routes.map((route) => ({
      name: route.name,
      protocols: ['http', 'https'],
      hosts: [...hosts],
      paths: [...route.paths],
      ...(route.methods === undefined ? {} : { methods: [...route.methods] }),
      // Kong's default would cut the path off and the service would see '/'.
      strip_path: false,
      preserve_host: true,
      plugins: [
        {
          name: 'key-auth',
          // In a query string a key ends in every access log on the way.
          config: {
            key_names: ['apikey'],
            key_in_header: true,
            key_in_query: false,
            key_in_body: false,
            hide_credentials: true,
          },
        },
      ],
    })),
  };
}

function renderUpstream(service: ServiceDeclaration): object {
  const interval = (service.health.interval?.toMilliseconds() ?? 1000) / 1000;
  const failures = service.health.failures ?? 2;
  return {
    name: upstreamName(service),
    algorithm: 'round-robin',
    targets: [{ target: `${service.workload.name}:${service.port}`, weight: 100 }],
    healthchecks: {
      active: {
        type: 'http',
        http_path: service.health.path,
        timeout: 1,
        concurrency: 4,
        healthy: { interval, successes: 1, http_statuses: [200] },
        unhealthy: {
          interval,
          http_failures: failures,
          tcp_failures: failures,
          timeouts: failures,
          http_statuses: [404, 429, 500, 501, 502, 503, 504, 505],
        },
      },
    },
  };
}

function renderClient(client: ClientDeclaration, secrets: Map<string, Sealed>): object {
  const keys = Array.from({ length: client.key.slots }, (_, slot) => {
    const variable = `${PREFIX}KEY_${client.name.toUpperCase().replaceAll('-', '_')}_${slot}`;
    secrets.set(variable, client.key.slot(slot));
    return { key: `\${{ env "${variable}" }}` };
  });
  return {
    username: client.name,
    keyauth_credentials: keys,
    plugins: [
      {
        name: 'rate-limiting',
        config: {
          ...(client.limit.second === undefined ? {} : { second: client.limit.second }),
          ...(client.limit.minute === undefined ? {} : { minute: client.limit.minute }),
          ...(client.limit.hour === undefined ? {} : { hour: client.limit.hour }),
          limit_by: 'consumer',
          policy: 'local',
          fault_tolerant: false,
          hide_client_headers: false,
        },
      },
    ],
  };
}

function upstreamName(service: ServiceDeclaration): string {
  return `${service.name}.upstream`;
}
