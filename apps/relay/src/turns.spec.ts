import type { ClaimedDelivery } from '@holdfast/queue';
import { Turns } from './turns';

const delivery = (domainId: string, messageId: string, id = messageId) =>
  ({ domainId, messageId, id }) as ClaimedDelivery;
const messages = (domainId: string, count: number) =>
  Array.from({ length: count }, (_, n) => delivery(domainId, `${domainId}${n}`));
const rest = (turns: Turns): string[] => {
  const order: string[] = [];
  for (let message = turns.next(); message; message = turns.next()) order.push(String(message[0]?.messageId));
  return order;
};

it('domains take turns, each with its oldest first', () => {
  const turns = new Turns();
  turns.add(messages('a', 4));
  turns.add(messages('b', 2));
  expect(rest(turns)).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'a3']);
});

it('one that comes late waits for one message of the others, not for all', () => {
  const turns = new Turns();
  turns.add(messages('a', 1_000));
  turns.next();
  turns.add(messages('b', 1));
  expect([turns.next()?.[0]?.messageId, turns.next()?.[0]?.messageId]).toEqual(['a1', 'b0']);
});

it('the recipients of one message go together', () => {
  const turns = new Turns();
  turns.add([delivery('a', 'm', '1'), delivery('a', 'm', '2'), delivery('a', 'n', '3')]);
  expect(turns.next()?.map(({ id }) => id)).toEqual(['1', '2']);
  expect(turns.size).toBe(1);
});

it('gives back one domain, and everything', () => {
  const turns = new Turns();
  turns.add(messages('a', 3));
  turns.add(messages('b', 2));
  expect(turns.remove('a')).toHaveLength(3);
  expect([turns.size, turns.of('a'), turns.of('b')]).toEqual([2, 0, 2]);
  expect(turns.remove()).toHaveLength(2);
  expect([turns.size, turns.next()]).toEqual([0, undefined]);
});

it('what could not go is next again', () => {
  const turns = new Turns();
  turns.add(messages('a', 3));
  turns.putBack(turns.next() ?? []);
  expect(turns.size).toBe(3);
  expect(rest(turns)).toEqual(['a0', 'a1', 'a2']);
});
