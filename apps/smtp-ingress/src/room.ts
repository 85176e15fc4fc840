/**
 * How much room each tenant has left, exactly, however many processes of this machine take mail at once.
 *
 * What a tenant has with us = what Postgres counted at a moment T + what this machine put into the spool and had not registered by
 * T. The second part is kept in a small LMDB environment that all ingress processes share: each process writes a record of its own
 * for a tenant, and reads those of the others in the transaction in which it claims room. So a claim sees every claim before it.
 * A message that is registered moves to `settled` with the time, and counts on top of any T before that.
 *
 * Nothing here is synced to disk: it describes what runs now. What a process leaves when it dies counts on for `afterDeathMs`, the
 * time in which another registers its messages. Between machines the bound is what they take within one reading of the counters,
 * a second (docs/decisions says why that is enough).
 */
import type { DirectoryEntry, HeldByTenant } from '@holdfast/directory';
import type { SpoolEntry } from '@holdfast/spool';
import { open, type RootDatabase } from 'lmdb';
import { rejection } from './rejection';

export interface Defaults {
  /** the provider's, where a tenant has none of its own; null: no limit */
  maxHeldMessages: number | null;
  maxHeldBytes: number | null;
  maxRecipientsPerMessage: number;
  maxMessagesPerHour: number | null;
}

export interface RoomParts {
  /** where all ingress processes of this machine meet */
  path: string;
  worker: number;
  defaults: Defaults;
  /** a message found no room */
  onFull?: (tenantId: string) => void;
  directory: {
    findById(domainId: string): DirectoryEntry | undefined;
    heldBy(tenantId: string): HeldByTenant;
    readonly heldAsOf: number;
  };
}

type Amount = [messages: number, bytes: number];
interface Claims {
  pid: number;
  /** in the spool, and not registered as far as this process knows */
  open: Amount;
  /** registered at that time, in ms since 1970 */
  settled: [at: number, ...Amount][];
}
interface Hour {
  hour: number;
  messages: number;
}
type Key = ['tenant', tenantId: string, worker: number] | ['hour', domainId: string];

/** Settled claims that are closer together count as one, from the later time: too much for that long, never too little. */
const bucketMs = 200;
/** A reading of the counters is never older while Postgres is there to register anything. */
const forgetAfterMs = 15_000;
const afterDeathMs = 10_000;
const tidyEveryMs = 5_000;
/** Further from full than a machine can take in between two readings of the counters: no claim is needed. */
const farMessages = 100_000;
const farBytes = 16 * 2 ** 30;
const farFreshMs = 5_000;
/** With our own lines on top hardly anything is smaller. */
const leastMessageBytes = 512;

export class Room {
  private readonly env: RootDatabase<Claims | Hour, Key>;
  private readonly claimed = new Map<string, { tenantId: string; amount: Amount }>();
  private readonly tidying: NodeJS.Timeout;

  constructor(private readonly parts: RoomParts) {
    this.env = open<Claims | Hour, Key>({ path: parts.path, noSync: true, compression: false });
    this.tidy(true);
    this.tidying = setInterval(() => this.tidy(false), tidyEveryMs).unref();
  }

  mostRecipients({ limits }: DirectoryEntry): number {
    return limits.maxRecipientsPerMessage ?? this.parts.defaults.maxRecipientsPerMessage;
  }

  /**
   * For RCPT, which promises nothing (docs/decisions/0011 says why): whether the message would find room now.
   * @param recipients of this tenant, with the one that is named now
   * @param declaredBytes what SIZE said, in octets; 0: nothing, and then it is taken for a small one
   * @throws SmtpRejection 452
   */
  check(entry: DirectoryEntry, declaredBytes: number, recipients = 1): void {
    const bytes = Math.max(declaredBytes, leastMessageBytes) * recipients;
    if (!this.fits(entry, [recipients, bytes])) throw this.full(entry);
    this.checkHour(entry);
  }

  /**
   * Claims room for what is about to be spooled; all of it or nothing.
   * @throws SmtpRejection 452
   */
  claim(entries: readonly SpoolEntry[]): void {
    const wanted = entries.map(({ id, envelope }) => ({
      id,
      domains: [...new Set(envelope.recipients.map(({ domainId }) => domainId))].flatMap(
        (domainId) => this.parts.directory.findById(domainId) ?? [],
      ),
      tenantId: envelope.tenantId,
      // As Postgres counts: each recipient's delivery has all of the octets.
      amount: [envelope.recipients.length, envelope.bytes * envelope.recipients.length] as Amount,
    }));
    if (!wanted.some(({ domains }) => domains.some((entry) => this.isCounted(entry)))) return;
    const made = this.env.transactionSync(() => {
      for (const { domains, amount } of wanted)
        for (const entry of domains) {
          // Amounts before this one in the same commit belong to other tenants.
          if (!this.fits(entry, amount)) throw this.full(entry);
          this.checkHour(entry);
        }
      return wanted.flatMap(({ id, domains, tenantId, amount }) => {
        for (const entry of domains) this.countHour(entry);
        if (!domains.some((entry) => this.isNear(entry))) return [];
        const mine = this.mine(tenantId);
        void this.env.put(['tenant', tenantId, this.parts.worker], {
          ...mine,
          open: plus(mine.open, amount),
        });
        return [{ id, tenantId, amount }];
      });
    });
    for (const { id, tenantId, amount } of made) this.claimed.set(id, { tenantId, amount });
  }

  /** They did not get into the spool. */
  giveBack(ids: readonly string[]): void {
    this.settle(ids, undefined);
  }

