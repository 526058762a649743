/**
 * A socket in front of the real Docker engine that a test can take away.
 *
 * Stopping the engine itself would end every other container of the machine, so this stands in for
 * "Docker stopped midway": all calls reach the real engine until the socket is closed, then none.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ENGINE = '/var/run/docker.sock';

export class EngineProxy {
  private readonly open = new Set<Socket>();

  private constructor(
    private readonly folder: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<EngineProxy> {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-engine-'));
    const server = createServer({ allowHalfOpen: true });
    const proxy = new EngineProxy(folder, server);
    server.on('connection', (client) => {
      const engine = createConnection({ path: ENGINE, allowHalfOpen: true });
      for (const [one, other] of [
        [client, engine],
        [engine, client],
      ] as const) {
        proxy.open.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => proxy.open.delete(one));
        one.pipe(other);
      }
    });
    await new Promise<void>((resolve) => server.listen(join(folder, 'docker.sock'), resolve));
    return proxy;
  }

  /** What DOCKER_HOST must be to go through it. */
  get host(): string {
    return `unix://${join(this.folder, 'docker.sock')}`;
  }

  /** Ends every connection and accepts no more. */
  stop(): void {
    this.server.close();
    for (const socket of this.open) socket.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
