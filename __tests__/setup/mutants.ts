/**
 * Faults that can be built into a copy of the project: each breaks one rule on which the promise rests.
 *
 * Where a `ground` is named, `__tests__/schedules/mutants.test.ts` sees that schedules on it find the
 * fault within a minute. Of the others some take a server or edges: `HISTORY_MUTANT=<name> npx jest
 * __tests__/slow/history.test.ts` must fail. The rest breaks a rule behind which another one stands, and
 * takes longer to find: what is stored is compared when it is committed, when a purge is answered, and
 * again when it is served.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { GroundName } from './simulator/grounds';

type Rewrite = readonly [file: string, from: string, to: string];

/** A fault, and the rule that it breaks. */
export interface Mutant {
  rule: string;
  rewrites: readonly Rewrite[];
  ground?: GroundName;
}

const COMMIT = 'lib/store/redis/scripts/commit.lua';
const STORE = 'lib/store/store.ts';
const PURGE = 'lib/purge/purge.ts';
const PLAN = 'lib/purge/plan.ts';
const FRESHNESS = 'lib/console/freshness.ts';

const FENCE: Rewrite = [
  COMMIT,
  `if version < tonumber(redis.call('HGET', KEYS[1], 'floor')) then return 'its content is outdated' end`,
  '',
];
const ORDER: Rewrite = [COMMIT, "if stored > version then return 'newer' end", ''];
const ANY_REVISION: Rewrite = [
  STORE,
  'if (!expected || expected.revision !== revision) return',
  'if (!expected) return',
];