  /** Postgres counts them from now on. */
  registered(ids: readonly string[]): void {
    this.settle(ids, Date.now());
  }

  async close(): Promise<void> {
    clearInterval(this.tidying);
    await this.env.close();
  }

  private settle(ids: readonly string[], at: number | undefined): void {
    const mine = ids.filter((id) => this.claimed.has(id));
    if (mine.length === 0) return;
    this.env.transactionSync(() => {
      for (const id of mine) {
        const { tenantId, amount } = this.claimed.get(id) as { tenantId: string; amount: Amount };
        const claims = this.mine(tenantId);
        const settled = at === undefined ? claims.settled : withSettled(claims.settled, at, amount);
        const left: Amount = [claims.open[0] - amount[0], claims.open[1] - amount[1]];
        void this.env.put(['tenant', tenantId, this.parts.worker], { ...claims, open: left, settled });
      }
    });
    for (const id of mine) this.claimed.delete(id);
  }

  private full({ tenantId, name }: DirectoryEntry): Error {
    this.parts.onFull?.(tenantId);
    return rejection(452, '4.3.1', `The queue for ${name} is full; please try again later`);
  }

  private mine(tenantId: string): Claims {
    const found = this.env.get(['tenant', tenantId, this.parts.worker]) as Claims | undefined;
    return found ?? { pid: process.pid, open: [0, 0], settled: [] };
  }

  private limitsOf({ limits }: DirectoryEntry): { messages: number | null; bytes: number | null } {
    const { defaults } = this.parts;
    return {
      messages: limits.maxHeldMessages ?? defaults.maxHeldMessages,
      bytes: limits.maxHeldBytes ?? defaults.maxHeldBytes,
    };
  }

  private isCounted(entry: DirectoryEntry): boolean {
    return this.hourly(entry) !== null || this.isNear(entry);
  }

  /** Whether a claim could matter. */
  private isNear(entry: DirectoryEntry): boolean {
    const { messages, bytes } = this.limitsOf(entry);
    if (messages === null && bytes === null) return false;
    const { heldAsOf } = this.parts.directory;
    if (Date.now() - heldAsOf > farFreshMs) return true;
    const held = this.parts.directory.heldBy(entry.tenantId);
    return (
      (messages ?? Infinity) - held.messages < farMessages || (bytes ?? Infinity) - held.bytes < farBytes
    );
  }

  private fits(entry: DirectoryEntry, [moreMessages, moreBytes]: Amount): boolean {
    const { messages, bytes } = this.limitsOf(entry);
    if (messages === null && bytes === null) return true;
    const { heldAsOf } = this.parts.directory;
    const held = this.parts.directory.heldBy(entry.tenantId);
    let total: Amount = [held.messages + moreMessages, held.bytes + moreBytes];
    const start: Key = ['tenant', entry.tenantId, 0];
    for (const { value } of this.env.getRange({ start, end: ['tenant', entry.tenantId, 1e6] })) {
      const { open: unregistered, settled } = value as Claims;
      total = plus(total, unregistered);
      for (const [at, ...amount] of settled) if (at >= heldAsOf) total = plus(total, amount);
    }
    return total[0] <= (messages ?? Infinity) && total[1] <= (bytes ?? Infinity);
  }

  private hourly({ limits }: DirectoryEntry): number | null {
    return limits.maxMessagesPerHour ?? this.parts.defaults.maxMessagesPerHour;
  }

  private checkHour(entry: DirectoryEntry): void {
    const most = this.hourly(entry);
    if (most === null || this.hourOf(entry).messages < most) return;
    throw rejection(452, '4.3.1', `${entry.name} takes ${most} messages an hour; please try again later`);
  }

  private countHour(entry: DirectoryEntry): void {
    if (this.hourly(entry) === null) return;
    const { hour, messages } = this.hourOf(entry);
    void this.env.put(['hour', entry.domainId], { hour, messages: messages + 1 });
  }

  private hourOf({ domainId }: DirectoryEntry): Hour {
    const hour = Math.floor(Date.now() / 3_600_000);
    const found = this.env.get(['hour', domainId]) as Hour | undefined;
    return found?.hour === hour ? found : { hour, messages: 0 };
  }

  /** Forgets what counts no more, and takes over what dead processes left. */
  private tidy(isStart: boolean): void {
    const now = Date.now();
    this.env.transactionSync(() => {
      for (const { key, value } of this.env.getRange({
        start: ['tenant', '', 0],
        end: ['tenant', '\uffff', 0],
      })) {
        const claims = value as Claims;
        const settled = claims.settled.filter(([at]) => at > now - forgetAfterMs);
        const isMine = key[2] === this.parts.worker;
        const isLeft = isMine ? isStart : !isAlive(claims.pid);
        if (isLeft && claims.open[0] > 0) settled.push([now + afterDeathMs, ...claims.open]);
        const unregistered: Amount = isLeft ? [0, 0] : claims.open;
        if (unregistered[0] === 0 && settled.length === 0) void this.env.remove(key);
        else if (isLeft || settled.length < claims.settled.length)
          void this.env.put(key, { pid: isMine ? process.pid : claims.pid, open: unregistered, settled });
      }
    });
  }
}

const plus = (one: Amount, other: Amount): Amount => [one[0] + other[0], one[1] + other[1]];

function withSettled(settled: Claims['settled'], at: number, amount: Amount): Claims['settled'] {
  const last = settled.at(-1);
  if (!last || at - last[0] > bucketMs) return [...settled, [at, ...amount]];
  return [...settled.slice(0, -1), [Math.max(at, last[0]), last[1] + amount[0], last[2] + amount[1]]];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
