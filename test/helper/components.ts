/** The components of the library with small inputs; a test writes only what it is about. */
import { Postgres, type PostgresProps } from '../../constructs/data/postgres.js';
import { Gateway, jsonServiceDeclaration, type GatewayProps } from '../../constructs/gateway/gateway.js';
import { Kong, type KongProps } from '../../constructs/gateway/kong.js';
import type { IPlatform } from '../../constructs/platform/platform.js';
import type { PlatformStack } from '../../constructs/platform/stack.js';
import { Size } from '../../constructs/quantities.js';
import { Secret } from '../../constructs/secrets/secret.js';
import { JsonService, type JsonServiceProps } from '../../constructs/services/json-service.js';
import { WebService, type WebServiceProps } from '../../constructs/services/web-service.js';
import { RESOURCES } from './specs.js';

type Without<T> = Partial<Omit<T, 'platform'>>;

export function postgres(
  stack: PlatformStack,
  platform: IPlatform,
  change: Without<PostgresProps> = {},
): Postgres {
  return new Postgres(stack, 'Postgres', {
    platform,
    image: { reference: 'postgres:17.11', version: '17.11' },
    resources: RESOURCES,
    storage: Size.gibibytes(1),
    ...change,
  });
}

export function kong(stack: PlatformStack, platform: IPlatform, change: Without<KongProps> = {}): Kong {
  return new Kong(stack, 'Kong', {
    platform,
    image: { reference: 'kong:3.9.3', version: '3.9.3' },
    database: change.database ?? postgres(stack, platform).addDatabase('kong'),
    resources: RESOURCES,
    workers: 1,
    publish: { address: '127.0.0.1', port: 8000 },
    ...change,
  });
}

export function jsonService(
  stack: PlatformStack,
  platform: IPlatform,
  name: string,
  change: Without<JsonServiceProps> = {},
): JsonService {
  return new JsonService(stack, name, {
    platform,
    image: { reference: 'portcullis/json-service:1', version: '1' },
    name,
    message: `this is ${name}`,
    replicas: 2,
    resources: RESOURCES,
    ...change,
  });
}

export function webService(
  stack: PlatformStack,
  platform: IPlatform,
  id: string,
  change: Without<WebServiceProps> = {},
): WebService {
  return new WebService(stack, id, {
    platform,
    name: id,
    image: { reference: 'notes:1.0.0', version: '1.0.0' },
    port: 3000,
    replicas: 1,
    resources: RESOURCES,
    ...change,
  });
}

/** A gateway before services of these names, with one client. */
export function gateway(
  stack: PlatformStack,
  platform: IPlatform,
  services: readonly string[],
  change: Without<GatewayProps> = {},
): Gateway {
  return new Gateway(stack, 'Gateway', {
    platform,
    kong: change.kong ?? kong(stack, platform),
    deck: { reference: 'kong/deck:1', version: '1' },
    tag: 'portcullis-unit',
    hosts: ['localhost'],
    services: services.map((name) => jsonServiceDeclaration(jsonService(stack, platform, name))),
    clients: [{ name: 'demo', key: Secret.generated(stack, 'client-demo'), limit: { minute: 60 } }],
    ...change,
  });
}
