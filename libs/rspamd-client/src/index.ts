export { RspamdClient, ScanUnavailable, type RspamdSettings, type ScanEnvelope } from './rspamd-client';
export { readVerdict, scanActions, type ScanAction, type ScanSymbol, type Verdict } from './verdict';
