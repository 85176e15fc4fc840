/**
 * Every permanent no that port 25 says, as a closed list with the reason why it may be permanent. Whatever else begins with 5 is an
 * accident: an honest message would be lost by it.
 */
export const permanentReplies: [reply: RegExp, why: string][] = [
  // About commands: nobody's message is at stake, the client says it wrongly every time.
  [/^500 (5\.5\.2 )?Error: command not recognized$/, 'RFC 5321 section 4.2.4: no such command'],
  [/^501 Error: syntax: EHLO hostname$/i, 'EHLO without a name, or with two'],
  [/^501 Error: Syntax: HELO hostname$/i, 'HELO without a name, or with two'],
  [/^501 Error: Bad hostname syntax$/, 'control characters, or 255 octets and more, in the name'],
  [/^501 5\.5\.4 Error: Syntax: VRFY address$/, 'VRFY without an address'],
  [/^501 5\.5\.4 Error: syntax: STARTTLS$/, 'RFC 3207 section 4: it takes no parameter'],
  [/^501 5\.5\.4 Error: duplicate \S+ parameter$/, 'RFC 3461 section 4 and others: once'],
  [/^501 5\.5\.4 Error: \S+ parameter requires a value$/, 'RFC 5321 section 4.1.2'],
  [
    /^501 5\.5\.4 (Error: |Invalid )/,
    'a value that its RFC does not know, of SIZE, BODY, RET, ENVID, NOTIFY or ORCPT',
  ],
  [/^501 5\.5\.4 (Syntax: ETRN domain|One domain by its name, please)$/, 'RFC 1985 section 5.3: one domain'],
  [/^501 5\.5\.4 Bad value of \S+$/, 'the same, read strictly'],
  [/^501 5\.1\.7 /, 'a sender that no address can be read from, and no report could reach'],
  [/^501 5\.1\.3 /, 'a recipient that no address can be read from'],
  [/^502 5\.5\.1 /, 'RFC 5321 section 4.2.4: not offered'],
  [/^503 5\.5\.1 /, 'RFC 5321 section 4.1.4: out of order'],
  [/^530 5\.7\.0 /, 'REQUIRETLS outside of TLS (RFC 8689 section 4.2.1)'],
  [/^550 5\.7\.0 Error: Not allowed$/, 'XCLIENT from a peer that the provider has not listed'],
  [/^555 5\.5\.4 /, 'RFC 5321 section 4.1.1.11: a parameter that is not offered'],
  // About addresses: somebody decided it, the tenant or an RFC.
  [/^550 5\.7\.1 We are no mail exchanger for /, 'not ours: we relay for nobody'],
  [/^550 5\.7\.1 We take no mail with a route in its address/, 'docs/decisions/0016'],
  [/^550 5\.1\.1 There is no such mailbox in /, 'the tenant lists its mailboxes, and this is none'],
  [
    /^550 5\.1\.3 Not an address that mail can be delivered to$/,
    'an address literal, over-long parts, no domain name',
  ],
  [/^553 5\.6\.7 Such an address needs SMTPUTF8$/, 'RFC 6531 section 3.5'],
  // About messages: the same octets will be refused tomorrow.
  [/^552 5\.3\.4 /, 'RFC 1870: larger than we, or the tenant, take'],
  [/^554 5\.6\.0 Lines must end in CR LF/, 'CR, LF or NUL on the loose: smuggling'],
  [/^554 5\.4\.6 The message goes in circles$/, 'a hundred servers, or ourselves five times'],
  [
    /^550 5\.7\.1 The message (looks like spam|carries malware)/,
    'what rspamd or ClamAV found, and the tenant wants refused',
  ],
];

export function isWrittenDown(reply: string): boolean {
  return permanentReplies.some(([known]) => known.test(reply));
}
