export { bodies, dotStuffed, pieces, randomFrom } from './bodies';
export { Conversation } from './conversation';
export { endings, hasStrayOctets, lineEnds, type Ending } from './endings';
export { relayAttempts, type RelayAttempt } from './relay-attempts';
