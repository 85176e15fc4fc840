import { openPort25, type Port25 } from './testing/port-25';
import { play } from './testing/transcript';

let port25: Port25;

afterEach(() => port25?.remove());

const names = ['postmaster', 'PostMaster', 'postmaster@mx.holdfast.test', 'ABUSE@MX.HOLDFAST.TEST'];
const rcpts = (reply: string): string =>
  `S: 220 ...\nC: EHLO c.test\nS: 250 ...\nC: MAIL FROM:<>\nS: 250 ...\n` +
  names.map((name) => `C: RCPT TO:<${name}>\nS: ${reply}\n`).join('');

it('postmaster and abuse of our own host go to the one who reads them', async () => {
  port25 = await openPort25({ HOLDFAST_POSTMASTER: 'ops@open.test' });
  await play(
    port25.port,
    `${rcpts('250 2.1.5 ...')}C: RCPT TO:<bob@mx.holdfast.test>\nS: 550 5.7.1 ...
     C: DATA\nS: 354 ...\nC: Subject: x\nC:\nC: .\nS: 250 2.0.0 ...`,
  );
  const { id } = await port25.newest();
  expect((await port25.spool.envelope(id))?.recipients.map(({ address }) => address)).toEqual([
    'ops@open.test',
  ]);
});

it.each([[''], ['ops@stranger.test'], ['nobody']])(
  'are put off when there is no such one: %p',
  async (postmaster) => {
    port25 = await openPort25({ HOLDFAST_POSTMASTER: postmaster });
    await play(port25.port, rcpts('450 4.2.1 Nobody reads this mailbox here ...'));
  },
);
