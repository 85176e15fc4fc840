export {
  claimDue,
  domainsWithDueMail,
  freeStaleClaims,
  makeDue,
  waitingMessages,
  type ClaimedDelivery,
} from './claim';
export { domainsToExpire, expireDue, type DomainToExpire, type Expired } from './expire';
export { heartbeat, heartbeatEveryMs, silentAfterMs, type Heartbeat } from './heartbeat';
export {
  jobStates,
  makeJob,
  putJobBack,
  readJobs,
  stopJob,
  takeJob,
  workPage,
  type Job,
  type JobState,
  type NewJob,
} from './jobs';
export { leverNames, pullLever, type LeverName, type Selection } from './levers';
export {
  countDeliveries,
  listDeliveries,
  type DeliveryCounts,
  type ListedDelivery,
  type ListFilter,
} from './list';
export type { AsOf } from './now';
export { adoptOrphans, endOrphans, orphanedDomains } from './orphans';
export type { Queryable } from './queryable';
export { registerMessages, type MessageToRegister, type ScanState } from './register';
export { forgetCopies, replayDelivered, shortenKeeping, type ReplaySelection } from './replay';
export {
  claimReport,
  claimUndecided,
  dueDestinations,
  groupReports,
  markReportMade,
  reportsToMake,
  tidyDestinations,
  toldLately,
  withholdReports,
  type ReportedDelivery,
  type UndecidedReport,
} from './reports';
export { retryAfterSeconds, retryIntervalsSeconds, retryTable } from './retry-schedule';
export { settle, withoutDeliveries, type Outcome } from './settle';
export { arrows, deliveryStates, isEnd, mayMove, type DeliveryState } from './states';
export {
  acquireLanes,
  clearUpAfter,
  leaveLanes,
  readLaneSettings,
  renewWorker,
  tellLanes,
  type Fellow,
  type LaneSettings,
  type ToldLane,
} from './lane-ownership';
export {
  endWave,
  knownAmong,
  openWave,
  readWaves,
  waveDecisions,
  type NewWave,
  type WaveDecision,
  type WaveStanding,
} from './waves';
// Programs speak to the queue through here and need not know where its connections come from.
export { channels, inTransaction, listen, openPool, type Listener } from '@holdfast/database';
export { noteObstacle } from './obstacle';
