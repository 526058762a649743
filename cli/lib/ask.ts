/** One request as a stranger, a client or a browser sends it. */
import { request as http } from 'node:http';
import { request as https } from 'node:https';

export interface Exchange {
  readonly status: number;
  readonly body: string;
}

/** One request, redirects not followed; status 0 when nothing answered. */
export function ask(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  { method = 'GET', body }: { readonly method?: string; readonly body?: string } = {},
): Promise<Exchange> {
  // Not fetch: it keeps the host header to itself.
  const request = url.startsWith('https:') ? https : http;
  return new Promise((resolve) => {
    // A connection of its own, because one that is kept always meets the same worker.
    const call = request(url, { headers, method, timeout: 5000, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') });
      });
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => {
      resolve({ status: 0, body: '' });
    });
    call.end(body);
  });
}
