import type { RoundPlan } from './plan';
import type { Round } from './round';

/** A round in one line. */
export function sentenceOf({ seed, victim, killsAll, beginsDown, killAt }: RoundPlan, round: Round): string {
  const whom =
    victim === 'relay' || victim === 'ingress' ? `${killsAll ? 'every' : 'one'} ${victim}` : victim;
  const { acknowledged, delivered, held, ended, lost, corrupted, duplicates, settledAfterMs, findings } =
    round;
  return [
    `seed ${seed}: ${whom} killed at ${Math.round(killAt.share * 100)} %${beginsDown ? ' of a stock' : ''}`,
    `${acknowledged} promised = ${delivered} delivered + ${held} held + ${ended} refused + ${lost} lost`,
    `${duplicates} copies, ${corrupted} corrupted, quiet after ${(settledAfterMs / 1000).toFixed(1)} s`,
    findings.length === 0 ? 'ok' : `${findings.length} FOUND`,
  ].join('; ');
}
