/**
 * The only place where a check opens a connection. The address is judged here, as it is dialled: a name that answers differently
 * the second time it is looked up cannot lead inside.
 */
import { connect, type Socket } from 'node:net';
import { isPrivateAddress } from '@holdfast/mail';
import { CouldNotCheck } from '../known';

export interface DialRules {
  mayDial(address: string): boolean;
}

export const dialRules = (allowPrivate: boolean): DialRules => ({
  mayDial: (address) => allowPrivate || !isPrivateAddress(address),
});

/** There is nobody: a finding about the server, unlike all that merely could not be asked. */
export class Refused extends CouldNotCheck {}

const connectTimeoutMs = 3_000;

/** @throws Refused when the other side says no, CouldNotCheck when nothing is said */
export function dial(address: string, port: number, rules: DialRules, signal: AbortSignal): Promise<Socket> {
  if (!rules.mayDial(address))
    return Promise.reject(
      new CouldNotCheck(`${address} is a private or reserved address; we do not connect there`),
    );
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, noDelay: true });
    const fail = (error: CouldNotCheck): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => fail(new CouldNotCheck(`${address} did not answer in time`));
    const timer = setTimeout(onAbort, connectTimeoutMs);
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isRefused = error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET';
      fail(
        isRefused
          ? new Refused(`${address} refuses connections on port ${port}`)
          : new CouldNotCheck(`${address} cannot be reached from here (${error.code ?? error.message})`),
      );
    });
    socket.once('connect', () => {
      settle();
      // Where nobody listens, the kernel may choose that very port for our side and connect us with ourselves.
      if (socket.localPort === port && socket.localAddress === socket.remoteAddress)
        return fail(new Refused(`${address} refuses connections on port ${port}`));
      resolve(socket);
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });
}
