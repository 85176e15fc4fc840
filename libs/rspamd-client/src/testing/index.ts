export { startRspamd, type RunningRspamd } from './start-rspamd';
export { gtubeMessage, plainMessage } from './messages';
