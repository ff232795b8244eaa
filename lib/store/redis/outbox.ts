/**
 * The outbox of all instances, in Redis.
 */
import type { Outbox } from '../place';
import { PURGE_MS, type Connection } from './connection';
import { EDGES, EXPOSED, OUTBOX, STATE } from './names';

/** Opens the outbox, for an instance of one build. */
export const redisOutbox = (connection: Connection, buildId: string): Outbox => ({
  add: (paths) =>
    connection.ask(({ client }) => client.addToOutbox([STATE, OUTBOX, EXPOSED], paths), PURGE_MS),

  read: async (edges) => {
    const [changes, known, generation] = await connection.ask(
      ({ client }) =>
        Promise.all([
          client.zRangeWithScores(OUTBOX, 0, -1),
          client.hGet(EDGES, buildId),
          client.hGet(STATE, 'epoch'),
        ]),
      PURGE_MS,
    );
    return {
      changes: new Map(changes.map(({ value, score }) => [value, score])),
      all: known !== edges,
      generation: generation ?? '',
    };
  },

  acknowledge: async (edges, changes, generation) => {
    const input = [buildId, edges, generation, ...[...changes].flat().map(String)];
    const isNoted = await connection.ask(
      ({ client }) => client.acknowledge([OUTBOX, EDGES, STATE], input),
      PURGE_MS,
    );
    if (!isNoted) {
      throw new Error(`Redis at ${connection.address} was restarted meanwhile; call again`);
    }
  },

  exposed: async () =>
    new Map(
      Object.entries(await connection.ask(({ client }) => client.hGetAll(EXPOSED), PURGE_MS)),
    ),
});
