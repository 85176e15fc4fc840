import { Conversation } from '@holdfast/fake-attacker';
import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { startCluster, type Cluster } from '@holdfast/database/testing';
import { jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { System, until } from './system';

/**
 * A big provider: 10,000 tenants, 100,000 domains, and in one of them 1,000,000 recipients with `npm run scale`; a hundredth of all
 * without, so that the story takes seconds. The house is the real one, on a Postgres that it is given.
 */
const scale = Number(process.env['HOLDFAST_SPEC_SCALE'] ?? 1 / 100);
const [tenants, domains, recipients] = [10_000, 100_000, 1_000_000].map((n) => Math.round(n * scale)) as [
  number,
  number,
  number,
];

jest.setTimeout(900_000);

let cluster: Cluster;
let owner: pg.Client;
let system: System;
let primary: FakePrimary;

const fill = [
  `insert into tenants (name) select 't' || n from generate_series(1, ${tenants}) n`,
  `insert into domains (tenant_id, name, state, recipient_policy)
     select t.id, 'd' || n || '.test', 'active', case n when 1 then 'list' else 'any' end
     from generate_series(1, ${domains}) n join tenants t on t.name = 't' || (n % ${tenants} + 1)`,
  `insert into primaries (tenant_id, domain_id, host, port) select tenant_id, id, '127.0.0.1', $1 from domains`,
  `insert into recipients (tenant_id, domain_id, local_part)
     select tenant_id, id, 'user' || n from domains, generate_series(1, ${recipients}) n where name = 'd1.test'`,
  'analyze',
];

beforeAll(async () => {
  primary = await startFakePrimary({ keep: 0 });
  cluster = await startCluster();
  owner = new pg.Client({ connectionString: cluster.url });
  await owner.connect();
  await owner.query('create database provider');
  await owner.end();
  const url = new URL(cluster.url);
  url.pathname = '/provider';
  system = await System.start({
    DATABASE_URL: url.href,
    HOLDFAST_SCANNING: 'off',
    HOLDFAST_INGRESS_WORKERS: '1',
    HOLDFAST_RELAY_WORKERS: '1',
  });
  owner = new pg.Client({ connectionString: url.href });
  await owner.connect();
  await owner.query('set statement_timeout = 0');
  for (const statement of fill) await owner.query(statement, statement.includes('$1') ? [primary.port] : []);
});

afterAll(async () => {
  await owner?.end();
  await system?.stop();
  await primary?.close();
  await cluster?.stop();
});

async function rcpt(conversation: Conversation, address: string): Promise<string> {
  conversation.send(`RCPT TO:<${address}>\r\n`);
  return conversation.reply();
}

async function toRcpt(): Promise<Conversation> {
  const conversation = await Conversation.open(system.smtpPort);
  await conversation.reply();
  conversation.send('EHLO client.test\r\nMAIL FROM:<>\r\n');
  for (let n = 0; n < 2; n++) await conversation.reply();
  return conversation;
}

const anonymousMB = (): number => {
  const status = readFileSync(`/proc/${system.pidsOf('smtp-ingress')[0]}/status`, 'utf8');
  return Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
};

it('port 25 is back within ten seconds of its death', async () => {
  await system.kill('smtp-ingress');
  const began = Date.now();
  await until(`a recipient of ${domains} domains`, 60_000, async () => {
    const conversation = await toRcpt();
    const answer = await rcpt(conversation, `user${recipients}@d1.test`);
    conversation.close();
    return answer.startsWith('250');
  });
  const startMs = Date.now() - began;
  process.stdout.write(`${domains} domains, ${recipients} recipients: back after ${startMs} ms\n`);
  expect(startMs).toBeLessThan(10_000);
});

it('decides at once, and in little memory', async () => {
  const took: number[] = [];
  for (let round = 0; round < 20; round++) {
    const conversation = await toRcpt();
    for (let n = 0; n < 100; n++) {
      const asked = performance.now();
      const number = (round * 7_919 + n * 104_729) % domains;
      const [address, expected] =
        n % 3 === 0
          ? [`user${(number % recipients) + 1}@d1.test`, /^250/]
          : n % 3 === 1
            ? [`x@d${number + 2 > domains ? 2 : number + 2}.test`, /^250/]
            : [`x@d${domains + number + 2}.test`, /^550 5\.7\.1/];
      expect(await rcpt(conversation, address as string)).toMatch(expected as RegExp);
      took.push(performance.now() - asked);
    }
    conversation.close();
  }
  const sorted = took.sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] as number;
  const used = anonymousMB();
  process.stdout.write(
    `RCPT over the wire: median ${at(0.5).toFixed(2)} ms, p99 ${at(0.99).toFixed(2)} ms; ${used.toFixed(0)} MB\n`,
  );
  expect(used).toBeLessThan(250);
});

it('follows what changes through the API within a second', async () => {
  const inForceAfter = async (address: string, expected: RegExp): Promise<number> => {
    const began = performance.now();
    await until(`${address} to be ${expected}`, 5_000, async () => {
      const conversation = await toRcpt();
      const answer = await rcpt(conversation, address);
      conversation.close();
      return expected.test(answer);
    });
    return performance.now() - began;
  };
  await system.holdfast(
    'domain',
    'add',
    'new.test',
    '--tenant',
    't1',
    '--primary',
    `127.0.0.1:${primary.port}`,
    '--verified',
  );
  const added = await inForceAfter('x@new.test', /^250/);
  const change = async (body: unknown): Promise<void> => {
    const key = readFileSync(`${system.dataDir}/operator.key`, 'utf8').trim();
    const answer = await fetch(`${system.url}/api/v1/domains/d1.test/recipients`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect([answer.status, answer.ok ? '' : await answer.text()]).toEqual([200, '']);
  };
  await change({ add: ['late@d1.test'] });
  const listed = await inForceAfter('late@d1.test', /^250/);
  await change({ remove: ['user7@d1.test'] });
  const unlisted = await inForceAfter('user7@d1.test', /^550 5\.1\.1/);
  process.stdout.write(
    `in force: a domain after ${added.toFixed(0)} ms, a recipient after ${listed.toFixed(0)} ms, one that is gone after ${unlisted.toFixed(0)} ms\n`,
  );
  for (const ms of [added, listed, unlisted]) expect(ms).toBeLessThan(1_000);
});
