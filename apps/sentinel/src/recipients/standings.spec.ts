import { Story } from '../testing/story';
import { TestPrimary } from '../testing/primary';

let story: Story;
let primary: TestPrimary;
beforeAll(async () => void (story = await Story.begin()));
afterAll(() => story?.end());
beforeEach(async () => void (primary = await TestPrimary.start()));
afterEach(async () => {
  await story.stopSentinels();
  await primary.close();
});

it('knows whether a primary is up, for a domain that wants senders to use it', async () => {
  const tenant = await story.tenant(['postmaster@contact.test']);
  const domain = await story.domain(tenant, primary.port);
  const other = await story.domain(tenant, primary.port);
  await story.db.query(`update domains set when_primary_up = 'defer' where id = $1`, [domain]);
  story.startSentinel();
  const isUp = async () =>
    (await story.db.query('select domain_id, is_up from primary_standings')).rows as {
      domain_id: string;
      is_up: boolean;
    }[];
  await story.until('it is seen', async () => (await isUp()).length > 0);
  expect(await isUp()).toEqual([{ domain_id: domain, is_up: true }]);
  expect(other).not.toBe(domain);
  await primary.becomes('refuses');
  await story.pass(20_000);
  await story.until('it is seen to be gone', async () => (await isUp())[0]?.is_up === false);
});

it('looks at once when a domain has just chosen that', async () => {
  story.startSentinel();
  const tenant = await story.tenant(['postmaster@contact.test']);
  const domain = await story.domain(tenant, primary.port);
  await story.pass(1_000);
  const chosenAt = story.clock.now();
  await story.db.query(`update domains set when_primary_up = 'defer' where id = $1`, [domain]);
  await story.until(
    'it is seen',
    async () => {
      const { rows } = await story.db.query('select 1 from primary_standings where domain_id = $1', [domain]);
      return rows.length > 0;
    },
    1,
  );
  expect(story.clock.now() - chosenAt).toBeLessThan(15_000);
});
