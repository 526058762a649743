/** Asks Kratos who a session belongs to, over connections that stay open. */
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { readVerdict, type Kind, type Verdict } from './answer.js';

/** Enough for thousands of questions a second, and few enough for Kratos' own connections to Postgres. */
const SOCKETS = 64;
/** Far more than a session with large traits; what is larger is no session. */
const MOST_BYTES = 262_144;

/** The side of Kratos that answers who a credential belongs to; it never fails, but may not know. */
export interface Kratos {
  whoami(kind: Kind, credential: string): Promise<Verdict>;
  /** Closes connections that nobody waits for. */
  close(): void;
}

export interface KratosSettings {
  readonly kratosUrl: string;
  readonly sessionCookie: string;
  /** How long an answer may take, with the time that a question waits for a connection. */
  readonly limitMilliseconds: number;
}

/** Kratos at its public listener. */
export function kratosAt({ kratosUrl, sessionCookie, limitMilliseconds }: KratosSettings): Kratos {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS, maxFreeSockets: SOCKETS });
  const url = new URL('/sessions/whoami', kratosUrl);

  const whoami = (kind: Kind, credential: string): Promise<Verdict> =>
    new Promise((settle) => {
      let current: ClientRequest | undefined;
      let waiting = true;
      const end = (verdict: Verdict): void => {
        waiting = false;
        clearTimeout(limit);
        settle(verdict);
      };
      const limit = setTimeout(() => {
        end({ state: 'unknown', reason: 'no answer in time' });
        current?.destroy();
      }, limitMilliseconds);
      const send = (again: boolean): void => {
        const asked = request(url, {
          agent,
          headers: {
            accept: 'application/json',
            ...(kind === 'cookie'
              ? { cookie: `${sessionCookie}=${credential}` }
              : { 'x-session-token': credential }),
          },
        });
        current = asked;
        asked.once('response', (answer) => {
          read(answer).then(
            (text) => end(readVerdict(answer.statusCode ?? 0, text, credential)),
            (error: unknown) => end({ state: 'unknown', reason: reasonOf(error) }),
          );
        });
        asked.once('error', (error) => {
          // Kratos may close a connection that has been idle just when it is used again. That says
          // nothing about Kratos, and the question changes nothing, so it is put once more.
          if (waiting && again && asked.reusedSocket && isClosed(error)) send(false);
          else end({ state: 'unknown', reason: reasonOf(error) });
        });
        asked.end();
      };
      send(true);
    });
  return { whoami, close: () => agent.destroy() };
}

async function read(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MOST_BYTES) throw new Error('an answer that is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function isClosed(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** The kind of failure; its text may hold what was sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
