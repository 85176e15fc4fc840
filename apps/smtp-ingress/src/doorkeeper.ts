/**
 * Who may stay: counts the connections of each client network and of all together, and keeps an eye on those who guess mailboxes.
 *
 *   one network has too many connections     421 4.7.0
 *   all together are too many                421 4.3.2
 *   too many guesses at mailboxes            slowed at RCPT, then 421 4.7.0, also for new connections, until it is forgotten
 *
 * Before somebody new is sent away, one who has said nothing for a while goes: of the same network when that is full, of the
 * network with the most connections when all is full. So idle connections keep nobody out, and those who work are left alone.
 */
import { networkOf, type NetworkWidths } from './client-network';
import { EarlyTalkers } from './early-talkers';
import { rejection, type SmtpRejection } from './rejection';

/** One connection, as the doorkeeper sees it. */
export interface Guest {
  /** ms of performance.now(); undefined while something is under way */
  idleSince(): number | undefined;
  sendAway(reply: SmtpRejection): void;
}

export interface DoorkeeperSettings {
  maxSessions: number;
  maxSessionsPerNetwork: number;
  /** guesses of a network that cost nothing; four times as many, and it is cut */
  freeGuesses: number;
  widths: NetworkWidths;
}

/** An honest client that pauses between two messages is back sooner. */
const mayGoAfterMs = 5_000;
const forgetGuessEveryMs = 3_000;
const slowedMs = 1_000;
const mostNetworksKnown = 50_000;

export class Doorkeeper {
  private readonly networks = new Map<string, Set<Guest>>();
  private readonly networkOfGuest = new Map<Guest, string>();
  private readonly guesses = new Map<string, { count: number; at: number }>();

  private readonly earlyTalkers = new EarlyTalkers();

  constructor(private readonly settings: DoorkeeperSettings) {}

  /** How long a client waits for our greeting, in ms; see early-talkers.ts. */
  greetingWait(address: string): number {
    return this.earlyTalkers.waitFor(this.keyOf(address));
  }

  talkedEarly(address: string): void {
    this.earlyTalkers.talkedEarly(this.keyOf(address));
  }

  behaved(address: string): void {
    this.earlyTalkers.behaved(this.keyOf(address));
  }

  get guests(): number {
    return this.networkOfGuest.size;
  }

  /** @throws SmtpRejection */
  enter(guest: Guest, address: string): void {
    const { maxSessions, maxSessionsPerNetwork, freeGuesses } = this.settings;
    const network = this.keyOf(address);
    if (this.guessesOf(network) > freeGuesses * cutAtTimes) throw tooManyGuesses();
    const peers = this.networks.get(network);
    if (peers && peers.size >= maxSessionsPerNetwork && !makeRoom(peers))
      throw rejection(421, '4.7.0', 'Too many connections from your network; please try again later');
    if (this.guests >= maxSessions && !makeRoom(this.largest(network)))
      throw rejection(421, '4.3.2', 'Too many connections at the moment; please try again later');
    const members = this.networks.get(network);
    if (members) members.add(guest);
    else this.networks.set(network, new Set([guest]));
    this.networkOfGuest.set(guest, network);
  }

  /** To leave twice does no harm. */
  leave(guest: Guest): void {
    const network = this.networkOfGuest.get(guest);
    if (network === undefined) return;
    this.networkOfGuest.delete(guest);
    const peers = this.networks.get(network);
    peers?.delete(guest);
    if (peers?.size === 0) this.networks.delete(network);
  }

  /**
   * Somebody named a mailbox that does not exist.
   * @returns how long to make him wait for the answer, in ms
   * @throws SmtpRejection when that was one too many
   */
  guessed(address: string): number {
    const network = this.keyOf(address);
    const count = this.guessesOf(network) + 1;
    // Whoever comes from this many networks is not stopped by counting them.
    if (this.guesses.size > mostNetworksKnown) this.guesses.clear();
    this.guesses.set(network, { count, at: performance.now() });
    if (count > this.settings.freeGuesses * cutAtTimes) throw tooManyGuesses();
    return count > this.settings.freeGuesses ? slowedMs : 0;
  }

  private guessesOf(network: string): number {
    const known = this.guesses.get(network);
    if (!known) return 0;
    const left = known.count - (performance.now() - known.at) / forgetGuessEveryMs;
    if (left > 0) return left;
    this.guesses.delete(network);
    return 0;
  }

  private largest(network: string): Set<Guest> | undefined {
    let largest = this.networks.get(network);
    for (const guests of this.networks.values()) if (guests.size > (largest?.size ?? 0)) largest = guests;
    return largest;
  }

  private keyOf(address: string): string {
    return networkOf(address, this.settings.widths);
  }
}

const cutAtTimes = 4;

function tooManyGuesses(): SmtpRejection {
  return rejection(421, '4.7.0', 'Too many unknown recipients from your network; please try again later');
}

/** Sends away the one who has been idle for longest. */
function makeRoom(guests: Set<Guest> | undefined): boolean {
  let longest: Guest | undefined;
  let since = performance.now() - mayGoAfterMs;
  for (const guest of guests ?? []) {
    const idleSince = guest.idleSince();
    if (idleSince !== undefined && idleSince < since) [longest, since] = [guest, idleSince];
  }
  longest?.sendAway(rejection(421, '4.4.2', 'Idle for too long while others wait'));
  return longest !== undefined;
}
