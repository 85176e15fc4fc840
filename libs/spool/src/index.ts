export type { ScanVerdict, SpooledClient, SpooledEnvelope, SpooledRecipient, SpoolEntry } from './envelope';
export { SpoolDamaged, SpoolFull, type SpoolPart } from './failures';
export type { ContentInPlace } from './record';
export { openSpool, Spool, type SpoolSettings, type SpoolStats } from './spool';
