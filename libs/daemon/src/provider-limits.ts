import { integer } from './config';

const MiB = 2 ** 20;

/**
 * What a tenant may have with us when neither itself nor its plan says otherwise, as keys of a configuration. Port 25 keeps to it, the
 * sentinel tells how much of it is used, and the api shows it: so all three read it here.
 */
export const providerLimits = {
  /** Counted by recipient; 0: no limit. */
  maxHeldMessages: integer('HOLDFAST_MAX_HELD_MESSAGES', 1_000_000, 0, Number.MAX_SAFE_INTEGER),
  maxHeldBytes: integer('HOLDFAST_MAX_HELD_BYTES', 100 * 1024 * MiB, 0, Number.MAX_SAFE_INTEGER),
  /** What SIZE announces. 50 MiB is what the big mailbox providers take, so nobody is refused here and welcome there. */
  maxMessageBytes: integer('HOLDFAST_MAX_MESSAGE_BYTES', 50 * MiB, 64 * 1024, 1024 * MiB),
  /** RFC 5321 section 4.5.3.1.8 asks for 100 at least; 1000 is Postfix's limit, to which senders of lists are tuned. */
  maxRecipients: integer('HOLDFAST_MAX_RECIPIENTS', 1_000, 100, 100_000),
  /** For each domain by itself; 0: no limit. */
  maxMessagesPerHour: integer('HOLDFAST_MAX_MESSAGES_PER_HOUR', 0, 0, 1_000_000_000),
};
