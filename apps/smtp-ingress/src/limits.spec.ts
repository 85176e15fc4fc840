import { networkOf, Networks } from './client-network';
import { Conversation } from './testing/conversation';
import { openPort25, type Port25 } from './testing/port-25';
import { play } from './testing/transcript';

let port25: Port25;

const greeted = async (): Promise<Conversation> => {
  const conversation = await Conversation.open(port25.port);
  expect(await conversation.reply()).toMatch(/^220 /);
  return conversation;
};

describe('the limits of one connection', () => {
  beforeAll(async () => {
    port25 = await openPort25({ HOLDFAST_IDLE_SECONDS: '1', HOLDFAST_FREE_GUESSES: '1' });
  });
  afterAll(() => port25?.remove());

  it('a hundred commands that bring no message nearer', async () => {
    const noops = 'C: NOOP\n'.repeat(101) + 'S: 250 2.0.0 OK\n'.repeat(100);
    await play(
      port25.port,
      `S: 220 ...\n${noops}S: 421 4.7.0 Too many commands without a message\nS: closed`,
    );
  });

  it('five hundred refusals', async () => {
    const strangers = 'C: RCPT TO:<x@stranger.test>\n'.repeat(501) + 'S: 550 5.7.1 ...\n'.repeat(500);
    await play(
      port25.port,
      `S: 220 ...\nC: EHLO c.test\nS: 250 ...\nC: MAIL FROM:<>\nS: 250 ...\n${strangers}S: 421 4.7.0 Too many refusals; ...\nS: closed`,
    );
  });

  it('a command must be whole within the time, however its octets drip in', async () => {
    const conversation = await greeted();
    const dripping = setInterval(() => conversation.send('x'), 50);
    expect(await conversation.reply()).toMatch(/^421 4\.4\.2 /);
    clearInterval(dripping);
    conversation.close();
  });

  it('an idle connection is ended', async () => {
    await play(port25.port, `S: 220 ...\nS: 421 4.4.2 ...\nS: closed`);
  });

  it.each([
    'GET / HTTP/1.1',
    'POST /mail HTTP/1.0',
    'CONNECT mx.test:25 HTTP/1.1',
    'PRI * HTTP/2.0',
    'get http://x/ HTTP/1.1',
  ])('HTTP is cut: %s', async (line) => {
    await play(
      port25.port,
      `S: 220 ...\nC: ${line}\nC: MAIL FROM:<>\nS: 421 4.7.0 This is a mail server; ...\nS: closed`,
    );
  });

  it('who guesses mailboxes is slowed, cut, and not let in again for a while', async () => {
    const began = performance.now();
    const conversation = await greeted();
    conversation.send('EHLO c.test\r\nMAIL FROM:<>\r\nRCPT TO:<bob@listed.test>\r\n');
    for (let n = 0; n < 3; n++) expect(await conversation.reply()).toMatch(/^250/);
    conversation.send('RCPT TO:<guess@listed.test>\r\n'.repeat(12));
    const replies: string[] = [];
    do replies.push(await conversation.reply());
    while (/^550 5\.1\.1 /.test(replies.at(-1) ?? ''));
    expect(replies.at(-1)).toMatch(/^421 4\.7\.0 Too many unknown recipients from your network; /);
    // One costs nothing, three wait, the fifth is the last; one or two are forgotten meanwhile.
    expect(replies.length).toBeGreaterThan(4);
    expect(performance.now() - began).toBeGreaterThan(2_900);
    await play(port25.port, 'S: 421 4.7.0 Too many unknown recipients from your network; ...\nS: closed');
  }, 30_000);
});

describe('connections', () => {
  afterEach(() => port25?.remove());

  it('of one network are limited, and one that works is not sent away for another', async () => {
    port25 = await openPort25({ HOLDFAST_MAX_SESSIONS_PER_NETWORK: '2' });
    const first = [await greeted(), await greeted()];
    await play(port25.port, 'S: 421 4.7.0 Too many connections from your network; ...\nS: closed');
    first[0]?.close();
    while (port25.listener.sessions > 1) await new Promise((resolve) => setImmediate(resolve));
    (await greeted()).close();
    first[1]?.close();
  });

  it('of another network get in when one has taken all there are, and lies idle', async () => {
    port25 = await openPort25({ HOLDFAST_MAX_SESSIONS: '20', HOLDFAST_IPV4_NETWORK_BITS: '32' });
    const idle = await Promise.all(Array.from({ length: 20 }, greeted));
    // Five seconds of silence: a client that pauses between two messages is back sooner.
    let heard: string;
    do {
      const stranger = await Conversation.open(port25.port, '127.0.0.2');
      heard = await stranger.reply();
      stranger.close();
    } while (heard.startsWith('421 4.3.2 Too many connections at the moment'));
    expect(heard).toMatch(/^220 /);
    expect(await idle[0]?.reply()).toMatch(/^421 4\.4\.2 Idle for too long while others wait/);
    for (const conversation of idle) conversation.close();
  });
});

describe('a network', () => {
  const widths = { ipv4: 24, ipv6: 64 };
  const key = (address: string): string => networkOf(address, widths);

  it('is what one person usually has', () => {
    expect(key('192.0.2.1')).toBe(key('::ffff:192.0.2.254'));
    expect(key('192.0.2.1')).not.toBe(key('192.0.3.1'));
    expect(key('2001:db8:1:2::1')).toBe(key('2001:db8:1:2:ffff::9'));
    expect(key('2001:db8:1:2::1')).not.toBe(key('2001:db8:1:3::1'));
    expect(key('fe80::1%eth0')).toBe(key('fe80::2'));
    expect(networkOf('10.1.2.3', { ipv4: 8, ipv6: 64 })).toBe(networkOf('10.9.9.9', { ipv4: 8, ipv6: 64 }));
  });

  it('can be listed', () => {
    const networks = new Networks(['192.0.2.0/24', '2001:db8::/32', '198.51.100.7']);
    for (const address of ['192.0.2.77', '::ffff:192.0.2.1', '2001:db8:9::1', '198.51.100.7'])
      expect(networks.has(address)).toBe(true);
    for (const address of ['192.0.3.1', '2001:db9::1', '198.51.100.8', '', undefined])
      expect(networks.has(address)).toBe(false);
    for (const wrong of ['192.0.2.0/33', 'all', '::/129', '1.2.3.4/x'])
      expect(() => new Networks([wrong])).toThrow(/must be/);
  });
});
