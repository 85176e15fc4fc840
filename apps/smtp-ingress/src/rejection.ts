import { formatReply, type Reply } from '@holdfast/mail';

/**
 * A no that somebody decided, in two voices: `reply` is what the stranger hears, `cause` what the operator reads. Anything else
 * that is thrown is a bug or weather, and `replyToFailure` makes it temporary.
 */
export class SmtpRejection extends Error {
  override name = 'SmtpRejection';

  constructor(
    readonly reply: Reply,
    /** for the log, where it says more than the reply */
    readonly reason?: string,
  ) {
    super(formatReply(reply));
  }
}

/** `throw rejection(550, '5.7.1', 'No.')` */
export function rejection(code: number, enhanced: string, text: string, reason?: string): SmtpRejection {
  return new SmtpRejection({ code, enhanced, text }, reason);
}
