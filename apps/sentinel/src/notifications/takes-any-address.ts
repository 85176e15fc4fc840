import type { Letter } from './letter';
import { oneLine } from './words';

export interface TakesAnyAddress {
  domain: string;
  /** `host:port` of the servers, most preferred first */
  primaries: string[];
  tenant: string;
}

/** Call-ahead cannot work with a primary that says yes to everything. Nothing is lost; but spam for nobody is held too. */
export function takesAnyAddress({ domain, primaries, tenant }: TakesAnyAddress): Letter {
  const servers = primaries.length > 1 ? 'your servers' : 'your server';
  return {
    subject: `${domain}: asking ${servers} which addresses exist does not work`,
    state: 'notice',
    headline: `For ${domain} we take mail to any address, because ${servers} would take it too.`,
    paragraphs: [
      `You chose that we ask ${servers} which recipients exist (call-ahead). We asked about one that cannot exist, and it was not refused. So its answers teach us nothing, and we go by none of them.`,
      'No mail is lost by this. But while your server is away we also hold what was written to addresses that nobody has, spam above all, and hand it over afterwards.',
    ],
    facts: [
      { label: 'Domain', value: domain, isVerbatim: true },
      {
        label: primaries.length > 1 ? 'Your servers' : 'Your server',
        value: primaries.map((primary) => oneLine(primary)).join(', '),
        isVerbatim: true,
      },
    ],
    next: {
      title: 'What you can do',
      paragraphs: [
        'Let your server refuse unknown recipients at RCPT; we ask again every day and notice by ourselves. Or give us the list of your addresses, under Domains in the console.',
      ],
    },
    reason: `You get this because you are a contact of ${oneLine(tenant)} for the mail of ${domain}.`,
  };
}
