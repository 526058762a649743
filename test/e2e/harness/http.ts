/** Requests to the gate, with a host header of one's choice. */
import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One plain request to a published port of Kong. */
export function gate(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
  port = 8000,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        headers: { host: 'localhost', ...headers },
        timeout: 10_000,
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts).toString('utf8'),
          });
        });
      },
    );
    call.on('error', reject);
    call.end();
  });
}

/** The body of a JSON answer as an object. */
export function json(answer: Answer): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(answer.body);
  if (value === null || typeof value !== 'object') throw new Error('answer must be a JSON object');
  return value as Record<string, unknown>;
}
