export { channels, type ChannelName } from './channels';
export { listen, type Listener } from './listen';
export { migrate, migrations, prepareRoles, type RoleName } from './migrate';
export { openPool } from './pool';
export { inTransaction } from './transaction';
