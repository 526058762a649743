#!/usr/bin/env node
/**
 * A port-forward for tests: `forward.mjs tcp HOST PORT` or `forward.mjs docker CONTAINER PORT`.
 *
 * Prints what `kubectl port-forward` prints, and refuses what it doesn't know.
 */
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';

const [mode, target, port, ...rest] = process.argv.slice(2);
if (
  !['tcp', 'docker'].includes(mode) ||
  !/^[\w.-]+$/.test(target ?? '') ||
  !/^\d+$/.test(port ?? '') ||
  rest.length > 0
) {
  process.stderr.write(
    `forward must be given tcp or docker, a target and a port, got ${process.argv.length - 2} words\n`,
  );
  process.exit(2);
}

/** The other end of one connection. */
function other() {
  if (mode === 'tcp') {
    const socket = connect(Number(port), target);
    return { into: socket, from: socket, end: () => socket.destroy() };
  }
  const script = `exec 3<>/dev/tcp/127.0.0.1/${port} || exit 1; cat <&3 & cat >&3; kill %1`;
  const child = spawn('docker', ['exec', '--interactive', target, 'bash', '-c', script], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return { into: child.stdin, from: child.stdout, end: () => child.stdin.destroy() };
}

const server = createServer((client) => {
  process.stdout.write(`Handling connection for ${port}\n`);
  const { into, from, end } = other();
  for (const stream of [client, into, from]) stream.on('error', () => {});
  client.pipe(into);
  from.pipe(client);
  client.on('close', end);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`Forwarding from 127.0.0.1:${server.address().port} -> ${port}\n`);
});
