import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { plainMessage, startRspamd, type RunningRspamd } from '@holdfast/rspamd-client/testing';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Scene } from './testing/scene';

const count = 1_000;

let scene: Scene;
let primary: FakePrimary;
let rspamd: RunningRspamd;
let door: Door;

/** Stands before the real rspamd: closed as if it were away, then open, and counts who is inside. */
class Door {
  mostAtOnce = 0;
  /** how often each message was asked about */
  readonly asked = new Map<string, number>();
  private inside = 0;
  private server: Server | undefined;

  private constructor(
    readonly port: number,
    private readonly behind: number,
  ) {}

  static async closed(behind: number): Promise<Door> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return new Door(port, behind);
  }

  async open(): Promise<void> {
    this.server = createServer((question, answer) => {
      const id = question.headers['queue-id'];
      if (typeof id === 'string') this.asked.set(id, (this.asked.get(id) ?? 0) + 1);
      this.mostAtOnce = Math.max(this.mostAtOnce, ++this.inside);
      answer.once('close', () => this.inside--);
      const { method, url, headers } = question;
      const passedOn = request({ port: this.behind, method, path: url, headers }, (said) => {
        answer.writeHead(said.statusCode ?? 500, said.headers);
        said.pipe(answer);
      });
      passedOn.on('error', () => answer.destroy());
      question.pipe(passedOn);
    }).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  close(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }
}

beforeAll(async () => {
  [scene, primary, rspamd] = await Promise.all([Scene.open(), startFakePrimary({ keep: 0 }), startRspamd()]);
  door = await Door.closed(rspamd.port);
});

afterAll(async () => {
  await scene?.close();
  door?.close();
  await Promise.all([primary?.close(), rspamd?.stop()]);
});

it('a thousand messages that waited for the scanner meet it a few at a time, each once, and go out', async () => {
  const domain = await scene.domain(primary.port);
  await scene.hold(
    domain,
    Array.from({ length: count }, (_, n) => [`r${n}`]),
    Buffer.from(plainMessage),
  );
  await scene.rows(`update messages set scan = 'unscanned'`);
  await scene.startRelay({ HOLDFAST_SCANNING: 'on', RSPAMD_URL: `http://127.0.0.1:${door.port}` });
  await scene.until('the relay has found nobody who scans', () =>
    scene.logged.some(({ event }) => event === 'scan-failed'),
  );
  expect(primary.count).toBe(0);
  await door.open();
  await primary.waitForCount(count, 60_000);
  // Four at a time, and the probe that found it back.
  expect(door.mostAtOnce).toBeGreaterThan(1);
  expect(door.mostAtOnce).toBeLessThanOrEqual(5);
  expect(door.asked.size).toBe(count);
  expect([...door.asked.values()].filter((times) => times !== 1)).toEqual([]);
  expect(await scene.rows('select scan, count(*)::int as n from messages group by scan')).toEqual([
    { scan: 'clean', n: count },
  ]);
}, 90_000);
