import type { Workplace } from './workplace';

/** The domain that every contestant backs up; its mail goes to a primary on loopback. */
export const backedUpDomain = 'backed-up.test';

export interface Scanner {
  httpUrl: string;
  milterPort: number;
  /** how many messages it has looked at */
  scanned(): Promise<number>;
}

export interface Task {
  /** where the domain's mail belongs; nobody listens there until the case says so */
  primaryPort: number;
  /** scans what arrives, as each contestant does it */
  scanner?: Scanner;
  /** how big the messages are: who has a limit is told */
  bytes: number;
}

/** One that takes mail now. */
export interface Running {
  port: number;
  /**
   * Resolves when `count` messages since the start are safe in the way in which this contestant promises it. For one that says 250
   * only then, that is at once.
   */
  allSafe(count: number): Promise<void>;
  /** Opens the primary while nothing is delivered yet: who would find out by itself is asked to wait, and knows it when this resolves. */
  letPrimaryReturn(open: () => Promise<void>): Promise<void>;
  /** Asks it to deliver what it holds, now that the primary is there; resolves when it was told. */
  deliverNow(): Promise<void>;
  /** The primary goes away again. Whoever needs a word for it to hold what comes gets it here. */
  holdAgain(): Promise<void>;
}

/** Somebody who takes mail for a domain whose primary is away, holds it, and delivers it later. */
export interface Contestant {
  name: string;
  /** Why it cannot run on this machine, in one sentence; undefined when it can. What it needs is fetched here. */
  prepare(place: Workplace): Promise<string | undefined>;
  /** Starts it anew, with an empty queue. It ends with the room. */
  start(room: Workplace, task: Task): Promise<Running>;
}
