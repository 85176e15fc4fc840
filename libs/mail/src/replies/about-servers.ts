import { phrases, replies, type ReplyRule } from './reply-rule';

/** Replies that speak of a server that is not set up, or of us. Believing one would destroy a queue; a person mends them. */
export const aboutServers: readonly ReplyRule[] = [
  {
    name: 'relay-denied',
    about: 'setup',
    permanent: 'deferred',
    because:
      'The primary does not know yet that the domain is its own: a server that was just restored says so',
    words: phrases(`
      relay access denied | relaying denied | relay not permitted | relaying not permitted | relay denied |
      not permitted to relay | relaying is prohibited | relaying prohibited | relay is not allowed |
      relaying not allowed | relay not allowed | unable to relay | we do not relay | non-accepted domain |
      list of allowed rcpthosts | domain not hosted here | domain is not hosted here | domain not served here |
      not a local domain | unknown domain | mail not accepted for this domain | does not accept mail for |
      we do not accept mail for | invalid recipient domain | only accepts mail for`),
    codes: ['5.7.54', '5.7.64', '5.1.2'],
    seen: replies(`
      Postfix: 554 5.7.1 <a@b.test>: Relay access denied
      Postfix: 454 4.7.1 <a@b.test>: Relay access denied
      Exim: 550 relay not permitted
      Exim: 550-Please turn on SMTP Authentication in your mail client. ¶ 550 mail.b.test is not permitted to relay through this server without authentication.
      Exchange: 550 5.7.1 Unable to relay
      Exchange: 550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain
      Exchange Online: 550 5.7.64 TenantAttribution; Relay Access Denied [x.prod.outlook.com]
      Exchange Online: 550 5.4.1 Recipient address rejected: Access denied. AS(201806281) unknown domain
      sendmail: 550 5.7.1 <a@b.test>... Relaying denied
      sendmail: 550 5.7.1 <a@b.test>... Relaying denied. IP name lookup failed [192.0.2.1]
      qmail: 553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)
      Courier: 513 Relaying denied.
      hMailServer: 550 Delivery is not allowed to this address, relay not permitted.
      MDaemon: 550 5.7.1 Relaying denied
      Barracuda: 550 relay not permitted
      Proofpoint: 550 5.7.1 Relaying denied
      Mimecast: 550 Relaying not allowed - [a@b.test]
      Google: 550-5.7.1 relaying denied ¶ 550 5.7.1 The user does not belong to a configured domain
      Zimbra: 554 5.7.1 <a@b.test>: Relay access denied`),
  },
  {
    name: 'not-a-mail-server',
    about: 'setup',
    permanent: 'deferred',
    because:
      'The host says that it takes no mail at all (RFC 7504): somebody has moved the server or not finished it',
    words: phrases(`
      host does not accept mail | server does not accept mail | domain does not accept mail | no smtp service here |
      this is not a mail server`),
    codes: ['5.3.2'],
    seen: replies(`
      RFC 7504: 521 5.3.2 Server does not accept mail
      Postfix: 521 mail.b.test host does not accept mail
      Exim: 554 No SMTP service here`),
  },
  {
    name: 'goes-in-circles',
    about: 'setup',
    permanent: 'deferred',
    because:
      'The primary sends the message back to us, or to itself: its own routing is to be mended, and the mail is good',
    words: phrases(`
      too many hops | mail loop | loops back to | hop count exceeded | routing loop | message is looping |
      too many received`),
    codes: ['5.4.6', '5.4.14'],
    seen: replies(`
      Postfix: 554 5.4.0 Error: too many hops
      Exchange Online: 550 5.4.14 Hop count exceeded - possible mail loop ATTR1
      Exchange: 554 5.4.6 Hop count exceeded - possible mail loop
      Exim: 550 Too many "Received" headers - suspected mail loop
      sendmail: 554 5.4.6 Too many hops 26 (25 max): from <a@b.test>
      qmail: 554 too many hops, this message is looping (#5.4.6)`),
  },
  {
    name: 'blocks-us',
    about: 'us',
    permanent: 'deferred',
    because: 'The primary blocks our address, not the message; an allow-list entry there mends it',
    words: phrases(`
      client host ... blocked | client host ... rejected | client host rejected | helo command rejected |
      blocked using | is on a block list | found on a block list | is on a blocklist | on our block list |
      on our blocklist | is blacklisted | blacklisted at | blacklisted by | is listed in | listed by | listed at |
      rejected because ... is in a black list | in a black list at | banned sending ip | ip address ... blocked |
      ip ... is blocked | your ip ... been blocked | your access to this mail system has been rejected |
      poor reputation | due to the sending mta | sender ip reputation | reputation of your ip |
      originating from your ip address | connection refused by policy | connections from ... not accepted | spamhaus |
      dynamic block list | no ptr record | does not have a ptr | cannot find your hostname |
      cannot find your reverse hostname | reverse dns | rejected by geo | rejected due to geolocation |
      is not allowed to connect | local blacklist | permanently deferred | not authorized to connect`),
    codes: ['5.7.25', '5.7.27', '5.7.606', '5.7.511', '5.7.512', '5.7.513'],
    seen: replies(`
      Postfix: 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.1
      Postfix: 450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]
      Postfix: 554 5.7.1 <mx2.c.test[192.0.2.1]>: Client host rejected: Access denied
      Postfix: 554 5.7.1 <mx2.c.test>: Helo command rejected: Access denied
      Exim: 550 rejected because 192.0.2.1 is in a black list at zen.spamhaus.org
      Exchange: 550 5.7.1 Recipient not authorized, your IP has been found on a block list
      Exchange: 550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus
      Exchange Online: 550 5.7.606 Access denied, banned sending IP [192.0.2.1]. To request removal from this list please visit https://sender.office.com/
      Exchange Online: 550 5.7.511 Access denied, banned sender[192.0.2.1]
      Google: 550-5.7.1 [192.0.2.1] The IP you are using to send mail is not authorized to send email directly to our servers: due to the sending MTA
      Google: 421-4.7.0 [192.0.2.1 15] Our system has detected an unusual rate of ¶ 421 4.7.0 unsolicited mail originating from your IP address.
      Google: 550 5.7.25 [192.0.2.1] The IP address sending this message does not have a PTR record setup
      Barracuda: 554 Service unavailable; Client host [mx2.c.test] blocked using Barracuda Reputation; http://www.barracudanetworks.com/reputation/?r=1&ip=192.0.2.1
      Proofpoint: 554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1 your IP address 192.0.2.1 is blocked
      Proofpoint: 550 5.7.0 Local Policy Violation: sender IP reputation
      Mimecast: 550 Local Blacklist
      Mimecast: 554 Email rejected due to security policies - is on a block list
      sendmail: 550 5.7.1 Access denied: 192.0.2.1 listed at bl.d.test
      sendmail: 550 5.7.1 Rejected: 192.0.2.1 listed by sbl.d.test
      Zimbra: 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.spamcop.net
      MDaemon: 550 5.7.1 192.0.2.1 blacklisted at zen.spamhaus.org
      hMailServer: 550 The IP address is blacklisted by zen.spamhaus.org
      OpenSMTPD: 550 your IP 192.0.2.1 has been blocked
      qmail: 553 sorry, your IP address (192.0.2.1) is blacklisted (#5.7.1)
      Courier: 511 IP 192.0.2.1 is blocked
      Cisco ESA: 554 Your access to this mail system has been rejected due to the sending MTA's poor reputation.
      Yahoo: 553 5.7.1 [TSS09] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed.`),
  },
  {
    name: 'checks-us-as-sender',
    about: 'us',
    permanent: 'deferred',
    because:
      'The primary compares our address with the SPF or DMARC record of the sender, whose server we are not; it must trust us as its backup MX',
    words: phrases(`
      spf | sender policy framework | dmarc | is not allowed to send mail for | not authorized to send mail from |
      is not authorized to send | unauthenticated email | message is not authenticated | unauthenticated sender |
      sender id | email is unauthenticated | authentication checks`),
    codes: ['5.7.23', '5.7.24', '5.7.26', '5.7.509', '5.7.515'],
    seen: replies(`
      Postfix: 550 5.7.23 <a@b.test>: Recipient address rejected: Message rejected due to: SPF fail - not authorized. Please see http://www.open-spf.org/Why
      Exchange Online: 550 5.7.23 The message was rejected because of Sender Policy Framework violation
      Exchange Online: 550 5.7.509 Access denied, sending domain e.test does not pass DMARC verification and has a DMARC policy of reject
      Google: 550-5.7.26 Unauthenticated email from e.test is not accepted due to domain's DMARC policy.
      Google: 550-5.7.26 This mail has been blocked because the sender is unauthenticated. 550 5.7.26 DKIM = did not pass; SPF [e.test] with ip: [192.0.2.1] = did not pass
      Exim: 550 SPF check failed: 192.0.2.1 is not allowed to send mail from e.test
      Exim: 550 Rejected by DMARC policy for e.test
      Mimecast: 550 DMARC Sender Invalid - envelope rejected
      Mimecast: 550 SPF Sender Invalid - envelope rejected
      Proofpoint: 550 5.7.1 SPF FAIL: 192.0.2.1 is not authorized to send for e.test
      Barracuda: 550 permanent failure for one or more recipients (a@b.test:blocked by SPF)
      OpenSMTPD: 550 5.7.1 DMARC policy rejects the message
      MDaemon: 550 5.7.0 Sender rejected: SPF verification failed
      hMailServer: 550 Blocked by SPF (http://www.openspf.org/why.html)`),
  },
  {
    name: 'wants-tls',
    about: 'setup',
    permanent: 'deferred',
    because:
      'The primary takes mail over TLS only, or with another certificate; the TLS policy of the primary is to be changed',
    words: phrases(`
      must issue a starttls | starttls first | starttls is required | starttls required | tls required |
      tls is required | encryption required | requires tls | requires encryption | must use tls |
      secure connection required | client certificate | tls handshake`),
    codes: ['5.7.10', '5.7.11'],
    seen: replies(`
      Postfix: 530 5.7.0 Must issue a STARTTLS command first
      Postfix: 554 5.7.1 <mx2.c.test>: TLS required
      Exchange: 530 5.7.0 Must issue a STARTTLS command first
      Exchange Online: 550 5.7.51 TenantInboundAttribution; There is a partner connector configured that matched the sending domain, but the message did not arrive with a client certificate; encryption required
      Google: 530-5.7.0 Must issue a STARTTLS command first
      Exim: 550 Encryption required
      Mimecast: 553 Encryption required: a secure connection required for this recipient
      OpenSMTPD: 530 5.5.1 Invalid command: Must issue a STARTTLS command first
      hMailServer: 530 A SSL/TLS-connection is required. STARTTLS required
      Courier: 554 TLS required for this recipient`),
  },
  {
    name: 'wants-authentication',
    about: 'setup',
    permanent: 'deferred',
    because:
      'The primary wants us to sign in: mail was sent to its submission port, or a connector does not know us',
    words: phrases(`
      authentication required | authentication is required | must be authenticated | not authenticated |
      client was not authenticated | smtp auth | must authenticate | please authenticate | login required |
      must check for new mail | auth required | anonymous users | requires authentication`),
    codes: ['5.7.57', '5.7.8', '5.7.3'],
    seen: replies(`
      Postfix: 530 5.7.0 Authentication required
      Exchange: 530 5.7.1 Client was not authenticated
      Exchange: 530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM
      Exchange Online: 550 5.7.57 Client not authenticated to send mail
      hMailServer: 530 SMTP authentication is required.
      MDaemon: 530 Authentication required
      Zimbra: 530 5.7.1 Authentication required for this port
      OpenSMTPD: 530 5.7.0 Must authenticate before sending
      Exim: 550 authentication required
      qmail: 530 authentication required (#5.7.1)`),
  },
];
