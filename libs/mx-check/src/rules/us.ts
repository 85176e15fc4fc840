/** Ourselves, as somebody outside sees us. */
import { judgeReply } from '@holdfast/mail';
import { ourHostOf, type Facts } from '../facts';
import { find, type Finding } from '../report';

export function us(facts: Facts): Finding[] {
  const own = ourHostOf(facts);
  if (!own) return [];
  const { visit, host } = own;
  // Many networks do not let their own machines in by the door; so a silence here says nothing about the world outside.
  if (!visit.isKnown)
    return [find('ours-answers', 'unknown', `${host} could not be tried from here: ${visit.because}`)];
  const { greeting, replies } = visit.value;
  if (greeting.code !== 220)
    return [
      find(
        'ours-answers',
        'warning',
        `${host} greets with ${greeting.text}`,
        'This is ours to mend: tell your provider.',
      ),
    ];
  const found = [find('ours-answers', 'ok', `${host} answers as ${visit.value.name}`)];
  const said = replies.postmaster;
  if (!said?.isKnown) return found;
  const { code, text } = said.value;
  if (code < 300) return [...found, find('ours-takes-domain', 'ok', `${host} takes mail for the domain`)];
  if (judgeReply(text).rule === 'relay-denied')
    return [
      ...found,
      find(
        'ours-takes-domain',
        'warning',
        `${host} does not take mail for the domain yet: ${text}`,
        'Add the domain here, and verify that it is yours.',
      ),
    ];
  // A 4xx is what we say while the primary is up and senders are to use it, and while our queue has no room.
  return [
    ...found,
    find('ours-takes-domain', code < 500 ? 'ok' : 'note', `${host} knows the domain, and says now: ${text}`),
  ];
}
