import type { Delivery, LeverAction } from '../http/contract';
import type { IconName } from '../ui/icons';
import { messages } from '../ui/words-of-time';

/** What each lever is called, and which deliveries it can move. */
export const levers: readonly {
  action: LeverAction;
  word: string;
  icon: IconName;
  fits: (delivery: Delivery) => boolean;
}[] = [
  {
    action: 'retry',
    word: 'Try now',
    icon: 'retry',
    fits: ({ state, isParked }) => state === 'held' && !isParked,
  },
  {
    action: 'hold',
    word: 'Hold',
    icon: 'pause',
    fits: ({ state, isParked }) => state === 'held' && !isParked,
  },
  {
    action: 'release',
    word: 'Release',
    icon: 'release',
    fits: ({ state, isParked }) => state === 'quarantined' || (state === 'held' && isParked === true),
  },
  {
    action: 'discard',
    word: 'Discard',
    icon: 'trash',
    fits: ({ state }) => state === 'held' || state === 'quarantined',
  },
];

/** Says what a lever did. */
export function donePhrase(action: LeverAction, changed: number): string {
  if (changed === 0) return 'Nothing was left to change: it was settled meanwhile.';
  switch (action) {
    case 'retry':
      return `${messages(changed)} will be tried now.`;
    case 'hold':
      return `${messages(changed)} will stay here until you release ${changed === 1 ? 'it' : 'them'}.`;
    case 'release':
      return `${messages(changed)} will be delivered.`;
    case 'discard':
      return `${messages(changed)} discarded.`;
  }
}
