/** Starts session-check from its environment and stops it without losing a question. */
import { hostname } from 'node:os';
import { kratosAt } from './kratos.js';
import { logTo } from './log.js';
import { watchReachability } from './reachability.js';
import { createService } from './server.js';
import { Sessions } from './sessions.js';
import { readSettings } from './settings.js';

const settings = readSettings(process.env, hostname());
const clock = { monotonic: () => performance.now(), wall: () => Date.now() };
const log = logTo((line) => process.stdout.write(line), settings.replica, clock.wall);
const kratos = kratosAt({ ...settings, limitMilliseconds: 3000 });
const { server, leave } = createService(
  new Sessions(kratos, settings, clock, watchReachability(log, clock.monotonic)),
);

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { signal });
    leave();
    // Callers need time to see that this replica is no longer ready before it stops listening.
    setTimeout(() => {
      server.close(() => {
        kratos.close();
        log.info('stopped');
      });
    }, settings.drainMilliseconds);
  });
}

server.listen(settings.port, '0.0.0.0', () => {
  log.info('listening', { port: settings.port });
});
