import { Agent, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createServer } from '../../../services/json-service/src/server.js';

test('a connection that is kept ends after 16 requests, so that its caller chooses again', async () => {
  const { app } = createServer(
    { name: 'hello', message: 'hello', port: 0, replica: 'one', drainMilliseconds: 0 },
    { log: false },
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports: (number | undefined)[] = [];
  for (let i = 0; i < 17; i++) {
    await new Promise<void>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: '/hello', agent }, (answer) => {
        ports.push(answer.socket.localPort);
        answer.resume().on('end', resolve);
      }).on('error', reject);
    });
  }
  agent.destroy();
  await app.close();
  expect(new Set(ports.slice(0, 16)).size).toBe(1);
  expect(ports[16]).not.toBe(ports[0]);
});
