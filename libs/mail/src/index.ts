export { asciiDomain, foldLocalPart, parseAddress, type Address } from './address';
export { deliveryReport, type DeliveryReport, type FailedRecipient } from './delivery-report';
export { headerFields, headerSection, type HeaderField } from './header-fields';
export {
  deliveryId,
  idFromBytes,
  idToBytes,
  messageIdOf,
  mostRecipients,
  newMessageId,
  recipientIndexOf,
} from './message-id';
export { isPrivateAddress } from './private-address';
export { provenDomains, speaksFor } from './proven-domains';
export { mailDate, receivedLine, type ReceivedFacts } from './received';
export {
  parseEnvelopeId,
  parseNotify,
  parseOriginalRecipient,
  parseRet,
  type NotifyOn,
  type ReportedPart,
} from './reports-wanted';
export { judgeReply, verdictOf, type ReplyJudgement, type ReplyVerdict } from './replies/judge-reply';
export { formatReply, parseReply, type Reply } from './reply';
