import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '@holdfast/daemon';
import { startFakePrimary, type FakePrimary } from '../fake-primary';
import { demoConfig } from './config';
import { startDemo, type Demo } from './demo';
import { handOver } from './stranger';

const quiet: Log = Object.assign(() => undefined, { flush: () => Promise.resolve() });

/** No provider runs here: port 25 is a mail server of the test, and nobody answers where the API would be. */
describe('the demo', () => {
  let dataDir: string;
  let port25: FakePrimary;
  let demo: Demo;

  const start = async () => {
    demo = await startDemo(
      demoConfig({
        HOLDFAST_DATA_DIR: dataDir,
        HOLDFAST_DEMO_PORT: '0',
        HOLDFAST_SMTP_PORT: String(port25.port),
        HOLDFAST_HTTP_PORT: '1',
        HOLDFAST_HOSTNAME: 'mx.backup.test',
      }),
      quiet,
    );
  };
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
    port25 = await startFakePrimary({ domains: ['tidewater.test', 'northlight.test'] });
    await start();
  });
  afterEach(async () => {
    await demo.close();
    await port25.close();
    rmSync(dataDir, { recursive: true });
  });

  const call = async (path: string, body?: unknown) => {
    const options = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`http://127.0.0.1:${demo.ports.page}${path}`, options);
    return { status: response.status, headers: response.headers, body: await response.text() };
  };
  const json = async (path: string, body?: unknown) => JSON.parse((await call(path, body)).body);
  const deliver = (port: number, to: string, subject: string) =>
    handOver({ host: '127.0.0.1', port }, 'relay.test', [{ from: 'a@b.test', to, subject, text: '.dot\n' }]);

  it('starts with the primaries off, and remembers the switch', async () => {
    expect(await json('/control/primary')).toEqual({ up: false, received: 0 });
    expect((await deliver(demo.ports.primary, 'desk@tidewater.test', 'x'))[0]?.reply).toMatch(/ECONNREFUSED/);
    expect(await json('/control/primary', { up: true })).toEqual({ up: true, received: 0 });
    const [handover] = await deliver(demo.ports.primary, 'desk@tidewater.test', 'Déjà vu');
    expect(handover).toMatchObject({
      isTaken: true,
      reply: expect.stringMatching(/^250 2\.0\.0 Ok: queued as/),
    });

    const { primary } = demo.ports;
    await demo.close();
    await start();
    expect(demo.ports.primary).toBe(primary);
    expect(await json('/control/primary')).toEqual({ up: true, received: 1 });
    expect(await json('/control/received')).toMatchObject([
      { from: 'a@b.test', to: ['desk@tidewater.test'], subject: 'Déjà vu', text: '.dot\n' },
    ]);
  });

  it('sends as a stranger and shows what was said', async () => {
    const answer = await json('/control/send', { to: 'desk@northlight.test', subject: 'Hello', count: 2 });
    expect(answer).toMatchObject({ isTaken: true, taken: 2, reply: '250 2.0.0 Ok: queued as 00000001' });
    const said = answer.conversation.map(({ who, line }: { who: string; line: string }) => `${who}: ${line}`);
    expect(said).toEqual([
      'holdfast: 220 primary.test ESMTP ready',
      'stranger: EHLO mail.example-sender.test',
      'holdfast: 250-primary.test',
      'holdfast: 250-PIPELINING',
      'holdfast: 250-8BITMIME',
      'holdfast: 250-SMTPUTF8',
      'holdfast: 250 ENHANCEDSTATUSCODES',
      'stranger: MAIL FROM:<ann@example-sender.test>',
      'holdfast: 250 2.1.0 Ok',
      'stranger: RCPT TO:<desk@northlight.test>',
      'holdfast: 250 2.1.5 Ok',
      'stranger: DATA',
      'holdfast: 354 End data with <CR><LF>.<CR><LF>',
      'stranger: .',
      'holdfast: 250 2.0.0 Ok: queued as 00000001',
    ]);
    expect(port25.received.map((message) => message.rcptTo)).toEqual([
      ['desk@northlight.test'],
      ['desk@northlight.test'],
    ]);
    expect((await json('/control/state')).sent).toBe(2);

    const refused = await json('/control/send', { to: 'x@elsewhere.test' });
    expect(refused).toMatchObject({ isTaken: false, taken: 0, reply: '550 5.7.1 Relay access denied' });
    await port25.down();
    expect((await json('/control/send', {})).reply).toMatch(/^No conversation: .*ECONNREFUSED/);
  });

  it.each([
    [{ to: 'a@b.test>\r\nRCPT TO:<c@d.test' }, 'to must be one line'],
    [{ from: 'a b' }, 'from must be a mail address'],
    [{ subject: 'x\nBcc: y' }, 'subject must be one line'],
    [{ subject: 7 }, 'subject must be a short text'],
    [{ count: 501 }, 'count must be a whole number from 1 to 500'],
  ])('does not send %j', async (body, detail) => {
    const { status, body: text } = await call('/control/send', body);
    expect([status, JSON.parse(text).detail]).toEqual([400, detail]);
    expect(port25.sessions).toBe(0);
  });

  it('takes notifications and shows their HTML where it can do nothing', async () => {
    await deliver(demo.ports.mailbox, 'owner@tidewater-contact.test', 'Your mail is safe');
    const [mail] = await json('/control/mailbox');
    expect(mail).toMatchObject({
      id: '1',
      to: 'owner@tidewater-contact.test',
      subject: 'Your mail is safe',
      html: '',
    });
    const page = await call('/control/mailbox/1/html');
    expect(page.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
    expect((await call('/control/mailbox/2/html')).status).toBe(404);
  });

  it('answers DNS for its own world', async () => {
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${demo.ports.dns}`]);
    expect(await resolver.resolveMx('northlight.test')).toMatchObject([
      { priority: 10, exchange: 'mail.northlight.test' },
      { priority: 20, exchange: 'mx.backup.test' },
    ]);
    expect(await resolver.resolve4('mail.tidewater.test')).toEqual(['127.0.0.1']);
    expect(await resolver.resolve4('mx.backup.test')).toEqual(['127.0.0.1']);
    expect(await resolver.resolveTxt('example-sender.test')).toEqual([['v=spf1 ip4:127.0.0.1 -all']]);
  });

  it('tells everybody who watches, without being asked', async () => {
    const watching = new AbortController();
    const url = `http://127.0.0.1:${demo.ports.page}/control/events`;
    const { body } = await fetch(url, { signal: watching.signal });
    const heard = (body as ReadableStream<Uint8Array>)
      .pipeThrough(new TextDecoderStream())
      [Symbol.asyncIterator]();
    expect((await heard.next()).value).toContain('"up":false');
    await call('/control/primary', { up: true });
    expect((await heard.next()).value).toContain('"up":true');
    watching.abort();
  });

  it('serves its page from one origin, and nothing else of the disk', async () => {
    const page = await call('/');
    expect(page.body).toContain('<title>Holdfast demo</title>');
    expect(page.body).not.toMatch(/https?:\/\//);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const path of ['/demo.css', '/demo.js', '/favicon.svg', '/fonts/sans.woff2', '/fonts/mono.woff2']) {
      expect((await call(path)).status).toBe(200);
    }
    expect((await call('/package.json')).status).toBe(404);
    expect((await call('/..%2f..%2fpackage.json')).status).toBe(404);
  });

  it('listens to no other web site', async () => {
    const ask = async (method: string, headers: Record<string, string>) => {
      const request = httpRequest({ port: demo.ports.page, path: '/control/primary', method, headers });
      request.end(method === 'POST' ? '{"up":true}' : undefined);
      const [response] = await once(request, 'response');
      response.resume();
      return response.statusCode;
    };
    const host = `127.0.0.1:${demo.ports.page}`;
    expect(await ask('GET', { host: 'rebound.example:80' })).toBe(421);
    expect(await ask('POST', { host, origin: 'http://evil.example' })).toBe(403);
    expect((await json('/control/primary')).up).toBe(false);
    expect(await ask('POST', { host, origin: `http://${host}` })).toBe(200);
  });

  it('says which variable names a port that is taken', async () => {
    const taken = demoConfig({
      HOLDFAST_DATA_DIR: join(dataDir, 'second'),
      HOLDFAST_DEMO_PORT: '0',
      HOLDFAST_DEMO_MAILBOX_PORT: String(port25.port),
    });
    await expect(startDemo(taken, quiet)).rejects.toThrow('HOLDFAST_DEMO_MAILBOX_PORT: cannot listen there');
  });
});
