export {
  startFakePrimary,
  type FakePrimary,
  type FakePrimaryOptions,
  type ReceivedMessage,
} from './fake-primary';
export { misbehaviours, type Misbehaviour } from './misbehaviours';
export { selfSigned, type SelfSigned } from './self-signed';
