/**
 * Anything unforeseen becomes `451 4.3.0`: the sender tries again, and we have time to mend it. A permanent no is always a
 * decision that somebody wrote, as an `SmtpRejection`. (smtp-server alone would answer 550 in MAIL and RCPT, and 554 on connect.)
 */
import type { Reply } from '@holdfast/mail';
import { SpoolFull } from '@holdfast/spool';
import { SmtpRejection } from './rejection';

export function replyToFailure(failure: unknown): Reply {
  if (failure instanceof SmtpRejection) return failure.reply;
  // RFC 3463: X.3.1 mail system full.
  if (failure instanceof SpoolFull)
    return {
      code: 452,
      enhanced: '4.3.1',
      text: 'We have no room for mail at the moment; please try again later',
    };
  return { code: 451, enhanced: '4.3.0', text: 'Something went wrong on our side; please try again later' };
}
