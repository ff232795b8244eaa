/**
 * Stored pages in Redis, for several instances over one content.
 *
 * Redis numbers the loads of the content. Who loads reads the source after it got its number, together
 * with what earlier purges said had changed: so content with a higher number holds whatever a purge
 * with a lower one was about. Three marks follow from that, each only ever raised:
 * - the floor, raised when a purge has loaded its content: pages are taken only from content that is
 *   at least as new, and no page over one of newer content;
 * - answered, raised when a purge is done, in whichever build;
 * - whole, raised for the build whose instance compared all with its content: what is stored in it is right as of then, and instances serve it
 *   without having loaded that content themselves. Where whole lags behind, they load it first.
 *
 * A Redis that was restarted or emptied may have gone back in time. It gets a new epoch, in which
 * nothing that was loaded before counts, and which begins as if something had changed.
 *
 * Before edges, each instance holds a lease, for a second from when it last asked Redis for it. Without
 * one, it lets no edge keep what it says. A purge has those that hold one end their answers from before, and
 * waits for who does not reply until its lease has run out. What they do let an edge keep is noted
 * here first, by path, whichever build it is of: the difference to the site is what edges must drop.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readBuilt, builtPages } from './built-pages.mjs';
import { indexEntryOf } from './disk-pages.mjs';
import { propsOf } from './values.mjs';
import { withoutPasswords } from '../without-passwords.mjs';

/**
 * @typedef {import('./store.mjs').Pages} Pages
 * @typedef {import('./store.mjs').StoredPage} StoredPage
 * @typedef {import('../purge/hint').Hint} Hint
 * @typedef {import('redis').RedisClientType} RedisClient
 * @typedef {{ client: RedisClient, run: string, id: string, heardMs: number }} Connection
 *   `run` names the process of Redis, `id` this connection; when it asked for the lease that it has.
 */

/** How long a visitor waits for Redis, and whoever purges, in ms. */
const VISIT_MS = 500;
const PURGE_MS = 5000;
/** After a time-out, visitors do without Redis for so long. */
const AWAY_MS = 500;
const CONNECT_MS = 2000;
/** How long a lease lasts, and how often it is renewed. */
const LEASE_MS = 1000;
const BEAT_MS = 200;
/** In Redis it lasts longer, by the way of an answer to an edge. */
const LEASED_MS = LEASE_MS + 250;
/** For how long a purge waits for the answers of all instances; how often it looks. */
const ENDED_WITHIN_MS = 8000;
const REPLY_POLL_MS = 5;
const REPLY_KEPT_S = 60;

/** Purges whose hints are kept for loads of other instances; who missed more compares everything. */
const HINTS_KEPT = 1000;
/** Pages of the build that are made known with one command. */
const BATCH = 500;

const STATE = 'evergreen:state';
const HINTS = 'evergreen:hints';
/** Paths that edges are owed a purge of, by the number of their last change. */
const OWED = 'evergreen:owed';
/** The revisions that edges may keep, by path; and what stands there if it is more than one. */
const GIVEN = 'evergreen:given';
const SEVERAL = '*';
/** The snapshot whose removals somebody confirmed. */
const CONFIRMED = 'evergreen:confirmed';
/** The edges that each build knows the state of. */
const EDGES = 'evergreen:edges';
/** Connections by the time when Redis heard of them last, in ms. */
const LEASES = 'evergreen:leases';
/** Where an instance asks all of them to end their answers from before a purge; for each database. */
const CHANNEL = 'evergreen:purging:';
/** Stands among the revisions, so that it is lost with them: no path looks so. */
const WHOLE = '*';

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

const NEW_EPOCH = `${NOW}
local function begin(run, epoch)
  -- Numbers begin anew, so whatever is left over would count as newer than all that comes.
  if redis.call('HEXISTS', KEYS[1], 'number') == 0 then
    for _, key in ipairs(redis.call('KEYS', 'evergreen:*:revisions')) do redis.call('DEL', key) end
  end
  local number = redis.call('HINCRBY', KEYS[1], 'number', 1)
  redis.call('HSET', KEYS[1], 'run', run, 'epoch', epoch, 'floor', number, 'answered', number,
    'forgotten', number, 'begun', now)
  redis.call('DEL', KEYS[2], '${EDGES}', '${GIVEN}')
end
`;

