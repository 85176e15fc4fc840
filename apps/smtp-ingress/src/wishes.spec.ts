import { jest } from '@jest/globals';
import {
  gtubeMessage,
  infectedMessage,
  plainMessage,
  startClamav,
  startRspamd,
  type RunningHelper,
  type RunningRspamd,
} from '@holdfast/rspamd-client/testing';
import { startFakeDns, type FakeDns } from '@holdfast/fake-dns';
import { openPort25, ourName, type Port25 } from './testing/port-25';
import { play } from './testing/transcript';

jest.setTimeout(60_000);

let dns: FakeDns;
let clamav: RunningHelper;
let rspamd: RunningRspamd;
let port25: Port25;

beforeAll(async () => {
  dns = await startFakeDns({ zones: { 'bad.test': {}, 'sender.test': {} } });
  clamav = await startClamav();
  rspamd = await startRspamd({ dns: dns.server, clamavPort: clamav.port });
  port25 = await openPort25({ HOLDFAST_SCANNING: 'on', RSPAMD_URL: rspamd.url });
});

afterAll(async () => {
  await port25?.remove();
  await rspamd?.stop();
  await clamav?.stop();
  await dns?.close();
});

/** What a tenant wishes, from now on; resolves when port 25 knows. */
async function wish(
  tenant: string,
  wishes: Record<string, unknown>,
  rules: [string, string][] = [],
): Promise<void> {
  const { owner, directory } = port25;
  const { id } = (await owner.query('select id from tenants where name = $1', [tenant])).rows[0];
  const columns = Object.keys(wishes);
  const before = directory.filterOf(id);
  await owner.query('begin');
  await owner.query('delete from filter_rules where tenant_id = $1', [id]);
  await owner.query('delete from tenant_filters where tenant_id = $1', [id]);
  await owner.query(
    `insert into tenant_filters (tenant_id${columns.map((c) => `, ${c}`).join('')}) values ($1${columns.map((_, n) => `, $${n + 2}`).join('')})`,
    [id, ...Object.values(wishes)],
  );
  for (const rule of rules)
    await owner.query('insert into filter_rules (tenant_id, verdict, pattern) values ($1, $2, $3)', [
      id,
      ...rule,
    ]);
  await owner.query('commit');
  const until = Date.now() + 5_000;
  while (directory.filterOf(id) === before && Date.now() < until)
    await new Promise((resolve) => setImmediate(resolve));
}

const spoken = (message: Buffer): string =>
  message
    .toString('latin1')
    .trimEnd()
    .split('\r\n')
    .map((line) => `C: ${line}`)
    .join('\n');

const hand = (
  message: Buffer,
  reply: string,
  sender = 'ada@sender.test',
  ...recipients: string[]
): Promise<void> =>
  play(
    port25.port,
    `S: 220 ...
     C: EHLO client.test
     S: 250 ...
     C: MAIL FROM:<${sender}>
     S: 250 2.1.0 ...
     ${(recipients.length > 0 ? recipients : ['bob@open.test']).map((to) => `C: RCPT TO:<${to}>\nS: 250 2.1.5 ...`).join('\n')}
     C: DATA
     S: 354 ...
${spoken(message)}
     C: .
     S: ${reply}`,
  );

const newest = async () => port25.spool.envelope((await port25.newest()).id);
/** Any text has some score, so this tenant finds everything to be spam. */
const lowScore = { reject_score: 1 };

