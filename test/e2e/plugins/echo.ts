/** Small programs behind the gateway: they say what they were asked, or keep what is sent to them. */
import type { Image, WorkloadSpec } from '../../../constructs/platform/platform.js';
import { Duration } from '../../../constructs/quantities.js';
import { PORT, server } from '../platform/fixtures.js';

/**
 * Answers each request with what it saw and who it is.
 *
 * The query says how: `status`, `delay` in milliseconds, `answer` for a header as `name=value`, `fail`
 * for the replica that answers 500. Signals change one replica: USR2 makes its health path answer 503,
 * HUP makes it refuse connections, CONT makes it well again.
 */
const ECHO = `
const http = require('node:http');
// Given where it stands in the identity system's place, which answers like this.
const gate = process.env.GATE;
const replica = require('node:os').hostname();
let well = true;
const server = http.createServer({ maxHeaderSize: 65536 }, (asked, answer) => {
  const { pathname, searchParams: say } = new URL(asked.url, 'http://echo');
  if (pathname === '/health') {
    answer.statusCode = well ? 200 : 503;
    answer.end();
    return;
  }
  if (gate !== undefined && pathname === '/.gate/ready') {
    answer.statusCode = asked.headers.host === gate ? 403 : 404;
    answer.end();
    return;
  }
  if (gate !== undefined && !/^\\/(guarded|mixed)/.test(pathname)) {
    answer.statusCode = 404;
    answer.end();
    return;
  }
  let length = 0;
  asked.on('data', (part) => { length += part.length; });
  asked.on('end', () => setTimeout(() => {
    answer.statusCode = say.get('fail') === replica ? 500 : Number(say.get('status') ?? 200);
    answer.setHeader('content-type', 'application/json');
    for (const pair of say.getAll('answer')) {
      const [name, ...value] = pair.split('=');
      answer.appendHeader(name, value.join('='));
    }
    const headers = [];
    for (let i = 0; i < asked.rawHeaders.length; i += 2) headers.push(asked.rawHeaders.slice(i, i + 2));
    answer.end(JSON.stringify({ replica, method: asked.method, url: asked.url, headers, length }));
  }, Number(say.get('delay') ?? 0)));
});
// A process without a listener would end.
setInterval(() => undefined, 60000);
process.on('SIGUSR2', () => { well = false; });
process.on('SIGHUP', () => { server.close(); server.closeAllConnections(); });
process.on('SIGCONT', () => { well = true; if (!server.listening) server.listen(${PORT}); });
server.listen(${PORT});`;

/** Keeps every JSON body that is posted, and hands all of them out. */
const SINK = `
const entries = [];
require('node:http').createServer((asked, answer) => {
  const parts = [];
  asked.on('data', (part) => parts.push(part));
  asked.on('end', () => {
    if (asked.method === 'POST') {
      const said = JSON.parse(Buffer.concat(parts));
      entries.push({ token: asked.headers['x-log-token'], entry: said });
    }
    answer.end(JSON.stringify(entries));
  });
}).listen(${PORT})`;

/** The upstream of nearly every route, in two replicas that tell their own names. */
export function echo(image: Image): WorkloadSpec {
  return server(image, { name: 'echo', command: [ECHO], replicas: 2 });
}

/** What stands in the identity system's place: it says what would be decided about. */
export function gate(image: Image): WorkloadSpec {
  return server(image, { name: 'gate', command: [ECHO], environment: { GATE: 'gate' } });
}

/** Where `http-log` sends its entries. */
export function sink(image: Image): WorkloadSpec {
  return server(image, { name: 'sink', command: [SINK] });
}

export const REDIS_PASSWORD = '/run/portcullis/secrets/password';

/** Counters outside of Kong; the password comes from a file and stands in no command. */
export function redis(image: Image, files: NonNullable<WorkloadSpec['files']>): WorkloadSpec {
  return {
    ...server(image, { name: 'redis' }),
    entrypoint: ['sh', '-c'],
    command: [
      `{ echo 'save ""'; printf 'requirepass %s\\n' "$(cat ${REDIS_PASSWORD})"; } | exec redis-server -`,
    ],
    environment: {},
    files,
    listeners: [{ name: 'redis', port: 6379, callers: ['kong'] }],
    readiness: {
      command: ['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/6379'],
      interval: Duration.seconds(1),
      timeout: Duration.seconds(5),
      failures: 3,
      startup: Duration.seconds(10),
    },
  };
}
