/** Requests to the gate, with a host header of one's choice. */
import { request, type Agent } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Question {
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly body?: string;
  /** Where connections are kept; none are without it. */
  readonly agent?: Agent;
}

/** One request to a published port. */
export function ask({ port, path, headers, method, body, agent }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: method ?? 'GET',
        headers: {
          host: 'localhost',
          // Node leaves it out for DELETE, and a body without a length is read as the next request.
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
          ...headers,
        },
        timeout: 10_000,
        ...(agent === undefined ? {} : { agent }),
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts).toString('utf8'),
          });
        });
      },
    );
    call.on('timeout', () => call.destroy(new Error('no answer within 10 seconds')));
    call.on('error', (error) => reject(new Unanswered(error, call.reusedSocket)));
    call.end(body);
  });
}

/** A request that got no answer. */
export class Unanswered extends Error {
  constructor(
    override readonly cause: NodeJS.ErrnoException,
    /** Whether its connection had served an earlier one, which the server may end at any time. */
    readonly kept: boolean,
  ) {
    super(`${cause.code ?? 'no code'}: ${cause.message}`);
  }
}

/** One plain request to a published port of Kong. */
export function gate(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
  port = 8000,
): Promise<Answer> {
  return ask({ port, path, headers, method });
}

/** The body of a JSON answer as an object. */
export function json(answer: Answer): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(answer.body);
  if (value === null || typeof value !== 'object') throw new Error('answer must be a JSON object');
  return value as Record<string, unknown>;
}
