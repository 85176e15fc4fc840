import type { ClaimedDelivery } from '@holdfast/queue';
import type { ArcSeal } from './arc-seal';

export interface LinesAboveParts {
  /** undefined: its key is not ready */
  arcSeal(): Pick<ArcSeal, 'seal'> | undefined;
  isSealed(domainId: string): boolean;
}

/** Ours stand first, and are shorter than this. */
const ourLines = 4_096;

/**
 * What goes above a message when it leaves, for the rules of its tenant and the trust of its primary: our ARC seal, and what a late
 * scan said where the line of port 25 says "unscanned". Below it the message is octet for octet what is stored.
 */
export async function linesAbove(
  { arcSeal, isSealed }: LinesAboveParts,
  { messageId, domainId }: ClaimedDelivery,
  scan: string,
  body: Buffer,
): Promise<Buffer[]> {
  const lines: Buffer[] = [];
  const seal = isSealed(domainId) ? await arcSeal()?.seal(messageId, body) : undefined;
  if (seal) lines.push(seal);
  const ours = body.toString('latin1', 0, ourLines);
  if (scan !== 'unscanned' && /^X-Holdfast-Scan: unscanned/m.test(ours)) {
    const mark = scan === 'spam' ? 'X-Spam-Flag: YES\r\n' : '';
    lines.push(Buffer.from(`${mark}X-Holdfast-Late-Scan: ${scan}\r\n`));
  }
  return lines;
}
