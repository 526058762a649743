/** Tells the log when Kratos stops and starts to answer, and not at every question. */
import type { Verdict } from './answer.js';
import type { Log } from './log.js';

/** How long all must be well before it counts as over; one bad answer among good ones is one line. */
const QUIET_MILLISECONDS = 1000;

/** Listens to the verdicts on their way. */
export function watchReachability(log: Log, monotonic: () => number): (verdict: Verdict) => void {
  let failures = 0;
  let last = 0;
  return (verdict) => {
    if (verdict.state === 'unknown') {
      last = monotonic();
      failures += 1;
      if (failures === 1) log.warn('Kratos does not answer', { reason: verdict.reason });
    } else if (failures > 0 && monotonic() - last >= QUIET_MILLISECONDS) {
      log.info('Kratos answers again', { failures });
      failures = 0;
    }
  };
}
