import { setMaxListeners } from 'node:events';
import { gather } from './gather';
import { report, type Report } from './report';
import { judge } from './rules';
import { withDefaults, type CheckSettings } from './settings';

/**
 * Answers one question: will mail for this domain come to us when its own server is away, and go there again afterwards?
 *
 * Asks DNS, the mail servers that it names, and the host of its MTA-STS policy. Nothing is sent to anybody; nothing is remembered.
 * What cannot be asked is a finding of its own and never an alarm.
 * @param domain ASCII, lower case, as `asciiDomain` makes it
 * @returns within ten seconds, whatever hangs
 */
export async function checkDomain(domain: string, settings: CheckSettings): Promise<Report> {
  const rules = withDefaults(settings);
  const end = new AbortController();
  setMaxListeners(0, end.signal); // every open question listens
  const timer = setTimeout(() => end.abort(), rules.deadlineMs);
  try {
    const facts = await gather(domain, rules, end.signal);
    return report(domain, judge(facts), facts.ours[0] ?? rules.hello, new Date());
  } finally {
    clearTimeout(timer);
    end.abort();
  }
}
