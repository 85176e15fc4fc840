export { Conversation } from '@holdfast/fake-attacker';
