/**
 * The demo's HTTP: what the page, the `holdfast demo` command and the api ask of it, and the page itself.
 *
 * It answers on loopback only, and only to those who call it by a loopback name: otherwise any web site that the visitor
 * has open could switch the primaries through a name of its own that points to 127.0.0.1. For the same reason a request
 * that changes something must not come from another origin.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Visitors } from './visitors';

/** What an address answers: JSON, or a ready response. */
export type Reply =
  { status?: number; json: unknown } | { type: string; bytes: Buffer | string; csp?: string };

export class BadRequest extends Error {}

export interface Routes {
  /** Path -> answer; a path that ends in `/` takes everything below it, the rest of the path comes as first argument. */
  get: Record<string, (rest: string) => Reply | Promise<Reply>>;
  post: Record<string, (body: Record<string, unknown>) => Reply | Promise<Reply>>;
  /** What the stream of events begins with and repeats after each change. */
  state: () => unknown;
}

export interface Control {
  port: number;
  /** Tells everybody who watches the new state, soon. */
  changed(): void;
  close(): Promise<void>;
}

const longestBody = 65_536;
const pageCsp =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** @param port 0: a free one */
export async function serveControl(port: number, routes: Routes): Promise<Control> {
  const visitors = new Visitors(routes.state);
  const server = createServer((request, response) => {
    answer(request, response, routes, visitors).catch((error: unknown) => {
      if (response.headersSent) return void response.destroy();
      const isTheirs = error instanceof BadRequest;
      const detail = error instanceof Error ? error.message : String(error);
      send(response, {
        status: isTheirs ? 400 : 500,
        json: { title: isTheirs ? 'Bad request' : 'Failed', detail },
      });
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    changed: () => visitors.tell(),
    close: async () => {
      visitors.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: Routes,
  visitors: Visitors,
): Promise<void> {
  const { host = '', origin } = request.headers;
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)) {
    return send(response, { status: 421, json: { title: 'Call the demo by a loopback name' } });
  }
  const { pathname } = new URL(request.url ?? '/', 'http://demo');
  if (request.method === 'GET' || request.method === 'HEAD') {
    if (pathname === '/control/events') return visitors.add(response);
    const found = findGet(routes, pathname);
    return send(response, found ? await found() : { status: 404, json: { title: 'Not found' } });
  }
  const post = request.method === 'POST' ? routes.post[pathname] : undefined;
  if (!post) return send(response, { status: 404, json: { title: 'Not found' } });
  if (origin !== undefined && origin !== `http://${host}`) {
    return send(response, { status: 403, json: { title: 'Not from another origin' } });
  }
  send(response, await post(await readJson(request)));
}

function findGet({ get }: Routes, path: string): (() => Reply | Promise<Reply>) | undefined {
  const exact = get[path];
  if (exact) return () => exact('');
  const folder = Object.keys(get).find(
    (known) => known !== '/' && known.endsWith('/') && path.startsWith(known),
  );
  const below = folder === undefined ? undefined : get[folder];
  return below && (() => below(path.slice(folder?.length)));
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > longestBody) throw new BadRequest('the body is too long');
    chunks.push(chunk);
  }
  if (bytes === 0) return {};
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (typeof body === 'object' && body !== null && !Array.isArray(body))
      return body as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new BadRequest('the body must be a JSON object');
}

function send(response: ServerResponse, reply: Reply): void {
  const isJson = 'json' in reply;
  const bytes = isJson ? JSON.stringify(reply.json) : reply.bytes;
  response.writeHead(isJson ? (reply.status ?? 200) : 200, {
    'content-type': isJson ? 'application/json; charset=utf-8' : reply.type,
    'content-security-policy': isJson ? "default-src 'none'" : (reply.csp ?? pageCsp),
    'content-length': Buffer.byteLength(bytes),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': isJson ? 'no-store' : 'no-cache',
  });
  response.end(bytes);
}
