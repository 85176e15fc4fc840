import { jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { LiveStream, OPEN_STREAM, graceMs, silenceMs } from './live-stream';

/** A server that the spec speaks for: it sees how it was asked, says lines, and hangs up. */
class Line {
  private readonly encoder = new TextEncoder();
  private control: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly response: Response;
  constructor(
    readonly headers: Record<string, string>,
    signal: AbortSignal,
    status = 200,
  ) {
    const body = new ReadableStream<Uint8Array>({ start: (control) => void (this.control = control) });
    signal.addEventListener('abort', () => this.hangUp());
    this.response = { ok: status === 200, status, body } as unknown as Response;
  }
  say(text: string): void {
    this.control?.enqueue(this.encoder.encode(text));
  }
  hangUp(): void {
    try {
      this.control?.error(new Error('hung up'));
    } catch {
      // It was closed already.
    }
  }
}

describe('the live stream', () => {
  let lines: Line[];
  let isAway: boolean;
  let status: number;
  let live: LiveStream;
  const line = (): Line => {
    const last = lines.at(-1);
    if (!last) throw new Error('nobody has connected');
    return last;
  };
  const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(0).then(() => undefined);

  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    isAway = false;
    status = 200;
    TestBed.configureTestingModule({
      providers: [
        {
          provide: OPEN_STREAM,
          useValue: async (_url: string, init: RequestInit) => {
            if (isAway) throw new TypeError('Failed to fetch');
            const opened = new Line(
              init.headers as Record<string, string>,
              init.signal as AbortSignal,
              status,
            );
            lines.push(opened);
            return opened.response;
          },
        },
      ],
    });
    live = TestBed.inject(LiveStream);
    live.start();
  });
  afterEach(() => {
    live.stop();
    jest.useRealTimers();
  });

  test('takes counts and hints as they come, also when a packet ends in the middle of a line', async () => {
    await settle();
    line().say('event: counts\nda');
    await settle();
    line().say(
      'ta: {"d1":{"held":3}}\n\nevent: delivery\ndata: {"domain":"d1"}\n\nevent: outage\ndata: {}\n\n',
    );
    await settle();
    expect(live.connection()).toBe('live');
    expect(live.counts()['d1']?.held).toBe(3);
    expect([live.deliveryHints(), live.outageHints(), live.notificationHints()]).toEqual([1, 1, 0]);
  });

  test('comes back after a break, says from where, and has everything read again', async () => {
    await settle();
    line().say('id: 41\nevent: delivery\ndata: {}\n\n');
    await settle();
    line().hangUp();
    await jest.advanceTimersByTimeAsync(600);
    expect(lines).toHaveLength(2);
    expect(line().headers['last-event-id']).toBe('41');
    expect([live.deliveryHints(), live.outageHints(), live.notificationHints()]).toEqual([2, 1, 1]);
  });

  test('a short break is not worth a banner, a long one is, and the banner goes when it is healed', async () => {
    await settle();
    isAway = true;
    line().hangUp();
    await jest.advanceTimersByTimeAsync(graceMs - 100);
    expect(live.connection()).toBe('live');
    await jest.advanceTimersByTimeAsync(200);
    expect(live.connection()).toBe('stale');
    isAway = false;
    await jest.advanceTimersByTimeAsync(15_000);
    expect(live.connection()).toBe('live');
  });

  test('a line that has gone silent is given up; a heartbeat keeps it', async () => {
    await settle();
    await jest.advanceTimersByTimeAsync(silenceMs - 1_000);
    line().say(': still here\n\n');
    await jest.advanceTimersByTimeAsync(silenceMs - 1_000);
    expect(lines).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(lines).toHaveLength(2);
  });

  test('an ended session is not retried', async () => {
    await settle();
    status = 401;
    line().hangUp();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(live.isSignedOut()).toBe(true);
    expect(lines).toHaveLength(2);
  });

  test('a stop ends the connection, and a new start opens one and only one', async () => {
    await settle();
    live.stop();
    live.start();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(lines).toHaveLength(2);
    expect(live.connection()).toBe('live');
  });
});
