/** `Gateway`: routes and clients of one environment, applied to Kong by a decK job. */
import { Construct } from 'constructs';
import type { Image, IPlatform } from '../platform/platform.js';
import { Duration, Size } from '../quantities.js';
import { Secret } from '../secrets/secret.js';
import type { JsonService } from '../services/json-service.js';
import type { WebService } from '../services/web-service.js';
import { clients } from './access.js';
import { checkGateway } from './check.js';
import type { Kong } from './kong.js';
import { directServices, guardedRoutes } from './guarded-routes.js';
import type {
  ClientDeclaration,
  FixedPage,
  GatewayDeclaration,
  IdentityGate,
  RouteDeclaration,
  ServiceDeclaration,
} from './model.js';
import type { GatewayPlugin } from './plugins/plugin.js';
import type { Counters } from './plugins/traffic.js';
import { renderState, type GatewayState } from './state.js';
import { SYNC_SCRIPT } from './sync-script.js';

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
  /**
   * Largest body of a request, where a route doesn't say otherwise.
   *
   * @default Size.mebibytes(8)
   */
  readonly requestSize?: Size;
  /**
   * Where the limits of clients are counted.
   *
   * @default { kind: 'local' }
   */
  readonly counters?: Counters;
  /** For every request. @default - only the gateway's own */
  readonly plugins?: readonly GatewayPlugin[];
  /** The identity system; needed where a route is guarded, and Kong's `verify` with it. */
  readonly identity?: IdentityGate;
  /** Pages that the gateway answers with by itself. @default - none */
  readonly pages?: readonly FixedPage[];
}

/**
 * The declaration that a `WebService` makes about itself: one route, `/<name>`, which leaves the path as it
 * is. What a service may say beyond its route, such as timeouts, is added by spreading the result.
 *
 * @param route what its route says instead: paths, access, methods and so on
 */
export function webServiceDeclaration(
  { name, workload, port, health }: Pick<WebService, 'name' | 'workload' | 'port' | 'health'>,
  route: Partial<RouteDeclaration> = {},
): ServiceDeclaration {
  return {
    name,
    workload,
    listener: 'http',
    port,
    health: { path: health },
    routes: [{ name, paths: [`/${name}`], ...route }],
  };
}

/**
 * The declaration that a `JsonService` makes about itself: one route, its name as path.
 *
 * @param route what its route says beyond that
 */
export function jsonServiceDeclaration(
  service: JsonService,
  route: Partial<RouteDeclaration> = {},
): ServiceDeclaration {
  return webServiceDeclaration(service, route);
}

/**
 * Brings Kong to what is declared, at every deployment whose declaration or keys changed.
 *
 * decK runs beside Kong's Admin API and owns only what carries this environment's tag.
 */
export class Gateway extends Construct {
  readonly state: GatewayState;

  /** @throws PortcullisError with every mistake of the declaration */
  constructor(scope: Construct, id: string, props: GatewayProps) {
    super(scope, id);
    const declaration: GatewayDeclaration = {
      tag: props.tag,
      hosts: props.hosts,
      services: props.services,
      clients: props.clients,
      requestIdHeader: props.requestIdHeader ?? 'X-Request-Id',
      requestSize: props.requestSize ?? Size.mebibytes(8),
      maxRequestBody: props.kong.maxRequestBody,
      counters: props.counters ?? { kind: 'local' },
      plugins: props.plugins ?? [],
      provisionKey: usesOAuth2(props)
        ? Secret.generated(this, 'gateway-provision', { class: 'fixed' })
        : undefined,
      unusedSecret: props.clients.some(({ jwt }) => jwt !== undefined)
        ? Secret.generated(this, 'gateway-unused', { class: 'fixed' })
        : undefined,
      https: props.kong.https,
      ...(props.identity === undefined ? {} : { identity: props.identity }),
      verification: props.kong.verification,
      ...(props.pages === undefined ? {} : { pages: props.pages }),
    };
    checkGateway(declaration, props.kong.version, this.node.path);
    this.state = renderState(declaration, props.kong.version);
    const { name } = props.kong.workload;
    for (const { workload, listener } of directServices(declaration)) workload.allow(listener, name);
    if (props.identity !== undefined && guardedRoutes(declaration).length > 0) {
      props.identity.workload.allow(props.identity.listener, name);
    }
    props.platform.job(this, 'Sync', {
      name: 'deck-sync',
      image: props.deck,
      entrypoint: ['sh', '-c'],
      command: [SYNC_SCRIPT, 'deck-sync', SECRETS, `${STATE}/kong.yaml`],
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
      // With 128 MiB it was killed while it compared a state with guarded routes.
      resources: { memory: Size.mebibytes(384), cpu: 1, pids: 64 },
      scratch: [{ path: '/tmp', size: Size.mebibytes(16) }],
      after: [props.kong],
      actsOn: props.kong.storage,
      administers: props.kong.workload,
      deadline: Duration.minutes(3),
    });
  }
}

function usesOAuth2({ services, clients: callers }: GatewayProps): boolean {
  const routes = services.flatMap((service) => service.routes);
  return (
    callers.some((client) => client.oauth2 !== undefined) ||
    routes.some(({ access = clients() }) => access.kind !== 'public' && access.methods.includes('oauth2'))
  );
}
