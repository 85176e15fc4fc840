import { dialRules, type DialRules } from './servers/dial';

/** What a check must know of the house that makes it. */
export interface CheckSettings {
  /** our MX host names, ASCII, lower case */
  ours: string[];
  /** our name in EHLO */
  hello: string;
  /** `host:port`, as HOLDFAST_DNS_SERVERS has them; none: the system's */
  dnsServers: string[];
  /** Connects to private and loopback addresses too: for the demo and for specs. Off, a stranger's zone cannot lead us inside. */
  allowPrivate: boolean;
  /** the biggest message that we take, in bytes: the primary must take as much */
  maxMessageBytes: number;
  /** where the tenant lets us deliver; a host that is also an MX is reached at this port */
  primaries?: { host: string; port: number }[];
  /**
   * A domain whose SPF record refuses everybody (`v=spf1 -all`). Where it is published, the primary is asked whether it would
   * take mail from it through us: it must, because we pass on mail of all domains. Empty: not asked.
   */
  spfTestDomain?: string;
  /** where other programs reach the world's MX hosts, ours, and name servers; only the demo and specs have others */
  mxPort?: number;
  ourPort?: number;
  authorityPort?: number;
  policyPort?: number;
  /** PEM, in place of the authorities that Node knows */
  ca?: string[];
  /** Tells the autonomous system of an address by TXT below `origin.` and `origin6.`; empty: not asked. */
  originZone?: string;
  /** for the whole check */
  deadlineMs?: number;
}

/** The same with nothing left open. */
export interface Rules extends Required<Omit<CheckSettings, 'ca'>> {
  ca: string[] | undefined;
  dial: DialRules;
}

export function withDefaults(settings: CheckSettings): Rules {
  return {
    ...settings,
    primaries: settings.primaries ?? [],
    spfTestDomain: settings.spfTestDomain ?? `spf-test.${settings.ours[0] ?? settings.hello}`,
    mxPort: settings.mxPort ?? 25,
    ourPort: settings.ourPort ?? 25,
    authorityPort: settings.authorityPort ?? 53,
    policyPort: settings.policyPort ?? 443,
    ca: settings.ca,
    originZone: settings.originZone ?? 'asn.cymru.com',
    // Ten seconds are promised; what is left is for putting the findings together.
    deadlineMs: settings.deadlineMs ?? 9_000,
    dial: dialRules(settings.allowPrivate),
  };
}
