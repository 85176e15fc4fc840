/** The figures of one contestant over all rounds. */
export interface Figures {
  median: number;
  min: number;
  max: number;
}

export interface Result {
  case: string;
  unit: string;
  holdfast: Figures;
  anchors: Record<string, Figures>;
  /** the anchor that did best; null when there was none */
  best: string | null;
  /** how many times better than the best anchor's median ours is; null without an anchor */
  ratio: number | null;
}

export function figuresOf(values: readonly number[]): Figures {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (index: number): number => sorted[index] ?? NaN;
  const median = Number.isInteger(middle) ? (at(middle - 1) + at(middle)) / 2 : at(Math.floor(middle));
  return { median: rounded(median), min: rounded(at(0)), max: rounded(at(sorted.length - 1)) };
}

/** @param isMoreBetter false for times and memory */
export function resultOf(
  name: string,
  unit: string,
  values: ReadonlyMap<string, readonly number[]>,
  isMoreBetter = true,
): Result {
  const holdfast = figuresOf(values.get('holdfast') ?? []);
  const anchors: Record<string, Figures> = {};
  for (const [contestant, rounds] of values)
    if (contestant !== 'holdfast') anchors[contestant] = figuresOf(rounds);
  const [best] = Object.entries(anchors).toSorted(([, a], [, b]) =>
    isMoreBetter ? b.median - a.median : a.median - b.median,
  );
  const ratio = best && (isMoreBetter ? holdfast.median / best[1].median : best[1].median / holdfast.median);
  return {
    case: name,
    unit,
    holdfast,
    anchors,
    best: best?.[0] ?? null,
    ratio: ratio === undefined ? null : rounded(ratio),
  };
}

/** Three figures are more than such a measurement is worth. */
function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

export function tableOf({ case: name, unit, holdfast, anchors, best, ratio }: Result): string {
  const rows = [['holdfast', holdfast] as const, ...Object.entries(anchors)];
  const wide = Math.max(...rows.map(([contestant]) => contestant.length));
  const lines = rows.map(
    ([contestant, { median, min, max }]) =>
      `  ${contestant.padEnd(wide)}  ${String(median).padStart(7)}   (${min} to ${max})`,
  );
  const sum = best === null ? 'No anchor ran.' : `${ratio} times the best anchor, ${best}.`;
  return [`${name}, ${unit}: median (minimum to maximum)`, ...lines, sum].join('\n');
}
