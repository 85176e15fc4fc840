import { createServer, type AddressInfo, type Server } from 'node:net';
import { CannotStart } from './cannot-start';

/** A place where we must be able to listen, and the variables that move it elsewhere. */
export interface Place {
  hostVariable: string;
  host: string;
  portVariable: string;
  port: number;
}

const open = (host: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

function sentence({ hostVariable, host, portVariable, port }: Place, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `${portVariable}: port ${port} on ${host} is in use by another program.`;
    case 'EACCES':
      return `${portVariable}: this user may not listen on port ${port}; take one above 1023 or start as root.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return `${hostVariable}: ${host} is no address of this machine.`;
    default:
      return `${portVariable}: cannot listen on ${host} port ${port}: ${error.message}.`;
  }
}

/**
 * Makes sure that all places are free, and turns port 0 into a free one. All are held open until the last has been tried, so
 * that two zeros never become the same port.
 * @returns the ports in the order of `places`
 * @throws CannotStart naming the first place that is not free
 */
export async function findPorts(places: Place[]): Promise<number[]> {
  const servers: Server[] = [];
  try {
    for (const place of places) {
      try {
        servers.push(await open(place.host, place.port));
      } catch (error) {
        throw new CannotStart(sentence(place, error as NodeJS.ErrnoException));
      }
    }
    return servers.map((server) => (server.address() as AddressInfo).port);
  } finally {
    await Promise.all(servers.map(close));
  }
}

/** A loopback port that was free a moment ago, for a part of ours that cannot choose one itself. */
export async function freeLoopbackPort(): Promise<number> {
  const server = await open('127.0.0.1', 0);
  const { port } = server.address() as AddressInfo;
  await close(server);
  return port;
}
