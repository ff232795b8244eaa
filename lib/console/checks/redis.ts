/** Checks of the Redis that several instances share. */
import { messageOf } from '../../message-of';
import { createClientAt, type Client } from '../../store/redis/connection';
import { within } from '../../within';
import { withoutPasswords } from '../../without-passwords';
import { ok, skipped, warning, wrong, type Found, type SiteCheck } from './check';

/** The oldest major release that will do. */
const LEAST_REDIS = 6;
const CONNECT_MS = 2000;

export const redisCheck: SiteCheck = {
  name: 'redis',
  look: async ({ redisUrl: url }) => {
    if (url === undefined)
      return skipped('REDIS_URL is not set: one instance keeps its pages on disk.');
    return withRedis(url, async (client) => {
      const begun = performance.now();
      const text = await client.info();
      const ms = Math.round(performance.now() - begun);
      // Some hosts forbid it, and then it is not known.
      const save = await client.configGet('save').catch(() => ({ save: undefined }));
      return foundOfRedis(`Redis at ${withoutPasswords(url)} answers in ${ms} ms`, text, save.save);
    });
  },
};

/** What there is to say of a Redis by its INFO, and by the points in time at which it saves, if that is known. */
export function foundOfRedis(answers: string, text: string, save: string | undefined): Found[] {
  const info = new Map(
    [...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name, value]) => [name, value]),
  );
  const version = info.get('redis_version') ?? 'unknown';
  const found: Found[] = [];
  if (Number.parseInt(version, 10) < LEAST_REDIS) {
    found.push(
      wrong(`Redis is ${version}, which is too old.`, `Use Redis ${LEAST_REDIS} or newer.`),
    );
  }
  if (info.get('role') === 'slave') {
    found.push(
      wrong('This Redis is a replica, which takes nothing.', 'Set REDIS_URL to the primary.'),
    );
  }
  const policy = info.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction' && info.get('maxmemory') !== '0') {
    found.push(
      wrong(
        `Redis removes what it holds when its memory is full (maxmemory-policy ${policy}).`,
        'Set maxmemory-policy noeviction: it may drop what edges are owed, or the order of purges.',
      ),
    );
  }
  const failed = ['rdb_last_bgsave_status', 'aof_last_write_status'].filter(
    (name) => info.get(name) === 'err',
  );
  if (failed.length > 0) {
    found.push(
      wrong('Redis could not save its data to its disk.', 'Look at its log and its disk.'),
    );
  } else if (info.get('aof_enabled') === '0' && save === '') {
    found.push(
      warning(
        'Redis saves nothing to disk: with a restart it loses the pages and the history of purges.',
        'Set appendonly yes in its configuration.',
      ),
    );
  }
  return [ok(`${answers}, and is ${version}.`), ...found];
}

/** Opens a connection for some work, and closes it. Throws a sentence if that Redis cannot be used. */
export async function withRedis<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await createClientAt(url);
  // It would go on trying to connect; the first failure tells what is wrong.
  const failed = new Promise<never>((_, reject) => client.on('error', reject));
  failed.catch(() => undefined);
  try {
    await within(Promise.race([client.connect(), failed]), CONNECT_MS);
    return await work(client);
  } catch (error) {
    throw new Error(`Redis at ${withoutPasswords(url)} cannot be used: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    if (client.isOpen) client.destroy();
  }
}

/** Of several addresses that were tried, the error has only a code. */
const reasonOf = (error: unknown): string =>
  messageOf(error) ||
  (typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown');
