import { judgeReply } from '@holdfast/mail';
import type { Letter } from './letter';

/** What servers mean by such a reply, for a reader who has not seen a thousand of them; nothing for one that nobody wrote down. */
export function meaningOf(reply: string | null): Letter['facts'] {
  const { because } = judgeReply(reply ?? '');
  return because === undefined ? [] : [{ label: 'What that usually means', value: `${because}.` }];
}
