/** What the primary said to recipients and senders of ours. No message was sent. */
import { judgeReply } from '@holdfast/mail';
import type { Facts } from '../facts';
import { find, type Finding } from '../report';
import type { Visit } from '../servers/visit';

type Reply = Visit['replies'][string];

export function primaryAnswers(facts: Facts, host: string, { replies }: Visit): Finding[] {
  return [
    sender(facts, host, replies),
    ...spf(host, replies.spf),
    acceptsAll(host, replies),
    openRelay(host, replies.foreign),
    mailbox('primary-postmaster', 'postmaster', facts.domain, replies.postmaster),
    mailbox('primary-abuse', 'abuse', facts.domain, replies.abuse),
  ];
}

const isYes = (reply: Reply | undefined): boolean => reply?.isKnown === true && reply.value.code < 300;

function sender({ domain }: Facts, host: string, replies: Visit['replies']): Finding {
  const asked = [replies.postmaster, replies.abuse, replies.nobody];
  if (asked.some(isYes)) return find('primary-sender', 'ok', `${host} takes our test sender`);
  const answer = asked.find((reply) => reply?.isKnown);
  if (!answer?.isKnown)
    return find('primary-sender', 'unknown', `${host} did not say whether it takes our test sender`);
  const { code, text } = answer.value;
  const { rule } = judgeReply(text);
  const exempt = 'Exempt our addresses from grey listing and from limits, as those of your own backup.';
  if (rule === 'greylisted')
    return find('primary-sender', 'warning', `${host} puts us on its grey list: ${text}`, exempt);
  if (rule === 'relay-denied')
    return find(
      'primary-sender',
      'warning',
      `${host} does not take mail for ${domain}: ${text}`,
      'Set the domain up there, or correct the primary.',
    );
  // Nobody of those that we asked for exists there; that says nothing against us.
  if (rule === 'unknown-user') return find('primary-sender', 'ok', `${host} takes our test sender`);
  if (code < 500)
    return find('primary-sender', 'warning', `${host} puts our test sender off: ${text}`, exempt);
  return find(
    'primary-sender',
    'warning',
    `${host} refuses our test sender: ${text}`,
    'Exempt our addresses from its filters: mail that we pass on comes from them.',
  );
}

function spf(host: string, reply: Reply | undefined): Finding[] {
  if (!reply) return []; // the provider publishes no domain to test with
  if (!reply.isKnown) return [find('primary-spf', 'unknown', `${host} did not say: ${reply.because}`)];
  const { code, text } = reply.value;
  if (code < 300 || judgeReply(text).rule === 'unknown-user')
    return [find('primary-spf', 'ok', `${host} does not apply SPF to what we pass on`)];
  if (code < 500)
    return [
      find(
        'primary-spf',
        'unknown',
        `${host} puts off mail from a domain whose SPF does not name us: ${text}`,
      ),
    ];
  return [
    find(
      'primary-spf',
      'warning',
      `${host} refuses mail that we pass on for a domain whose SPF does not name us: ${text}`,
      'Exempt our addresses from SPF and DMARC: we have checked both when the mail came.',
    ),
  ];
}

function acceptsAll(host: string, { nobody }: Visit['replies']): Finding {
  if (!nobody?.isKnown)
    return find('primary-accepts-all', 'unknown', `${host} did not say whether it knows its recipients`);
  const { code, text } = nobody.value;
  if (code < 300)
    return find(
      'primary-accepts-all',
      'note',
      `${host} takes mail for any address, also one that cannot exist`,
      'Call-ahead is useless with it: give us a list of recipients, or we take spam to addresses that you do not have.',
    );
  if (code >= 500 && judgeReply(text).rule === 'unknown-user')
    return find('primary-accepts-all', 'ok', `${host} refuses recipients that it does not know`);
  return find('primary-accepts-all', 'unknown', `${host} said to a recipient that cannot exist: ${text}`);
}

function openRelay(host: string, reply: Reply | undefined): Finding {
  if (!reply?.isKnown)
    return find(
      'primary-open-relay',
      'unknown',
      `${host} could not be asked whether it takes mail for foreign domains`,
    );
  const { code, text } = reply.value;
  if (code < 300)
    return find(
      'primary-open-relay',
      'blocking',
      `${host} takes mail from us for a foreign domain: ${text}`,
      'It is an open relay, or it trusts our address with everything. Let it take mail for your own domains alone; exempt us from filters, not from this.',
    );
  if (code < 500)
    return find('primary-open-relay', 'unknown', `${host} puts mail for a foreign domain off: ${text}`);
  return find('primary-open-relay', 'ok', `${host} refuses mail for foreign domains`);
}

function mailbox(
  check: 'primary-postmaster' | 'primary-abuse',
  local: string,
  domain: string,
  reply: Reply | undefined,
): Finding {
  const address = `${local}@${domain}`;
  if (!reply?.isKnown) return find(check, 'unknown', `Nobody said whether there is ${address}`);
  const { code, text } = reply.value;
  if (code < 300) return find(check, 'ok', `${address} is taken`);
  if (code < 500) return find(check, 'unknown', `${address} is put off: ${text}`);
  if (judgeReply(text).rule !== 'unknown-user')
    return find(check, 'unknown', `${address} could not be tried: ${text}`);
  return find(check, 'note', `${address} is refused: ${text}`, `Have somebody read ${address}.`);
}