/** ARGV: the process of Redis, a new epoch. */
const GREET = `${NEW_EPOCH}
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then begin(ARGV[1], ARGV[2]) end
`;

/**
 * ARGV: the process of Redis, a new epoch, epoch and number of the content before, a hint or nothing.
 * Answers epoch and number of the load, and the hints since; 0 if not all are known.
 */
const BEGIN_LOAD = `${NEW_EPOCH}
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then begin(ARGV[1], ARGV[2]) end
local epoch = redis.call('HGET', KEYS[1], 'epoch')
local number = redis.call('HINCRBY', KEYS[1], 'number', 1)
local forgotten = tonumber(redis.call('HGET', KEYS[1], 'forgotten'))
local hints = 0
if epoch == ARGV[3] and tonumber(ARGV[4]) >= forgotten then
  hints = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[4], '+inf')
end
if ARGV[5] ~= '' then
  redis.call('ZADD', KEYS[2], number, number .. ' ' .. ARGV[5])
  local spare = redis.call('ZCARD', KEYS[2]) - ${HINTS_KEPT}
  if spare > 0 then
    local last = redis.call('ZPOPMIN', KEYS[2], spare)
    redis.call('HSET', KEYS[1], 'forgotten', last[#last])
  end
end
return { epoch, number, hints }
`;

/**
 * ARGV: epoch, number, and for each of KEYS the mark to raise to it. Answers 1, or 0 in another epoch.
 */
const RAISE = `
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
for i, key in ipairs(KEYS) do
  local mark = tonumber(redis.call('HGET', key, ARGV[i + 2]) or 0)
  if tonumber(ARGV[2]) > mark then redis.call('HSET', key, ARGV[i + 2], ARGV[2]) end
end
return 1
`;

/**
 * KEYS: state, revisions, shown, the page. ARGV: epoch, number, path, revision, shown, the page, seconds
 * that it is kept. Answers the number of what is stored then, or why nothing was.
 */
const TAKE = `
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 'Redis was restarted meanwhile' end
local number = tonumber(ARGV[2])
if number < tonumber(redis.call('HGET', KEYS[1], 'floor')) then return 'its content is outdated' end
local entry = redis.call('HGET', KEYS[2], ARGV[3])
if ARGV[6] == '' and not entry then return ARGV[2] end
local stored = tonumber(entry and string.match(entry, '^[%d.]+') or 0)
if stored > number then return tostring(stored) end
redis.call('HSET', KEYS[2], ARGV[3], ARGV[2] .. ' ' .. ARGV[4])
redis.call('HSET', KEYS[3], ARGV[3], ARGV[5])
if ARGV[6] == '' then redis.call('DEL', KEYS[4])
else redis.call('SET', KEYS[4], ARGV[6], 'EX', ARGV[7]) end
redis.call('EXPIRE', KEYS[2], ARGV[7])
redis.call('EXPIRE', KEYS[3], ARGV[7])
return ARGV[2]
`;

/** KEYS: given. ARGV: path, revision. */
const GIVE = `
local given = redis.call('HGET', KEYS[1], ARGV[1])
if given and given ~= ARGV[2] then redis.call('HSET', KEYS[1], ARGV[1], '${SEVERAL}')
elseif not given then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
`;

/** KEYS: state, owed, given. ARGV: paths. */
const OWE = `
for i, path in ipairs(ARGV) do
  redis.call('ZADD', KEYS[2], redis.call('HINCRBY', KEYS[1], 'changes', 1), path)
  redis.call('HDEL', KEYS[3], path)
end
`;

