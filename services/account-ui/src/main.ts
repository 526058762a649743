/** Starts the account pages from the environment and stops them without losing a request. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { readAssets } from './assets.js';
import { kratosAt } from './kratos.js';
import { logTo } from './log.js';
import { watchReachability } from './reachability.js';
import { createService } from './server.js';
import { readSettings } from './settings.js';

const settings = readSettings(process.env, hostname(), (file) => readFileSync(file, 'utf8'));
const { site } = settings;
const log = logTo(
  (line) => process.stdout.write(line),
  settings.replica,
  () => Date.now(),
);
const { server, leave } = createService({
  site,
  assets: readAssets(settings.assets, site),
  kratos: kratosAt(
    settings.kratosUrl,
    watchReachability(log, () => performance.now()),
  ),
  failed: (reason) => log.warn('a page failed', { reason }),
});

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { signal });
    leave();
    // Callers need time to see that this replica is no longer ready before it stops listening.
    setTimeout(() => {
      server.close(() => log.info('stopped'));
    }, settings.drainMilliseconds);
  });
}

server.listen(settings.port, '0.0.0.0', () => {
  log.info('listening', { port: settings.port });
});
