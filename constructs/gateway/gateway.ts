/** `Gateway`: routes and clients of one environment, applied to Kong by a decK job. */
import { Construct } from 'constructs';
import { PortcullisError, invalid } from '../errors.js';
import { checkName } from '../platform/names.js';
import type { Image, IPlatform } from '../platform/platform.js';
import { Duration, Size } from '../quantities.js';
import type { JsonService } from '../services/json-service.js';
import type { Kong } from './kong.js';
import type { ClientDeclaration, RateLimit, ServiceDeclaration } from './model.js';
import { renderState, type GatewayState } from './state.js';

const STATE = '/run/portcullis/state';
const SECRETS = '/run/portcullis/secrets';

export interface GatewayProps {
  readonly platform: IPlatform;
  readonly kong: Kong;
  /** Image with decK and a shell. */
  readonly deck: Image;
  /** Select tag of this environment. */
  readonly tag: string;
  /** Host names that are answered. */
  readonly hosts: readonly string[];
  readonly services: readonly ServiceDeclaration[];
  readonly clients: readonly ClientDeclaration[];
  /** @default 'X-Request-Id' */
  readonly requestIdHeader?: string;
}

/** The declaration that a `JsonService` makes about itself. */
export function jsonServiceDeclaration(service: JsonService): ServiceDeclaration {
  return {
    name: service.name,
    workload: service.workload,
    listener: 'http',
    port: service.port,
    health: { path: '/health/ready' },
    routes: [{ name: service.name, paths: [`/${service.name}`] }],
  };
}

/**
 * Brings Kong to what is declared, at every deployment whose declaration or keys changed.
 *
 * decK runs beside Kong's Admin API and owns only what carries this environment's tag.
 */
export class Gateway extends Construct {
  readonly state: GatewayState;

  /** @throws PortcullisError when a name, a path or a limit breaks its rule */
  constructor(scope: Construct, id: string, props: GatewayProps) {
    super(scope, id);
    this.check(props);
    this.state = renderState({
      tag: props.tag,
      hosts: props.hosts,
      services: props.services,
      clients: props.clients,
      requestIdHeader: props.requestIdHeader ?? 'X-Request-Id',
    });
    for (const service of props.services) service.workload.allow(service.listener, props.kong.workload.name);
    props.platform.job(this, 'Sync', {
      name: 'deck-sync',
      image: props.deck,
      entrypoint: ['sh', '-c'],
      // Secrets reach decK by its environment only, read from files inside the container.
      command: [
        [
          'set -eu',
          `for file in ${SECRETS}/*; do [ ! -f "$file" ] || export "$(basename "$file")=$(cat "$file")"; done`,
          'tries=0',
          'until deck gateway ping >/dev/null 2>&1; do',
          '  tries=$((tries + 1))',
          '  [ "$tries" -lt 30 ] || { echo "the Admin API did not answer within 30 tries" >&2; exit 1; }',
          '  sleep 1',
          'done',
          `exec deck gateway sync --no-color ${STATE}/kong.yaml`,
        ].join('\n'),
      ],
      environment: {
        DECK_KONG_ADDR: props.kong.administrationUrl,
        DECK_ANALYTICS: 'off',
        HOME: '/tmp',
      },
      files: [
        {
          name: 'state',
          path: STATE,
          files: [{ name: 'kong.yaml', content: this.state.text }],
          reloads: false,
        },
        {
          name: 'secrets',
          path: SECRETS,
          files: [...this.state.secrets].map(([name, content]) => ({ name, content })),
          reloads: false,
        },
      ],
      user: { uid: 10002, gid: 10002 },
      resources: { memory: Size.mebibytes(128), cpu: 0.5, pids: 64 },
      scratch: [{ path: '/tmp', size: Size.mebibytes(16) }],
      after: [props.kong],
      actsOn: props.kong.storage,
      administers: props.kong.workload,
      deadline: Duration.minutes(3),
    });
  }

  private check(props: GatewayProps): void {
    const at = this.node.path;
    const once = (property: string, names: readonly string[]): void => {
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      if (twice !== undefined) throw invalid(property, 'be unique', twice, 'rename one of them', at);
      for (const name of names) checkName(property, name, at);
    };
    once(
      'services.name',
      props.services.map((s) => s.name),
    );
    once(
      'clients.name',
      props.clients.map((c) => c.name),
    );
    once(
      'routes.name',
      props.services.flatMap((s) => s.routes.map((r) => r.name)),
    );
    if (props.hosts.length === 0) {
      throw new PortcullisError(
        'invalid-property',
        "'hosts' must name at least one host, got none; add the public host",
        at,
      );
    }
    for (const path of props.services.flatMap((s) => s.routes.flatMap((r) => r.paths))) {
      if (!path.startsWith('/'))
        throw invalid('routes.paths', 'begin with a slash', path, `write '/${path}'`, at);
    }
    for (const client of props.clients) checkLimit(client.limit, `${at}/${client.name}`);
  }
}

function checkLimit(limit: RateLimit, at: string): void {
  const bounds = [limit.second, limit.minute, limit.hour].filter((bound) => bound !== undefined);
  if (bounds.length === 0) {
    throw new PortcullisError(
      'invalid-property',
      "'limit' must set second, minute or hour, got none; set one of them",
      at,
    );
  }
  const wrong = bounds.find(
    (bound, i) => !Number.isInteger(bound) || bound < 1 || bound < (bounds[i - 1] ?? 0),
  );
  if (wrong !== undefined) {
    throw invalid(
      'limit',
      'be whole numbers from 1 on, none below that of a shorter period',
      wrong,
      'raise it',
      at,
    );
  }
}
