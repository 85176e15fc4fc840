/**
 * What the programs call to each other through Postgres (LISTEN/NOTIFY). A notification is a hint to look now; nobody depends on
 * it alone, because it is lost while a listener reconnects. Payloads are JSON, small, and carry ids, never anything of a message.
 */
export const channels = {
  /**
   * The directory changed: `{ domains: string[] }` or `{ tenants: string[] }`, ids; `{}` when it was too much to name. When recipients
   * changed, `lists` says of each domain how: `{ domain, revision, added?: number[], removed?: number[] }`, hashes; with neither,
   * read the list anew.
   */
  directory: 'holdfast_directory',
  /** The registrar wrote new deliveries: `{ domains: string[] }`, ids. */
  registered: 'holdfast_registered',
  /** Deliveries moved: `{ domains: string[] }`, ids. */
  settled: 'holdfast_settled',
  /**
   * The relay could not reach a primary; evidence for the sentinel: `{ domain: string, cause: string, isDemand?: true }`; the last
   * where it answers, and lacks what its tenant demands.
   */
  unreachable: 'holdfast_unreachable',
  /** Port 25 heard that primaries may be back (ETRN, or they connected to us); a reason to look now: `{ domains: string[] }`, ids. */
  hinted: 'holdfast_hinted',
  /** The sentinel's verdict about a domain's primaries; opens and closes the lane: `{ domain: string, up: boolean }`. */
  primary: 'holdfast_primary',
  /** An outage was opened, changed or closed: `{ tenant: string, domain: string, outage: string }`. */
  outage: 'holdfast_outage',
  /** A notification was written or sent: `{ tenant: string }`. */
  notification: 'holdfast_notification',
  /** A person moved deliveries by hand, some may be due now: `{ domains: string[] }`. */
  retry: 'holdfast_retry',
  /** A person wants a connection to a domain's primaries tried: `{ test: string }`. */
  test: 'holdfast_test',
  /** A wave of refusals began or was decided: `{ tenant: string, domain: string, decision: string | null }`. */
  wave: 'holdfast_wave',
  /** An operator paused a lane, let it go on, or gave it other limits: `{ lane: string }`, its name. */
  lane: 'holdfast_lane',
} as const;

export type ChannelName = keyof typeof channels;
