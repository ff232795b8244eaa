/** The check of the history of purges: whether it can be read, and what of it is lost. */
import { countOf } from '../../count-of';
import { redisHistory } from '../../store/redis/history';
import type { Environment } from '../../config';
import { within } from '../../within';
import { History } from '../history';
import { fileHistory } from '../history-file';
import { ok, warning, wrong, type Found, type SiteCheck } from './check';
import { withRedis } from './redis';

/** What the check asks of a history. */
export type CheckedHistory = Pick<History, 'all' | 'lost'>;

/** The check of the history of this process, or of the one that the settings name. */
export const historyCheck = (own?: CheckedHistory): SiteCheck => ({
  name: 'history',
  look: async (settings) => (own ? foundOfHistory(own) : foundOfPlace(settings)),
});

function foundOfPlace({ redisUrl }: Environment): Promise<Found[]> {
  if (redisUrl === undefined) return foundOfHistory(new History(fileHistory()));
  return withRedis(redisUrl, (client) => {
    const connected = { client, run: '', id: '' };
    const ask = <T>(work: (one: typeof connected) => Promise<T>, limitMs: number) =>
      within(work(connected), limitMs);
    return foundOfHistory(new History(redisHistory({ ask })));
  });
}

async function foundOfHistory(history: CheckedHistory): Promise<Found[]> {
  const all = await history.all();
  const { count, reason, torn } = history.lost;
  const last = all.at(-1);
  const when = last ? `, the last at ${new Date(last.atMs).toISOString()}` : '';
  const found = [ok(`${countOf(all.length, 'purge')} can be read${when}.`)];
  if (torn > 0) {
    const cut = `${countOf(torn, 'entry', 'entries')} of it cannot be read: a crash or a full disk cut them.`;
    found.push(warning(cut, 'Nothing needs to be done: the other entries are whole.'));
  }
  if (count > 0) {
    found.push(
      wrong(
        `${countOf(count, 'purge')} since the start could not be kept: ${reason}.`,
        'See to the data folder, or to Redis. The purges themselves are true.',
      ),
    );
  }
  return found;
}
