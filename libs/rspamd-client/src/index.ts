export {
  blockListOf,
  blockListsSection,
  readBlockLists,
  WrongBlockLists,
  type BlockList,
} from './block-lists';
export { isPutOff, judge, type FilterWishes, type Finding, type Judgement, type SenderFacts } from './judge';
export { RspamdClient, ScanUnavailable, type RspamdSettings, type ScanEnvelope } from './rspamd-client';
export { readVerdict, scanActions, type ScanAction, type ScanSymbol, type Verdict } from './verdict';
