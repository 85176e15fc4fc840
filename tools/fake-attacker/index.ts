export { relayAttempts, type RelayAttempt } from './relay-attempts';
