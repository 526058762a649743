/**
 * An HTTP server in the place of Kratos. The real one needs a database, and many of its answers, such as an
 * expired flow, need time or luck; what it answers in truth is for the suite with a browser. It knows what
 * a test has told it, word for word, and refuses every other question with 500.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly cookies?: readonly string[];
}

export const SIGNED_OUT: Reply = { status: 401, body: { error: { code: 401, status: 'Unauthorized' } } };
export const SECOND_FACTOR: Reply = {
  status: 403,
  body: { error: { id: 'session_aal2_required', code: 403 }, redirect_browser_to: 'http://localhost:8000/x' },
};
export const CSRF: Reply = {
  status: 403,
  body: { error: { id: 'security_csrf_violation', code: 403, reason: 'Please retry' } },
  cookies: ['csrf_token_1=abc; Path=/; HttpOnly; SameSite=Lax'],
};
export const UNKNOWN: Reply = { status: 404, body: { error: { code: 404 } } };
export const BROKEN: Reply = { status: 500, body: { error: { code: 500 } } };

export class KratosStandIn {
  /** What was asked: method, path with query, and the cookies. */
  readonly asked: string[] = [];
  /** Questions that no test has told it of. */
  readonly unexpected: string[] = [];
  private readonly replies = new Map<string, Reply>();
  private readonly server = createServer((request, response) => this.handle(request, response));

  /** Starts to listen and answers its origin. */
  async start(): Promise<string> {
    await new Promise<void>((started) => {
      this.server.listen(0, '127.0.0.1', started);
    });
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((closed) => {
      this.server.close(() => closed());
    });
  }

  /** What a question, such as `GET /sessions/whoami`, is answered with. */
  knows(question: string, reply: Reply): void {
    this.replies.set(question, reply);
  }

  /** What a flow is answered with. */
  has(kind: string, id: string, reply: Reply): void {
    this.knows(`GET /self-service/${kind}/flows?id=${id}`, reply);
  }

  /** Who the browser is. */
  whoami(reply: Reply): void {
    this.knows('GET /sessions/whoami', reply);
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const question = `${request.method ?? ''} ${request.url ?? ''}`;
    this.asked.push(`${question} ${request.headers.cookie ?? ''}`.trimEnd());
    const reply = request.headers.accept === 'application/json' ? this.replies.get(question) : undefined;
    if (reply === undefined) {
      this.unexpected.push(question);
      response.writeHead(500).end();
      return;
    }
    response.writeHead(reply.status, {
      'content-type': 'application/json',
      ...(reply.cookies === undefined ? {} : { 'set-cookie': [...reply.cookies] }),
    });
    response.end(reply.body === undefined ? '' : JSON.stringify(reply.body));
  }
}
