/** The HTTP side of session-check: introspection for Oathkeeper, and health. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { INACTIVE, type Aal, type Kind } from './answer.js';
import type { Sessions } from './sessions.js';

const MOST_BYTES = 16_384;
/** Longer than Oathkeeper keeps an idle connection: it would lose a question on one that we close. */
const IDLE_MILLISECONDS = 120_000;

export interface Service {
  readonly server: Server;
  /** From now on the replica says that it isn't ready, still answers, and keeps no connection open. */
  readonly leave: () => void;
}

/**
 * Makes the server.
 *
 * `POST /introspect` with the form field `token` answers 200 with what is known of the session. The field
 * holds what is asked for, how the session was shown, and what was shown, such as `aal1.cookie.…`.
 * Whatever is wrong with a question, and whatever fails, is answered like a credential that nobody knows.
 * Nothing is logged per request.
 */
export function createService(sessions: Pick<Sessions, 'introspect'>): Service {
  let ready = true;
  const send = (response: ServerResponse, status: number, text: string): void => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...(ready ? {} : { connection: 'close' }),
    });
    response.end(text);
  };

  const introspect = async (body: string | undefined): Promise<string> => {
    const tokens = body === undefined ? [] : new URLSearchParams(body).getAll('token');
    const [, aal, kind, credential] = /^(aal1|aal2)\.(cookie|token)\.(.*)$/s.exec(tokens[0] ?? '') ?? [];
    if (credential === undefined || tokens.length > 1) return INACTIVE;
    return sessions.introspect(kind as Kind, credential, aal as Aal);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    switch (`${request.method ?? ''} ${request.url ?? ''}`) {
      case 'POST /introspect':
        send(response, 200, await introspect(await read(request)));
        return;
      case 'GET /health/live':
        send(response, 200, '{"status":"live"}');
        return;
      case 'GET /health/ready':
        if (ready) send(response, 200, '{"status":"ready"}');
        else send(response, 503, '{"status":"stopping"}');
        return;
      default:
        send(response, 404, '{"error":"not found"}');
    }
  };

  const server = createServer(
    { keepAliveTimeout: IDLE_MILLISECONDS, requestTimeout: 10_000, headersTimeout: 10_000 },
    (request, response) => {
      handle(request, response).catch(() => {
        // Only a caller that went away in the middle of its question comes here.
        response.destroy();
      });
    },
  );
  return {
    server,
    leave: () => {
      ready = false;
    },
  };
}

/** The body, or nothing when it is longer than allowed; then the rest is dropped as it comes. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((settle, fail) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= MOST_BYTES) parts.push(part);
      else settle(undefined);
    });
    request.once('end', () => settle(Buffer.concat(parts).toString('utf8')));
    request.once('error', fail);
  });
}
