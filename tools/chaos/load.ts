/** The senders: a few connections that hand in one message after the other, and go on through whatever happens. */
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ledger } from './ledger';
import type { PlannedMessage } from './plan';

const restAfterFailureMs = 50;

/** What was offered and got no 250 is not promised, and is not sent again: the next message is as good. */
export async function sendAll(
  port: number,
  connections: number,
  messages: PlannedMessage[],
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  const waiting = [...messages];
  const sender = async (): Promise<void> => {
    let connection: SMTPConnection | undefined;
    for (let message = waiting.shift(); message && !signal.aborted; message = waiting.shift()) {
      try {
        connection ??= await connectAtLast(port, signal);
        const { accepted, response } = await offer(connection, message);
        ledger.acknowledge(accepted, /queued as (.*)$/.exec(response)?.[1] ?? '');
      } catch {
        connection?.close();
        connection = undefined;
      }
    }
    connection?.quit();
  };
  await Promise.all(Array.from({ length: connections }, sender));
}

/** Nobody answers while port 25 is dead: the message waits with its sender. */
async function connectAtLast(port: number, signal: AbortSignal): Promise<SMTPConnection> {
  for (;;) {
    try {
      return await connect(port);
    } catch (error) {
      if (signal.aborted) throw error;
      await pause(restAfterFailureMs);
    }
  }
}

async function connect(port: number): Promise<SMTPConnection> {
  const connection = new SMTPConnection({
    host: '127.0.0.1',
    port,
    ignoreTLS: true,
    name: 'elsewhere.test',
    allowInternalNetworkInterfaces: true,
    connectionTimeout: 10_000,
    socketTimeout: 30_000,
  });
  // A listener for its whole life: what happens between two messages is told to the next one.
  connection.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    connection.once('error', reject);
    connection.once('end', () => reject(new Error('closed')));
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  return connection;
}

function offer(
  connection: SMTPConnection,
  { to, content }: PlannedMessage,
): Promise<{ accepted: string[]; response: string }> {
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.once('end', () => reject(new Error('closed')));
    connection.send({ from: 'sender@elsewhere.test', to }, content, (error, info) => {
      connection.removeListener('error', reject);
      connection.removeAllListeners('end');
      if (error) reject(error);
      else resolve(info as unknown as { accepted: string[]; response: string });
    });
  });
}
