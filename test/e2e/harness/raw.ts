/** Requests byte by byte, for what Node's own client would refuse to send or would tidy up. */
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** By lower case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Sends bytes to a published port, one connection each, and reads until the other side ends it. */
export function raw(text: string, port = 8000): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(text, 'latin1')));
    const parts: Buffer[] = [];
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer within 10 seconds')));
    socket.on('data', (part) => parts.push(part));
    socket.on('error', reject);
    socket.on('end', () => {
      socket.end();
      try {
        resolve(parse(Buffer.concat(parts).toString('latin1')));
      } catch (error) {
        reject(error instanceof Error ? error : new Error('no answer'));
      }
    });
  });
}

/**
 * A request whose lines are sent as they are.
 *
 * @param line its first line without the version
 */
export function rawRequest(
  line: string,
  headers: readonly (readonly [name: string, value: string])[] = [],
  host = 'localhost:8000',
): Promise<RawAnswer> {
  const lines = [['Host', host], ['Connection', 'close'], ...headers].map((pair) => pair.join(': '));
  return raw([`${line} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
}

function parse(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3}) /.exec(first)?.[1]);
  if (end < 0 || Number.isNaN(status)) throw new Error(`an answer must come, got '${text.slice(0, 200)}'`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [name = '', ...value] = line.split(':');
    headers.set(name.toLowerCase(), value.join(':').trim());
  }
  return { status, headers, body: text.slice(end + 4) };
}
