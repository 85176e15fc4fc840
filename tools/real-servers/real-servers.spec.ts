import { createServer, type AddressInfo } from 'node:net';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { selfSigned } from '@holdfast/fake-primary';
import { exim, MailServer, opensmtpd, postfix, type Kind } from './index';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** @returns the reply to the final dot, or to what came before it */
function offer(port: number, to: string): Promise<string> {
  const connection = new SMTPConnection({
    host: '127.0.0.1',
    port,
    tls: { rejectUnauthorized: false },
    allowInternalNetworkInterfaces: true,
  });
  return new Promise<string>((resolve) => {
    const say = (error: Error & { response?: string }): void => resolve(error.response ?? error.message);
    connection.once('error', say);
    connection.connect(() => {
      connection.send(
        { from: 'a@elsewhere.test', to: [to] },
        'Subject: x\r\n\r\nOne line\r\n',
        (error, info) => (error ? say(error) : resolve((info as { response: string }).response)),
      );
    });
  }).finally(() => connection.close());
}

async function untilMail(server: MailServer, count: number): Promise<string[]> {
  const until = Date.now() + 15_000;
  for (;;) {
    const mail = await server.mailbox();
    if (mail.length >= count) return mail;
    if (Date.now() > until) throw new Error(`no mail in the box of ${server.lastWords}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.each<[string, Kind]>([
  ['postfix', postfix],
  ['exim', exim],
  ['opensmtpd', opensmtpd],
])('%s as a primary', (_name, kind) => {
  let server: MailServer;

  beforeAll(async () => {
    server = await MailServer.prepare(kind, { domain: 'shop.test', port: await freePort() });
  }, 180_000);

  afterAll(() => server?.close());

  it('keeps the mail of its domain, comes and goes', async () => {
    // Debian's OpenSMTPD offers STARTTLS and then fails at its own handshake; a story of its own.
    await server.up('fine', kind === opensmtpd ? undefined : selfSigned('primary.test'));
    expect(await offer(server.port, 'ada@shop.test')).toMatch(/^250 /);
    expect((await untilMail(server, 1))[0]).toContain('One line');
    await server.down();
    expect(await offer(server.port, 'ada@shop.test')).toMatch(/ECONNREFUSED/);
  }, 180_000);

  it('says what it says when it cannot', async () => {
    await server.up('greylists');
    expect(await offer(server.port, 'ada@shop.test')).toMatch(/^45[01] /);
    await server.up('mailbox-full');
    expect(await offer(server.port, 'ada@shop.test')).toMatch(/^45[12] /);
    await server.up('knows-nobody');
    expect(await offer(server.port, 'ada@shop.test')).toMatch(/^55[04] |^454 /);
  }, 60_000);
});
