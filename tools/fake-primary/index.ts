export {
  startFakePrimary,
  type FakePrimary,
  type FakePrimaryOptions,
  type ReceivedMessage,
} from './fake-primary';
export { misbehaviours, type Misbehaviour } from './misbehaviours';
export { authority, selfSigned, type Authority, type SelfSigned } from './self-signed';
