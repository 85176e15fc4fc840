import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import dnsPacket, { type Answer } from 'dns-packet';

/** Answers A and MX questions from a list over UDP; whatever is not in it does not exist. */
export async function startNameServer(
  records: Record<string, { A?: string; MX?: string }>,
): Promise<{ server: string; close(): Promise<void> }> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, from) => {
    const query = dnsPacket.decode(bytes);
    const [question] = query.questions ?? [];
    const found = records[question?.name.toLowerCase() ?? ''];
    const answers: Answer[] = [];
    const name = question?.name ?? '';
    if (question?.type === 'A' && found?.A) answers.push({ type: 'A', name, ttl: 1, data: found.A });
    if (question?.type === 'MX' && found?.MX)
      answers.push({ type: 'MX', name, ttl: 1, data: { preference: 10, exchange: found.MX } });
    const nameError = 3;
    const response = dnsPacket.encode({
      type: 'response',
      id: query.id,
      flags: dnsPacket.AUTHORITATIVE_ANSWER | (found ? 0 : nameError),
      questions: query.questions,
      answers,
    });
    socket.send(response, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    server: `127.0.0.1:${socket.address().port}`,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
