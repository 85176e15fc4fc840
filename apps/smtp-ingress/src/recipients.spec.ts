import { openPort25, type Port25 } from './testing/port-25';
import { Conversation } from './testing/conversation';

let port25: Port25;

beforeAll(async () => {
  port25 = await openPort25();
  await port25.owner.query(
    `insert into programs (node, program, pid, is_ready, started_at) values ('spec', 'sentinel', 1, true, now())`,
  );
});

afterAll(() => port25?.remove());

/** Names one recipient after the other in one transaction each, until the reply is `expected`; in force within seconds. */
async function eventually(recipient: string, expected: RegExp, from = port25): Promise<string> {
  const until = Date.now() + 10_000;
  for (;;) {
    const reply = await rcpt(recipient, from);
    if (expected.test(reply)) return reply;
    if (Date.now() > until) throw new Error(`${recipient} still hears ${reply}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function rcpt(recipient: string, { port } = port25): Promise<string> {
  const conversation = await Conversation.open(port);
  try {
    await conversation.reply();
    conversation.send(`EHLO client.test\r\nMAIL FROM:<a@sender.test>\r\nRCPT TO:<${recipient}>\r\n`);
    await conversation.reply();
    await conversation.reply();
    return await conversation.reply();
  } finally {
    conversation.close();
  }
}

const change = (statement: string, ...values: unknown[]) => port25.owner.query(statement, values);
const list = (...locals: string[]) =>
  change(
    `insert into recipients (tenant_id, domain_id, local_part)
     select tenant_id, id, unnest($1::text[]) from domains where name = 'listed.test'`,
    locals,
  );

describe('a list', () => {
  it('takes user+anything for user, and patterns, from the moment they are there', async () => {
    expect(await rcpt('bob+news@listed.test')).toMatch(/^250 /);
    expect(await rcpt('sales-north@listed.test')).toBe('550 5.1.1 There is no such mailbox in listed.test');
    await list('sales-*');
    await eventually('Sales-North@listed.test', /^250 /);
    expect(await rcpt('presales-north@listed.test')).toMatch(/^550 5\.1\.1 /);
  });

  it('takes the plus as it is written when the domain wants that', async () => {
    await change(`update domains set has_plus_addressing = false where name = 'listed.test'`);
    await eventually('bob+news@listed.test', /^550 5\.1\.1 /);
    expect(await rcpt('bob@listed.test')).toMatch(/^250 /);
  });

  it('with a catch-all takes everybody', async () => {
    await list('*');
    await eventually('anybody@listed.test', /^250 /);
  });
});

describe('call-ahead', () => {
  const answer = (local: string, isKnown: boolean) =>
    change(
      `insert into recipient_answers (tenant_id, domain_id, local_part, is_known, reply, expires_at)
       select tenant_id, id, $1, $2, 'spec', now() + interval '2 hours' from domains where name = 'other.test'`,
      local,
      isKnown,
    );

  it('takes whom nobody has asked about, and has the primary asked', async () => {
    await change(`update domains set recipient_policy = 'call-ahead' where name = 'other.test'`);
    const asked = async () =>
      (await change(`select local_part from recipient_questions order by 1`)).rows.map(
        (row) => row.local_part,
      );
    for (const until = Date.now() + 10_000; !(await asked()).includes('new.one') && Date.now() < until;)
      expect(await rcpt('New.One@other.test')).toMatch(/^250 /);
    expect(await asked()).toEqual(['new.one']);
  });

  it('refuses whom the primary does not know, and nobody else', async () => {
    await answer('ghost', false);
    await answer('ada', true);
    expect(await eventually('Ghost@other.test', /^5/)).toBe(
      '550 5.1.1 There is no such mailbox in other.test',
    );
    expect(await rcpt('ada@other.test')).toMatch(/^250 /);
    expect(await rcpt('unknown@other.test')).toMatch(/^250 /);
  });

  it('learns nothing from a primary that takes any address', async () => {
    await change(`update domains set primary_accepts_all = true where name = 'other.test'`);
    await eventually('ghost@other.test', /^250 /);
  });
});

describe('while the primary is up', () => {
  it('a sender is asked to use it, and gets in when it insists; nobody knows: it gets in', async () => {
    await change(`update domains set when_primary_up = 'defer' where name = 'open.test'`);
    expect(await rcpt('bob@open.test')).toMatch(/^250 /);
    await change(
      `insert into primary_standings (domain_id, tenant_id, is_up) select id, tenant_id, true from domains where name = 'open.test'`,
    );
    expect(await eventually('bob@open.test', /^4/)).toBe(
      '451 4.7.1 The mail server of open.test is up; please deliver to it, or try here again in 5 minutes',
    );
    // Another process of ours saw the same network some minutes ago.
    await change(
      `insert into deferred_networks (tenant_id, domain_id, network, first_at)
       select tenant_id, id, '127.0.0', now() - interval '6 minutes' from domains where name = 'open.test'
       on conflict on constraint deferred_networks_pkey do update set first_at = excluded.first_at, noted_at = now()`,
    );
    await eventually('bob@open.test', /^250 /);
  });

  it('an outage opens the door at once', async () => {
    await change(`update domains set when_primary_up = 'defer' where name = 'small.test'`);
    await change(
      `insert into primary_standings (domain_id, tenant_id, is_up) select id, tenant_id, true from domains where name = 'small.test'`,
    );
    await eventually('bob@small.test', /^451 4\.7\.1 /);
    await change(
      `insert into outages (tenant_id, domain_id, began_at, noticed_at, cause, received_before, delivered_before)
       select tenant_id, id, now(), now(), 'spec', 0, 0 from domains where name = 'small.test'`,
    );
    await eventually('bob@small.test', /^250 /);
  });
});
