import { endWave, openWave } from '@holdfast/queue';
import { Story } from '../testing/story';

let story: Story;

beforeEach(async () => {
  story = await Story.begin();
});
afterEach(() => story?.end());

const wave = (tenantId: string, domainId: string) => ({
  tenantId,
  domainId,
  rule: 'nobody-accepted',
  reply: '550 5.1.1 <img src=x> mailbox unavailable',
  saidBy: 'mail.d.test:25',
  refused: 10,
  knownRefused: 3,
  accepted: 0,
});

it('tells each contact once, in the words of the primary, and again when a second wave comes', async () => {
  const tenant = await story.tenant(['ann@contact.test']);
  const domain = await story.domain(tenant, 1, 'harbour.test');
  await story.holds(tenant, domain, 4);
  story.startSentinel();
  await openWave(story.db, wave(tenant, domain));
  await story.until('it is told', () =>
    story.sink.received.some(({ subject }) => subject?.includes('refuses')),
  );
  const [mail] = story.sink.received.filter(({ subject }) => subject?.includes('refuses'));
  expect(mail?.subject).toBe('Your mail is safe: harbour.test answers, but refuses its mail');
  expect(mail?.text).toContain('550 5.1.1 <img src=x> mailbox unavailable');
  expect(mail?.text).toContain('mail.d.test:25');
  expect(mail?.text?.replace(/\s+/g, ' ')).toContain('no to 10 recipients, of whom it knew 3 before');
  expect(mail?.html).not.toContain('<img');

  await endWave(story.db, { domainId: domain, decision: 'retry', by: 'ann' });
  await openWave(story.db, wave(tenant, domain));
  const told = () => story.sink.received.filter(({ subject }) => subject?.includes('refuses')).length;
  await story.until('the second is told', () => told() === 2);
  await story.pass(20_000);
  expect(told()).toBe(2);
});

it('does not write to an address whose own mail is what is held', async () => {
  const tenant = await story.tenant(['ann@harbour.test']);
  const domain = await story.domain(tenant, 1, 'harbour.test');
  await openWave(story.db, wave(tenant, domain));
  story.startSentinel();
  await story.until(
    'it is passed over',
    async () => (await story.notifications(tenant))[0]?.skipped_because !== undefined,
  );
  expect((await story.notifications(tenant))[0]).toMatchObject({
    kind: 'refused-by-primary',
    skipped_because: expect.stringContaining('would be held'),
  });
});
