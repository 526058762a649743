/** A gate with everything real: Postgres, Kong with two workers, two services of two replicas. */
import { createServer } from 'node:net';
import { Postgres } from '../../../constructs/data/postgres.js';
import { Gateway, jsonServiceDeclaration } from '../../../constructs/gateway/gateway.js';
import { Kong } from '../../../constructs/gateway/kong.js';
import { Duration, Size } from '../../../constructs/quantities.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { JsonService } from '../../../constructs/services/json-service.js';
import type { Declare } from '../harness/stack.js';

export const ENVIRONMENT = 'e2e-propagation';
export const WORKERS = 2;
export const PROPAGATION = 1;
/** Seconds within which `KongProps.propagation` promises a change on every worker. */
export const BOUND = PROPAGATION + 1;

/** The untouched service under load, and the one whose routes and clients change. */
export const STEADY = 'steady';
export const CHANGING = 'changing';

/** Environment variable that decK finds the steady client's key in. */
export const STEADY_KEY = 'DECK_ENV_CLIENT_STEADY_0';

export interface Declared {
  readonly declare: Declare;
  /** The gateway's own state, once it has been declared; decK is fed with changes to it. */
  state: string;
}

export function declared(port: number): Declared {
  const result: Declared = {
    state: '',
    declare: (stack, platform, images) => {
      const postgres = new Postgres(stack, 'Postgres', {
        platform,
        image: images.postgres,
        resources: { memory: Size.mebibytes(512), cpu: 1, pids: 256 },
        storage: Size.gibibytes(1),
      });
      const kong = new Kong(stack, 'Kong', {
        platform,
        image: images.kong,
        database: postgres.addDatabase('kong'),
        resources: { memory: Size.gibibytes(1), cpu: 2, pids: 256 },
        workers: WORKERS,
        publish: { address: '127.0.0.1', port },
        propagation: Duration.seconds(PROPAGATION),
      });
      const services = [STEADY, CHANGING].map(
        (name) =>
          new JsonService(stack, name, {
            platform,
            image: images.jsonService,
            name,
            message: name,
            replicas: 2,
            resources: { memory: Size.mebibytes(128), cpu: 0.5, pids: 64 },
          }),
      );
      const gateway = new Gateway(stack, 'Gateway', {
        platform,
        kong,
        deck: images.deck,
        tag: ENVIRONMENT,
        hosts: ['localhost'],
        services: services.map((service) => jsonServiceDeclaration(service)),
        clients: [STEADY, CHANGING].map((name) => ({
          name,
          key: Secret.generated(stack, `client-${name}`, { class: 'apiKeys' }),
          limit: { second: 100_000 },
        })),
      });
      result.state = gateway.state.text;
    },
  };
  return result;
}

/** A port of the loopback address that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('the server must have a port'));
        else resolve(address.port);
      });
    });
  });
}
