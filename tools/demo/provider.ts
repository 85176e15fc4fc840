/**
 * The provider under demonstration, seen from outside: its HTTP API with the operator's key, and its stream of events.
 * The demo uses no door that a customer's script could not use.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

export interface Answer {
  status: number;
  body: unknown;
}

const answerWithinMs = 10_000;
const reconnectAfterMs = 1_000;

export class Provider {
  constructor(
    readonly url: string,
    private readonly keyFile: string,
  ) {}

  /** Whether the API answers at all. */
  async isLive(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/health/live`, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false; // refused, reset, late: it is not there yet
    }
  }

  /** One request as the operator. Throws when nobody answers or there is no key yet. */
  async request(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.#key()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : safeJson(text) };
  }

  /** Calls `heard` at each event of the stream, and again after each reconnect, until the signal ends it. */
  async follow(heard: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const response = await fetch(`${this.url}/api/v1/stream`, {
          headers: { authorization: `Bearer ${await this.#key()}`, accept: 'text/event-stream' },
          signal,
        });
        if (!response.ok || !response.body) {
          await response.body?.cancel();
          throw new Error(`the stream answered ${response.status}`);
        }
        heard();
        const reader = response.body.getReader();
        while (!(await reader.read()).done) heard();
      } catch {
        // Gone or not there yet; the page says so by what it shows, and we try again.
      }
      heard();
      await pause(reconnectAfterMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Read each time: the api makes the key at its first start, and an operator may replace it. */
  async #key(): Promise<string> {
    return (await readFile(this.keyFile, 'utf8')).trim();
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // an error page of something in between; the status says enough
  }
}
