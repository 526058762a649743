/** What a group of cases adds to the declaration, and what they may use. */
import type { Construct } from 'constructs';
import type {
  ClientDeclaration,
  RouteDeclaration,
  ServiceDeclaration,
} from '../../../constructs/gateway/model.js';
import { publicAccess } from '../../../constructs/gateway/access.js';
import type { Counters, GatewayPlugin } from '../../../constructs/gateway/plugins/index.js';
import type { IWorkload } from '../../../constructs/platform/platform.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { Size } from '../../../constructs/quantities.js';
import type { Sealed } from '../../../constructs/secrets/sealed.js';
import { PORT } from '../platform/fixtures.js';

export const ENVIRONMENT = 'plugins';
export const TAG = 'portcullis-plugins';
/** The first one is what `call` names. */
export const HOSTS = ['api.example.test', 'other.example.test'] as const;
/** Of its own: a subnet follows from the names of its ends, and other suites have a Kong, too. */
export const RANGE = '10.217.0.0/16';
/** Small, so that a body beyond it is quickly sent. */
export const MOST_BODY = Size.mebibytes(4);

/** Where a browser's login would begin, and somebody outside who signs tokens. */
export const LOGIN_PATH = '/login/browser';
export const OUTSIDE_ISSUER = 'https://issuer.example.test/';

/** What a declaration is made of. */
export interface Made {
  readonly scope: Construct;
  readonly echo: IWorkload;
  readonly sink: IWorkload;
  /** What stands where the identity system would. */
  readonly gate: IWorkload;
  readonly redis: Extract<Counters, { kind: 'redis' }>;
  /** Lets the cases know a generated value. */
  readonly output: (sealed: Sealed, label: string) => void;
}

export interface Theme {
  /** Routes to the service `echo`. */
  readonly routes?: (made: Made) => readonly RouteDeclaration[];
  /** Services with something special about them. */
  readonly services?: (made: Made) => readonly ServiceDeclaration[];
  readonly clients?: (made: Made) => readonly ClientDeclaration[];
  /** For every request. */
  readonly plugins?: readonly GatewayPlugin[];
  /** Registers the cases. */
  readonly cases: () => void;
}

export const OPEN = publicAccess('a case that is not about who may pass');

/** A bound that no case meets. */
export const AMPLE = { hour: 1_000_000 };

/** A route for everybody to `/<name>`, with what it is about. */
export function open(name: string, change: Partial<RouteDeclaration> = {}): RouteDeclaration {
  return { name, paths: [`/${name}`], access: OPEN, ...change };
}

/** A service before the program that answers with what it saw. */
export function echoing(
  made: Made,
  name: string,
  change: Partial<ServiceDeclaration> & Pick<ServiceDeclaration, 'routes'>,
): ServiceDeclaration {
  return { name, workload: made.echo, listener: 'http', port: PORT, health: { path: '/health' }, ...change };
}

/** A client with a key that the cases know by its name; the first slot's, where there are more. */
export function keyed(
  made: Made,
  name: string,
  change: Partial<ClientDeclaration> = {},
  slots = 1,
): ClientDeclaration {
  const key = Secret.generated(made.scope, name, { slots });
  made.output(key.newest, name);
  for (let slot = 1; slot < slots; slot++) made.output(key.slot(slot), `${name}-${slot}`);
  return { name, key, limit: AMPLE, ...change };
}
