import { Refusals, type Answer } from './refusals';

const answer = (recipient: string, more: Partial<Answer> = {}): Answer => ({
  recipient: recipient.includes('@') ? recipient : `${recipient}@held.test`,
  isAccepted: false,
  isKnown: false,
  isDisbelieved: false,
  isAgain: false,
  ...more,
});
const taken = (recipient: string) => answer(recipient, { isAccepted: true });
const hour = 3_600_000;

function afterAnOutage(): Refusals {
  const refusals = new Refusals();
  refusals.cameBack(0);
  return refusals;
}

describe('in peace', () => {
  it('a refusal is believed', () => {
    const judgement = new Refusals().judge('d', [answer('nobody')], 0);
    expect(judgement).toEqual({ doubted: new Set(), waves: [], settlesDoubts: false });
  });

  it('somebody who was known is asked about once more', () => {
    const refusals = new Refusals();
    expect(refusals.judge('d', [answer('ann', { isKnown: true })], 0).doubted.size).toBe(1);
    expect(refusals.judge('d', [answer('ann', { isKnown: true, isAgain: true })], 0).doubted.size).toBe(0);
  });

  it('three who were known, and nobody accepted between them, are a wave', () => {
    const refusals = new Refusals();
    const refuse = (name: string) => refusals.judge('d', [answer(name, { isKnown: true })], 0).waves;
    expect([...refuse('ann'), ...refuse('ben')]).toEqual([]);
    refusals.judge('d', [taken('cat')], 0);
    expect([...refuse('dan'), ...refuse('eve')]).toEqual([]);
    expect(refuse('fay')).toMatchObject([{ domainId: 'd', rule: 'known-refused' }]);
  });

  it('any number of unknown ones is no wave', () => {
    const refusals = new Refusals();
    for (let n = 0; n < 500; n++) expect(refusals.judge('d', [answer(`junk${n}`)], 0).waves).toEqual([]);
  });

  it('three that we do not believe anyway ("relay access denied") are a wave', () => {
    const refusals = new Refusals();
    const waves = ['ann', 'ben', 'cat'].flatMap(
      (name) => refusals.judge('d', [answer(name, { isDisbelieved: true })], 0).waves,
    );
    expect(waves).toHaveLength(1);
  });
});

describe('after an outage', () => {
  it('a refusal is doubted until somebody was accepted, and then worth another offer', () => {
    const refusals = afterAnOutage();
    expect(refusals.isUnproven).toBe(true);
    expect(refusals.judge('d', [answer('nobody')], 1)).toMatchObject({
      doubted: new Set(['nobody@held.test']),
      settlesDoubts: false,
    });
    expect(refusals.judge('d', [taken('ann')], 2).settlesDoubts).toBe(true);
    expect(refusals.isUnproven).toBe(false);
    expect(refusals.judge('d', [answer('nobody')], 3).doubted.size).toBe(0);
  });

  it('postmaster proves nothing: every fresh server has one', () => {
    const refusals = afterAnOutage();
    refusals.judge('d', [taken('postmaster'), taken('abuse')], 1);
    expect(refusals.isUnproven).toBe(true);
    expect(refusals.judge('d', [answer('ann')], 2).doubted.size).toBe(1);
  });

  it('ten refused and nobody accepted are a wave; the same one ten times is not', () => {
    const refusals = afterAnOutage();
    for (let n = 0; n < 20; n++) expect(refusals.judge('d', [answer('same')], n).waves).toEqual([]);
    const waves = Array.from({ length: 9 }, (_, n) => refusals.judge('d', [answer(`r${n}`)], 30).waves);
    expect(waves.flat()).toMatchObject([{ rule: 'nobody-accepted', evidence: { refused: 10 } }]);
    expect(waves[8]).toHaveLength(1);
  });

  it('three who were known are a wave, though it knows others; not when they are few among many', () => {
    const wave = (accepted: number) => {
      const refusals = afterAnOutage();
      for (let n = 0; n < accepted; n++) refusals.judge('d', [taken(`a${n}`)], 1);
      return ['ann', 'ben', 'cat'].flatMap(
        (name) => refusals.judge('d', [answer(name, { isKnown: true })], 2).waves,
      );
    };
    expect(wave(5)).toMatchObject([{ rule: 'known-refused' }]);
    expect(wave(12)).toEqual([]);
  });

  it('nine in ten of twenty are a wave, whoever they are', () => {
    const refusals = afterAnOutage();
    refusals.judge('d', [taken('a1'), taken('a2')], 1);
    const waves = Array.from({ length: 18 }, (_, n) => refusals.judge('d', [answer(`r${n}`)], 2).waves);
    expect(waves.flat()).toMatchObject([
      { rule: 'nearly-all-refused', evidence: { refused: 18, accepted: 2 } },
    ]);
  });

  it('an empty server with many domains shows itself by one message of each', () => {
    const refusals = afterAnOutage();
    const judgements = Array.from({ length: 10 }, (_, n) => refusals.judge(`d${n}`, [answer(`r${n}`)], 1));
    expect(judgements.slice(0, 9).flatMap(({ waves }) => waves)).toEqual([]);
    expect(judgements[9]?.waves.map(({ domainId }) => domainId).sort()).toEqual(
      Array.from({ length: 10 }, (_, n) => `d${n}`),
    );
  });

  it('with twenty answers and no wave it is itself, also for those who were known', () => {
    const refusals = afterAnOutage();
    for (let n = 0; n < 18; n++) refusals.judge('d', [taken(`a${n}`)], 1);
    expect(refusals.judge('d', [answer('ann', { isKnown: true })], 2).doubted.size).toBe(1);
    expect(refusals.judge('d', [taken('a18')], 3).settlesDoubts).toBe(true);
    expect(refusals.judge('d', [answer('ann', { isKnown: true, isAgain: true })], 4).doubted.size).toBe(0);
  });

  it('the doubt ends: after an hour where somebody was accepted, after a day otherwise', () => {
    const accepted = afterAnOutage();
    accepted.judge('d', [taken('a'), answer('x'), answer('y')], 1);
    expect(accepted.judge('d', [answer('x')], hour).doubted.size).toBe(0);
    const nobody = afterAnOutage();
    nobody.judge('d', [answer('x')], 1);
    expect(nobody.judge('d', [answer('x')], 23 * hour).doubted.size).toBe(1);
    expect(nobody.judge('d', [answer('x')], 24 * hour).doubted.size).toBe(0);
  });

  it('the next outage begins everything anew', () => {
    const refusals = afterAnOutage();
    for (let n = 0; n < 20; n++) refusals.judge('d', [taken(`a${n}`)], 1);
    refusals.cameBack(10);
    expect(refusals.judge('d', [answer('x')], 11).doubted.size).toBe(1);
  });
});