/** All mutants, by name. */
export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'load-shared': {
    rule: 'A purge reads its content after the call.',
    ground: 'memory-alone',
    rewrites: [
      [
        'lib/coalesce.ts',
        'let running: Promise<unknown> | undefined;',
        'let running: Promise<unknown> | undefined;\n  let last: Promise<Result> | undefined;',
      ],
      ['lib/coalesce.ts', 'const result = work(inputs);', 'const result = (last = work(inputs));'],
      [
        'lib/coalesce.ts',
        'const inputs = [input];',
        'if (last) return last;\n    const inputs = [input];',
      ],
    ],
  },
  'any-served': {
    rule: 'A stored page is served only if it is the expected one.',
    rewrites: [
      [
        STORE,
        'return seen.revision === expected.revision ? this.read(path, seen) : null;',
        'return this.read(path, seen);',
      ],
    ],
  },
  'any-committed': {
    rule: 'Only the expected page is committed.',
    rewrites: [ANY_REVISION],
  },
  'next-believed': {
    rule: 'Whether a page is there is asked of the store, not of Next.',
    ground: 'memory-alone',
    rewrites: [
      [
        'lib/purge/regenerate.ts',
        'if (failure === undefined && (await store.isFresh(path))) return;',
        'if (failure === undefined) return;',
      ],
    ],
  },
  'render-unseen': {
    rule: 'A page is fresh only if no render of something else is under way.',
    rewrites: [
      [
        STORE,
        'if (!expected || seen.isAway || this.isRenderedOtherwise(path)) return false;',
        'if (!expected || seen.isAway) return false;',
      ],
    ],
  },
  'render-unplanned': {
    rule: 'What is being rendered is compared, too: visitors are joined to it.',
    rewrites: [
      ['lib/purge/plan-of-call.ts', 'if (isExpected && before) continue;', 'if (before) continue;'],
    ],
  },
  'render-forgotten': {
    rule: 'A render is under way until the store has committed or refused it.',
    rewrites: [
      [
        STORE,
        'let isCommitted = false;',
        'let isCommitted = false;\n    this.endRender(path, render);',
      ],
    ],
  },
  'removed-meanwhile': {
    rule: 'A page is removed without a render only if none is under way.',
    ground: 'memory-alone',
    rewrites: [
      [
        STORE,
        'const isRendered = this.rendering.has(path) || this.renewing.has(path);',
        'const isRendered = false;',
      ],
    ],
  },
  'renewing-unseen': {
    rule: 'A page that is too old is served to all who come until the next is rendered.',
    rewrites: [[STORE, 'if (this.isTooOld(page)) this.renewing.add(path);', '']],
  },
  'older-snapshot': {
    rule: 'A render that no purge knows of is from the newest snapshot.',
    rewrites: [['lib/content/page-props.ts', '?? snapshots.newest() ?? current', '?? current']],
  },
  'looked-once': {
    rule: 'What was found is compared with the newest snapshot.',
    rewrites: [
      [
        STORE,
        'if (expectations.newest() === newest) return served;',
        'if (newest || !newest) return served;',
      ],
    ],
  },
  'no-fence': {
    rule: 'Once a purge has read its content, no older page is committed, on any instance.',
    ground: 'memory-several',
    rewrites: [[PURGE, 'if (!isDryRun) await store.versions.raiseFence(snapshot);', '']],
  },
  'no-fence-in-redis': {
    rule: 'The fence is compared in the same step in which the page is stored.',
    rewrites: [FENCE],
  },
  'always-current': {
    rule: 'An instance behind the fence reads the sources before it serves by them.',
    ground: 'memory-several',
    rewrites: [
      [
        'lib/store/place.ts',
        'fence !== undefined &&',
        'fence !== undefined && fence.version < 0 &&',
      ],
    ],
  },
  'whole-unasked': {
    rule: 'It serves without that only what somebody compared with the newest content.',
    rewrites: [[STORE, 'if (stored && seen.isWhole) return', 'if (stored) return']],
  },
  'early-end': {
    rule: 'What is stored counts as compared only when the pages that differed are stored.',
    rewrites: [
      [
        PURGE,
        'if (!isDryRun) await store.versions.raiseFence(snapshot);',
        `if (!isDryRun) await store.versions.raiseFence(snapshot);
      if (!isDryRun && requests.some(({ input }) => input.changed || input.paths.length > 0)) {
        await store.versions.endPurge(snapshot, true);
      }`,
      ],
    ],
  },
  'ends-all-the-same': {
    rule: 'It does not count as compared if one of them failed.',
    rewrites: [
      [PURGE, 'const sound = all.filter(({ failure }) => !failure);', 'const sound = all;'],
    ],
  },
  'not-back': {
    rule: 'A page that was removed and is there again is rendered, also if another instance compared it.',
    rewrites: [[PLAN, 'isBack || !compared.has(path)', '!compared.has(path)']],
  },
  'failed-for-long': {
    rule: 'A purge that came since counts for more than that the source has just failed.',
    rewrites: [
      [
        'lib/content/expectations.ts',
        'const hasJustFailed = isSameFence &&',
        'const hasJustFailed = this.failedFor !== fence &&',
      ],
      ['__tests__/setup/simulator/simulation.ts', 'this.nowMs += 1001;', ''],
    ],
  },
  'hints-alone': {
    rule: 'A load looks at what purges on other instances named, too.',
    ground: 'redis',
    rewrites: [
      [
        'lib/store/redis/versions.ts',
        'for (const text of others) {',
        'for (const text of others.slice(others.length)) {',
      ],
    ],
  },
  'any-copy': {
    rule: 'A copy in memory is served only if it is what is stored.',
    ground: 'redis',
    rewrites: [
      ['lib/store/redis/pages.ts', 'if (here && here.revision === revision) {', 'if (here) {'],
    ],
  },
  'no-tombstone': {
    rule: 'A page that is removed stays removed, over a restart.',
    rewrites: [['lib/store/disk.ts', 'if (page.value || isServed) {', 'if (page.value) {']],
  },
  'tags-hidden': {
    rule: 'A render under way does not hide what is stored.',
    rewrites: [
      [
        'lib/purge/plan-of-call.ts',
        'const dependencies = { ...before?.dependencies, ...render.dependencies };',
        'const { dependencies } = render;',
      ],
    ],
  },
  'named-alone': {
    rule: 'Who names a page has edited something: every page that differs is regenerated.',
    ground: 'memory-alone',
    rewrites: [
      [
        'lib/purge/batch.ts',
        'const comparesAll = targets.changed || targets.paths.length + absent.length > 0;',
        'const comparesAll = targets.changed;',
      ],
    ],
  },
  'answered-early': {
    rule: 'A call is answered when the pages are done that it would have had alone.',
    ground: 'memory-alone',
    rewrites: [[PURGE, 'one.plan.difference && compared,', 'undefined,']],
  },
  'first-hint': {
    rule: 'The load of a batch looks at what each of its callers named.',
    ground: 'memory-alone',
    rewrites: [
      [
        PURGE,
        'const hint = mergeHints(...requests.map(({ input }) => input.hint));',
        'const hint = requests[0]?.input.hint;',
      ],
    ],
  },
  'taken-over': {
    rule: 'The next site takes over only pages that are made of the same.',
    ground: 'memory-alone',
    rewrites: [
      ['lib/site/page.ts', 'isSame(inputs, this.inputs)', 'inputs.length === this.inputs.length'],
    ],
  },
  'gone-unseen': {
    rule: 'What is stored and not on the site any more is removed.',
    ground: 'memory-alone',
    rewrites: [[PLAN, 'if (!page && !isStored) return;', 'if (!page) return;']],
  },
  'source-unasked': {
    rule: 'A purge without a hint looks at everything.',
    ground: 'memory-alone',
    rewrites: [
      [
        PURGE,
        'return snapshots.load(hint, confirms);',
        'return snapshots.load(hint ?? [], confirms);',
      ],
    ],
  },
  'earlier-text': {
    rule: 'A body is that of the text that is to be shown, not of an earlier one of its post.',
    ground: 'memory-alone',
    rewrites: [['lib/body/body.ts', 'const key = keyOf(post);', 'const key = post.file;']],
  },
  // For the history.
  'any-revision': {
    rule: 'Only the expected page is committed, and none that is older than a purge.',
    rewrites: [ANY_REVISION, FENCE, ORDER],
  },
  'no-order': {
    rule: 'None: what is no older than the newest purge may be stored again over newer content.',
    rewrites: [ORDER],
  },
  'same-generation': {
    rule: 'What a Redis that was restarted holds may be older than what instances have.',
    rewrites: [
      [
        'lib/store/redis/scripts/generation.lua',
        "if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then begin",
        "if redis.call('EXISTS', KEYS[1]) == 0 then begin",
      ],
    ],
  },
  'edges-not-told': {
    rule: 'Edges drop what changed before the answer.',
    rewrites: [
      [
        'lib/edge/edges.ts',
        'for (const edge of edges) await purgeEdge(edge, addresses, all, patience);',
        '',
      ],
    ],
  },
  // Seldom: only what is stored may be kept, and is under way for a few ms.
  // `__tests__/unit/edge/edge.test.ts` and `__tests__/server/places.test.ts` find it, and instances without a lease.
  'responses-not-ended': {
    rule: 'No response from before is on its way to an edge.',
    rewrites: [
      ['lib/edge/edges.ts', 'await instances?.endInFlight([]);', ''],
      [
        'lib/edge/edges.ts',
        `if (instances) await instances.endInFlight(ended);
    else await this.parts.inFlight.endBefore(ended);`,
        '',
      ],
    ],
  },
  'not-exposed': {
    rule: 'What an edge may hold is noted first.',
    rewrites: [[STORE, 'await instances?.expose(path, seen);', '']],
  },
  'no-lease': {
    rule: 'An instance that may miss a purge lets no edge keep anything.',
    rewrites: [
      [
        'lib/store/redis/instances.ts',
        'return hasLease ? this.connection.doubts : undefined;',
        'return connected ? this.connection.doubts : undefined;',
      ],
    ],
  },
  'answered-again': {
    rule: 'Before a page is sent without Next, the store is asked whether it is still there.',
    ground: 'memory-alone',
    rewrites: [
      [
        STORE,
        'private isServing = false;',
        'private isServing = false;\n  private readonly sent = new Map<string, StoredPage>();',
      ],
      [
        STORE,
        'async pageToServe(path: string): Promise<StoredPage | undefined> {',
        'async pageToServe(path: string): Promise<StoredPage | undefined> {\n    const sent = this.sent.get(path);\n    if (sent) return sent;',
      ],
      [
        STORE,
        'return isStill ? page : undefined;',
        'if (isStill && page) this.sent.set(path, page);\n    return isStill ? page : undefined;',
      ],
    ],
  },
  'asked-of-memory': {
    rule: 'Whether a page is fresh is asked of the sources, after the question.',
    ground: 'memory-alone',
    rewrites: [
      [
        FRESHNESS,
        'const snapshot = await snapshots.load();',
        'const snapshot = snapshots.newest() ?? (await snapshots.load());',
      ],
    ],
  },
  'asked-without-fence': {
    rule: 'Once a page was said to be fresh, no instance goes on by anything older.',
    rewrites: [[FRESHNESS, 'await store.versions.raiseFence(snapshot);', '']],
  },
  'asked-of-the-disk': {
    rule: 'A page is fresh only if nobody is served anything else than what is stored.',
    rewrites: [
      [FRESHNESS, 'const isServed = !store.isServedOtherwise(path);', 'const isServed = true;'],
    ],
  },
  'answered-first': {
    rule: 'A purge is in the history before it is answered.',
    ground: 'memory-alone',
    rewrites: [
      [
        'lib/console/ledger.ts',
        'await this.parts.history.add(record);',
        'void this.parts.history.add(record);',
      ],
    ],
  },
};

/** Builds what `HISTORY_MUTANT` asks for into the project in `dir`. */
export async function mutateByName(dir: string, name: string | undefined): Promise<void> {
  if (name === undefined) return;
  const mutant = MUTANTS[name];
  if (!mutant) throw new Error(`No mutant ${name}; one of ${Object.keys(MUTANTS).join(', ')}`);
  await mutate(dir, mutant);
}

/** Builds a mutant into the project in `dir`. Throws if there is nothing to rewrite. */
export async function mutate(dir: string, { rewrites }: Mutant): Promise<void> {
  for (const [name, from, to] of rewrites) {
    await rewrite(path.join(dir, name), (text) => text.replace(from, () => to));
  }
}

/** Changes the text of a file. Throws if that leaves it as it is. */
export async function rewrite(file: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error(`Nothing to rewrite in ${file}`);
  await writeFile(file, changed);
}
