import { jest } from '@jest/globals';
import { gtubeMessage, plainMessage, startRspamd, type RunningRspamd } from '@holdfast/rspamd-client/testing';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Conversation } from './testing/conversation';
import { openPort25, type Port25 } from './testing/port-25';

jest.setTimeout(40_000);

let port25: Port25;
let rspamd: RunningRspamd | undefined;
let silent: Server | undefined;

afterEach(async () => {
  await port25?.remove();
  await rspamd?.stop();
  silent?.close();
  rspamd = silent = undefined;
});

const send = async (message: Buffer): Promise<string> => {
  const conversation = await Conversation.open(port25.port);
  await conversation.reply();
  conversation.send('EHLO client.test\r\nMAIL FROM:<ada@sender.test>\r\nRCPT TO:<bob@open.test>\r\nDATA\r\n');
  for (let n = 0; n < 4; n++) await conversation.reply();
  conversation.send(Buffer.concat([message, Buffer.from('.\r\n')]));
  const reply = await conversation.reply();
  conversation.close();
  return reply;
};

const newestEnvelope = async () => port25.spool.envelope((await port25.newest()).id);

it('spam is refused while its sender is there; what is clean says so', async () => {
  rspamd = await startRspamd();
  port25 = await openPort25({ HOLDFAST_SCANNING: 'on', RSPAMD_URL: rspamd.url });
  expect(await send(gtubeMessage)).toMatch(/^550 5\.7\.1/);
  expect(port25.spool.list(undefined, 10)).toEqual([]);
  expect(port25.said.find((line) => line['event'] === 'refused-at-data')).toMatchObject({
    reason: expect.stringContaining('GTUBE'),
  });
  expect(await send(plainMessage)).toMatch(/^250/);
  expect(await newestEnvelope()).toMatchObject({ scan: 'clean', requiredScore: 15 });
  expect((await port25.newest()).body).toContain('\r\nX-Holdfast-Scan: clean; action="no action"; score=');
});

it('without rspamd mail is taken unscanned, also when it dies in between', async () => {
  rspamd = await startRspamd();
  port25 = await openPort25({ HOLDFAST_SCANNING: 'on', RSPAMD_URL: rspamd.url });
  expect(await send(plainMessage)).toMatch(/^250/);
  await rspamd.stop();
  rspamd = undefined;
  expect(await send(gtubeMessage)).toMatch(/^250/);
  expect((await newestEnvelope())?.scan).toBe('unscanned');
  expect(port25.said.some((line) => line['event'] === 'scan-failed')).toBe(true);
});

it('a silent rspamd costs the stated time once, and then nothing for a while', async () => {
  silent = createServer((socket) => socket.resume().on('error', () => undefined));
  await new Promise<void>((resolve) => silent?.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  port25 = await openPort25({
    HOLDFAST_SCANNING: 'on',
    RSPAMD_URL: `http://127.0.0.1:${port}`,
    HOLDFAST_SCAN_TIMEOUT_MS: '300',
  });
  const began = Date.now();
  for (let n = 0; n < 5; n++) expect(await send(plainMessage)).toMatch(/^250/);
  expect(Date.now() - began).toBeLessThan(2_000);
  expect((await newestEnvelope())?.scan).toBe('unscanned');
});
