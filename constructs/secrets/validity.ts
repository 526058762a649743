/** How long a certificate is valid and how early it is renewed, in the whole hours that Terraform counts. */
import { invalid } from '../errors.js';
import type { Duration } from '../quantities.js';

const HOUR = 3_600_000;

export interface Validity {
  readonly hours: number;
  /** Hours before its end from which an apply renews it. */
  readonly renewalHours: number;
}

/**
 * Checks a lifetime and its renewal.
 *
 * @param renewal a third of the lifetime when left out
 * @throws PortcullisError when one is no whole number of hours, or the renewal isn't within the lifetime
 */
export function checkValidity(lifetime: Duration, renewal: Duration | undefined, at: string): Validity {
  const hours = lifetime.toMilliseconds() / HOUR;
  if (!Number.isInteger(hours) || hours < 2) {
    throw invalid('lifetime', 'be a whole number of hours from 2 on', hours, 'leave it out', at);
  }
  const renewalHours =
    renewal === undefined ? Math.max(1, Math.floor(hours / 3)) : renewal.toMilliseconds() / HOUR;
  if (!Number.isInteger(renewalHours) || renewalHours >= hours) {
    throw invalid(
      'renewal',
      `be a whole number of hours below the lifetime of ${hours}`,
      renewalHours,
      'leave it out for a third',
      at,
    );
  }
  return { hours, renewalHours };
}
