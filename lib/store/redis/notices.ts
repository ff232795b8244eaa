/** What is wrong and was told of, for all instances, in Redis: a set, which says who added or removed first. */
import type { NoticePlace } from '../place';
import { PURGE_MS, type Client, type Connection } from './connection';
import { NOTICES } from './names';

/** Opens the notices. */
export function redisNotices(connection: Connection): NoticePlace {
  /** The keys that a command changed. */
  const changed = async (
    keys: readonly string[],
    command: (client: Client, key: string) => Promise<number>,
  ): Promise<string[]> => {
    if (keys.length === 0) return [];
    const counts = await connection.ask(
      ({ client }) => Promise.all(keys.map((key) => command(client, key))),
      PURGE_MS,
    );
    return keys.filter((_, index) => counts[index] === 1);
  };
  return {
    open: (keys) => changed(keys, (client, key) => client.sAdd(NOTICES, key)),
    close: (keys) => changed(keys, (client, key) => client.sRem(NOTICES, key)),
    all: () => connection.ask(({ client }) => client.sMembers(NOTICES), PURGE_MS),
  };
}
