/** The history of purges of all instances, in Redis: a stream, which numbers its entries by their time. */
import type { HistoryPlace } from '../place';
import { PURGE_MS, type Connection } from './connection';
import { HISTORY } from './names';

/** The last so many purges are kept. */
const MOST = 10_000;
/** Entries of one portion. */
const PORTION = 500;

const FIELD = 'purge';

/** Opens the history. */
export const redisHistory = (connection: Pick<Connection, 'ask'>): HistoryPlace => ({
  append: async (texts) => {
    const trim = { TRIM: { strategy: 'MAXLEN', strategyModifier: '=', threshold: MOST } } as const;
    await connection.ask(
      ({ client }) =>
        Promise.all(texts.map((text) => client.xAdd(HISTORY, '*', { [FIELD]: text }, trim))),
      PURGE_MS,
    );
  },

  async *after(ref) {
    let start = ref === undefined ? '-' : idAfter(ref);
    for (;;) {
      const portion = await connection.ask(
        ({ client }) =>
          client.xRange(HISTORY, start, '+', { COUNT: PORTION }).then((entries) => entries ?? []),
        PURGE_MS,
      );
      yield portion.map(({ id, message }) => ({ ref: id, text: message[FIELD] ?? '' }));
      const last = portion.at(-1);
      if (!last || portion.length < PORTION) return;
      start = idAfter(last.id);
    }
  },

  read: async (ref) => {
    const entries = await connection.ask(
      ({ client }) => client.xRange(HISTORY, ref, ref),
      PURGE_MS,
    );
    return entries?.[0]?.message[FIELD];
  },
});

/** The first id that an entry behind this one can have: Redis 6.0 has no other way to leave this one out. */
function idAfter(id: string): string {
  const [ms, number = '0'] = id.split('-');
  return `${ms}-${BigInt(number) + 1n}`;
}
