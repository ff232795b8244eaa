/**
 * Faults that can be built into the copy of the project that is tested, to see that the history's
 * checker finds them: `HISTORY_MUTANT=<name> npx jest __tests__/slow/history.test.ts` must fail.
 */

type Rewrite = readonly [file: string, from: string, to: string];

const COMMIT = 'lib/store/redis/scripts/commit.lua';
const STORE = 'lib/store/store.ts';

const FENCE: Rewrite = [
  COMMIT,
  `if version < tonumber(redis.call('HGET', KEYS[1], 'floor')) then return 'its content is outdated' end`,
  '',
];
const ORDER: Rewrite = [COMMIT, 'if stored > version then return tostring(stored) end', ''];

const MUTANTS: Readonly<Record<string, readonly Rewrite[]>> = {
  'any-revision': [
    [STORE, 'if (!expected || expected.revision !== revision) return', 'if (!expected) return'],
    FENCE,
    ORDER,
  ],
  'no-fence': [FENCE],
  // Breaks no promise: what is no older than the newest purge may be stored again over newer content.
  'no-order': [ORDER],
  'always-current': [
    [
      'lib/store/redis/pages.ts',
      `newest !== undefined &&
          newest.generation === generation &&
          newest.version >= Number(fence)`,
      'newest !== undefined',
    ],
  ],
  'early-end': [
    [
      'lib/purge/purge.ts',
      'if (!isDryRun) await store.versions.raiseFence(snapshot);',
      `if (!isDryRun) await store.versions.raiseFence(snapshot);
      if (!isDryRun && requests.some(({ input }) => input.changed || input.paths.length > 0)) {
        await store.versions.endPurge(snapshot, true);
      }`,
    ],
  ],
  'same-generation': [
    [
      'lib/store/redis/scripts/generation.lua',
      "if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then begin",
      "if redis.call('EXISTS', KEYS[1]) == 0 then begin",
    ],
  ],
  // Three that were real.
  'not-back': [['lib/purge/plan.ts', 'isBack || !compared.has(path)', '!compared.has(path)']],
  'confirm-alone': [
    [
      STORE,
      "if (generation === '') {",
      `if (recent && recent.generation === expected?.generation) recent.version = expected.version;
    if (generation === '' || recent) return;
    if (generation === '') {`,
    ],
  ],
  // `__tests__/server/there-and-back.test.ts` finds these.
  'stored-alone': [
    [
      'lib/purge/plan-of-call.ts',
      'if (!isExpected || !stored.has(path))',
      'if (!stored.has(path))',
    ],
  ],
  'confirm-joined': [[STORE, 'if (this.isRenderedOtherwise(path)) return;', '']],
  // These are found at the edge.
  'edges-not-told': [
    [
      'lib/edge/edges.ts',
      'for (const edge of edges) await purgeEdge(edge, addresses, all, patience);',
      '',
    ],
  ],
  // Seldom: only what is stored may be kept, and is under way for a few ms. `__tests__/unit/edge/edge.test.ts`
  // and `__tests__/server/places.test.ts` find it, and instances without a lease.
  'responses-not-ended': [
    ['lib/edge/edges.ts', 'await instances?.endInFlight([]);', ''],
    [
      'lib/edge/edges.ts',
      `if (instances) await instances.endInFlight(ended);
    else await this.parts.inFlight.endBefore(ended);`,
      '',
    ],
  ],
  'not-exposed': [[STORE, 'await instances?.expose(path, seen);', '']],
  'no-lease': [
    [
      'lib/store/redis/instances.ts',
      'return hasLease ? this.connection.doubts : undefined;',
      'return connected ? this.connection.doubts : undefined;',
    ],
  ],
  // Needs a version that is given twice: `__tests__/slow/several-instances.test.ts` finds it.
  'reports-of-old': [
    ['lib/purge/page-queue.ts', 'one.generation === other.generation', "one.generation !== 'none'"],
  ],
};

/** What `HISTORY_MUTANT` asks for. */
export function mutation(): readonly Rewrite[] {
  const name = process.env.HISTORY_MUTANT;
  if (name === undefined) return [];
  const rewrites = MUTANTS[name];
  if (!rewrites) throw new Error(`No mutant ${name}; one of ${Object.keys(MUTANTS).join(', ')}`);
  return rewrites;
}
