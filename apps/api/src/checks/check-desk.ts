import { Inject, Injectable } from '@nestjs/common';
import { asciiDomain, isPrivateAddress } from '@holdfast/mail';
import { checkDomain, type CheckSettings, type Report } from '@holdfast/mx-check';
import { CONFIG, type Config } from '../config';
import { Problem } from '../http/problem';

/** What a domain that is set up here lets a check know beyond DNS. */
export interface KnownHere {
  primaries: { host: string; port: number; byMx: boolean }[];
  maxMessageBytes: number | null;
}

/** A check opens a few dozen sockets and waits for strangers. */
const mostAtOnce = 12;
/** Strangers among them: there is always room for those who have an account. */
const mostStrangersAtOnce = 6;
/** However many ask about a domain, its servers are visited for strangers once in this time. */
const keptMs = 60_000;
const mostKept = 500;

/** Makes checks, within what this process and other people's servers can bear. */
@Injectable()
export class CheckDesk {
  private readonly settings: CheckSettings;
  private readonly kept = new Map<string, { at: number; report: Promise<Report> }>();
  private running = 0;
  private strangers = 0;

  constructor(@Inject(CONFIG) config: Config) {
    this.settings = settingsOf(config);
  }

  /** For somebody with an account: always a new one. @throws Problem 429 */
  async check(domain: string, here?: KnownHere): Promise<Report> {
    if (this.running >= mostAtOnce) throw busy();
    this.running += 1;
    try {
      return await checkDomain(
        domain,
        here ? { ...this.settings, ...known(here, this.settings) } : this.settings,
      );
    } finally {
      this.running -= 1;
    }
  }

  /** For a stranger: the last one, where it is fresh. @throws Problem 429 */
  checkForStranger(domain: string): Promise<Report> {
    const kept = this.kept.get(domain);
    if (kept && Date.now() - kept.at < keptMs) return kept.report;
    if (this.strangers >= mostStrangersAtOnce) throw busy();
    this.strangers += 1;
    const report = this.check(domain).finally(() => (this.strangers -= 1));
    this.keep(domain, report);
    return report;
  }

  private keep(domain: string, report: Promise<Report>): void {
    this.kept.delete(domain);
    this.kept.set(domain, { at: Date.now(), report });
    report.catch(() => this.kept.delete(domain));
    const [oldest] = this.kept.keys();
    if (this.kept.size > mostKept && oldest !== undefined) this.kept.delete(oldest);
  }
}

const busy = (): Problem =>
  new Problem(
    429,
    'too-many',
    'Too many requests',
    'Many domains are being checked right now; try again in a few seconds.',
  );

function settingsOf(config: Config): CheckSettings {
  const { hostname, mxNames, dnsServers, maxMessageBytes, originZone } = config;
  const allowPrivate = config.mayUsePrivatePrimaries;
  const [resolver] = dnsServers;
  // On one machine, port 25 and port 53 are elsewhere: as in the demo, whose resolver is its only name server.
  const [address = '', port] = resolver?.split(':') ?? [];
  const isDemo = allowPrivate && isPrivateAddress(address);
  return {
    ours: [...new Set([hostname, ...mxNames].map((name) => asciiDomain(name) ?? name))],
    hello: hostname,
    dnsServers,
    allowPrivate,
    maxMessageBytes,
    originZone: originZone === 'off' ? '' : originZone,
    ...(allowPrivate && { ourPort: config.smtpPort }),
    ...(isDemo && port && { authorityPort: Number(port) }),
  };
}

function known({ primaries, maxMessageBytes }: KnownHere, settings: CheckSettings): Partial<CheckSettings> {
  const byMx = primaries.find((primary) => primary.byMx);
  return {
    primaries: primaries.filter((primary) => !primary.byMx),
    ...(byMx && { mxPort: byMx.port }),
    maxMessageBytes: maxMessageBytes ?? settings.maxMessageBytes,
  };
}
