import { jest } from '@jest/globals';
import { RspamdClient } from './index';
import {
  infectedMessage,
  plainMessage,
  startClamav,
  startRspamd,
  zippedInfectedMessage,
  type RunningHelper,
  type RunningRspamd,
} from './testing';

jest.setTimeout(40_000);

let clamav: RunningHelper;
let rspamd: RunningRspamd;
let client: RspamdClient;

beforeAll(async () => {
  clamav = await startClamav();
  rspamd = await startRspamd({ clamavPort: clamav.port });
  client = new RspamdClient({ url: rspamd.url, timeoutMs: 15_000 });
});

afterAll(async () => {
  client?.close();
  await rspamd?.stop();
  await clamav?.stop();
});

const envelope = { clientAddress: '192.0.2.1', sender: 'ada@sender.test', recipients: ['bob@domain.test'] };

it.each([
  ['in the text', infectedMessage],
  ['in an archive', zippedInfectedMessage],
])('a virus %s is found', async (_where, message) => {
  expect(await client.check(envelope, message)).toMatchObject({
    isInfected: true,
    isVirusScanMissing: false,
  });
});

it('what has none is clean, and was looked at', async () => {
  expect(await client.check(envelope, plainMessage)).toMatchObject({
    isInfected: false,
    isVirusScanMissing: false,
  });
});

it('a scanner that is away has not looked: that is not clean, and it looks again when it is back', async () => {
  const { port } = clamav;
  await clamav.stop();
  // A new one: what the scanner said of the plain message before may be remembered.
  const message = Buffer.concat([plainMessage, Buffer.from('Another one.\r\n')]);
  expect(await client.check(envelope, message)).toMatchObject({
    isInfected: false,
    isVirusScanMissing: true,
  });
  expect(await client.scans()).toBe(false);
  clamav = await startClamav(port);
  let verdict = await client.check(envelope, infectedMessage);
  // rspamd leaves a server that refused alone for a moment.
  while (verdict.isVirusScanMissing) verdict = await client.check(envelope, infectedMessage);
  expect(verdict.isInfected).toBe(true);
  expect(await client.scans()).toBe(true);
});
