/**
 * A connection that comes from one of our load balancers begins with a PROXY header (see proxy-header.ts). It is required there,
 * within seconds and a few kilobytes; nobody else's is read, and to them it is a command that we do not know.
 */
import type { Socket } from 'node:net';
import { readProxyHeader, type Proxied } from './proxy-header';

/** A balancer writes its header at once, with or before the first octets of its client. */
const withinMs = 5_000;

/**
 * Reads the header off the socket and leaves everything behind it unread.
 * @throws Error saying what was wrong; the socket is the caller's to close
 */
export function proxiedOn(socket: Socket): Promise<Proxied> {
  return new Promise((resolve, reject) => {
    let octets = Buffer.alloc(0);
    const end = (): void => {
      clearTimeout(timer);
      socket.removeListener('readable', read);
      socket.removeListener('error', fail);
      socket.removeListener('end', gone);
      socket.removeListener('close', gone);
      // From here to the next listener an error must not end the process.
      socket.on('error', () => undefined);
    };
    const fail = (error: Error): void => (end(), reject(error));
    const gone = (): void => fail(new Error('the connection ended before the PROXY header'));
    const timer = setTimeout(() => fail(new Error('no PROXY header in time')), withinMs);
    const read = (): void => {
      for (let chunk: Buffer | null; (chunk = socket.read() as Buffer | null) !== null;) {
        octets = Buffer.concat([octets, chunk]);
        const reading = readProxyHeader(octets);
        if (reading.kind === 'more') continue;
        if (reading.kind === 'bad') return fail(new Error(reading.reason));
        end();
        const rest = octets.subarray(reading.bytes);
        if (rest.length > 0) socket.unshift(rest);
        return resolve(reading);
      }
    };
    socket.on('readable', read);
    socket.on('error', fail);
    socket.on('end', gone);
    socket.on('close', gone);
  });
}
