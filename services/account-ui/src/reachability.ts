/** Tells the log when Kratos stops and starts to answer, and not at every question. */
import type { Log } from './log.js';

/** How long all must be well before it counts as over; one bad answer among good ones is one line. */
const QUIET_MILLISECONDS = 1000;

/** Listens to the answers on their way: each with the reason where there was none. */
export function watchReachability(log: Log, monotonic: () => number): (failure: string | undefined) => void {
  let failures = 0;
  let last = 0;
  return (failure) => {
    if (failure !== undefined) {
      last = monotonic();
      failures += 1;
      if (failures === 1) log.warn('Kratos does not answer', { reason: failure });
    } else if (failures > 0 && monotonic() - last >= QUIET_MILLISECONDS) {
      log.info('Kratos answers again', { failures });
      failures = 0;
    }
  };
}
