/** Starts the JSON service from its environment and stops it without losing a request. */
import { hostname } from 'node:os';
import { readSettings } from './settings.js';
import { createServer } from './server.js';

const settings = readSettings(process.env, hostname());
const { app, leave } = createServer(settings);

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    app.log.info({ signal }, 'stopping');
    leave();
    // Callers need time to see that this replica is no longer ready before it stops listening.
    setTimeout(() => {
      app.close().then(
        () => {
          app.log.info('stopped');
        },
        (error: unknown) => {
          app.log.error({ error }, 'stop failed');
          process.exitCode = 1;
        },
      );
    }, settings.drainMilliseconds);
  });
}

await app.listen({ host: '0.0.0.0', port: settings.port });
