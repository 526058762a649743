/** Requests with HTTPS, each on a connection of its own, verified with an authority of one's choice. */
import { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { TLSSocket } from 'node:tls';

export interface Secured {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly protocol: string | null;
  readonly certificate: X509Certificate;
}

/** One request; fails when the certificate isn't by the authority or for the host. */
export function secured(
  host: string,
  port: number,
  ca: string,
  options: RequestOptions = {},
  sent = '',
): Promise<Secured> {
  return new Promise((resolve, reject) => {
    const call = request({ host, port, ca, path: '/hello', agent: false, timeout: 10_000, ...options });
    call.on('response', (response) => {
      const { socket } = response;
      if (!(socket instanceof TLSSocket)) {
        reject(new Error('the connection must be TLS'));
        return;
      }
      const { raw } = socket.getPeerCertificate();
      const protocol = socket.getProtocol();
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts).toString('utf8'),
          protocol,
          certificate: new X509Certificate(raw),
        });
      });
      response.on('error', reject);
    });
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', reject);
    call.end(sent);
  });
}

/** The certificate that is shown for localhost, verified. */
export async function served(port: number, ca: string): Promise<X509Certificate> {
  return (await secured('localhost', port, ca)).certificate;
}

export interface Calls {
  /** Ends the calls and says how many there were and what each failed one failed with. */
  stop(): Promise<{ readonly made: number; readonly failed: readonly string[] }>;
}

/** Calls again and again until told to stop. */
export function steadily(port: number, ca: string): Calls {
  const failed: string[] = [];
  const ended = new AbortController();
  let made = 0;
  const work = (async () => {
    while (!ended.signal.aborted) {
      made++;
      await secured('localhost', port, ca).then(
        ({ status }) => {
          if (status >= 500) failed.push(String(status));
        },
        (error: unknown) => failed.push(error instanceof Error ? error.message : 'no error'),
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    stop: async () => {
      ended.abort();
      await work;
      return { made, failed };
    },
  };
}
