import type { ServerResponse } from 'node:http';

const tellNotMoreOftenThanMs = 150; // faster than that nobody reads, and a burst of mail would only make the page flicker
const heartbeatMs = 15_000;

/** Everybody who has the page open, told by server-sent events what the state is now. */
export class Visitors {
  readonly #open = new Set<ServerResponse>();
  readonly #heartbeat = setInterval(() => this.#write(': still here\n\n'), heartbeatMs).unref();
  #telling: NodeJS.Timeout | undefined;

  constructor(private readonly state: () => unknown) {}

  add(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    this.#open.add(response);
    response.on('close', () => this.#open.delete(response));
    response.write(this.#event());
  }

  tell(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#write(this.#event());
    }, tellNotMoreOftenThanMs);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#telling);
    for (const response of this.#open) response.end();
  }

  #event(): string {
    return `event: state\ndata: ${JSON.stringify(this.state())}\n\n`;
  }

  #write(text: string): void {
    for (const response of this.#open) response.write(text);
  }
}
