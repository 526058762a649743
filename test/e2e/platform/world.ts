/** The world outside of the platform: this host and its neighbours, as far as they answer. */
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Tells of each `address:port` whether anybody answered, be it with a refusal. */
export const CALL = `
const call = (at) => new Promise((resolve) => {
  const [host, port] = at.split(':');
  const socket = require('node:net').connect({ host, port: Number(port), timeout: 2000 });
  const end = (answered) => { socket.destroy(); resolve(answered); };
  socket.on('connect', () => end(true)).on('timeout', () => end(false));
  socket.on('error', ({ code }) => end(code === 'ECONNREFUSED'));
});
Promise.all(process.argv.slice(1).map(call)).then((all) => process.stdout.write(JSON.stringify(all)));`;

/** Neighbours of this host: its name servers and its gateway, whatever they answer. */
export function neighbours(): string[] {
  const own = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
  const servers = [...readFileSync('/etc/resolv.conf', 'utf8').matchAll(/^nameserver\s+([\d.]+)$/gm)];
  const gateways = [...readFileSync('/proc/net/route', 'utf8').matchAll(/^\S+\s+0{8}\s+([\dA-F]{8})\s/gm)];
  return [
    ...servers.map(([, address = '']) => address),
    ...gateways.map(([, hex = '']) => [...Buffer.from(hex, 'hex')].reverse().join('.')),
  ]
    .filter((address) => !own.includes(address) && !/^(127|0)\./.test(address))
    .flatMap((address) => [53, 80].map((port) => `${address}:${port}`));
}

/** A listener of this host that answers with the address that it was called from. */
export function mirror(): Promise<{ readonly port: number; readonly close: () => void }> {
  return new Promise((resolve, reject) => {
    const listening = createServer((socket) => {
      const body = socket.remoteAddress ?? '';
      socket.end(`HTTP/1.0 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    listening.once('error', reject).listen(0, '0.0.0.0', () => {
      const { port } = listening.address() as AddressInfo;
      resolve({ port, close: () => listening.close() });
    });
  });
}