/**
 * KEYS: owed, edges, state. ARGV: build, edges, epoch, then paths and the numbers of their changes: told.
 * Answers 0 in another epoch, in which nothing is known of the edges, and the numbers begin anew.
 */
const SETTLE = `
if redis.call('HGET', KEYS[3], 'epoch') ~= ARGV[3] then return 0 end
for i = 4, #ARGV, 2 do
  if redis.call('ZSCORE', KEYS[1], ARGV[i]) == ARGV[i + 1] then redis.call('ZREM', KEYS[1], ARGV[i]) end
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1
`;

/** KEYS: leases. ARGV: the connection. */
const BEAT = `${NOW}
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ${LEASED_MS})
`;

/**
 * KEYS: leases, state. ARGV: channel, a message. Answers who holds a lease when it is sent; or, before all that
 * do are known, for how many ms to wait: Redis may have lost them when this epoch began.
 */
const TELL = `${NOW}
local age = now - tonumber(redis.call('HGET', KEYS[2], 'begun') or 0)
if age >= 0 and age < ${LEASED_MS} then return ${LEASED_MS} - age end
redis.call('PUBLISH', ARGV[1], ARGV[2])
return redis.call('ZRANGEBYSCORE', KEYS[1], now - ${LEASED_MS}, '+inf')
`;

/** KEYS: leases, replies. Answers the replies, and who holds a lease. */
const HEAR = `${NOW}
return { redis.call('LRANGE', KEYS[2], 0, -1),
  redis.call('ZRANGEBYSCORE', KEYS[1], now - ${LEASED_MS}, '+inf') }
`;

/** KEYS: revisions, shown. ARGV: path, revision, shown, and so on: known unless something newer is. */
const SEED = `
for i = 1, #ARGV, 3 do
  if redis.call('HSETNX', KEYS[1], ARGV[i], '0 ' .. ARGV[i + 1]) == 1 then
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 2])
  end
end
`;

/**
 * Opens the pages of one build in the Redis at `url`. Answers at once; what needs Redis fails, and
 * says why, until it is there.
 * @param {{ url: string, buildId: string, buildDir: string, keptForSeconds: number,
 *   memory: import('lru-cache').LRUCache<string, StoredPage>,
 *   endAnswersHere?: (addresses: string[] | undefined) => Promise<void> }} options
 *   `endAnswersHere` where there are edges.
 * @returns {Pages & { opened: Promise<void>, close(): void }}
 */
