import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface Health {
  isReady: boolean;
  /** one sentence for each thing that is not well; may be there although ready, when the program does without */
  reasons: string[];
}

export interface HealthServer {
  port: number;
  close(): Promise<void>;
}

/** Serves `/health/live`, `/health/ready` and `/metrics` on loopback, for a supervisor, a scraper and a person with curl. */
export async function serveHealth(options: {
  port: number;
  check(): Health;
  registry: Registry;
}): Promise<HealthServer> {
  const server: Server = createServer((request, response) => {
    const send = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type }).end(body);
    };
    void (async () => {
      if (request.url === '/health/live')
        return send(200, 'application/json', JSON.stringify({ live: true }));
      if (request.url === '/health/ready') {
        const { isReady, reasons } = options.check();
        return send(isReady ? 200 : 503, 'application/json', JSON.stringify({ ready: isReady, reasons }));
      }
      if (request.url === '/metrics')
        return send(200, options.registry.contentType, await options.registry.metrics());
      return send(404, 'text/plain', 'Here are /health/live, /health/ready and /metrics.\n');
    })().catch(() => send(500, 'text/plain', 'failed\n'));
  });
  server.requestTimeout = 5_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
