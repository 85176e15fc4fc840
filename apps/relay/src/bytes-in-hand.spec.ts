import { BytesInHand } from './bytes-in-hand';

const mebibyte = 2 ** 20;

it('lets in what fits, the rest in order, and one that is too big alone', async () => {
  const bytes = new BytesInHand(10 * mebibyte);
  const entered: string[] = [];
  const enter = (name: string, size: number) => bytes.take(size).then(() => entered.push(name));
  await enter('first', 6 * mebibyte);
  const second = enter('second', 6 * mebibyte);
  const third = enter('third', 1 * mebibyte);
  const huge = enter('huge', 50 * mebibyte);
  await enter('small', 1000);
  expect(entered).toEqual(['first', 'small']);
  bytes.giveBack(6 * mebibyte);
  await Promise.all([second, third]);
  expect(entered).toEqual(['first', 'small', 'second', 'third']);
  bytes.giveBack(6 * mebibyte);
  bytes.giveBack(1 * mebibyte);
  await huge;
  expect(entered.at(-1)).toBe('huge');
});

it('one lane fills no more than its part, and another lane finds room beside it', async () => {
  const bytes = new BytesInHand(8 * mebibyte);
  const slow = bytes.forLane();
  const other = bytes.forLane();
  await slow.take(mebibyte);
  await slow.take(mebibyte);
  let isThird = false;
  const third = slow.take(mebibyte).then(() => (isThird = true));
  await other.take(mebibyte);
  await other.take(mebibyte);
  expect(isThird).toBe(false);
  slow.giveBack(mebibyte);
  await third;
  expect(isThird).toBe(true);
});

it('a lane with nothing in hand has its one message although others fill the room', async () => {
  const bytes = new BytesInHand(4 * mebibyte);
  for (let n = 0; n < 4; n++) await bytes.forLane().take(mebibyte);
  await bytes.forLane().take(3 * mebibyte);
  let isIn = false;
  // Up to twice the room, and not beyond.
  const last = bytes.forLane();
  void last.take(2 * mebibyte).then(() => (isIn = true));
  await Promise.resolve();
  expect(isIn).toBe(false);
});
