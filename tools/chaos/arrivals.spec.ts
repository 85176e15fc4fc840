import type { ReceivedMessage } from '@holdfast/fake-primary';
import { Arrivals } from './arrivals';
import { planRound } from './plan';

const plan = planRound(1);
const [message] = plan.messages;
if (!message) throw new Error('A plan without messages');
const ours = 'Received: from elsewhere.test\r\n\tby mx.holdfast.test\r\nX-Holdfast-Scan: not-scanned\r\n';

const came = (raw: Buffer): Arrivals => {
  const arrivals = new Arrivals(plan.messages);
  arrivals.take({ rcptTo: [message.to[0] as string], raw } as ReceivedMessage);
  return arrivals;
};

it('takes what was sent below our lines for whole', () => {
  const arrivals = came(Buffer.concat([Buffer.from(ours), message.content]));
  expect([arrivals.corrupted, arrivals.has(message.to[0] as string), arrivals.duplicates]).toEqual([
    [],
    true,
    0,
  ]);
});

it.each([
  ['an octet is another', Buffer.concat([Buffer.from(ours), Buffer.from(message.content).fill('#', 40, 41)])],
  ['its end is missing', Buffer.concat([Buffer.from(ours), message.content.subarray(0, -1)])],
  ['something came in above', Buffer.concat([Buffer.from(`${ours}no field\r\n`), message.content])],
  ['it came twice in one', Buffer.concat([Buffer.from(ours), message.content, message.content])],
  ['nothing came', Buffer.alloc(0)],
])('sees that %s', (_, raw) => {
  expect(came(raw).corrupted).toEqual([message.to[0]]);
});

it('counts what comes again', () => {
  const arrivals = came(Buffer.concat([Buffer.from(ours), message.content]));
  arrivals.take({ rcptTo: [message.to[0] as string], raw: message.content } as ReceivedMessage);
  expect(arrivals.duplicates).toBe(1);
});

it('plans the same round for the same seed, and another for another', () => {
  expect(planRound(1)).toEqual(plan);
  expect(planRound(2).messages[0]?.content.equals(message.content)).toBe(false);
});