export function openRedis({ url, buildId, buildDir, keptForSeconds, memory, endAnswersHere }) {
  const revisions = `evergreen:${buildId}:revisions`;
  const shown = `evergreen:${buildId}:shown`;
  /** @param {string} path */
  const keyOf = (path) => `evergreen:${buildId}:page:${path}`;
  const channel = `${CHANNEL}${Number(new URL(url).pathname.slice(1))}`;
  const address = withoutPasswords(url);

  /** @type {Connection | undefined} */
  let connection;
  /** @type {RedisClient | undefined} */
  let current;
  let isClosed = false;
  let noteGreeted = () => {};
  /** @type {Promise<void>} */
  const greeted = new Promise((resolve) => {
    noteGreeted = resolve;
  });
  let awayUntilMs = 0;
  let cause = 'it is being connected to';
  /** @type {{ epoch: string | null, done: Promise<void> } | undefined} */
  let seeded;
  /** Counts when this instance made do with what it had, and when it lost or found Redis. */
  let doubts = 0;
  const warned = new Set();

  /** @param {unknown} error */
  const noteAway = (error) => {
    const said = error instanceof Error ? error.message || String(error) : String(error);
    const message = withoutPasswords(said);
    if (connection || cause !== message) console.error(`Redis at ${address}: ${message}`);
    cause = message;
    connection = undefined;
    doubts += 1;
  };

  async function connect() {
    const { createClient } = await import('redis');
    if (isClosed) return;
    current = createClient({
      url,
      disableOfflineQueue: true,
      socket: {
        connectTimeout: CONNECT_MS,
        reconnectStrategy: (retries) => Math.min(20 * 2 ** retries, 500),
      },
    });
    const client = current;
    let id = '';
    client.on('error', noteAway);
    client.on('ready', async () => {
      try {
        const run = /run_id:(\w+)/.exec(await within(client.info('server'), PURGE_MS))?.[1] ?? '';
        const keys = [STATE, HINTS];
        await within(client.eval(GREET, { keys, arguments: [run, randomUUID()] }), PURGE_MS);
        id = randomUUID();
        const opened = { client, run, id, heardMs: -Infinity };
        if (endAnswersHere) {
          // The client subscribes again by itself.
          if (!client.isPubSubActive) {
            await within(
              client.subscribe(channel, (text) => void endAnswers(client, text, id)),
              PURGE_MS,
            );
          }
          // A Redis that is full answers visitors still.
          await within(beat(opened), PURGE_MS).catch((error) => {
            if (error instanceof TimeOut) throw error;
          });
        }
        // What was asked meanwhile did not reach it.
        doubts += 1;
        connection = opened;
        noteGreeted();
      } catch (error) {
        noteAway(error);
        await pauseFor(AWAY_MS);
        restart(client);
      }
    });
    await client.connect();
  }

  /**
   * Another instance, or this one, is about to tell the edges: answers under way are ended, or marked.
   * Who asked waits until it hears of that, or until the lease is over.
   * @param {RedisClient} client
   * @param {string} message
   * @param {string} id
   */
  async function endAnswers(client, message, id) {
    try {
      /** @type {{ reply: string, addresses?: string[] }} */
      const { reply, addresses } = JSON.parse(message);
      const failure = await endAnswersHere?.(addresses).then(
        () => '',
        (error) => (error instanceof Error ? error.message : String(error)),
      );
      const said = JSON.stringify([id, failure]);
      await within(client.multi().rPush(reply, said).expire(reply, REPLY_KEPT_S).exec(), PURGE_MS);
    } catch (error) {
      console.error(`Redis at ${address}: a purge was not answered:`, error);
    }
  }

  /**
   * Renews the lease. It begins when this was sent, so that it ends here before it does in Redis.
   * @param {Connection} own
   */
  async function beat(own) {
    const sentMs = performance.now();
    await evalScript(own.client, BEAT, { keys: [LEASES], arguments: [own.id] });
    own.heardMs = sentMs;
  }

  /**
   * A connection over which no answer came is given up, with all that waits in it.
   * @param {RedisClient} client
   */
  function restart(client) {
    if (!client.isOpen) return;
    client.destroy();
    connect().catch(noteAway);
  }

  /**
   * @template T
   * @param {(connection: Connection) => Promise<T>} work
   * @param {number} limitMs
   * @returns {Promise<T>}
   */
  async function ask(work, limitMs) {
    const now = connection;
    if (!now) throw new Error(`Redis at ${address} cannot be used: ${cause}`);
    try {
      return await within(work(now), limitMs);
    } catch (error) {
      if (error instanceof TimeOut) {
        awayUntilMs = Date.now() + AWAY_MS;
        if (connection === now) noteAway(error);
        restart(now.client);
      }
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`Redis at ${address} cannot be used: ${message}`, { cause: error });
    }
  }

  const evalScript = scriptsOf();
  connect().catch(noteAway);
  const beats = setInterval(() => {
    if (endAnswersHere && connection) ask(beat, PURGE_MS).catch(() => undefined);
  }, BEAT_MS).unref();

  /**
   * Makes the pages of the build known, once in each epoch.
   * @param {RedisClient} client
   */
  async function seed(client) {
    const epoch = await client.hGet(STATE, 'epoch');
    if (seeded?.epoch !== epoch) seeded = { epoch, done: sendBuilt(client) };
    const { done } = seeded;
    await done.catch((error) => {
      seeded = undefined;
      throw error;
    });
  }

  /** @param {RedisClient} client */
  async function sendBuilt(client) {
    /** @type {string[]} */
    let batch = [];
    const send = () => client.eval(SEED, { keys: [revisions, shown], arguments: batch });
    for await (const page of builtPages(buildDir)) {
      const { revision, shows } = indexEntryOf(page);
      batch.push(page.path, revision ?? '', JSON.stringify(shows));
      if (batch.length < 3 * BATCH) continue;
      await send();
      batch = [];
    }
    if (batch.length > 0) await send();
  }

  /**
   * What is stored of a path, in memory and by the build, for as long as Redis is away.
   * @param {string} path
   */
  const readHere = (path) => memory.get(path) ?? readBuilt(buildDir, path);

  return {
    opened: Promise.race([greeted, pauseFor(CONNECT_MS)]),

    beginLoad: async (previous, hint) => {
      try {
        const told = !hint ? 'null' : hint.length > 0 ? JSON.stringify(hint) : '';
        const [epoch, number, others] = await ask(
          ({ client, run }) =>
            evalScript(client, BEGIN_LOAD, {
              keys: [STATE, HINTS],
              arguments: [run, randomUUID(), previous?.epoch ?? '', numberOf(previous), told],
            }),
          PURGE_MS,
        );
        return { epoch, number, hint: mergeTold(hint, others) };
      } catch (error) {
        // Who purges hears of it; visitors go on reading, and nothing of it is stored.
        if (!hint || hint.length > 0) throw error;
        doubts += 1;
        return { epoch: 'away', number: 0, hint };
      }
    },

    isOutdated: async ({ epoch, number }) => {
      try {
        const [now, floor] = await ask(
          ({ client }) => client.hmGet(STATE, ['epoch', 'floor']),
          VISIT_MS,
        );
        return epoch !== now || number < Number(floor);
      } catch {
        doubts += 1;
        return false;
      }
    },

    look: async (path, content) => {
      try {
        if (Date.now() < awayUntilMs) throw new Error('Redis did not answer in time');
        const [[epoch, floor, answered], [whole, entry], given] = await ask(
          ({ client }) =>
            Promise.all([
              client.hmGet(STATE, ['epoch', 'floor', 'answered']),
              client.hmGet(revisions, [WHOLE, path]),
              endAnswersHere && client.hGet(GIVEN, path),
            ]),
          VISIT_MS,
        );
        const stored = /^([\d.]+) (\S*)$/.exec(entry ?? '');
        return {
          // The build's page is as good as a stored one where the content tells whether it is right.
          revision: stored ? stored[2] || null : readBuilt(buildDir, path)?.revision,
          number: Number(stored?.[1] ?? -1),
          isCurrent:
            content !== undefined && content.epoch === epoch && content.number >= Number(floor),
          isWhole: stored !== null && Number(whole ?? 0) >= Number(answered ?? 0),
          given,
        };
      } catch {
        doubts += 1;
        return {
          revision: readHere(path)?.revision,
          number: -1,
          isCurrent: true,
          isWhole: true,
          isAway: true,
        };
      }
    },

    read: async (path, revision) => {
      const here = readHere(path);
      if (here && here.revision === revision) {
        // One of the build is read from the disk only once.
        memory.set(path, here);
        return here;
      }
      try {
        const text = await ask(({ client }) => client.get(keyOf(path)), VISIT_MS);
        const page = text === null ? null : pageIn(text, path);
        if (!page && text !== null && !warned.has(path)) {
          warned.add(path);
          console.error(`Redis at ${address}: ${keyOf(path)} is no page; it is rendered again`);
        }
        if (page) memory.set(path, page);
        return page?.revision === revision ? page : null;
      } catch {
        return null;
      }
    },

    give: async (path, { revision, given }) => {
      if (!endAnswersHere || !revision || given === revision || given === SEVERAL) return;
      const input = { keys: [GIVEN], arguments: [path, revision] };
      try {
        await ask(({ client }) => evalScript(client, GIVE, input), VISIT_MS);
      } catch {
        doubts += 1;
      }
    },

    index: async () => {
      const [all, what] = await ask(async ({ client }) => {
        await seed(client);
        return Promise.all([client.hGetAll(revisions), client.hGetAll(shown)]);
      }, 4 * PURGE_MS);
      return new Map(
        Object.entries(all)
          .filter(([path]) => path !== WHOLE)
          .map(([path, entry]) => [
            path,
            { revision: entry.split(' ')[1] || null, shows: showsIn(what[path]) },
          ]),
      );
    },

    take: async (page, { epoch, number }) => {
      const { path, revision, value } = page;
      const { shows } = indexEntryOf(page);
      const answer = await ask(
        ({ client }) =>
          evalScript(client, TAKE, {
            keys: [STATE, revisions, shown, keyOf(path)],
            arguments: [
              epoch,
              String(number),
              path,
              revision ?? '',
              JSON.stringify(shows),
              value ? JSON.stringify(page) : '',
              String(keptForSeconds),
            ],
          }),
        PURGE_MS,
      ).catch((error) => {
        // For visitors who come while Redis is away.
        memory.set(path, page);
        throw error;
      });
      const stored = Number(answer);
      if (Number.isNaN(stored)) throw new Error(`The page was not taken: ${answer}`);
      if (stored === number) memory.set(path, page);
      return stored;
    },

    ledger: {
      owe: (paths) =>
        ask(
          ({ client }) => evalScript(client, OWE, { keys: [STATE, OWED, GIVEN], arguments: paths }),
          PURGE_MS,
        ),
      given: async () =>
        new Map(Object.entries(await ask(({ client }) => client.hGetAll(GIVEN), PURGE_MS))),
      owed: async (edges) => {
        const [owed, known, epoch] = await ask(
          ({ client }) =>
            Promise.all([
              client.zRangeWithScores(OWED, 0, -1),
              client.hGet(EDGES, buildId),
              client.hGet(STATE, 'epoch'),
            ]),
          PURGE_MS,
        );
        return {
          changes: new Map(owed.map(({ value, score }) => [value, score])),
          all: known !== edges,
          epoch: epoch ?? '',
        };
      },
      settle: async (edges, changes, epoch) => {
        const isSettled = await ask(
          ({ client }) =>
            evalScript(client, SETTLE, {
              keys: [OWED, EDGES, STATE],
              arguments: [buildId, edges, epoch, ...[...changes].flat().map(String)],
            }),
          PURGE_MS,
        );
        if (!isSettled) throw new Error(`Redis at ${address} was restarted meanwhile; call again`);
      },
    },

    endAnswers: async (addresses) => {
      const reply = `evergreen:ended:${randomUUID()}`;
      const message = JSON.stringify({ reply, addresses });
      const input = { keys: [LEASES, STATE], arguments: [channel, message] };
      const endMs = Date.now() + ENDED_WITHIN_MS;
      /** @type {number | string[]} */
      let told;
      for (;;) {
        told = await ask(({ client }) => evalScript(client, TELL, input), PURGE_MS);
        if (typeof told !== 'number') break;
        if (Date.now() > endMs) throw new Error(`Redis at ${address} began anew again and again`);
        await pauseFor(told);
      }
      const asked = new Set(told);
      for (;;) {
        const [replies, leases] = await ask(
          ({ client }) => evalScript(client, HEAR, { keys: [LEASES, reply], arguments: [] }),
          PURGE_MS,
        );
        for (const text of replies) {
          const [id, failure] = JSON.parse(text);
          if (failure) throw new Error(failure);
          asked.delete(id);
        }
        const missing = leases.filter((/** @type {string} */ id) => asked.has(id));
        if (missing.length === 0) return;
        if (Date.now() > endMs) {
          const count = `${missing.length} of ${told.length}`;
          throw new Error(`${count} instances did not say that their answers ended`);
        }
        await pauseFor(REPLY_POLL_MS);
      }
    },

    beginPurge: async ({ epoch, number }) => {
      const isRaised = await ask(
        ({ client }) =>
          evalScript(client, RAISE, { keys: [STATE], arguments: [epoch, String(number), 'floor'] }),
        PURGE_MS,
      );
      if (!isRaised) throw new Error(`Redis at ${address} was restarted meanwhile; call again`);
    },

    // In another epoch there is nothing to raise: it began as if something had changed.
    endPurge: async ({ epoch, number }, comparedAll) => {
      const marks = comparedAll ? { answered: STATE, [WHOLE]: revisions } : { answered: STATE };
      const input = {
        keys: Object.values(marks),
        arguments: [epoch, String(number), ...Object.keys(marks)],
      };
      await ask(({ client }) => evalScript(client, RAISE, input), PURGE_MS);
    },

    atMost: () =>
      ask(async ({ client }) => {
        await seed(client);
        return client.hLen(revisions);
      }, PURGE_MS),
    confirmRemovals: async (snapshot) => {
      await ask(({ client }) => client.set(CONFIRMED, snapshot), PURGE_MS);
    },
    isConfirmed: async (snapshot) =>
      (await ask(({ client }) => client.get(CONFIRMED), PURGE_MS)) === snapshot,

    close: () => {
      isClosed = true;
      clearInterval(beats);
      if (current?.isOpen) current.destroy();
    },
    standing: () =>
      connection && performance.now() - connection.heardMs < LEASE_MS ? doubts : undefined,
    problem: () => (connection ? undefined : `Redis at ${address} cannot be used: ${cause}`),
  };
}

