/** A sender as there are millions: speaks SMTP to our port 25, keeps a ledger of what was promised, and is none of ours. */
import SMTPConnection from 'nodemailer/lib/smtp-connection';

export interface Message {
  from: string;
  to: string[];
  body: Buffer;
}

/** A message that can be told from all others, also when it comes out at the other end. */
export function numbered(number: number, to: string, extra = ''): Message {
  return {
    from: 'sender@elsewhere.test',
    to: [to],
    body: Buffer.from(
      `From: sender@elsewhere.test\r\nTo: ${to}\r\nSubject: message ${number}\r\nMessage-ID: <${number}@elsewhere.test>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n\r\nNumber ${number}.\r\n.\r\n..two dots\r\n${extra}`,
    ),
  };
}

async function connect(port: number, host = '127.0.0.1'): Promise<SMTPConnection> {
  const connection = new SMTPConnection({
    host,
    port,
    ignoreTLS: true,
    name: 'elsewhere.test',
    allowInternalNetworkInterfaces: true,
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

function offer(connection: SMTPConnection, message: Message): Promise<string> {
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.once('end', () => reject(new Error('closed')));
    connection.send(
      { from: message.from, to: message.to, size: message.body.length },
      message.body,
      (error, info) => {
        connection.removeAllListeners('end');
        if (error) reject(error);
        else resolve((info as { response: string }).response);
      },
    );
  });
}

/** Sends one message over a connection of its own. @returns the reply to the final dot */
export async function send(port: number, message: Message, host?: string): Promise<string> {
  const connection = await connect(port, host);
  try {
    return await offer(connection, message);
  } finally {
    connection.close();
  }
}

/**
 * Sends messages over several connections and goes on through failures, like any queue does: what got no 250 is not in the ledger
 * and is not sent again here. Stops when `next` has no more.
 * @returns the numbers of the messages that were promised
 */
export async function sendMany(
  port: number,
  connections: number,
  next: () => { number: number; message: Message } | undefined,
): Promise<Set<number>> {
  const promised = new Set<number>();
  const work = async (): Promise<void> => {
    let connection: SMTPConnection | undefined;
    for (let job = next(); job; job = next()) {
      try {
        connection ??= await connect(port);
        const reply = await offer(connection, job.message);
        if (reply.startsWith('250')) promised.add(job.number);
      } catch {
        connection?.close();
        connection = undefined;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    connection?.quit();
  };
  await Promise.all(Array.from({ length: connections }, work));
  return promised;
}
