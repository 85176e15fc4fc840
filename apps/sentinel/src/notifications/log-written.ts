import type { Log } from '@holdfast/daemon';
import type { Written } from './write';

/** Says in the log what was written, and what was passed over and why. */
export function logWritten(log: Log, written: readonly Written[]): void {
  for (const { kind, tenantId, skippedBecause } of written) {
    if (skippedBecause) log('notification-skipped', { kind, tenantId, because: skippedBecause });
    else log('notification-written', { kind, tenantId });
  }
}
