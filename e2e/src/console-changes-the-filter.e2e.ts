import type { Browser, Page } from 'playwright-core';
import { openBrowser } from './browser';
import { numbered, send } from './sender';
import { System, until } from './system';

let system: System;
let browser: Browser;
let page: Page;
const domain = 'choosing.test';
const tenant = `Tenant of ${domain}`;
const problems: string[] = [];

beforeAll(async () => {
  system = await System.start({ HOLDFAST_SCANNING: 'off' });
  await system.addDomain(domain, 1);
  const { signInUrl } = await system.json<{ signInUrl: string }>(
    ...['user', 'add', 'ada@elsewhere.test', '--tenant', tenant, '--role', 'owner'],
  );
  browser = await openBrowser();
  page = await browser.newPage();
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(signInUrl);
  await page.goto(`${system.url}/filter`);
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

it('a person chooses what becomes of spam, and it is so', async () => {
  await page.getByText('Spam is refused while its sender is still connected.').waitFor();
  await page.getByLabel('Spam', { exact: true }).selectOption('quarantine');
  await page.getByText('Saved. Port 25 goes by it within a second.').waitFor();
  await page.getByText('Spam is put aside until somebody looks at it.').waitFor();
  expect(await system.json('filter', 'show', '--tenant', tenant)).toMatchObject({ spam: 'quarantine' });
});

it('blocks a sender, whom port 25 refuses within a second, and forgets the rule', async () => {
  const offer = (): Promise<string> =>
    send(system.smtpPort, { ...numbered(1, `bob@${domain}`), from: 'eve@bad.test' }).catch(
      (error: Error) => error.message,
    );
  await page.getByLabel(/^An address, a domain/).fill('bad.test');
  await page.getByRole('button', { name: 'Block' }).click();
  const row = page.locator('li', { hasText: 'bad.test' });
  await row.getByText('Blocked').waitFor();
  await until('port 25 refuses eve', 1_000, async () => (await offer()).includes('550 5.7.1'));
  await page.getByRole('button', { name: 'Forget bad.test' }).click();
  await row.waitFor({ state: 'detached' });
  await until('port 25 takes from eve', 1_000, async () => (await offer()).includes('250 2.0.0'));
});

it('names a pattern that is none, and keeps what was written', async () => {
  const written = page.getByLabel(/^An address, a domain/);
  await written.fill('good.test 192.0.2.0/99');
  problems.splice(0);
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.getByText('“192.0.2.0/99” must be an address').waitFor();
  expect(await written.inputValue()).toBe('good.test 192.0.2.0/99');
  // The browser itself says that the api answered 400; nothing else went wrong.
  expect(problems.filter((problem) => !problem.includes('status of 400'))).toEqual([]);
});

it('shows how much of the room is used, while it fills', async () => {
  await system.holdfast('tenant', 'set', tenant, '--max-held-messages', '5');
  await page.reload();
  const messages = page.locator('dl.room > div').first();
  await messages.getByText(/^1 of 5$/).waitFor();
  for (let number = 2; number <= 5; number++) await send(system.smtpPort, numbered(number, `bob@${domain}`));
  await messages.getByText('5 of 5, used up').waitFor();
});

it('shows nobody else’s in place of one that is not there', async () => {
  await page.goto(`${system.url}/filter?tenant=Somebody`);
  await page.getByText('This is not here, or not yours to see.').waitFor();
  expect(await page.getByLabel('Spam', { exact: true }).count()).toBe(0);
  await page.goto(`${system.url}/filter`);
});

it('stands on a narrow screen without scrolling sideways', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.reload();
  await page.getByText('How much you may have here').waitFor();
  expect(
    await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'),
  ).toBe(true);
});
