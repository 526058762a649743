/** The HTTP side of the JSON service. */
import { METHODS } from 'node:http';
import fastify, { type FastifyInstance } from 'fastify';
import { Refusal, Verifier } from './identity.js';
import { keysOf } from './keys.js';
import type { Settings } from './settings.js';

const HEALTH: readonly (string | undefined)[] = ['/health/live', '/health/ready'];

declare module 'fastify' {
  interface FastifyRequest {
    /** Whom the verified identity names; left out where none is asked for. */
    subject?: string;
  }
}

/** A connection costs a thousandth of a second at most, and this is what it is shared by. */
const REQUESTS_PER_CONNECTION = 16;

export interface Service {
  readonly app: FastifyInstance;
  /** From now on the replica says that it isn't ready, and still answers. */
  readonly leave: () => void;
}

/**
 * Makes a service that answers `/<name>`, what is below it and every method with its message and
 * replica. It has no use for bodies: they are read, up to a mebibyte, and forgotten.
 *
 * With `identity` every request but those for health needs a token that the gate has signed for this
 * service, and the answer says whose it is. Who has none gets 401, and the log says why.
 *
 * Liveness says that the process turns; readiness says that it takes traffic, and turns false as
 * soon as it is told to stop. One JSON log line per request carries the request id of the gateway;
 * headers are never logged, because they carry credentials.
 *
 * @throws Error when the file with the keys can't be used
 */
export function createServer(
  settings: Settings,
  options: { readonly log: boolean } = { log: true },
): Service {
  let ready = true;
  const app = fastify({
    // A drained connection must not be kept open by a caller that has nothing more to ask.
    forceCloseConnections: 'idle',
    // A caller that keeps a connection would keep to one replica; this lets it choose again.
    maxRequestsPerSocket: REQUESTS_PER_CONNECTION,
    requestIdHeader: 'x-request-id',
    logger: options.log
      ? {
          base: { service: settings.name, replica: settings.replica },
          messageKey: 'message',
          timestamp: () => `,"time":"${new Date().toISOString()}"`,
          serializers: { req: ({ method, url }) => ({ method, path: url.split('?')[0] }) },
        }
      : false,
    // A path that can't be read. Otherwise the answer would repeat it.
    frameworkErrors: (_error, { id }, reply) => {
      reply.hijack();
      reply.raw
        .writeHead(400, { 'content-type': 'application/json; charset=utf-8' })
        .end(JSON.stringify({ error: 'bad request', requestId: id }));
    },
  });
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !app.supportedMethods.includes(method))
      app.addHttpMethod(method, { hasBody: true });
  }
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null));
  app.addHook('onRequest', (request, _reply, done) => {
    // Whoever ignores bodies can't object to their type.
    request.headers['content-type'] = 'application/octet-stream';
    done();
  });
  if (settings.identity !== undefined) demandIdentity(app, settings.identity);

  app.get('/health/live', { logLevel: 'silent' }, () => ({ status: 'live' }));
  app.get('/health/ready', { logLevel: 'silent' }, (_request, reply) =>
    ready ? { status: 'ready' } : reply.code(503).send({ status: 'stopping' }),
  );
  for (const path of [`/${settings.name}`, `/${settings.name}/*`]) {
    app.all(path, (request) => ({
      service: settings.name,
      message: settings.message,
      ...(request.subject === undefined ? {} : { subject: request.subject }),
      replica: settings.replica,
      requestId: request.id,
    }));
  }
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

/** Lets requests pass that have a signed identity, and those for health. */
function demandIdentity(app: FastifyInstance, settings: NonNullable<Settings['identity']>): void {
  const keys = keysOf({
    file: settings.keys,
    monotonic: () => performance.now(),
    onBroken: (reason) => app.log.error({ reason }, 'new keys are not usable, the last ones stay'),
    onChange: () => {
      verifier.forget();
      app.log.info('keys have changed');
    },
  });
  const verifier = new Verifier(settings, keys, () => Date.now());
  app.addHook('onRequest', async (request, reply) => {
    // The route that was found, not the path that was sent.
    if (HEALTH.includes(request.routeOptions.url)) return;
    try {
      request.subject = (await verifier.verify(request.headers.authorization)).subject;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      request.log.warn({ reason: error.message }, 'identity refused');
      return reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({ error: 'unauthorized', requestId: request.id });
    }
  });
}
