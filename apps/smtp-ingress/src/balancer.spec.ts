import { Conversation } from './testing/conversation';
import { openPort25, type Port25 } from './testing/port-25';
import { play } from './testing/transcript';

const balancer = '127.0.0.9';
const xclientPeer = '127.0.0.8';

let port25: Port25;

beforeAll(async () => {
  port25 = await openPort25({
    HOLDFAST_PROXY_FROM: `${balancer}/32, 2001:db8::/32`,
    HOLDFAST_XCLIENT_FROM: xclientPeer,
    HOLDFAST_MAX_SESSIONS_PER_NETWORK: '2',
  });
});

afterAll(() => port25?.remove());

const said = (event: string) => port25.said.filter((line) => line['event'] === event);

const oneMessage = `C: EHLO client.test
  S: 250 SIZE 1000000
  C: MAIL FROM:<a@b.test>
  S: 250 ...
  C: RCPT TO:<x@open.test>
  S: 250 ...
  C: DATA
  S: 354 ...
  C: Subject: x
  C:
  C: .
  S: 250 2.0.0 ...`;

describe('a listed balancer', () => {
  it.each([
    ['version 1', 'C: PROXY TCP4 203.0.113.5 127.0.0.1 40000 25', '203.0.113.5', '[203.0.113.5]'],
    [
      'version 2',
      'B: 0d0a0d0a000d0a515549540a 21 21 0024 20010db8000000000000000000000005 00000000000000000000000000000001 9c40 0019',
      '2001:db8::5',
      '[IPv6:2001:db8::5]',
    ],
  ])('speaks for its client: %s', async (_what, header, address, literal) => {
    await play(port25.port, `${header}\nS: 220 ...\n${oneMessage}`, { from: balancer });
    const { id, body } = await port25.newest();
    expect(body).toContain(`Received: from client.test (${literal})\r\n`);
    expect((await port25.spool.envelope(id))?.client.address).toBe(address);
    expect(said('received').at(-1)).toMatchObject({ client: address });
    expect(said('connected').at(-1)).toMatchObject({ client: address, through: balancer });
  });

  it.each([
    ['UNKNOWN', 'C: PROXY UNKNOWN'],
    ['LOCAL', 'B: 0d0a0d0a000d0a515549540a 20 00 0000'],
  ])('speaks for itself: %s', async (_what, header) => {
    await play(port25.port, `${header}\nS: 220 ...\nC: QUIT\nS: 221 ...\nS: closed`, { from: balancer });
    expect(said('connected').at(-1)).toMatchObject({ client: balancer });
    expect(said('connected').at(-1)).not.toHaveProperty('through');
  });

  it.each([
    ['no header', 'C: EHLO client.test'],
    ['a header that names nobody', 'C: PROXY TCP4 nobody nowhere 1 2'],
    ['a header without end', `C: PROXY UNKNOWN ${'x'.repeat(5_000)}`],
  ])('who sends %s hears a temporary no', async (_what, line) => {
    await play(
      port25.port,
      `${line}\nS: 421 4.3.2 Our load balancer does not say for whom it speaks; ...\nS: closed`,
      { from: balancer },
    );
    expect(said('proxy-header-bad').at(-1)).toMatchObject({ client: balancer });
  });

  it('has seconds for its header, however its octets drip in', async () => {
    const conversation = await Conversation.open(port25.port, balancer);
    const began = performance.now();
    const dripping = setInterval(() => conversation.send('1'), 300);
    conversation.send('PROXY TCP4 ');
    expect(await conversation.reply()).toMatch(/^421 4\.3\.2 /);
    clearInterval(dripping);
    expect(performance.now() - began).toBeLessThan(9_000);
    expect(said('proxy-header-bad').at(-1)).toMatchObject({ error: 'no PROXY header in time' });
    conversation.close();
  }, 15_000);

  it('does not share a limit among its clients, and each of them has his own', async () => {
    const through = async (client: string): Promise<string> => {
      const conversation = await Conversation.open(port25.port, balancer);
      open.push(conversation);
      conversation.send(`PROXY TCP4 ${client} 127.0.0.1 1 25\r\n`);
      return conversation.reply();
    };
    const open: Conversation[] = [];
    for (const client of ['203.0.113.1', '203.0.113.2', '198.51.100.1', '198.51.100.2'])
      expect(await through(client)).toMatch(/^220 /);
    expect(await through('203.0.113.3')).toMatch(/^421 4\.7\.0 Too many connections from your network/);
    for (const conversation of open) conversation.close();
  });

  it('does not cover one who talks before the greeting', async () => {
    await play(
      port25.port,
      `C: PROXY TCP4 203.0.113.77 127.0.0.1 1 25
       C: EHLO client.test
       S: 421 4.7.0 You talk too soon; ...
       S: closed`,
      { from: balancer },
    );
  });
});

it('from anybody else the header is a command that talks too soon, or that nobody knows', async () => {
  await play(
    port25.port,
    `S: 220 ...
     C: PROXY TCP4 203.0.113.5 127.0.0.1 40000 25
     S: 500 5.5.2 ...`,
  );
  await play(
    port25.port,
    `C: PROXY TCP4 203.0.113.5 127.0.0.1 40000 25
     S: 421 4.7.0 You talk too soon; ...
     S: closed`,
    { from: '127.0.1.1' },
  );
});

describe('XCLIENT', () => {
  it('is offered to listed peers, and changes who is on the line', async () => {
    await play(
      port25.port,
      `S: 220 ...
       C: EHLO filter.test
       S: 250-mx.holdfast.test
       S: 250-PIPELINING
       S: 250-8BITMIME
       S: 250-SMTPUTF8
       S: 250-ENHANCEDSTATUSCODES
       S: 250-DSN
       S: 250-ETRN
       S: 250-STARTTLS
       S: 250-SIZE 1000000
       S: 250 XCLIENT NAME ADDR PORT PROTO HELO
       C: XCLIENT ADDR=nobody
       S: 501 5.5.4 ...
       C: XCLIENT NAME=client.test ADDR=203.0.113.99 PORT=4000
       S: 220 mx.holdfast.test ESMTP
       C: MAIL FROM:<a@b.test>
       S: 503 5.5.1 ...
       ${oneMessage}
       C: XCLIENT ADDR=203.0.113.100
       S: 550 5.7.0 ...`,
      { from: xclientPeer },
    );
    expect((await port25.newest()).body).toContain(
      'Received: from client.test (client.test [203.0.113.99])\r\n',
    );
    expect(said('connected').at(-1)).toMatchObject({ client: '203.0.113.99', through: xclientPeer });
  });

  it('counts the one whom it names', async () => {
    const busy = await Promise.all([1, 2].map(() => Conversation.open(port25.port, xclientPeer)));
    for (const conversation of busy) {
      await conversation.reply();
      conversation.send('XCLIENT ADDR=198.51.100.50\r\n');
      expect(await conversation.reply()).toMatch(/^220 /);
    }
    await play(
      port25.port,
      `S: 220 ...
       C: XCLIENT ADDR=198.51.100.51
       S: 421 4.7.0 Too many connections from your network; ...
       S: closed`,
      { from: xclientPeer },
    );
    for (const conversation of busy) conversation.close();
  });

  it('is neither offered nor done for anybody else', async () => {
    await play(
      port25.port,
      `S: 220 ...
       C: EHLO client.test
       S: 250 SIZE 1000000
       C: XCLIENT ADDR=203.0.113.99
       S: 550 5.7.0 ...`,
    );
  });
});
