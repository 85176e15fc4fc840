import type { Output } from './output';

const sayAfterMs = 2_000;
const sayAgainMs = 10_000;

/**
 * Does `work` and tells the person in front of the terminal what it is once it takes longer than two seconds, again every ten
 * seconds, and when it is done. What is quick stays silent.
 */
export async function withProgress<T>(
  output: Pick<Output, 'progress'>,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const began = Date.now();
  const seconds = (): number => Math.round((Date.now() - began) / 1000);
  let timer = setTimeout(function say() {
    output.progress(seconds() < 4 ? what : `${what}, ${seconds()} s so far`);
    timer = setTimeout(say, sayAgainMs);
  }, sayAfterMs);
  try {
    const result = await work();
    if (Date.now() - began > sayAfterMs) output.progress(`${what}: done in ${seconds()} s`);
    return result;
  } finally {
    clearTimeout(timer);
  }
}
