/**
 * What primaries say, and what we make of it: the table behind `judge-reply.ts`. Read from the top; the first row that fits decides.
 *
 * The order is the order of harm. First what speaks of a server or of us and would destroy a queue if it were believed; then what a
 * person can mend within the retention; only then what is a plain no to this recipient or this message. Each row has the replies
 * that it was written for, so that whoever changes a row sees at once what they break.
 *
 * `words` are looked for in the reply in lower case; `...` stands for anything in between. They are no regular expressions: a
 * stranger writes the reply, and it must never be able to keep us busy. `codes` are enhanced status codes (RFC 3463), matched whole.
 */
import { aboutMail } from './about-mail';
import { aboutServers } from './about-servers';
import { aboutTime } from './about-time';
import type { ReplyRule } from './reply-rule';

export const replyRules: readonly ReplyRule[] = [...aboutServers, ...aboutTime, ...aboutMail];
