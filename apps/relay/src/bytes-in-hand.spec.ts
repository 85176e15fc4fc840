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
