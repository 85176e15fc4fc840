import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { Story } from '../testing/story';
import { knows } from './ask-primary';

let story: Story;
let primary: FakePrimary;
let tenant: string;
beforeAll(async () => void (story = await Story.begin()));
afterAll(() => story?.end());
beforeEach(async () => {
  primary = await startFakePrimary();
  tenant = await story.tenant(['postmaster@contact.test']);
});
afterEach(async () => {
  await story.stopSentinels();
  await primary.close();
});

async function domainWith(questions: string[], more = 'primary_asked_at = null'): Promise<string> {
  const domain = await story.domain(tenant, primary.port);
  await story.db.query(`update domains set recipient_policy = 'call-ahead', ${more} where id = $1`, [domain]);
  await story.db.query(
    `insert into recipient_questions (tenant_id, domain_id, local_part) select $1, $2, unnest($3::text[])`,
    [tenant, domain, questions],
  );
  return domain;
}

/** The sentinel looks every two seconds; the clock is ours. */
async function passing(what: string, isSo: () => Promise<boolean>): Promise<void> {
  story.startSentinel();
  await story.until(what, async () => {
    if (await isSo()) return true;
    await story.pass(2_000);
    return false;
  });
}

it('learns whom a primary knows, and for how long', async () => {
  const domain = await domainWith(
    ['ada', 'refuse', 'tempfail'],
    'primary_accepts_all = false, primary_asked_at = now()',
  );
  const answers = async () =>
    (
      await story.db.query(
        `select local_part, is_known, round(extract(epoch from expires_at - asked_at) / 3600)::int as hours
         from recipient_answers where domain_id = $1 order by 1`,
        [domain],
      )
    ).rows;
  await passing('both are answered', async () => (await answers()).length === 2);
  expect(await answers()).toEqual([
    { local_part: 'ada', is_known: true, hours: 720 },
    { local_part: 'refuse', is_known: false, hours: 2 },
  ]);
  const left = await story.db.query(
    'select local_part, attempts from recipient_questions where domain_id = $1',
    [domain],
  );
  expect(left.rows).toEqual([{ local_part: 'tempfail', attempts: 1 }]);
  expect(primary.received).toHaveLength(0);
});

it('recognises a primary that takes any address, and learns nothing from it', async () => {
  const domain = await domainWith(['ada']);
  await passing('it is recognised', async () => {
    const { rows } = await story.db.query('select primary_accepts_all from domains where id = $1', [domain]);
    return rows[0].primary_accepts_all === true;
  });
  await story.until('the questions are gone', async () => {
    const { rows } = await story.db.query('select 1 from recipient_questions where domain_id = $1', [domain]);
    return rows.length === 0;
  });
  const { rows } = await story.db.query('select 1 from recipient_answers where domain_id = $1', [domain]);
  expect(rows).toEqual([]);
});

it('tells the tenant so once, and again only when it had been mended', async () => {
  const domain = await domainWith(['ada']);
  const told = async () =>
    (await story.notifications(tenant)).filter(({ kind }) => kind === 'takes-any-address').length;
  const askAgain = async (acceptsAll: boolean): Promise<void> => {
    await story.db.query(
      `update domains set primary_accepts_all = $2, primary_asked_at = now() - interval '2 days' where id = $1`,
      [domain, acceptsAll],
    );
    await story.db.query(
      `insert into recipient_questions (tenant_id, domain_id, local_part) values ($1, $2, 'eve')`,
      [tenant, domain],
    );
    await story.until('it was asked again', async () => {
      const { rows } = await story.db.query(
        `select 1 from domains where id = $1 and primary_asked_at > now() - interval '1 day'`,
        [domain],
      );
      if (rows.length === 0) await story.pass(2_000);
      return rows.length > 0;
    });
  };
  await passing('it is told', async () => (await told()) === 1);
  await askAgain(true);
  expect(await told()).toBe(1);
  await askAgain(false);
  expect(await told()).toBe(2);
  await story.until('it is sent', async () =>
    (await story.notifications(tenant)).every(({ sent_at }) => sent_at),
  );
  expect(story.sink.received.at(-1)).toMatchObject({
    subject: expect.stringContaining('asking your server which addresses exist does not work'),
  });
});

it.each([
  ['250 2.1.5 Ok', true],
  ['550 5.1.1 User unknown', false],
  ['550-5.1.1 The account that you tried\r\n550 5.1.1 to reach', false],
  ['550 No such user here', false],
  ['550 5.7.1 Your address is on a list', undefined],
  ['451 4.7.1 Greylisted', undefined],
  ['', undefined],
])('%s says: %s', (reply, isKnown) => expect(knows(reply)).toBe(isKnown));
