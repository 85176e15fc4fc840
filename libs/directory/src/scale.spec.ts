import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool } from '@holdfast/database';
import { throwAwayDatabase } from '@holdfast/database/testing';
import { Directory } from './index';

/**
 * A provider's whole directory. `npm run scale` has 10,000 tenants, 100,000 domains and, in one domain, 1,000,000 recipients;
 * without it there is a fiftieth of all, so that the spec takes seconds.
 */
const scale = Number(process.env['HOLDFAST_SPEC_SCALE'] ?? 1 / 50);
const [tenants, domains, recipients] = [10_000, 100_000, 1_000_000].map((n) => Math.round(n * scale)) as [
  number,
  number,
  number,
];

it('opens within ten seconds, decides in far less than a millisecond, and follows a change at once', async () => {
  const database = await throwAwayDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-directory-'));
  const owner = openPool({ url: database.url, program: 'spec', max: 1 });
  let directory: Directory | undefined;
  try {
    await owner.query('set statement_timeout = 0');
    await owner.query(`insert into tenants (name) select 't' || n from generate_series(1, $1::int) n`, [
      tenants,
    ]);
    await owner.query(
      `insert into domains (tenant_id, name, state, recipient_policy)
       select t.id, 'd' || n || '.test', 'active', case n when 1 then 'list' else 'any' end
       from generate_series(1, $1::int) n join tenants t on t.name = 't' || (n % $2::int + 1)`,
      [domains, tenants],
    );
    await owner.query(
      `insert into primaries (tenant_id, domain_id, host) select tenant_id, id, 'mail.' || name from domains`,
    );
    await owner.query(
      `insert into recipients (tenant_id, domain_id, local_part)
       select tenant_id, id, 'user' || n from domains, generate_series(1, $1::int) n where name = 'd1.test'`,
      [recipients],
    );
    await owner.query('analyze');

    const before = memory();
    const began = performance.now();
    const opened = await Directory.open({
      databaseUrl: database.urlAs('ingress'),
      copyFile: join(folder, 'directory.json'),
    });
    directory = opened;
    const openMs = performance.now() - began;
    expect(opened.size).toBe(domains);
    expect(openMs).toBeLessThan(10_000);
    const after = memory();
    const used = after.all - before.all;
    // Lists are kept outside of the heap, and nothing else of the directory is: eight octets for each address, and room to merge.
    const lists = after.lists - before.lists;
    expect(lists).toBeLessThan(2e6 + 38 * recipients);

    const took = new Float64Array(20_000);
    for (let n = 0; n < took.length; n++) {
      const asked = performance.now();
      const isList = n % 2 === 0;
      const entry = opened.find(isList ? 'd1.test' : `d${(n % domains) + 1}.test`);
      if (isList && entry) opened.lists(entry, `user${n * 7}+detail`);
      took[n] = performance.now() - asked;
    }
    const p99 = took.sort()[Math.floor(took.length * 0.99)] as number;
    expect(p99).toBeLessThan(1);

    const entry = opened.find('d1.test');
    if (!entry) throw new Error('d1.test is not there');
    const changed = performance.now();
    await owner.query(`insert into recipients values ($1, $2, 'late')`, [entry.tenantId, entry.domainId]);
    while (!opened.lists(entry, 'late') && performance.now() - changed < 5_000)
      await new Promise((resolve) => setImmediate(resolve));
    const changeMs = performance.now() - changed;
    expect(changeMs).toBeLessThan(1_000);
    process.stdout.write(
      `${domains} domains, ${recipients} recipients: open ${openMs.toFixed(0)} ms, ${(used / 1e6).toFixed(0)} MB, of which ${(lists / 1e6).toFixed(1)} for the recipients, ` +
        `RCPT p99 ${(p99 * 1000).toFixed(0)} us, a change after ${changeMs.toFixed(0)} ms\n`,
    );
  } finally {
    await directory?.close();
    await owner.end();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}, 300_000);

function memory(): { all: number; lists: number } {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { all: heapUsed + arrayBuffers, lists: arrayBuffers };
}
