/** An HTTP server in the place of Kratos: it knows one question, and refuses every other with 500. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const COOKIE = 'ory_kratos_session';
export const SESSION_ID = '0d5c9e0e-4f3b-4c57-9a3e-0f2f9c3b8a11';
export const IDENTITY_ID = 'b7b0f6f0-7d5e-4f9f-8f8a-5c1d6a3f7e22';
export const ENDS = '2031-01-01T00:00:00Z';

/** A session as `/sessions/whoami` of Kratos 1.3 writes it. */
export function session(change: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    id: SESSION_ID,
    active: true,
    expires_at: ENDS,
    authenticated_at: '2030-01-01T00:00:00Z',
    authenticator_assurance_level: 'aal1',
    authentication_methods: [{ method: 'password', aal: 'aal1' }],
    issued_at: '2030-01-01T00:00:00Z',
    identity: identity(),
    devices: [{ id: 'device', ip_address: '10.0.0.1' }],
    ...change,
  };
}

export function identity(change: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    id: IDENTITY_ID,
    schema_id: 'person',
    state: 'active',
    traits: { email: 'ada@example.com' },
    ...change,
  };
}

export const UNKNOWN_SESSION = { error: { id: 'session_inactive', code: 401, status: 'Unauthorized' } };
export const SECOND_FACTOR = { error: { id: 'session_aal2_required', code: 403, status: 'Forbidden' } };

export type Reply = readonly [status: number, body: unknown];
export type Behaviour = (response: ServerResponse) => void | Promise<void>;

export class KratosStandIn {
  /** The credentials that were asked about, as they came. */
  readonly asked: string[] = [];
  /** Connections that were opened. */
  connections = 0;
  private readonly replies = new Map<string, Reply | Behaviour>();
  private readonly server = createServer((request, response) => this.handle(request, response)).on(
    'connection',
    () => {
      this.connections += 1;
    },
  );

  /** Starts to listen, on any port unless one is given, and answers its origin. */
  async start(port = 0): Promise<string> {
    await new Promise<void>((started) => {
      this.server.listen(port, '127.0.0.1', started);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((closed) => {
      this.server.close(() => closed());
    });
  }

  /** What a credential is answered with: `cookie <value>` or `token <value>`. */
  knows(credential: string, reply: Reply | Behaviour): void {
    this.replies.set(credential, reply);
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const { cookie, accept, 'x-session-token': token } = request.headers;
    const presented =
      typeof token === 'string' && cookie === undefined
        ? `token ${token}`
        : cookie?.startsWith(`${COOKIE}=`) === true && token === undefined
          ? `cookie ${cookie.slice(COOKIE.length + 1)}`
          : undefined;
    if (
      request.method !== 'GET' ||
      request.url !== '/sessions/whoami' ||
      accept !== 'application/json' ||
      presented === undefined
    ) {
      this.asked.push('something else');
      response.writeHead(500).end();
      return;
    }
    this.asked.push(presented);
    const reply = this.replies.get(presented) ?? [401, UNKNOWN_SESSION];
    if (typeof reply === 'function') {
      void reply(response);
      return;
    }
    response.writeHead(reply[0], { 'content-type': 'application/json' });
    response.end(typeof reply[1] === 'string' ? reply[1] : JSON.stringify(reply[1]));
  }
}
