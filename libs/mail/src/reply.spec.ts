import { formatReply, parseReply } from './reply';

describe('parseReply', () => {
  it.each([
    ['250 2.0.0 Ok: queued', { code: 250, enhanced: '2.0.0', text: 'Ok: queued' }],
    ['550 No such user', { code: 550, enhanced: '5.0.0', text: 'No such user' }],
    [
      '452-4.2.2 The mailbox is full.\r\n452 4.2.2 Try later.',
      { code: 452, enhanced: '4.2.2', text: 'The mailbox is full. Try later.' },
    ],
    ['421', { code: 421, enhanced: '4.0.0', text: '' }],
  ])('reads %j', (text, expected) => expect(parseReply(text)).toEqual(expected));

  it.each(['', 'hello', '999 x', '25'])('takes %j for no reply', (text) =>
    expect(parseReply(text)).toBeUndefined(),
  );
});

it('formatReply writes what parseReply reads', () => {
  const reply = { code: 451, enhanced: '4.7.1', text: 'Please try again later' };
  expect(parseReply(formatReply(reply))).toEqual(reply);
});
