export { startFakeDns, type FakeDns, type FakeDnsOptions, type Misbehaviour } from './fake-dns';
export type { NameRecords, ZoneData } from './zone-data';
