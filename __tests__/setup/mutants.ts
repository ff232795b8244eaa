/**
 * Faults that can be built into the copy of the project that is tested, to see that the history's
 * checker finds them: `HISTORY_MUTANT=<name> npx jest __tests__/slow/history.test.ts` must fail.
 */

type Rewrite = readonly [file: string, from: string, to: string];

const REDIS = 'lib/store/redis-pages.mjs';
const STORE = 'lib/store/store.mjs';

const FLOOR: Rewrite = [
  REDIS,
  `if number < tonumber(redis.call('HGET', KEYS[1], 'floor')) then return 'its content is outdated' end`,
  '',
];
const ORDER: Rewrite = [REDIS, 'if stored > number then return tostring(stored) end', ''];

const MUTANTS: Readonly<Record<string, readonly Rewrite[]>> = {
  'any-revision': [
    [STORE, 'if (!wanted || wanted.revision !== revision) return;', 'if (!wanted) return;'],
    FLOOR,
    ORDER,
  ],
  'no-floor': [FLOOR],
  // Breaks no promise: what is no older than the newest purge may be stored again over newer content.
  'no-order': [ORDER],
  'always-current': [
    [
      REDIS,
      'content !== undefined && content.epoch === epoch && content.number >= Number(floor)',
      'content !== undefined',
    ],
  ],
  'early-end': [
    [
      'lib/purge/purge.ts',
      'if (!input.dryRun) await beginPurge(content);',
      `if (!input.dryRun) await beginPurge(content);
  if (!input.dryRun && (input.changed || input.paths.length > 0)) await endPurge(content);`,
    ],
  ],
  'same-epoch': [
    [
      REDIS,
      "if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then begin",
      "if redis.call('EXISTS', KEYS[1]) == 0 then begin",
    ],
    // The second of the two scripts that begin one.
    [
      REDIS,
      "if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then begin",
      "if redis.call('EXISTS', KEYS[1]) == 0 then begin",
    ],
  ],
  // Three that were real.
  'not-back': [['lib/purge/plan.ts', 'isBack || !compared.has(path)', '!compared.has(path)']],
  'confirm-alone': [
    [
      STORE,
      "if (epoch === '') {",
      `if (recent && recent.epoch === wanted?.epoch) recent.number = wanted.number;
  if (epoch === '' || [recent].some(Boolean)) return;
  if (epoch === '') {`,
    ],
  ],
  // `__tests__/server/there-and-back.test.ts` finds these.
  'stored-alone': [
    ['lib/purge/purge.ts', 'if (!isWanted || !stored.has(path))', 'if (!stored.has(path))'],
  ],
  'confirm-joined': [[STORE, 'if (isRenderedOtherwise(path)) return;', '']],
  // These are found at the edge.
  'edges-not-told': [
    ['lib/edge/edge.ts', 'for (const edge of edges) await purgeAt(edge, addresses, all);', ''],
  ],
  // Seldom: only what is stored may be kept, and is under way for a few ms. `__tests__/unit/edge/edge.test.ts` and
  // `__tests__/server/stored-pages.test.ts` find it, and instances without a lease.
  'answers-not-ended': [
    ['lib/edge/edge.ts', 'await endAnswersEverywhere([]);', ''],
    [
      'lib/edge/edge.ts',
      'if (!(await endAnswersEverywhere(ended))) await endAnswersBefore(ended);',
      '',
    ],
  ],
  'not-given': [[STORE, 'await pages.give?.(path, seen);', '']],
  'no-lease': [
    [
      REDIS,
      'connection && performance.now() - connection.heardMs < LEASE_MS ? doubts : undefined',
      'connection ? doubts : undefined',
    ],
  ],
  // Needs a number that is given twice: `__tests__/slow/several-instances.test.ts` finds it.
  'reports-of-old': [['lib/purge/purge.ts', 'shared.content.epoch === epoch', "epoch !== ''"]],
};

/** What `HISTORY_MUTANT` asks for. */
export function mutation(): readonly Rewrite[] {
  const name = process.env.HISTORY_MUTANT;
  if (name === undefined) return [];
  const rewrites = MUTANTS[name];
  if (!rewrites) throw new Error(`No mutant ${name}; one of ${Object.keys(MUTANTS).join(', ')}`);
  return rewrites;
}
