import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from './browser';
import { numbered, send } from './sender';
import { System } from './system';

let system: System;
let primary: FakePrimary;
let browser: Browser;
let page: Page;
const domain = 'console.test';
const problems: string[] = [];

beforeAll(async () => {
  primary = await startFakePrimary({ isDown: true });
  system = await System.start({ HOLDFAST_SCANNING: 'off' });
  await system.addDomain(domain, primary.port);
  const { signInUrl } = await system.json<{ signInUrl: string }>(
    'user',
    'add',
    'ada@elsewhere.test',
    '--tenant',
    `Tenant of ${domain}`,
    '--role',
    'owner',
  );
  browser = await openBrowser();
  page = await browser.newPage();
  // A console that complains or that asks another origin for anything is broken, whatever it shows.
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    if (
      !request.url().startsWith(system.url) &&
      !request.url().startsWith('data:') &&
      !request.url().startsWith('blob:')
    )
      problems.push(`asked ${request.url()}`);
  });
  await page.goto(signInUrl);
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
  await primary?.close();
});

it('shows a message held, then delivered, without a reload', async () => {
  await page.goto(`${system.url}/messages`);
  await page.evaluate('window.stillTheSamePage = true');
  expect(await send(system.smtpPort, numbered(1, `ada@${domain}`))).toMatch(/^250 /);
  const row = page.locator('li', { hasText: `ada@${domain}` });
  await row.getByText('Held', { exact: true }).first().waitFor({ timeout: 30_000 });
  await primary.up();
  await row.getByText('Delivered', { exact: true }).first().waitFor({ timeout: 60_000 });
  expect(await page.evaluate('window.stillTheSamePage')).toBe(true);
});

it('tells the trail with the primary’s own words', async () => {
  await page
    .getByRole('button', { name: new RegExp(`ada@${domain}`) })
    .first()
    .click();
  await page.getByText(/^250 /).first().waitFor({ timeout: 10_000 });
});

it('says on the overview that all is well', async () => {
  await page.goto(`${system.url}/`);
  await page
    .getByText(/All quiet|delivered/i)
    .first()
    .waitFor({ timeout: 30_000 });
  expect(problems).toEqual([]);
});

it('lets nobody in with a link that was used', async () => {
  const { signInUrl } = await system.json<{ signInUrl: string }>(
    'user',
    'add',
    'bob@elsewhere.test',
    '--tenant',
    `Tenant of ${domain}`,
    '--role',
    'member',
  );
  const once = await fetch(signInUrl, { redirect: 'manual' });
  expect(once.headers.getSetCookie().length).toBeGreaterThan(0);
  const twice = await fetch(signInUrl, { redirect: 'manual' });
  const cookie = twice.headers.getSetCookie().join('; ');
  const me = await fetch(`${system.url}/api/v1/me`, { headers: { cookie } });
  expect(me.status).toBe(401);
});
