import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { selfSigned, startFakePrimary, type FakePrimary, type FakePrimaryOptions } from './index';

/** A client on a bare socket: what is sent is in the test, what comes back is compared as it came. */
class Client {
  #text = '';
  #wake: () => void = () => undefined;
  #isClosed = false;

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1');
      this.#wake();
    });
    socket
      .on('error', () => undefined)
      .on('close', () => {
        this.#isClosed = true;
        this.#wake();
      });
  }

  /** The next whole reply, without its CRLF; undefined when the connection is gone. */
  async reply(): Promise<string | undefined> {
    for (;;) {
      const match = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/.exec(this.#text);
      if (match) {
        this.#text = this.#text.slice(match[0].length);
        return match[0].slice(0, -2);
      }
      if (this.#isClosed) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async say(line: string | Buffer): Promise<string | undefined> {
    this.socket.write(typeof line === 'string' ? `${line}\r\n` : line);
    return this.reply();
  }
}

describe('the fake primary', () => {
  const open: { close(): Promise<void> | void }[] = [];
  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing.close();
  });

  const start = async (options: FakePrimaryOptions = {}): Promise<FakePrimary> => {
    const primary = await startFakePrimary(options);
    open.push(primary);
    return primary;
  };
  const dial = (port: number): Client => {
    const client = new Client(connect(port, '127.0.0.1'));
    open.push({ close: () => void client.socket.destroy() });
    return client;
  };
  const greeted = async (primary: FakePrimary): Promise<Client> => {
    const client = dial(primary.port);
    expect(await client.reply()).toBe('220 primary.test ESMTP ready');
    expect(await client.say('EHLO stranger.test')).toMatch(/^250-primary\.test\r\n250-PIPELINING\r\n/);
    return client;
  };
  const upToRcpt = async (primary: FakePrimary, recipient: string): Promise<[Client, string | undefined]> => {
    const client = await greeted(primary);
    expect(await client.say('MAIL FROM:<ann@example.test>')).toBe('250 2.1.0 Ok');
    return [client, await client.say(`RCPT TO:<${recipient}>`)];
  };

  it('knows whom it is told to know', async () => {
    const primary = await start({ recipients: ['desk@tidewater.test'] });
    const [client, reply] = await upToRcpt(primary, 'Desk@tidewater.test');
    expect(reply).toBe('250 2.1.5 Ok');
    expect(await client.say('RCPT TO:<nobody@tidewater.test>')).toBe('550 5.1.1 User unknown');
  });

  it('takes a message and keeps every byte of it', async () => {
    const primary = await start({ domains: ['tidewater.test'] });
    const client = await greeted(primary);
    await client.say('MAIL FROM:<ann@example.test> SIZE=20 BODY=8BITMIME');
    await client.say('RCPT TO:<desk@tidewater.test>');
    expect(await client.say('RCPT TO:<x@elsewhere.test>')).toBe('550 5.7.1 Relay access denied');
    expect(await client.say('DATA')).toMatch(/^354 /);
    const asWritten = Buffer.from(
      'Subject: dots\r\n\r\n.one\r\n..two\r\nbare\nLF \xff\x00\r\n.\n\r\n',
      'latin1',
    );
    const onTheWire = Buffer.from(asWritten.toString('latin1').replace(/\r\n\./g, '\r\n..'), 'latin1');
    expect(await client.say(Buffer.concat([onTheWire, Buffer.from('.\r\n')]))).toBe(
      '250 2.0.0 Ok: queued as 00000001',
    );
    const [message] = primary.received;
    expect(message?.raw.equals(asWritten)).toBe(true);
    expect(message).toMatchObject({
      mailFrom: 'ann@example.test',
      rcptTo: ['desk@tidewater.test'],
      session: 1,
    });
    expect(message?.mailParameters).toBe('SIZE=20 BODY=8BITMIME');
    expect(await client.say('QUIT')).toBe('221 2.0.0 Bye');
    expect(await client.reply()).toBeUndefined();
  });

  it('finds the end of a body however the bytes are cut', async () => {
    const primary = await start();
    const [client] = await upToRcpt(primary, 'desk@tidewater.test');
    await client.say('DATA');
    for (const byte of Buffer.from('..\r\nx\r\n.y\r\n\r\n.\r\n')) client.socket.write(Buffer.from([byte]));
    expect(await client.reply()).toMatch(/^250 /);
    expect(primary.received[0]?.raw.toString()).toBe('.\r\nx\r\ny\r\n\r\n');

    client.socket.write('MAIL FROM:<>\r\nRCPT TO:<desk@tidewater.test>\r\nDATA\r\n');
    for (const expected of [/^250 2.1.0/, /^250 2.1.5/, /^354 /])
      expect(await client.reply()).toMatch(expected);
    client.socket.write('.\r\nQUIT\r\n'); // an empty body, and the next command in the same packet
    expect(await client.reply()).toMatch(/^250 /);
    expect(await client.reply()).toMatch(/^221 /);
    expect(primary.received[1]).toMatchObject({ bytes: 0, mailFrom: '' });
  });

  it.each([
    ['tempfail@tidewater.test', '451 4.3.0 Temporary local problem, try again later'],
    ['refuse@tidewater.test', '550 5.1.1 User unknown'],
    ['REFUSE+7@tidewater.test', '550 5.1.1 User unknown'],
    ['full@tidewater.test', '452 4.2.2 Mailbox full'],
  ])('answers RCPT TO:<%s> with %s', async (recipient, reply) => {
    const [client, answer] = await upToRcpt(await start(), recipient);
    expect(answer).toBe(reply);
    expect(await client.say('DATA')).toBe('554 5.5.1 Error: no valid recipients');
    expect(await client.say('RSET')).toBe('250 2.0.0 Ok');
  });

  it('greylists: no the first time, yes the second', async () => {
    const primary = await start();
    const [client, first] = await upToRcpt(primary, 'greylist@tidewater.test');
    expect(first).toBe('451 4.7.1 Greylisted, please try again');
    expect(await client.say('RCPT TO:<greylist@tidewater.test>')).toBe('250 2.1.5 Ok');
  });

  it('answers slow@ late, and what was sent behind it after that', async () => {
    const primary = await start({ slowMs: 60 });
    const client = await greeted(primary);
    const askedAt = performance.now();
    client.socket.write(
      'MAIL FROM:<a@b.test>\r\nRCPT TO:<slow@tidewater.test>\r\nRCPT TO:<refuse@tidewater.test>\r\n',
    );
    expect(await client.reply()).toBe('250 2.1.0 Ok');
    expect(performance.now() - askedAt).toBeLessThan(50);
    expect(await client.reply()).toBe('250 2.1.5 Ok');
    expect(performance.now() - askedAt).toBeGreaterThan(55);
    expect(await client.reply()).toMatch(/^550 /);
  });

  it('answers slow-data@ late, though it has the message', async () => {
    const primary = await start({ slowMs: 60 });
    const [client] = await upToRcpt(primary, 'slow-data@tidewater.test');
    await client.say('DATA');
    const sentAt = performance.now();
    expect(await client.say('x\r\n.')).toMatch(/^250 /);
    expect(performance.now() - sentAt).toBeGreaterThan(55);
    expect(primary.count).toBe(1);
  });

  it('hangs up in the middle of the body, and keeps nothing', async () => {
    const primary = await start();
    const [client] = await upToRcpt(primary, 'hangup-in-data@tidewater.test');
    await client.say('DATA');
    expect(await client.say('Subject: half')).toBeUndefined();
    expect(primary.count).toBe(0);
  });

  it('hangs up after the body without a word, and has the message', async () => {
    const primary = await start();
    const [client] = await upToRcpt(primary, 'hangup-after-data@tidewater.test');
    await client.say('DATA');
    expect(await client.say('Subject: whole\r\n.')).toBeUndefined();
    expect(primary.count).toBe(1);
  });

  it('answers after the final dot for tempfail-data@ and refuse-data@', async () => {
    const primary = await start();
    for (const [recipient, reply] of [
      ['tempfail-data@tidewater.test', '451 4.3.0 Error: queue file write error'],
      ['refuse-data@tidewater.test', '554 5.6.0 Message content rejected'],
    ] as const) {
      const [client] = await upToRcpt(primary, recipient);
      await client.say('DATA');
      expect(await client.say('x\r\n.')).toBe(reply);
    }
    expect(primary.count).toBe(0);
  });

  it('falls silent for mute@', async () => {
    const primary = await start();
    const client = await greeted(primary);
    client.socket.write('MAIL FROM:<a@b.test>\r\nRCPT TO:<mute@tidewater.test>\r\nRSET\r\n');
    expect(await client.reply()).toBe('250 2.1.0 Ok');
    const silence = client.reply();
    await primary.down();
    expect(await silence).toBeUndefined();
  });

  it('refuses connections while down and returns on the same port', async () => {
    const primary = await start();
    const client = await greeted(primary);
    await primary.down();
    expect(primary.isUp).toBe(false);
    expect(await client.reply()).toBeUndefined(); // an open connection is gone, too
    const [error] = (await once(connect(primary.port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    await Promise.all([primary.up(), primary.down(), primary.up()]);
    expect(primary.isUp).toBe(true);
    await greeted(primary);
  });

  it('can start down', async () => {
    const primary = await start({ isDown: true });
    const [error] = (await once(connect(primary.port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  it('refuses everybody while it is told to, as a server that was restored empty', async () => {
    const primary = await start();
    primary.setRefusal((recipient) =>
      recipient.startsWith('postmaster@') ? undefined : '550 5.1.1 Unknown',
    );
    const [client, answer] = await upToRcpt(primary, 'desk@tidewater.test');
    expect(answer).toBe('550 5.1.1 Unknown');
    expect(await client.say('RCPT TO:<postmaster@tidewater.test>')).toMatch(/^250 /);
    primary.setRefusal();
    expect(await client.say('RCPT TO:<desk@tidewater.test>')).toMatch(/^250 /);
  });

  it('leaves with 421, for shutdown@ and after as many messages as it was told', async () => {
    const primary = await start();
    const [leaving, answer] = await upToRcpt(primary, 'shutdown@tidewater.test');
    expect(answer).toBe('421 4.3.2 Service shutting down');
    expect(await leaving.reply()).toBeUndefined();
    primary.setMostPerConnection(1);
    const [client] = await upToRcpt(primary, 'desk@tidewater.test');
    await client.say('DATA');
    expect(await client.say('x\r\n.')).toMatch(/^250 /);
    expect(await client.say('MAIL FROM:<a@b.test>')).toMatch(/^421 /);
    expect(await client.reply()).toBeUndefined();
  });

  it('greets with 421 when told to', async () => {
    const primary = await start({ greeting: '421 4.3.2 Too busy' });
    const client = dial(primary.port);
    expect(await client.reply()).toBe('421 4.3.2 Too busy');
    expect(await client.reply()).toBeUndefined();
    primary.setGreeting(undefined);
    await greeted(primary);
  });

  it('wants no message above its limit, before and after DATA', async () => {
    const primary = await start({ maxBytes: 100 });
    const client = await greeted(primary);
    expect(await client.say('MAIL FROM:<a@b.test> SIZE=101')).toMatch(/^552 5\.3\.4/);
    expect(await client.say('MAIL FROM:<a@b.test>')).toMatch(/^250 /);
    await client.say('RCPT TO:<c@d.test>');
    await client.say('DATA');
    expect(await client.say(`${'x'.repeat(120)}\r\n.`)).toMatch(/^552 5\.3\.4/);
  });

  it('speaks TLS after STARTTLS, with a certificate for its name', async () => {
    const tls = selfSigned('mail.tidewater.test');
    const primary = await start({ tls });
    const client = dial(primary.port);
    await client.reply();
    expect(await client.say('EHLO stranger.test')).toContain('250 STARTTLS');
    expect(await client.say('STARTTLS')).toMatch(/^220 /);
    client.socket.removeAllListeners('data');
    const socket = connectTls({ socket: client.socket, ca: tls.cert, servername: 'mail.tidewater.test' });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    const encrypted = new Client(socket);
    expect(await encrypted.say('EHLO stranger.test')).not.toContain('STARTTLS');
    await encrypted.say('MAIL FROM:<a@b.test>');
    await encrypted.say('RCPT TO:<c@d.test>');
    await encrypted.say('DATA');
    expect(await encrypted.say('secret\r\n.')).toMatch(/^250 /);
    expect(primary.received[0]).toMatchObject({ isEncrypted: true });
  });

  it('keeps as many messages as it was told, and counts the others', async () => {
    for (const [keep, left] of [
      [2, ['2', '3']],
      [0, []],
    ] as const) {
      const primary = await start({ keep });
      const [client] = await upToRcpt(primary, 'desk@tidewater.test');
      for (const n of [1, 2, 3]) {
        if (n > 1) await client.say('MAIL FROM:<a@b.test>');
        if (n > 1) await client.say('RCPT TO:<c@d.test>');
        await client.say('DATA');
        await client.say(`${n}\r\n.`);
      }
      expect(primary.received.map((message) => message.raw.toString().trim())).toEqual(left);
      expect(primary.count).toBe(3);
    }
  });

  it('lets a test wait for a message, for a count, and not for ever', async () => {
    const primary = await start();
    const waiting = primary.waitFor((message) => message.rcptTo.includes('desk@tidewater.test'), 5_000);
    const [client] = await upToRcpt(primary, 'desk@tidewater.test');
    await client.say('DATA');
    await client.say('x\r\n.');
    expect((await waiting).raw.toString()).toBe('x\r\n');
    await primary.waitForCount(1, 5_000);
    await expect(primary.waitForCount(2, 20)).rejects.toThrow('no 2 messages within 20 ms (1 taken)');
  });

  it('says 451 when the one who is to keep the message cannot', async () => {
    const primary = await start({ onMessage: () => Promise.reject(new Error('disk full')) });
    const [client] = await upToRcpt(primary, 'desk@tidewater.test');
    await client.say('DATA');
    expect(await client.say('x\r\n.')).toBe('451 4.3.0 Could not keep the message');
    expect(primary.count).toBe(0);
  });

  it.each(['\n.\n', '\n.\r\n', '\r.\r\n', '\r\n\0.\r\n', '\r\n.\n'])(
    'takes two messages for one when it is naive about %j',
    async (ending) => {
      for (const isNaive of [true, false]) {
        const primary = await start({ isNaive });
        const [client] = await upToRcpt(primary, 'desk@tidewater.test');
        await client.say('DATA');
        const smuggled = 'MAIL FROM:<evil@x.test>\r\nRCPT TO:<desk@tidewater.test>\r\nDATA\r\nevil\r\n.\r\n';
        client.socket.write(Buffer.from(`one${ending}${smuggled}QUIT\r\n`, 'latin1'));
        let reply = await client.reply();
        while (reply !== undefined && !reply.startsWith('221')) reply = await client.reply();
        expect(primary.received.map(({ mailFrom }) => mailFrom)).toEqual(
          isNaive ? ['ann@example.test', 'evil@x.test'] : ['ann@example.test'],
        );
      }
    },
  );
});
