import { catalogue, type CheckId, type Group } from './catalogue';

/** `unknown`: it could not be checked. That is never an alarm. */
export type Severity = 'blocking' | 'warning' | 'unknown' | 'note' | 'ok';
export type Verdict = 'ok' | 'warning' | 'blocking';

export interface Finding {
  check: CheckId;
  group: Group;
  severity: Severity;
  /** one sentence */
  found: string;
  /** why it matters, one sentence */
  why: string;
  /** what to do; empty where nothing is to be done */
  advice: string;
  /** records to copy into the zone, as a zone file has them, and lines of a policy */
  publish: string[];
}

export interface Report {
  domain: string;
  verdict: Verdict;
  /** one sentence to begin with */
  summary: string;
  /** false: something could not be checked */
  isComplete: boolean;
  /** ISO 8601 */
  checkedAt: string;
  /** worst first */
  findings: Finding[];
}

const worstFirst: Severity[] = ['blocking', 'warning', 'unknown', 'note', 'ok'];

/** One finding; what stays the same for each check comes from the catalogue. */
export function find(
  check: CheckId,
  severity: Severity,
  found: string,
  advice = '',
  publish: string[] = [],
): Finding {
  const { group, why } = catalogue[check];
  return { check, group, severity, found, why, advice, publish };
}

export function report(domain: string, findings: Finding[], ours: string, at: Date): Report {
  const order = Object.keys(catalogue);
  const sorted = findings.toSorted(
    (a, b) =>
      worstFirst.indexOf(a.severity) - worstFirst.indexOf(b.severity) ||
      order.indexOf(a.check) - order.indexOf(b.check),
  );
  const count = (severity: Severity): number =>
    sorted.filter((finding) => finding.severity === severity).length;
  const verdict = count('blocking') > 0 ? 'blocking' : count('warning') > 0 ? 'warning' : 'ok';
  return {
    domain,
    verdict,
    summary: summarise(ours, count),
    isComplete: count('unknown') === 0,
    checkedAt: at.toISOString(),
    findings: sorted,
  };
}

function summarise(ours: string, count: (severity: Severity) => number): string {
  const [blocking, warnings, unknowns] = [count('blocking'), count('warning'), count('unknown')];
  const things = (n: number): string => (n === 1 ? 'one thing' : `${n} things`);
  const open = unknowns > 0 ? ` ${capital(things(unknowns))} could not be checked.` : '';
  if (blocking > 0)
    return `Failover to ${ours} will not work as it is: ${things(blocking)} must be changed.${open}`;
  if (warnings > 0)
    return `Failover to ${ours} should work, and ${things(warnings)} ought to be mended.${open}`;
  if (count('ok') === 0) return `This could not be checked just now; try again in a few minutes.`;
  return `Failover to ${ours} should work; nothing was found that stands in its way.${open}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
