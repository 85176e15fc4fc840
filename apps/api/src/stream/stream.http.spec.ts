import { claimDue, pullLever, settle } from '@holdfast/queue';
import { RunningApp, type As } from '../testing/running-app';

interface Heard {
  event: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a spec knows what it listens for
  data: any;
}

/** A console's live connection, and what it heard. */
class Line {
  readonly heard: Heard[] = [];
  isOver = false;
  private wake: () => void = () => undefined;
  private readonly abort = new AbortController();

  static async open(app: RunningApp, as: As, query = ''): Promise<Line> {
    const line = new Line();
    const response = await fetch(`${app.url}/api/v1/stream${query}`, {
      headers: {
        ...(as.key && { authorization: `Bearer ${as.key}` }),
        ...(as.cookie && { cookie: as.cookie }),
      },
      signal: line.abort.signal,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    void line.read(response.body as ReadableStream<Uint8Array>);
    // Whoever is told how things stand is told everything that changes from then on.
    await line.next('counts');
    return line;
  }

  close(): void {
    this.abort.abort();
  }

  /** Waits for an event, and forgets what came before it. */
  async next(event: string, is: (data: Heard['data']) => boolean = () => true): Promise<Heard['data']> {
    for (;;) {
      const index = this.heard.findIndex((heard) => heard.event === event && is(heard.data));
      if (index >= 0) return this.heard.splice(0, index + 1).at(-1)?.data;
      if (this.isOver) throw new Error('the line is over');
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = '';
    try {
      for await (const text of body.pipeThrough(
        new TextDecoderStream() as TransformStream<Uint8Array, string>,
      )) {
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const match = /^event: (.*)\ndata: (.*)$/.exec(block);
          if (match) this.heard.push({ event: String(match[1]), data: JSON.parse(String(match[2])) });
        }
        this.wake();
      }
    } catch {
      // closed by us
    }
    this.isOver = true;
    this.wake();
  }
}

let app: RunningApp;
let one: Awaited<ReturnType<RunningApp['tenant']>>;
let two: Awaited<ReturnType<RunningApp['tenant']>>;
const lines: Line[] = [];

const open = async (as: As, query = ''): Promise<Line> => {
  const line = await Line.open(app, as, query);
  lines.push(line);
  return line;
};

beforeAll(async () => {
  app = await RunningApp.start();
  one = await app.tenant('One');
  two = await app.tenant('Two');
});
afterEach(() => lines.splice(0).forEach((line) => line.close()));
afterAll(() => app?.stop());

it('tells a tenant its own counts, and nothing of another', async () => {
  const mine = await open(one.person);
  const theirs = await open(two.person);
  await app.mail(one.id, one.domainId, ['a@one.example']);
  expect(await mine.next('counts', (counts) => counts[one.domainId]?.held === 1)).toEqual({
    [one.domainId]: {
      held: 1,
      heldBytes: 1234,
      sending: 0,
      quarantined: 0,
      delivered: 0,
      refused: 0,
      expired: 0,
      discarded: 0,
    },
  });
  expect(await mine.next('delivery')).toEqual({ domain: one.domain });
  // Their own mail comes after ours; by then everything that was to be told of ours has been told.
  await app.mail(two.id, two.domainId, ['b@two.example']);
  await theirs.next('counts', (counts) => counts[two.domainId]?.held === 1);
  expect(JSON.stringify(theirs.heard)).not.toContain(one.domainId);
  expect(JSON.stringify(mine.heard)).not.toContain(two.domainId);
});

it('tells an operator of everybody, or of the one tenant that they name', async () => {
  const everybody = await open(app.operator);
  const named = await open(app.operator, '?tenant=Two');
  await app.mail(one.id, one.domainId, ['a@one.example']);
  await everybody.next('counts', (counts) => one.domainId in counts);
  await app.mail(two.id, two.domainId, ['b@two.example']);
  await everybody.next('counts', (counts) => two.domainId in counts);
  await named.next('counts', (counts) => two.domainId in counts);
  expect(JSON.stringify(named.heard)).not.toContain(one.domainId);
});

it('tells what the relay settles and what a person moves', async () => {
  const line = await open(one.person);
  await pullLever(app.owner, 'discard', { domainId: one.domainId });
  await line.next('counts', (counts) => counts[one.domainId].held === 0);
  const [id] = await app.mail(one.id, one.domainId, ['c@one.example']);
  await claimDue(app.owner, {
    domainId: one.domainId,
    node: 'node-1',
    worker: 'w',
    limit: 1,
    leaseSeconds: 60,
  });
  await settle(
    app.owner,
    [{ deliveryId: String(id), kind: 'delivered', reply: '250 ok', with: 'mx:25' }],
    'w',
  );
  await app.owner.query(`select pg_notify('holdfast_settled', $1)`, [
    JSON.stringify({ domains: [one.domainId] }),
  ]);
  await line.next('counts', (counts) => counts[one.domainId].delivered === 1);
});

it('hints at outages and notifications of this tenant alone', async () => {
  const mine = await open(one.person);
  const theirs = await open(two.person);
  const notify = (channel: string, payload: object) =>
    app.owner.query('select pg_notify($1, $2)', [channel, JSON.stringify(payload)]);
  await notify('holdfast_outage', { tenant: one.id, domain: one.domainId, outage: 'the-outage' });
  expect(await mine.next('outage')).toEqual({ id: 'the-outage', domainId: one.domainId });
  await notify('holdfast_notification', { tenant: one.id });
  await mine.next('notification');
  await notify('holdfast_notification', { tenant: two.id });
  await theirs.next('notification');
  expect(theirs.heard.filter(({ event }) => event === 'outage')).toEqual([]);
});

it('gathers a drain into a few events a second', async () => {
  const line = await open(one.person);
  const began = Date.now();
  for (let n = 0; n < 100; n++) {
    await app.owner.query(`select pg_notify('holdfast_settled', $1)`, [
      JSON.stringify({ domains: [one.domainId] }),
    ]);
  }
  await app.mail(one.id, one.domainId, ['last@one.example']);
  let events = 0;
  await line.next('counts', (counts) => {
    events = line.heard.filter(({ event }) => event === 'counts').length;
    return counts[one.domainId].held > 0;
  });
  expect(events).toBeLessThanOrEqual(2 + Math.ceil((Date.now() - began) / 250));
});

it('comes back after Postgres hung up, and says that anything may have changed', async () => {
  const line = await open(one.person);
  await app.owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'holdfast-listener' and datname = current_database()`,
  );
  expect(await line.next('delivery', ({ domain }) => domain === null)).toEqual({ domain: null });
  await line.next('outage');
  await line.next('notification');
});
