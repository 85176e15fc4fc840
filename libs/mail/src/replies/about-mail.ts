import { phrases, replies, type ReplyRule } from './reply-rule';

/** Replies that are a decision about this recipient or this message, and so are believed. */
export const aboutMail: readonly ReplyRule[] = [
  {
    name: 'sender-refused',
    about: 'sender',
    permanent: 'refused',
    because: 'The primary does not take mail from this sender address',
    words: phrases(`
      sender address rejected | sender rejected | sender denied | sender verify failed | sender address verification |
      verification failed for | sender domain | sender is on | blocked sender | domain not found | domain of sender |
      badmailfrom | envelope blocked | invalid sender | sender blocked`),
    codes: ['5.1.7', '5.1.8', '5.1.0'],
    seen: replies(`
      Postfix: 550 5.1.8 <x@nowhere.test>: Sender address rejected: Domain not found
      Postfix: 554 5.7.1 <x@e.test>: Sender address rejected: Access denied
      Exim: 550-Verification failed for <x@e.test> ¶ 550 Sender verify failed
      Exchange: 550 5.1.7 Invalid address: invalid sender
      Exchange: 554 5.1.0 Sender denied
      Exchange Online: 550 5.1.8 Access denied, bad outbound sender
      sendmail: 553 5.1.8 <x@nowhere.test>... Domain of sender address x@nowhere.test does not exist
      qmail: 553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)
      Mimecast: 550 Envelope blocked - User Entry - https://community.mimecast.com/docs/DOC-1369#550
      hMailServer: 550 Sender domain is not allowed
      Courier: 517 Invalid sender domain
      Barracuda: 550 sender blocked by recipient
      Proofpoint: 550 5.1.8 Sender Address Rejected: Domain not found
      MDaemon: 553 Sender rejected`),
  },
  {
    name: 'unknown-user',
    about: 'recipient',
    permanent: 'refused',
    because: 'The primary does not know this recipient',
    words: phrases(`
      user unknown | unknown user | unknown recipient | recipient unknown | no such user | no such recipient |
      no such mailbox | no such person | no such address | user not found | recipient not found | recipientnotfound |
      mailbox not found | mailbox unavailable | no mailbox here | user does not exist | user doesn't exist |
      address does not exist | account does not exist | mailbox does not exist | recipient does not exist |
      does not exist | invalid recipient | invalid mailbox | unknown address | unknown local part |
      unrouteable address | unroutable address | account not found | not a valid mailbox | undeliverable address |
      recipient address rejected: access denied | unknown or illegal | no mailbox by that name`),
    codes: ['5.1.1', '5.1.10', '5.1.6'],
    seen: replies(`
      Postfix: 550 5.1.1 <a@b.test>: Recipient address rejected: User unknown in local recipient table
      Postfix: 550 5.1.1 <a@b.test>: Recipient address rejected: User unknown in virtual mailbox table
      Postfix: 550 5.1.0 <a@b.test>: Recipient address rejected: undeliverable address: unknown user
      Exim: 550 Unrouteable address
      Exim: 550 No Such User Here
      Exchange: 550 5.1.1 User unknown
      Exchange: 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
      Exchange Online: 550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [x.prod.protection.outlook.com]
      Exchange Online: 550 5.1.10 RESOLVER.ADR.RecipientNotFound
      Google: 550-5.1.1 The email account that you tried to reach does not exist. Please try ¶ 550-5.1.1 double-checking the recipient's email address for typos or ¶ 550 5.1.1 unnecessary spaces.
      sendmail: 550 5.1.1 <a@b.test>... User unknown
      qmail: 550 sorry, no mailbox here by that name. (#5.1.1)
      qmail: 553 sorry, this recipient is in my badrecipientto list: no such user (#5.7.1)
      Barracuda: 550 No such user (a@b.test)
      Barracuda: 550 permanent failure for one or more recipients (a@b.test:550 5.1.1 User unknown)
      Proofpoint: 550 5.1.1 User Unknown
      Proofpoint: 550 5.1.1 <a@b.test>... User unknown
      Mimecast: 550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550
      OpenSMTPD: 550 Invalid recipient: <a@b.test>
      Dovecot LMTP: 550 5.1.1 <a@b.test> User doesn't exist: a@b.test
      Courier: 550 User unknown.
      hMailServer: 550 Unknown user
      MDaemon: 550 5.1.1 Recipient unknown <a@b.test>
      Zimbra: 550 5.1.1 <a@b.test>: Recipient address rejected: b.test`),
  },
  {
    name: 'mailbox-closed',
    about: 'recipient',
    permanent: 'refused',
    because:
      'The mailbox is there and takes nothing: switched off, or closed to outsiders, by a decision of its server',
    words: phrases(`
      account disabled | account is disabled | account has been disabled | mailbox disabled | mailbox is disabled |
      mailbox is inactive | account is inactive | account inactive | user is inactive | recipient restricted |
      restrictsmtp | not permitted to send to | delivery restrictions | restricted recipient | recipnotallowed |
      sender not allowed | only accepts internal | suspended`),
    codes: ['5.2.1', '5.2.0', '5.7.13', '5.7.2', '5.7.133', '5.7.134', '5.1.3', '5.1.4'],
    seen: replies(`
      Google: 550 5.2.1 The email account that you tried to reach is disabled.
      Exchange Online: 550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; sender not allowed for group
      Exchange: 550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized by delivery restrictions
      Exchange: 550 5.2.1 Content Filter agent quarantined this message: mailbox disabled
      Postfix: 550 5.2.1 <a@b.test>: Recipient address rejected: Account is disabled
      Zimbra: 550 5.2.1 <a@b.test>: account is inactive
      Exim: 550 Account has been suspended
      MDaemon: 550 5.2.1 Account disabled
      sendmail: 550 5.2.1 <a@b.test>... Mailbox disabled for this recipient`),
  },
  {
    name: 'too-big',
    about: 'message',
    permanent: 'refused',
    because: 'The message is bigger than this server takes; it will not become smaller',
    words: phrases(`
      message size exceeds | message too large | message too big | message is too large |
      exceeds maximum message size | exceeds fixed maximum | exceeds the maximum | message exceeded | size limit |
      message file too big | too large for | larger than`),
    codes: ['5.3.4', '5.2.3'],
    seen: replies(`
      Postfix: 552 5.3.4 Message size exceeds fixed limit
      Exim: 552 Message size exceeds maximum permitted
      Exchange: 552 5.3.4 Message size exceeds fixed maximum message size
      Exchange Online: 550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient
      Google: 552-5.3.4 Your message exceeded Google's message size limits.
      sendmail: 552 5.2.3 Message exceeds maximum fixed size (10485760)
      qmail: 552 sorry, that message size exceeds my databytes limit (#5.3.4)
      Dovecot LMTP: 552 5.2.3 Message size exceeds limit
      OpenSMTPD: 554 5.3.4 Message too big for system
      Courier: 523 Message length (52428800 bytes) exceeds administrative limit: message too large
      hMailServer: 554 Rejected - Message size exceeds fixed maximum message size. Size: 50000 KB
      MDaemon: 552 Message too large
      Mimecast: 554 Email rejected: maximum email size limit exceeded`),
  },
  {
    name: 'content',
    about: 'message',
    permanent: 'refused',
    because:
      'The primary looked at the message and does not want it: spam, malware or a forbidden attachment',
    words: phrases(`
      virus | malware | infected | spam | unsolicited | content rejected | content filter | message content |
      rejected due to content | message rejected | attachment | executable | phish | blocked for security |
      security policies | security policy | policy reasons | local policy violation | banned content | junk mail |
      looks like | bad header | message is suspicious | malformed | not rfc`),
    codes: [
      '5.6.0',
      '5.6.1',
      '5.6.2',
      '5.6.3',
      '5.6.5',
      '5.6.6',
      '5.6.7',
      '5.6.8',
      '5.7.4',
      '5.7.7',
      '5.7.17',
      '5.7.20',
    ],
    seen: replies(`
      Postfix: 554 5.7.1 Message rejected as spam
      Postfix: 550 5.7.1 Blocked: message content rejected
      Exim: 550 This message contains a virus (Eicar-Test-Signature).
      Exim: 550 This message scored 12.3 spam points.
      Exchange: 550 5.7.1 Message rejected as spam by Content Filtering.
      Exchange Online: 550 5.7.1 Message identified as spam
      Google: 550-5.7.1 Our system has detected that this message is likely unsolicited mail. To reduce the amount of spam sent to Gmail, this message has been blocked.
      Google: 552-5.7.0 This message was blocked because its content presents a potential security issue: attachment
      sendmail: 554 5.7.1 virus Eicar-Test-Signature detected by ClamAV
      Barracuda: 554 rejected due to spam content
      Barracuda: 550 rejected due to content: executable attachment
      Proofpoint: 554 5.7.1 Message blocked: spam detected
      Mimecast: 554 Email rejected due to security policies - MCSpamSignature.x.y - https://community.mimecast.com/docs/DOC-1369#554
      Dovecot LMTP: 550 5.6.0 Message content is malformed
      OpenSMTPD: 550 5.7.1 Message is spam
      MDaemon: 554 Message looks like junk mail
      hMailServer: 554 Message rejected: virus found
      Zimbra: 554 5.7.0 Reject, id=1-2 - spam
      Courier: 550 Message content rejected by filter
      qmail: 554 mail server permanently rejected message: spam (#5.6.0)`),
  },
];
