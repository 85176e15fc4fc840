import type { Spool } from '@holdfast/spool';
import type { Defaults, Room } from './room';

/** The provider's limits as they are configured, where 0 is none. */
export function defaultsOf(config: {
  maxHeldMessages: number;
  maxHeldBytes: number;
  maxRecipients: number;
  maxMessagesPerHour: number;
}): Defaults {
  return {
    maxHeldMessages: config.maxHeldMessages || null,
    maxHeldBytes: config.maxHeldBytes || null,
    maxRecipientsPerMessage: config.maxRecipients,
    maxMessagesPerHour: config.maxMessagesPerHour || null,
  };
}

type SpoolInRoom = Pick<Spool, 'put' | 'remove' | 'envelope' | 'markRegistered' | 'unregistered'>;

/** The spool, with room claimed for what goes in and settled for what Postgres has. */
export function inRoom(spool: Spool, room: Room): SpoolInRoom {
  return {
    async put(entries) {
      room.claim(entries);
      try {
        await spool.put(entries);
      } catch (error) {
        room.giveBack(entries.map(({ id }) => id));
        throw error;
      }
    },
    async remove(ids) {
      await spool.remove(ids);
      room.giveBack(ids);
    },
    async markRegistered(ids) {
      room.registered(ids);
      await spool.markRegistered(ids);
    },
    envelope: (id) => spool.envelope(id),
    unregistered: (query) => spool.unregistered(query),
  };
}
