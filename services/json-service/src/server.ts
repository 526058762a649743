/** The HTTP side of the JSON service. */
import fastify, { type FastifyInstance } from 'fastify';
import type { Settings } from './settings.js';

export interface Service {
  readonly app: FastifyInstance;
  /** From now on the replica says that it isn't ready, and still answers. */
  readonly leave: () => void;
}

/**
 * Makes a service that answers `/<name>` with its message and replica.
 *
 * Liveness says that the process turns; readiness says that it takes traffic, and turns false as
 * soon as it is told to stop. One JSON log line per request carries the request id of the gateway;
 * headers are never logged, because they carry credentials.
 */
export function createServer(
  settings: Settings,
  options: { readonly log: boolean } = { log: true },
): Service {
  let ready = true;
  const app = fastify({
    // A drained connection must not be kept open by a caller that has nothing more to ask.
    forceCloseConnections: 'idle',
    requestIdHeader: 'x-request-id',
    logger: options.log
      ? {
          base: { service: settings.name, replica: settings.replica },
          messageKey: 'message',
          timestamp: () => `,"time":"${new Date().toISOString()}"`,
          serializers: { req: ({ method, url }) => ({ method, path: url.split('?')[0] }) },
        }
      : false,
  });

  app.get('/health/live', { logLevel: 'silent' }, () => ({ status: 'live' }));
  app.get('/health/ready', { logLevel: 'silent' }, (_request, reply) =>
    ready ? { status: 'ready' } : reply.code(503).send({ status: 'stopping' }),
  );
  app.get(`/${settings.name}`, (request) => ({
    service: settings.name,
    message: settings.message,
    replica: settings.replica,
    requestId: request.id,
  }));
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: 'not found', requestId: request.id }),
  );
  app.setErrorHandler((error, request, reply) => {
    const status =
      error instanceof Error &&
      'statusCode' in error &&
      typeof error.statusCode === 'number' &&
      error.statusCode < 500
        ? error.statusCode
        : 500;
    if (status === 500) request.log.error({ error }, 'request failed');
    return reply
      .code(status)
      .send({ error: status === 500 ? 'internal error' : 'bad request', requestId: request.id });
  });
  return {
    app,
    leave: () => {
      ready = false;
    },
  };
}
