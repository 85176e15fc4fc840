import { phrases, replies, type ReplyRule } from './reply-rule';

/** Replies that mean "not now", whichever class they are said with. */
export const aboutTime: readonly ReplyRule[] = [
  {
    name: 'greylisted',
    about: 'pace',
    permanent: 'deferred',
    because: 'A grey list wants to see a second try, whichever class of reply it says so with',
    words: phrases(`
      greylist | graylist | grey-list | gray-list | grey list | gray list | postgrey | first contact | come back in |
      come back later | please retry in`),
    seen: replies(`
      Postfix: 450 4.2.0 <a@b.test>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/b.test.html
      Postfix: 450 4.7.1 <a@b.test>: Recipient address rejected: Greylisting in effect, please come back later
      Exim: 451 Greylisted, please try again in 300 seconds
      Exim: 550 Greylisted, please try again later
      Exchange: 451 4.7.1 Greylisting in action, please come back later
      sendmail: 451 4.7.1 Greylisting in action, please come back in 00:05:00
      OpenSMTPD: 451 Temporary failure, please try again later: graylisted
      qmail: 451 GL - temporary problem. Greylisted, try again later (#4.3.0)
      MDaemon: 451 4.7.1 Greylisted, please try again in 15 minutes
      hMailServer: 451 Please try again later: greylisted.
      Mimecast: 451 Internal resources are temporarily unavailable - greylisted - https://community.mimecast.com/docs/DOC-1369#451
      Zimbra: 450 4.2.0 <a@b.test>: Recipient address rejected: Greylisted
      Courier: 450 Graylisted: come back later
      a home-made filter: 554 5.7.1 Greylisting: this is your first contact, come back in 5 minutes`),
  },
  {
    name: 'too-fast',
    about: 'pace',
    permanent: 'deferred',
    because: 'The primary limits how much it takes from one address at a time; the lane slows down',
    words: phrases(`
      too many connections | too many concurrent | too many messages | too many errors | too many sessions |
      rate limit | rate-limit | ratelimit | exceeded the rate | exceeded ... per hour | throttl | too much mail |
      receiving mail at a rate | slow down | message submission rate | connection limit | connection rate | too busy |
      server busy`),
    codes: ['5.7.650'],
    seen: replies(`
      Postfix: 421 4.7.0 mx.b.test Error: too many connections from 192.0.2.1
      Postfix: 450 4.7.1 Error: too much mail from 192.0.2.1
      Postfix: 421 4.7.0 mx.b.test Error: too many errors
      Exim: 421 Too many concurrent SMTP connections; please try again later
      Exim: 550 Sender rate limit exceeded: 120 / 1h
      Exchange: 421 4.4.2 Message submission rate for this client has exceeded the configured limit
      Exchange Online: 451 4.7.500 Server busy. Please try again later from [192.0.2.1]
      Exchange Online: 451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation
      Google: 450-4.2.1 The user you are trying to contact is receiving mail at a rate that ¶ 450 4.2.1 prevents additional messages from being delivered
      Google: 550-5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages
      sendmail: 421 4.3.2 Connection rate limit exceeded.
      Barracuda: 421 Rate limit exceeded; try again later
      Proofpoint: 421 4.7.1 too many messages sent
      Mimecast: 451 IP temporarily throttled
      MDaemon: 421 Too many concurrent connections
      hMailServer: 554 Too many sessions from 192.0.2.1`),
  },
  {
    name: 'too-many-recipients',
    about: 'pace',
    permanent: 'deferred',
    because: 'The rest is taken in a later message (RFC 5321 section 4.5.3.1.10)',
    words: phrases(
      `too many recipients | too many rcpts | recipients limit | recipient limit | too many rcpt | maximum recipients`,
    ),
    codes: ['5.5.3'],
    seen: replies(`
      Postfix: 452 4.5.3 Error: too many recipients
      Exchange: 552 5.5.3 Too many recipients
      Exchange Online: 452 4.5.3 Too many recipients (AS780090)
      Exim: 452 too many recipients
      sendmail: 452 4.5.3 Too many recipients
      Google: 452 4.5.3 Your message has too many recipients.
      Zimbra: 550 5.5.3 Too many recipients
      qmail: 553 sorry, too many recipients (#5.7.1)`),
  },
  {
    name: 'mailbox-full',
    about: 'recipient',
    permanent: 'deferred',
    because: 'A full mailbox is emptied by its owner; RFC 3463 calls it a persistent transient failure',
    words: phrases(`
      mailbox full | mailbox is full | mailbox ... is full | over quota | overquota | quota exceeded |
      exceeded ... quota | exceeds ... quota | quota ... exceeded | out of storage | over the allowed quota |
      disk quota | not enough storage | full mailbox | inbox is full | out of quota | over its quota |
      exceeded storage allocation | mailbox size limit | account is full`),
    codes: ['5.2.2'],
    seen: replies(`
      Postfix: 452 4.2.2 <a@b.test>: Recipient address rejected: Mailbox full
      Dovecot LMTP: 452 4.2.2 <a@b.test> Quota exceeded (mailbox for user is full)
      Dovecot LMTP: 552 5.2.2 <a@b.test> Quota exceeded (mailbox for user is full)
      Exchange: 552 5.2.2 STOREDRV.Deliver; mailbox full
      Exchange Online: 554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded
      Google: 452-4.2.2 The email account that you tried to reach is over quota.
      Google: 552-5.2.2 The recipient's inbox is out of storage space and inactive. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaPerm
      Exim: 550 Mailbox quota exceeded
      Zimbra: 552 5.2.2 Over quota
      hMailServer: 550 Inbox is full
      MDaemon: 552 Mailbox full: this account is full
      Courier: 522 Mailbox full: disk quota exceeded
      qmail: 552 Mailbox is full, message would exceed quota (#5.2.2)
      Proofpoint: 552 5.2.2 user over quota`),
  },
  {
    name: 'server-in-trouble',
    about: 'setup',
    permanent: 'deferred',
    because:
      'The server speaks of its own state (disk, directory, configuration), whichever class it says so with',
    words: phrases(`
      insufficient system storage | insufficient disk space | system resources | no space left | disk full |
      queue file write error | server configuration | configuration error | local configuration | config error |
      internal error | internal server error | service unavailable | service not available | system not available |
      shutting down | temporar | try again | try later | retry later | ldap | lookup failure | database error |
      unable to contact | could not be verified at this time | not accepting messages | maintenance`),
    codes: ['5.3.1', '5.3.5', '5.3.0'],
    seen: replies(`
      Postfix: 452 4.3.1 Insufficient system storage
      Postfix: 451 4.3.0 Error: queue file write error
      Postfix: 451 4.3.5 Server configuration error
      Postfix: 550 5.3.0 <a@b.test>: Recipient address rejected: unverified address: lookup failure
      Exchange: 452 4.3.1 Insufficient system resources
      Exchange: 451 4.7.0 Temporary server error. Please try again later. PRX2
      Exchange Online: 451 4.4.4 Mail received as unauthenticated, temporarily unavailable
      Exchange Online: 550 5.4.316 Message expired, connection refused: service not available
      Exim: 451 Temporary local problem - please try later
      Exim: 550 Administrative prohibition: temporary lookup failure
      sendmail: 553 5.3.5 system config error
      sendmail: 421 4.3.2 mail.b.test shutting down
      qmail: 451 qq temporary problem (#4.3.0)
      qmail: 554 qq internal error, please try again (#5.3.0)
      OpenSMTPD: 421 4.3.0 Temporary failure
      Dovecot LMTP: 451 4.2.0 <a@b.test> Internal error occurred
      Dovecot LMTP: 550 5.3.0 Internal error: backend shutting down
      Courier: 432 Service temporarily unavailable
      Barracuda: 451 Temporary failure: unable to contact LDAP server
      Zimbra: 451 4.3.5 Server configuration problem, try again later
      MDaemon: 554 Message rejected: local disk full
      Mimecast: 451 Account service is temporarily unavailable
      a home-made filter: 550 Please try again later`),
  },
];
