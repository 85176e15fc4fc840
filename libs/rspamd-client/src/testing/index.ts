export { startRspamd, type RspamdParts, type RunningRspamd } from './start-rspamd';
export { startClamav, startRedis, type RunningHelper } from './start-helpers';
export { gtubeMessage, infectedMessage, plainMessage, zippedInfectedMessage } from './messages';
