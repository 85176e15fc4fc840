/** The addresses of the demo: what each takes and answers. */
import type { DemoConfig } from './config';
import { BadRequest, type Reply, type Routes } from './control';
import type { Journal } from './journal';
import type { DemoMailbox } from './mailbox';
import { pageRoutes } from './page-files';
import type { DemoPrimaries } from './primaries';
import { sentence } from './sentence';
import { handOver, type Letter } from './stranger';
import { demoTenants, stranger } from './tenants';
import type { ProviderWatch } from './watch';

/** One message that was taken from the stranger. */
export interface Sent {
  at: string;
  to: string;
  reply: string;
}

interface Parts {
  config: DemoConfig;
  sent: Journal<Sent>;
  changed: () => void;
  primaries: DemoPrimaries;
  mailbox: DemoMailbox;
  watch: ProviderWatch;
}

const receivedShown = 50;
const mostLettersAtOnce = 500;
// A mail's HTML may do nothing at all but be looked at, wherever it came from.
const mailCsp =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/** GET and POST of the control server, with the page. */
export function demoRoutes({ config, primaries, mailbox, watch, sent, changed }: Parts): Routes {
  const primaryState = () => ({ up: primaries.isUp, received: primaries.received });
  const state = () => ({
    sentence: sentence({
      isPrimaryUp: primaries.isUp,
      received: primaries.received,
      domains: watch.domains ?? null,
    }),
    primary: primaryState(),
    sent: sent.total,
    /** null while the provider's API does not answer. */
    domains: watch.domains ?? null,
    mailbox: { total: mailbox.total },
    tenants: demoTenants.map(({ name, domain, owner }) => ({
      name,
      domain,
      owner,
      signInUrl: `${config.providerUrl}/api/v1/demo/sign-in?user=${encodeURIComponent(owner)}`,
    })),
    stranger: stranger.address,
    smtp: { host: config.smtpHost, port: config.smtpPort },
  });

  return {
    state,
    get: {
      ...pageRoutes(),
      '/control/state': () => ({ json: state() }),
      '/control/primary': () => ({ json: primaryState() }),
      '/control/mailbox': () => ({ json: mailbox.list() }),
      '/control/mailbox/': (rest) => mailHtml(mailbox, rest),
      '/control/received': async () => ({ json: await primaries.list(receivedShown) }),
    },
    post: {
      '/control/primary': async ({ up }) => {
        if (typeof up !== 'boolean') throw new BadRequest('up must be true or false');
        await primaries.switch(up);
        watch.hint();
        return { json: primaryState() };
      },
      '/control/send': async (body) => {
        const letters = readLetters(body);
        const handovers = await handOver(
          { host: config.smtpHost, port: config.smtpPort },
          stranger.helo,
          letters,
        );
        const taken = handovers.filter((handover) => handover.isTaken);
        const at = new Date().toISOString();
        for (const { reply, to } of taken) sent.append({ at, to, reply });
        changed();
        watch.hint();
        const { isTaken = false, reply = '', conversation = [] } = handovers[0] ?? {};
        return { json: { isTaken, reply, conversation, taken: taken.length } };
      },
    },
  };
}

/** `/control/mailbox/<id>/html` */
function mailHtml(mailbox: DemoMailbox, rest: string): Reply {
  const item = /^\d+\/html$/.test(rest) ? mailbox.find(rest.slice(0, rest.indexOf('/'))) : undefined;
  if (!item) return { status: 404, json: { title: 'No such mail' } };
  return { type: 'text/html; charset=utf-8', bytes: item.html, csp: mailCsp };
}

/** @throws BadRequest when a value could break out of its place in the SMTP conversation, or is too much of a good thing */
function readLetters(body: Record<string, unknown>): Letter[] {
  const [tenant] = demoTenants;
  const letter: Letter = {
    from: line(body, 'from', stranger.address),
    to: line(body, 'to', `desk@${tenant?.domain ?? ''}`),
    subject: line(body, 'subject', 'Are you there?'),
    text:
      typeof body['text'] === 'string'
        ? body['text']
        : 'Hello,\n\nplease tell me when this has arrived.\n\nAnn\n',
  };
  for (const field of ['from', 'to'] as const) {
    if (/[<>\s]/.test(letter[field])) throw new BadRequest(`${field} must be a mail address`);
  }
  if (letter.to === '') throw new BadRequest('to must be a mail address');
  const { count = 1 } = body;
  if (!Number.isInteger(count) || Number(count) < 1 || Number(count) > mostLettersAtOnce) {
    throw new BadRequest(`count must be a whole number from 1 to ${mostLettersAtOnce}`);
  }
  const numbered = (n: number): Letter => ({
    ...letter,
    subject: `${letter.subject} (${n + 1} of ${Number(count)})`,
  });
  return count === 1 ? [letter] : Array.from({ length: Number(count) }, (_, n) => numbered(n));
}

function line(body: Record<string, unknown>, field: string, fallback: string): string {
  const value = body[field] ?? fallback;
  if (typeof value !== 'string' || value.length > 500) throw new BadRequest(`${field} must be a short text`);
  if (/[\r\n\0]/.test(value)) throw new BadRequest(`${field} must be one line`);
  return value.trim();
}