describe('spam', () => {
  it('is put off where its tenant wants that', async () => {
    await wish('one', { spam: 'defer' });
    await hand(gtubeMessage, '451 4.7.1 ...');
  });

  it('is put aside where its tenant wants that, and registered so with its reason', async () => {
    await wish('one', { spam: 'quarantine' });
    await hand(gtubeMessage, '250 2.0.0 ...');
    expect(await newest()).toMatchObject({
      scan: 'spam',
      quarantine: 'Spam (score 15.0)',
      symbols: { GTUBE: expect.anything() },
    });
    while (port25.registrar.backlog > 0) await new Promise((resolve) => setImmediate(resolve));
    const { rows } = await port25.owner.query(
      'select d.state, d.last_reply, m.scan from deliveries d join messages m on m.id = d.message_id',
    );
    expect(rows).toEqual([{ state: 'quarantined', last_reply: 'Spam (score 15.0)', scan: 'spam' }]);
  });

  it('is delivered with a mark where its tenant wants that', async () => {
    await wish('one', { spam: 'tag' });
    await hand(gtubeMessage, '250 2.0.0 ...');
    expect((await newest())?.quarantine).toBeUndefined();
    expect((await port25.newest()).body).toMatch(
      /\r\nX-Spam-Flag: YES\r\nX-Holdfast-Scan: spam; action="reject"/,
    );
  });

  it('is what its tenant’s score says', async () => {
    await wish('one', lowScore);
    await hand(plainMessage, '550 5.7.1 ...');
    await wish('one', { tag_score: 1 });
    await hand(plainMessage, '250 2.0.0 ...');
    expect((await port25.newest()).body).toMatch(/\r\nX-Spam-Flag: YES\r\nX-Holdfast-Scan: clean; /);
  });

  it('for two tenants of whom one takes it: 250, and it is put aside for the other', async () => {
    await wish('one', lowScore);
    await wish('two', { spam: 'tag' });
    const before = port25.spool.list(undefined, 1_000).length;
    await hand(plainMessage, '250 2.0.0 ...', undefined, 'bob@open.test', 'eve@other.test');
    const ids = port25.spool.list(undefined, 1_000).slice(before);
    const envelopes = await Promise.all(ids.map((id) => port25.spool.envelope(id)));
    expect(
      envelopes.map((envelope) => [
        envelope?.recipients[0]?.address,
        envelope?.scan,
        envelope?.quarantine !== undefined,
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['bob@open.test', 'spam', true],
        ['eve@other.test', 'clean', false],
      ]),
    );
  });

  it('that nobody takes is put off when one tenant says so', async () => {
    await wish('one', lowScore);
    await wish('two', { ...lowScore, spam: 'defer' });
    await hand(plainMessage, '451 4.7.1 ...', undefined, 'bob@open.test', 'eve@other.test');
  });
});

describe('malware', () => {
  it('is put aside where its tenant wants that, and never taken as clean', async () => {
    await wish('one', { malware: 'quarantine' });
    await hand(infectedMessage, '250 2.0.0 ...');
    expect(await newest()).toMatchObject({ scan: 'infected', quarantine: 'Malware' });
  });

  it('is put off where its tenant wants that', async () => {
    await wish('one', { malware: 'defer' });
    await hand(infectedMessage, '451 4.7.1 ...malware...');
  });
});

describe('who sends', () => {
  it('a blocked sender or network is refused, put off or put aside', async () => {
    await wish('one', {}, [['block', 'bad.test']]);
    await hand(plainMessage, '550 5.7.1 ...', 'eve@deep.bad.test');
    await hand(plainMessage, '250 2.0.0 ...');
    await wish('one', { blocked: 'defer' }, [['block', '127.0.0.0/8']]);
    await hand(plainMessage, '451 4.7.1 ...');
    await wish('one', { blocked: 'quarantine' }, [['block', '127.0.0.1']]);
    await hand(plainMessage, '250 2.0.0 ...');
    expect(await newest()).toMatchObject({ scan: 'clean', quarantine: 'The sender is on your block list' });
  });

  it('an allowed one may send spam, and no malware', async () => {
    await wish('one', {}, [
      ['allow', 'ada@sender.test'],
      ['block', 'sender.test'],
    ]);
    await hand(gtubeMessage, '250 2.0.0 ...');
    expect((await newest())?.quarantine).toBeUndefined();
    await hand(infectedMessage, '550 5.7.1 ...malware...');
  });

  it('one who claims to be in the held domain itself must show it where its tenant wants that', async () => {
    await wish('one', { own_domain: 'refuse' });
    await hand(plainMessage, '550 5.7.1 ...', 'alice@open.test');
    dns.set('open.test', { TXT: ['v=spf1 ip4:127.0.0.0/8 -all'] });
    await hand(plainMessage, '250 2.0.0 ...', 'bob@other.test');
    await wish('one', {});
    await hand(plainMessage, '250 2.0.0 ...', 'alice@open.test');
  });
});

it('results that somebody wrote in our name are not believed', async () => {
  await wish('one', {});
  const forged = `Authentication-Results: ${ourName};\r\n\tdkim=pass header.d=bank.test\r\n${plainMessage.toString()}`;
  await hand(Buffer.from(forged), '250 2.0.0 ...');
  const { body } = await port25.newest();
  expect(body).toContain(`\r\nX-Foreign-Auth-Results: ${ourName};\r\n\tdkim=pass header.d=bank.test\r\n`);
  expect(body.match(/^Authentication-Results: /gm)).toHaveLength(1);
  expect(body).toMatch(
    /^Authentication-Results: mx\.holdfast\.test;\r\n\tspf=none smtp\.mailfrom=ada@sender\.test/m,
  );
  expect(body.endsWith(plainMessage.toString())).toBe(true);
});
