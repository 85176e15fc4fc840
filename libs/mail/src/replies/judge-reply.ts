/**
 * Turns what a primary said about one recipient into what becomes of the delivery.
 *
 * Takes the server's own words. 2xx is delivered; a 5xx is refused when a row of the table (reply-rules.ts) knows it as a decision
 * about this recipient or this message. Everything else is deferred, also a 5xx that nobody wrote down and what is no reply at all:
 * the unknown is temporary, and believing a server that is not set up yet would destroy a queue on the day somebody restores it.
 */
import { parseReply } from '../reply';
import type { About, ReplyRule } from './reply-rule';
import { replyRules } from './reply-rules';

export type ReplyVerdict = 'delivered' | 'deferred' | 'refused';

export interface ReplyJudgement {
  verdict: ReplyVerdict;
  /** the row that decided; undefined: delivered, or nobody wrote this reply down */
  rule?: string;
  about?: About;
  because?: string;
  /** a 5xx that was not believed, and that only a person can mend: the tenant is told */
  isTrouble: boolean;
}

/** A server says what matters in its first lines; the rest is links and apologies. */
const mostCharacters = 2_000;

/** @param reply the whole reply, as the primary sent it */
export function judgeReply(reply: string): ReplyJudgement {
  const text = reply.slice(0, mostCharacters);
  const parsed = parseReply(text);
  const kind = parsed && Math.floor(parsed.code / 100);
  if (kind === 2) return { verdict: 'delivered', isTrouble: false };
  if (!parsed || (kind !== 4 && kind !== 5)) return { verdict: 'deferred', isTrouble: false };
  const rule = ruleFor(wordsOf(parsed.text), enhancedOf(parsed.enhanced, parsed.text));
  if (!rule) return { verdict: 'deferred', isTrouble: false };
  const verdict = kind === 5 ? rule.permanent : 'deferred';
  const { name, about, because } = rule;
  const isTrouble = (about === 'us' || about === 'setup') && kind === 5;
  return { verdict, rule: name, about, because, isTrouble };
}

/** @param reply the whole reply, as the primary sent it */
export function verdictOf(reply: string): ReplyVerdict {
  return judgeReply(reply).verdict;
}

/** Without addresses and links: a mailbox may be called spam@, and its name must decide nothing. */
function wordsOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/https?:\/\/\S{1,500}/g, ' ')
    .replace(/[^\s<>():;,]{1,64}@[a-z0-9.-]{1,253}/g, ' ');
}

function ruleFor(text: string, enhanced: string): ReplyRule | undefined {
  return (
    replyRules.find(({ words }) => words.some((phrase) => isIn(phrase, text))) ??
    replyRules.find(({ codes }) => codes?.includes(enhanced))
  );
}

/** Whether the parts of a phrase stand in the text, one behind the other. */
function isIn(phrase: string, text: string): boolean {
  let from = 0;
  for (const part of phrase.split(' ... ')) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return true;
}

/** qmail and its kin write the code behind their words: `(#5.1.1)`. A 4xx means the same as its 5xx. */
function enhancedOf(enhanced: string, text: string): string {
  const code = /\(#([45]\.\d{1,3}\.\d{1,3})\)/.exec(text)?.[1] ?? enhanced;
  return `5${code.slice(1)}`;
}