class TimeOut extends Error {}

/**
 * @template T
 * @param {Promise<T>} answer
 * @param {number} limitMs
 * @returns {Promise<T>}
 */
async function within(answer, limitMs) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new TimeOut(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return /** @type {T} */ (await Promise.race([answer, late]));
  } finally {
    clearTimeout(timer);
  }
}

/** @param {number} ms */
const pauseFor = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

/** Sends a script in whole only where Redis does not know it yet. */
function scriptsOf() {
  /** @type {Map<string, string>} */
  const hashes = new Map();
  /**
   * @param {RedisClient} client
   * @param {string} script
   * @param {{ keys: string[], arguments: string[] }} input
   * @returns {Promise<any>}
   */
  return async (client, script, input) => {
    const hash = hashes.get(script) ?? createHash('sha1').update(script).digest('hex');
    hashes.set(script, hash);
    try {
      return await client.evalSha(hash, input);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return client.eval(script, input);
    }
  };
}

/** @param {import('./store.mjs').Numbered | undefined} content */
const numberOf = (content) => String(content?.number ?? 0);

/**
 * A hint together with what purges on other instances told; nothing where not all is known.
 * @param {Hint | undefined} hint
 * @param {string[] | 0} others
 * @returns {Hint | undefined}
 */
function mergeTold(hint, others) {
  if (!hint || others === 0) return undefined;
  /** @type {(Hint | null)[]} */
  const told = others.map((text) => JSON.parse(text.slice(text.indexOf(' ') + 1)));
  return (
    told.reduce((all, one) => all && one && [...all, ...one], /** @type {Hint | null} */ (hint)) ??
    undefined
  );
}

/**
 * What Redis keeps of a page, if it is one of ours.
 * @param {string} text
 * @param {string} path
 * @returns {StoredPage | null}
 */
function pageIn(text, path) {
  try {
    const page = JSON.parse(text);
    const { kind, html } = page.value;
    const isOurs =
      page.path === path &&
      (kind === 'REDIRECT' || typeof html === 'string') &&
      propsOf(page.value)?.revision === page.revision;
    return isOurs && typeof page.lastModified === 'number' ? page : null;
  } catch {
    return null;
  }
}

/**
 * @param {string | undefined} text
 * @returns {Record<string, string>}
 */
function showsIn(text) {
  try {
    return JSON.parse(text ?? '{}');
  } catch {
    return {};
  }
}
