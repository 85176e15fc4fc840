/**
 * What becomes of a message, for each tenant whose recipients were named, by what the scan found and what that tenant wishes.
 *
 *   malware, spam, who is on a block list, a forged own domain        550 5.7.1, 451 4.7.1 or quarantine, as the tenant chose
 *   the grey list, or a limit of rspamd's                             451 4.7.1
 *
 * DATA has one reply for all recipients. While one tenant takes the message, the reply is 250, and a tenant that would have said no
 * has it put aside: it is never delivered to that tenant, and nobody gets a bounce. When nobody takes it the mildest no is said.
 */
import { listingOf, type TenantFilter } from '@holdfast/directory';
import {
  blockListOf,
  isPutOff,
  judge,
  type Finding,
  type Judgement,
  type Verdict,
} from '@holdfast/rspamd-client';
import type { ScanVerdict } from '@holdfast/spool';
import { rejection, type SmtpRejection } from './rejection';
import type { ScanOutcome } from './scan';
import type { AcceptedRecipient, Transaction } from './transaction';

/** What a tenant's copy of a message says about the scan. */
export interface TenantOutcome extends ScanOutcome {
  isTagged: boolean;
  /** why it is put aside and not delivered */
  quarantine?: string;
}

const words: Record<Finding, string> = {
  malware: 'The message carries malware',
  blocked: 'The recipient does not take mail from you',
  'block-list': 'Your server is on the block list',
  'own-domain': 'You are not known as a server of the domain that sends this',
  spam: 'The message looks like spam and was refused',
  'grey-list': 'Please try again later',
};

/**
 * @param groups the recipients of each tenant
 * @returns one outcome for each group
 * @throws SmtpRejection when no tenant takes it
 */
export function decide(
  filterOf: (tenantId: string) => TenantFilter,
  transaction: Transaction,
  groups: readonly AcceptedRecipient[][],
  outcome: ScanOutcome,
): TenantOutcome[] {
  const judgements = groups.map((group) => judgeFor(filterOf, transaction, group, outcome.verdict));
  if (judgements.every(({ does }) => does === 'refuse' || does === 'defer'))
    throw refusal(judgements.find(({ does }) => does === 'defer') ?? judgements[0], outcome.verdict);
  return judgements.map((judgement) => outcomeFor(judgement, outcome));
}

function judgeFor(
  filterOf: (tenantId: string) => TenantFilter,
  { sender, client }: Transaction,
  group: readonly AcceptedRecipient[],
  verdict: Verdict | undefined,
): Judgement {
  const filter = filterOf(group[0]?.entry.tenantId ?? '');
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  return judge(verdict, filter, {
    listed: listingOf(filter, sender, client.address),
    claimsOwnDomain: group.some(({ entry }) => entry.name === domain),
  });
}

function refusal(judgement: Judgement | undefined, verdict: Verdict | undefined): SmtpRejection {
  const { does, finding = 'grey-list' } = judgement ?? {};
  const found = verdict ? `${verdict.action}, ${verdict.score} of ${verdict.requiredScore}` : 'not scanned';
  const names = verdict?.symbols.map(({ name }) => name).join(' ') ?? '';
  const reason = `${finding}; ${found}: ${names}`;
  return does === 'refuse'
    ? rejection(550, '5.7.1', textFor(finding, verdict), reason)
    : rejection(
        451,
        '4.7.1',
        finding === 'spam' ? 'Please try again later' : textFor(finding, verdict),
        reason,
      );
}

/** Who is on a list must hear on which: only there can they get off it. */
function textFor(finding: Finding, verdict: Verdict | undefined): string {
  return finding === 'block-list' ? `${words[finding]} ${blockListOf(verdict)}` : words[finding];
}

function outcomeFor({ does, finding, isTagged }: Judgement, { scan, verdict }: ScanOutcome): TenantOutcome {
  const common = { isTagged, ...(verdict ? { verdict } : {}) };
  // Put off by rspamd, and taken all the same: then nobody has looked inside, and the relay has it scanned.
  if (finding === 'grey-list' || (verdict && isPutOff(verdict) && does === 'take'))
    return { ...common, scan: 'unscanned' };
  const found: ScanVerdict = finding === 'malware' ? 'infected' : finding === 'spam' ? 'spam' : scan;
  return { ...common, scan: found, ...(does === 'take' ? {} : { quarantine: reasonOf(finding, verdict) }) };
}

function reasonOf(finding: Finding | undefined, verdict: Verdict | undefined): string {
  if (finding === 'malware') return 'Malware';
  if (finding === 'blocked') return 'The sender is on your block list';
  if (finding === 'block-list') return `The sender’s server is on the block list ${blockListOf(verdict)}`;
  if (finding === 'own-domain') return 'The sender claims to be in your domain and cannot show it';
  return verdict ? `Spam (score ${verdict.score.toFixed(1)})` : 'Spam';
}
