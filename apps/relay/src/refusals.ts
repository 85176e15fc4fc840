/**
 * What the primary of one lane accepted and refused since it came back, and what follows for each refusal: believed or doubted, or a
 * wave. Pure bookkeeping over refusal-rules.ts: no clock, no database.
 */
import {
  believable,
  everyServerHas,
  knownRefusedInPeace,
  proofs,
  waveRules,
  type Evidence,
} from './refusal-rules';

export interface Answer {
  recipient: string;
  isAccepted: boolean;
  /** for refusals: it knew this recipient once */
  isKnown: boolean;
  /** for refusals: the reply table does not believe it, whatever we think ("relay access denied") */
  isDisbelieved: boolean;
  /** this very delivery was tried before */
  isAgain: boolean;
}

export interface Judgement {
  /** recipients whose refusal is not believed yet */
  doubted: Set<string>;
  /** the domains for which this makes it a wave: the one that was asked about, and others of the lane */
  waves: { domainId: string; rule: string; evidence: Evidence }[];
  /** the domain has doubts from before that would be believed now: they are worth another offer */
  settlesDoubts: boolean;
}

interface DomainRecord {
  accepted: Set<string>;
  refused: Map<string, { isKnown: boolean }>;
  isProven: boolean;
  /** held, because nobody was accepted yet */
  hasDoubts: boolean;
  /** held until the proof, because they were known once */
  hasKnownDoubts: boolean;
  /** in peace: refused since somebody was accepted, known or disbelieved */
  sinceAccepted: Set<string>;
}

/** A primary with ten thousand domains must not make us keep a word about each for ever. */
const mostDomains = 20_000;

export class Refusals {
  private cameBackAt: number | undefined;
  private domains = new Map<string, DomainRecord>();
  private laneAccepted = 0;
  private laneRefused = 0;

  /** Whether the lane comes from an outage and nobody has been accepted yet: until then one message goes alone. */
  get isUnproven(): boolean {
    return this.cameBackAt !== undefined && this.laneAccepted === 0;
  }

  /** An outage is over, as it seems: everything is to be shown anew. @param at in milliseconds since 1970 */
  cameBack(at: number): void {
    this.cameBackAt = at;
    this.domains.clear();
    this.laneAccepted = 0;
    this.laneRefused = 0;
  }

  /** A person said that a domain's mail is to be offered once more. */
  startOver(domainId: string, at: number): void {
    this.cameBackAt ??= at;
    this.domains.delete(domainId);
    this.laneRefused = 0;
  }

  /** Takes the answers for one message to recipients of one domain. @param at in milliseconds since 1970 */
  judge(domainId: string, answers: Answer[], at: number): Judgement {
    const record = this.recordOf(domainId);
    const isGrace = this.cameBackAt !== undefined && !record.isProven;
    for (const answer of answers) this.count(record, answer);
    if (!isGrace) return this.judgeInPeace(domainId, record, answers, at);

    const evidence = this.evidenceOf(record, at);
    const refused = answers.filter(({ isAccepted }) => !isAccepted);
    const wave = refused.length > 0 ? waveRules.find((rule) => rule.holds(evidence)) : undefined;
    if (wave) {
      const others = wave.name.endsWith('on-the-lane')
        ? [...this.domains].filter(([id, other]) => id !== domainId && other.refused.size > 0)
        : [];
      return {
        doubted: new Set(refused.map(({ recipient }) => recipient)),
        waves: [
          { domainId, rule: wave.name, evidence },
          ...others.map(([id, other]) => ({
            domainId: id,
            rule: wave.name,
            evidence: this.evidenceOf(other, at),
          })),
        ],
        settlesDoubts: false,
      };
    }
    record.isProven = proofs.some((proof) => proof.holds(evidence));
    const mayBelieve = record.isProven || believable.holds(evidence);
    const doubted = refused.filter(({ isKnown }) => !record.isProven && (isKnown || !mayBelieve));
    const settlesDoubts = (mayBelieve && record.hasDoubts) || (record.isProven && record.hasKnownDoubts);
    if (mayBelieve) record.hasDoubts = false;
    if (record.isProven) record.hasKnownDoubts = false;
    if (doubted.some(({ isKnown }) => !isKnown)) record.hasDoubts = true;
    if (doubted.some(({ isKnown }) => isKnown)) record.hasKnownDoubts = true;
    return { doubted: new Set(doubted.map(({ recipient }) => recipient)), waves: [], settlesDoubts };
  }

  private judgeInPeace(domainId: string, record: DomainRecord, answers: Answer[], at: number): Judgement {
    const refused = answers.filter(({ isAccepted }) => !isAccepted);
    const isWave = refused.length > 0 && record.sinceAccepted.size >= knownRefusedInPeace;
    // One who was known is asked about once more a little later; by then the others have shown what this is.
    const doubted = refused.filter(({ isKnown, isAgain }) => isWave || (isKnown && !isAgain));
    return {
      doubted: new Set(doubted.map(({ recipient }) => recipient)),
      waves: isWave ? [{ domainId, rule: 'known-refused', evidence: this.evidenceOf(record, at) }] : [],
      settlesDoubts: false,
    };
  }

  private count(record: DomainRecord, { recipient, isAccepted, isKnown, isDisbelieved }: Answer): void {
    const name = recipient.toLowerCase();
    if (isAccepted) {
      if (everyServerHas.has(name.slice(0, name.lastIndexOf('@')))) return;
      record.sinceAccepted.clear();
      if (this.cameBackAt === undefined) return;
      if (record.refused.delete(name)) this.laneRefused = Math.max(0, this.laneRefused - 1);
      if (record.isProven || record.accepted.has(name)) return;
      record.accepted.add(name);
      this.laneAccepted++;
      return;
    }
    if (isKnown || isDisbelieved) record.sinceAccepted.add(name);
    if (this.cameBackAt === undefined || record.isProven || record.refused.has(name)) return;
    record.refused.set(name, { isKnown });
    this.laneRefused++;
  }

  private evidenceOf(record: DomainRecord, at: number): Evidence {
    const known = [...record.refused.values()].filter(({ isKnown }) => isKnown).length;
    return {
      accepted: record.accepted.size,
      refused: Math.max(record.refused.size, record.sinceAccepted.size),
      knownRefused: Math.max(known, this.cameBackAt === undefined ? record.sinceAccepted.size : 0),
      laneAccepted: this.laneAccepted,
      laneRefused: this.laneRefused,
      ageMs: this.cameBackAt === undefined ? Infinity : at - this.cameBackAt,
    };
  }

  private recordOf(domainId: string): DomainRecord {
    let record = this.domains.get(domainId);
    if (!record) {
      if (this.domains.size >= mostDomains) this.domains.delete(this.domains.keys().next().value as string);
      record = {
        accepted: new Set(),
        refused: new Map(),
        isProven: false,
        hasDoubts: false,
        hasKnownDoubts: false,
        sinceAccepted: new Set(),
      };
      this.domains.set(domainId, record);
    }
    return record;
  }
}
