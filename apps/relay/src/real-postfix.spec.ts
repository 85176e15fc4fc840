import { createServer, type AddressInfo } from 'node:net';
import { createSecureContext } from 'node:tls';
import { authority } from '@holdfast/fake-primary';
import { MailServer, postfix } from '@holdfast/real-servers';
import type { SmtpConversation } from './smtp-conversation';
import { envelope, talkTo } from './testing/talk';

// What the fake primary believes of Postfix, Postfix itself must say.

const root = authority();
let server: MailServer;
let conversation: SmtpConversation | undefined;

beforeAll(async () => {
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
  const { port } = free.address() as AddressInfo;
  await new Promise((resolve) => free.close(resolve));
  const certificate = root.issue('primary.test');
  server = await MailServer.prepare(postfix, { domain: 'shop.test', port, certificate });
  await server.up();
}, 60_000);
afterEach(() => conversation?.quit());
afterAll(() => server?.close());

async function mailWith(text: string): Promise<string> {
  for (const until = Date.now() + 15_000; ;) {
    const found = (await server.mailbox()).find((mail) => mail.includes(text));
    if (found) return found;
    if (Date.now() > until) throw new Error(`no such mail: ${server.lastWords}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const open = async (tellsClient?: 'xclient' | 'xforward'): Promise<SmtpConversation> =>
  (conversation = await talkTo(
    { port: server.port },
    { tls: { kind: 'certificate' } },
    tellsClient ? { tellsClient } : {},
    { secureContext: createSecureContext({ ca: root.cert }) },
  ));
const client = { address: '192.0.2.7', name: null, helo: 'elsewhere.test', id: 'id-1' };
const message = (subject: string): Buffer =>
  Buffer.from(`Subject: ${subject}\r\n\r\n.dots\r\n..and \u00fcml\u00e4uts\r\n`);
const offer = async (subject: string, tellsClient?: 'xclient' | 'xforward', more: object = {}) => {
  const talk = await open(tellsClient);
  return talk.send(envelope(['a@shop.test', 'b@other.test'], { client, bytes: 60, ...more }), [
    message(subject),
  ]);
};

it('takes a message over verified TLS, with its own reply for each recipient', async () => {
  const replies = await offer('plain', undefined, { ret: 'hdrs', envelopeId: 'x+y' });
  expect(replies.map(({ reply }) => reply)).toEqual([
    expect.stringMatching(/^250 2\.0\.0 Ok: queued as/),
    expect.stringMatching(/^554 5\.7\.1 <b@other\.test>: Relay access denied/),
  ]);
  const mail = await mailWith('Subject: plain');
  expect(mail).toMatch(/Received: from mx\.holdfast\.test \(unknown \[127\.0\.0\.1\]\)/);
  expect(mail.endsWith('\n\n.dots\n..and \u00c3\u00bcml\u00c3\u00a4uts\n')).toBe(true);
});

it('is told by XCLIENT who the client was, and believes it', async () => {
  await offer('told', 'xclient');
  expect(await mailWith('Subject: told')).toMatch(
    /Received: from elsewhere\.test \(unknown \[192\.0\.2\.7\]\)/,
  );
  const another = { ...client, address: '2001:db8::7', helo: null };
  await conversation?.send(envelope(['a@shop.test'], { client: another }), [message('another')]);
  expect(await mailWith('Subject: another')).toMatch(/\(unknown \[IPv6:2001:db8::7\]\)/);
});

it('is told by XFORWARD for its log, and takes several messages over one conversation', async () => {
  await offer('first', 'xforward');
  for (const subject of ['second', 'third'])
    await conversation?.send(envelope(['a@shop.test'], { client: { ...client, id: subject } }), [
      message(subject),
    ]);
  const mail = await mailWith('Subject: third');
  expect(mail).toMatch(/Received: from mx\.holdfast\.test/);
  expect(server.lastWords).toMatch(/orig_queue_id=third, orig_client=unknown\[192\.0\.2\.7\]/);
});
