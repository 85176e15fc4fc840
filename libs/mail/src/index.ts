export { asciiDomain, foldLocalPart, parseAddress, type Address } from './address';
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
export { mailDate, receivedLine, type ReceivedFacts } from './received';
export {
  parseEnvelopeId,
  parseNotify,
  parseOriginalRecipient,
  parseRet,
  type NotifyOn,
  type ReportedPart,
} from './reports-wanted';
export { formatReply, parseReply, type Reply } from './reply';
