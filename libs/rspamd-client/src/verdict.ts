/** What rspamd advises, in its own words (docs: "Rspamd actions"), mildest first. */
export const scanActions = [
  'no action',
  'greylist',
  'add header',
  'rewrite subject',
  'soft reject',
  'reject',
] as const;
export type ScanAction = (typeof scanActions)[number];

export interface ScanSymbol {
  name: string;
  score: number;
  options: string[];
}

export interface Verdict {
  action: ScanAction;
  score: number;
  /** the score from which rspamd advises to reject */
  requiredScore: number;
  symbols: ScanSymbol[];
  /** a virus scanner named something in it */
  isInfected: boolean;
  /** a virus scanner was to look and could not: to be treated as not scanned */
  isVirusScanMissing: boolean;
  /** words for the sender, such as `smtp_message` */
  messages: Record<string, string>;
}

// The antivirus module names its symbols after its configuration; ours and the usual ones end so. A scanner that did not answer
// adds NAME_FAIL.
const isVirus = /(^|_)VIRUS$/;
const isMissing = /(^|_)VIRUS_FAIL$/;

/**
 * Reads the answer of `/checkv2`.
 *
 * `is_skipped` is no failure: rspamd sets it when a test pattern decided at once (GTUBE, with action "reject") or when the
 * operator's own settings exempt the message. What `action` says then still is its decision.
 * @returns undefined when it is none
 */
export function readVerdict(answer: unknown): Verdict | undefined {
  if (!isObject(answer)) return undefined;
  const { action, score, required_score: requiredScore } = answer;
  const known = scanActions.find((name) => name === action);
  if (!known || typeof score !== 'number' || typeof requiredScore !== 'number') return undefined;
  const symbols = Object.entries(isObject(answer['symbols']) ? answer['symbols'] : {}).map(([name, symbol]) =>
    readSymbol(name, symbol),
  );
  return {
    action: known,
    score,
    requiredScore,
    symbols,
    isInfected: symbols.some(({ name }) => isVirus.test(name)),
    isVirusScanMissing: symbols.some(({ name }) => isMissing.test(name)),
    messages: Object.fromEntries(
      Object.entries(isObject(answer['messages']) ? answer['messages'] : {}).filter(
        (pair): pair is [string, string] => typeof pair[1] === 'string',
      ),
    ),
  };
}

function readSymbol(name: string, symbol: unknown): ScanSymbol {
  const { score, options } = isObject(symbol) ? symbol : {};
  return {
    name,
    score: typeof score === 'number' ? score : 0,
    options: Array.isArray(options) ? options.filter((option) => typeof option === 'string') : [],
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
