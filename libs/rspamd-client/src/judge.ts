import { blockListOf } from './block-lists';
import type { Verdict } from './verdict';

export type Firmness = 'refuse' | 'defer' | 'quarantine';

/** What a tenant wants done with what is found. */
export interface FilterWishes {
  spam: Firmness | 'tag';
  malware: Firmness;
  /** who is on its own block list */
  blocked: Firmness;
  /** whose server is on a DNS block list of the provider's */
  blockList: Firmness | 'accept';
  /** who claims to be in the held domain itself, and cannot show it */
  ownDomain: Firmness | 'accept';
  /** scores from which mail is spam, or gets a mark; null: as rspamd is configured */
  rejectScore: number | null;
  tagScore: number | null;
}

/** What is known of a sender without the scanner. */
export interface SenderFacts {
  listed?: { list: 'allow' | 'block'; by: 'sender' | 'network' } | undefined;
  claimsOwnDomain: boolean;
}

export type Finding = 'malware' | 'blocked' | 'block-list' | 'own-domain' | 'spam' | 'grey-list';

export interface Judgement {
  does: 'take' | Firmness;
  finding?: Finding;
  /** spam enough to be marked, whatever is done with it */
  isTagged: boolean;
}

/**
 * What one tenant wants done with one message. Nothing but a find of the virus scanner comes before the tenant's own lists, and
 * malware passes by no list. An allowed address counts only as long as SPF does not contradict it: anybody can write it.
 *
 * @param verdict undefined when nobody scanned the message: then only the lists speak
 */
export function judge(verdict: Verdict | undefined, wishes: FilterWishes, sender: SenderFacts): Judgement {
  const { listed, claimsOwnDomain } = sender;
  if (verdict?.isInfected) return { does: wishes.malware, finding: 'malware', isTagged: true };
  if (listed?.list === 'allow' && !(listed.by === 'sender' && verdict && has(verdict, 'R_SPF_FAIL')))
    return { does: 'take', isTagged: false };
  if (listed?.list === 'block') return { does: wishes.blocked, finding: 'blocked', isTagged: true };
  if (!verdict) return { does: 'take', isTagged: false };
  if (wishes.blockList !== 'accept' && blockListOf(verdict) !== undefined)
    return { does: wishes.blockList, finding: 'block-list', isTagged: true };
  const isShown = has(verdict, 'R_SPF_ALLOW') || has(verdict, 'DMARC_POLICY_ALLOW');
  // A grey list or a limit ends rspamd's work early: nobody has looked at who the sender is, nor at the message.
  if (isPutOff(verdict)) return { does: 'defer', finding: 'grey-list', isTagged: false };
  if (claimsOwnDomain && !isShown && wishes.ownDomain !== 'accept')
    return { does: wishes.ownDomain, finding: 'own-domain', isTagged: true };
  if (isSpam(verdict, wishes.rejectScore))
    return { does: wishes.spam === 'tag' ? 'take' : wishes.spam, finding: 'spam', isTagged: true };
  if (verdict.action === 'greylist') return { does: 'defer', finding: 'grey-list', isTagged: false };
  return { does: 'take', isTagged: isMarked(verdict, wishes.tagScore) };
}

/** rspamd stopped before it had looked at everything, the virus scanner included: the message is as unscanned as before. */
export function isPutOff({ action }: Verdict): boolean {
  return action === 'soft reject';
}

// A test pattern or a rule of the operator's may refuse at any score; that is no matter of thresholds.
function isSpam(verdict: Verdict, rejectScore: number | null): boolean {
  const { action, score, requiredScore } = verdict;
  const isForced = action === 'reject' && (score < requiredScore || has(verdict, 'GTUBE'));
  return isForced || score >= (rejectScore ?? requiredScore);
}

function isMarked({ action, score }: Verdict, tagScore: number | null): boolean {
  return tagScore === null
    ? action === 'add header' || action === 'rewrite subject' || action === 'reject'
    : score >= tagScore;
}

function has({ symbols }: Verdict, wanted: string): boolean {
  return symbols.some(({ name }) => name === wanted);
}
