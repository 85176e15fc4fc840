/**
 * Every check: the group in which a person looks for it, and why it matters. Ids are stable: scripts and the history compare them.
 */
export type Group = 'records' | 'us' | 'primary' | 'separation' | 'policies' | 'name servers';

const catalogued = <Id extends string>(checks: Record<Id, { group: Group; why: string }>) => checks;

export const catalogue = catalogued({
  'mx-exists': {
    group: 'records',
    why: 'Without MX records senders try the address of the domain itself and nobody else.',
  },
  'mx-ours': { group: 'records', why: 'Senders come to us only if an MX record names us.' },
  'mx-spelling': { group: 'records', why: 'A name that is nearly ours leads nowhere, or to somebody else.' },
  'mx-order': {
    group: 'records',
    why: 'Senders try the smallest number first: it must be your own server, and only then us.',
  },
  'mx-spacing': {
    group: 'records',
    why: 'Room between the numbers lets you add a server later without renumbering.',
  },
  'mx-null': {
    group: 'records',
    why: 'The null MX says that the domain takes no mail at all, and must stand alone (RFC 7505).',
  },
  'mx-duplicates': { group: 'records', why: 'The same host twice is tried twice and brings nothing.' },
  'mx-alias': {
    group: 'records',
    why: 'An MX must not be an alias (RFC 2181 section 10.3): some senders give up on it.',
  },
  'mx-address': {
    group: 'records',
    why: 'An MX record holds a host name; an address there is a name that nobody can look up.',
  },
  'mx-resolves': { group: 'records', why: 'A host without an address cannot be reached by anybody.' },
  'mx-private': {
    group: 'records',
    why: 'An address of a private network cannot be reached from the Internet.',
  },
  'mx-stale': {
    group: 'records',
    why: 'Senders fall back to every host in the list; one that does not know the domain bounces mail.',
  },
  'ours-answers': { group: 'us', why: 'We must be there when your server is not.' },
  'ours-takes-domain': { group: 'us', why: 'Port 25 takes mail only for domains that are set up with us.' },
  'redundant-provider': { group: 'primary', why: 'A backup pays where the primary can fail as a whole.' },
  'primary-listed': {
    group: 'primary',
    why: 'We deliver to the servers that you named, whatever the MX records say.',
  },
  'primary-answers': { group: 'primary', why: 'What we hold is delivered to this server.' },
  'primary-starttls': { group: 'primary', why: 'Without encryption everybody on the way can read the mail.' },
  'primary-certificate': {
    group: 'primary',
    why: 'Senders that insist on a valid certificate go elsewhere, or nowhere.',
  },
  'primary-name': {
    group: 'primary',
    why: 'Many servers distrust a host whose name and address do not confirm each other.',
  },
  'primary-sender': {
    group: 'primary',
    why: 'After an outage all that we hold comes from our address at once.',
  },
  'primary-spf': {
    group: 'primary',
    why: 'We pass on mail of all domains; a server that applies SPF to us refuses it.',
  },
  'primary-size': {
    group: 'primary',
    why: 'What we take and your server does not would come back to its sender later.',
  },
  'primary-accepts-all': {
    group: 'primary',
    why: 'Call-ahead asks your server whom it knows; one that says yes to all teaches us nothing.',
  },
  'primary-open-relay': {
    group: 'primary',
    why: 'A server that takes mail for foreign domains is found by spammers and then blocked everywhere.',
  },
  'primary-postmaster': {
    group: 'primary',
    why: 'Every domain with mail must take mail for postmaster (RFC 5321 section 4.5.1).',
  },
  'primary-abuse': {
    group: 'primary',
    why: 'Complaints go to abuse@ (RFC 2142); who cannot complain blocks.',
  },
  'separate-address': { group: 'separation', why: 'Two names for one machine fail together.' },
  'separate-network': {
    group: 'separation',
    why: 'Machines in one network often share a router, a rack and a power line.',
  },
  'separate-as': {
    group: 'separation',
    why: 'When the operator of a network disappears from the Internet, so does all that is in it.',
  },
  'separate-name-servers': {
    group: 'separation',
    why: 'A host whose name cannot be looked up cannot be reached.',
  },
  'separate-provider': {
    group: 'separation',
    why: 'One company, one mistake: what stops the primary may stop its backup.',
  },
  'mta-sts': {
    group: 'policies',
    why: 'Senders that keep to the policy never deliver to an MX that it does not name.',
  },
  'mta-sts-certificate': {
    group: 'policies',
    why: 'Senders that keep to an enforced policy never deliver to a host with a wrong certificate.',
  },
  'dane-ours': {
    group: 'policies',
    why: 'Senders that use DANE deliver to us only with a certificate that fits the TLSA records.',
  },
  'dane-primary': {
    group: 'policies',
    why: 'Senders that use DANE deliver to your server only with a certificate that fits its TLSA records.',
  },
  dnssec: {
    group: 'policies',
    why: 'Without signatures answers can be forged; with wrong ones many senders find no answer at all.',
  },
  'tls-rpt': {
    group: 'policies',
    why: 'Reports tell you that senders fail to encrypt before people tell you that mail is missing.',
  },
  ttl: {
    group: 'name servers',
    why: 'A change of these records takes effect everywhere only when their time to live is over.',
  },
  'authorities-answer': {
    group: 'name servers',
    why: 'A name server that does not know the zone makes the domain vanish now and then.',
  },
  'authorities-agree': { group: 'name servers', why: 'Senders ask any of the name servers and believe it.' },
});

export type CheckId = keyof typeof catalogue;
