import type { Config } from '../config';
import type { Limits } from '../plans/limits.dto';

/** The provider's defaults where neither a tenant nor its plan says anything. @returns null: there is no limit at all */
export function whatApplies(limits: Limits, config: Config): Limits {
  const orNone = (most: number): number | null => (most === 0 ? null : most);
  return {
    maxHeldMessages: limits.maxHeldMessages ?? orNone(config.maxHeldMessages),
    maxHeldBytes: limits.maxHeldBytes ?? orNone(config.maxHeldBytes),
    // What port 25 announces holds for everybody.
    maxMessageBytes: Math.min(limits.maxMessageBytes ?? Infinity, config.maxMessageBytes),
    maxRecipientsPerMessage: limits.maxRecipientsPerMessage ?? config.maxRecipients,
    maxMessagesPerHour: limits.maxMessagesPerHour ?? orNone(config.maxMessagesPerHour),
    retentionDays: limits.retentionDays,
  };
}
