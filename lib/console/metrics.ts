/**
 * Metrics in the format of OpenMetrics, for a Prometheus to scrape: what happened is counted as it happens, what is
 * now is looked up at each scrape, and left out if it cannot be known in time.
 */
import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type OpenMetricsContentType,
} from 'prom-client';
import { version } from '../../package.json';
import { coalesce } from '../coalesce';
import type { Environment } from '../config';
import type { Snapshot, Snapshots } from '../content/snapshots';
import type { Edges } from '../edge/edges';
import type { Store } from '../store/store';
import { within } from '../within';
import type { History } from './history';
import type { Ledger } from './ledger';
import { RESULTS } from './purges-query';
import type { PurgeRecord } from './record';
import type { Render, RenderReason, Renders } from './renders';
import { storedCount } from './stored-count';

/** What is measured. */
export interface MetricsParts {
  settings: () => Environment;
  ledger: Pick<Ledger, 'onPurge'>;
  renders: Pick<Renders, 'onEnd'>;
  history: Pick<History, 'lost'>;
  snapshots: Pick<Snapshots, 'last'>;
  store: Pick<Store, 'storedAtStart' | 'storedAtMost' | 'problem'>;
  /** Undefined where there are none. */
  edges?: Pick<Edges, 'owed'>;
}

/** How long a scrape waits for Redis, or for the disk to be read first, in ms. */
const LOOKUP_MS = 500;

/** Seconds: a warm purge takes some ten milliseconds, one of all pages a minute. */
const PURGE_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const RENDER_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The kinds of reasons that have a series of their own: a caller cannot make more. */
const REASONS: ReadonlySet<string> = new Set([
  'named',
  'post',
  'page',
  'tag',
  'category',
  'author',
  'posts',
  'site',
]);

const OTHER = 'other';

/** The type of OpenMetrics as `Content-Type` names it. */
export const METRICS_TYPE = Registry.OPENMETRICS_CONTENT_TYPE;

/** The metrics of one process. */
export class Metrics {
  private readonly registry = newRegistry();
  private setGauges?: (seen: Seen) => void;

  constructor(private readonly parts: MetricsParts) {
    const { ledger, renders } = parts;
    ledger.onPurge(purgesIn(this.registry));
    renders.onEnd(rendersIn(this.registry));
  }

  /** All metrics as text. Those who ask at the same time share an answer. Never throws for what is away. */
  scrape(): Promise<string> {
    return this.shared();
  }

  private readonly shared = coalesce<void, string>(async () => {
    // Only now: where nobody scrapes, the event loop is not watched.
    if (!this.setGauges) collectDefaultMetrics({ register: this.registry });
    this.setGauges ??= gaugesIn(this.registry);
    this.setGauges(await lookAround(this.parts));
    return this.registry.metrics();
  });
}

type Target = Registry<OpenMetricsContentType>;

/** A registry of one runtime alone. */
function newRegistry(): Target {
  const registry: Target = new Registry();
  registry.setContentType(METRICS_TYPE);
  return registry;
}

/** Returns what counts a purge. */
function purgesIn(registry: Target): (record: PurgeRecord) => void {
  const registers = [registry];
  const purges = new Counter({
    name: 'evergreen_purges_total',
    help: 'Purges that were answered, by their result; plans are none.',
    labelNames: ['result'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'evergreen_purge_duration_seconds',
    help: 'From the arrival of a purge to its answer; without refused ones.',
    buckets: PURGE_BUCKETS,
    registers,
  });
  const pages = new Counter({
    name: 'evergreen_purged_pages_total',
    help: 'Pages of purges, by what became of them.',
    labelNames: ['result'] as const,
    registers,
  });
  const reasons = new Counter({
    name: 'evergreen_purged_pages_by_reason_total',
    help: 'Pages of purges, by the kind of the first reason.',
    labelNames: ['reason'] as const,
    registers,
  });
  const edgeFailures = new Counter({
    name: 'evergreen_edge_failures_total',
    help: 'Purges of which an edge did not confirm what had changed.',
    registers,
  });
  // So that the first one is seen as an increase.
  for (const result of RESULTS) purges.inc({ result }, 0);
  for (const result of ['regenerated', 'removed', 'failed', 'absent']) pages.inc({ result }, 0);
  for (const reason of [...REASONS, OTHER]) reasons.inc({ reason }, 0);

  return ({ result, ms, counts, reasons: kinds, edges }) => {
    purges.inc({ result });
    if (result !== 'refused') durations.observe(ms / 1000);
    for (const [name, count] of Object.entries(counts)) pages.inc({ result: name }, count);
    for (const [kind, count] of Object.entries(kinds)) {
      reasons.inc({ reason: REASONS.has(kind) ? kind : OTHER }, count);
    }
    if (edges?.failure !== undefined) edgeFailures.inc();
  };
}

/** Returns what counts a render. */
function rendersIn(registry: Target): (render: Render) => void {
  const registers = [registry];
  const renders = new Counter({
    name: 'evergreen_renders_total',
    help: 'Renders of pages, by why they were begun, and whether visitors are served what came of it.',
    labelNames: ['reason', 'stored'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'evergreen_render_duration_seconds',
    help: 'From the content of a page being looked up to its being stored, or refused.',
    labelNames: ['reason'] as const,
    buckets: RENDER_BUCKETS,
    registers,
  });
  const waits = new Counter({
    name: 'evergreen_visits_waited_total',
    help: 'Visits that had to wait for a render.',
    registers,
  });
  for (const reason of ['purge', 'interval', 'visit'] satisfies RenderReason[]) {
    for (const stored of ['true', 'false']) renders.inc({ reason, stored }, 0);
    durations.zero({ reason });
  }
  return ({ reason, isStored, ms }) => {
    renders.inc({ reason, stored: String(isStored) });
    durations.observe({ reason }, ms / 1000);
    if (reason === 'visit') waits.inc();
  };
}

/** What is known at a scrape; undefined is not known, or there is none. */
interface Seen {
  snapshot?: Snapshot;
  stored?: number;
  redis?: number;
  owed?: number;
  problem?: string;
  lost: History['lost'];
}

/** What is looked up at each scrape. */
const GAUGES: readonly (readonly [
  name: string,
  help: string,
  valueOf: (seen: Seen) => number | undefined,
])[] = [
  ['posts', 'Posts and standalone pages of the site.', ({ snapshot }) => snapshot?.site.posts.size],
  ['problems', 'Posts that cannot be used.', ({ snapshot }) => snapshot?.problems.length],
  ['warnings', 'What the site does without.', ({ snapshot }) => snapshot?.warnings.length],
  [
    'content_read_timestamp_seconds',
    'When the content was read last.',
    ({ snapshot }) => snapshot && snapshot.loadedAtMs / 1000,
  ],
  ['stored_pages', 'Pages that are stored; with Redis also removed ones.', ({ stored }) => stored],
  [
    'store_usable',
    'Whether pages can be stored.',
    ({ problem }) => (problem === undefined ? 1 : 0),
  ],
  ['redis_up', 'Whether Redis answers; only where one is used.', ({ redis }) => redis],
  ['edge_outbox_paths', 'Paths that edges have not confirmed to have dropped.', ({ owed }) => owed],
  ['history_torn_entries', 'Purges of the history that cannot be read.', ({ lost }) => lost.torn],
];

/** Adds what is looked up at each scrape; returns what sets it. */
function gaugesIn(registry: Target): (seen: Seen) => void {
  const registers = [registry];
  const gauges = GAUGES.map(([name, help, valueOf]) => ({
    gauge: new Gauge({ name: `evergreen_${name}`, help, registers }),
    valueOf,
  }));
  const lost = new Counter({
    name: 'evergreen_history_lost_total',
    help: 'Purges that could not be kept in the history.',
    registers,
  });
  new Gauge({
    name: 'evergreen_build_info',
    help: 'The versions that run; always 1.',
    labelNames: ['version', 'node'] as const,
    registers,
  }).set({ version, node: process.version }, 1);
  return (seen) => {
    for (const { gauge, valueOf } of gauges) {
      const value = valueOf(seen);
      if (value === undefined) gauge.remove();
      else gauge.set(value);
    }
    lost.reset();
    lost.inc(seen.lost.count);
  };
}

async function lookAround({
  settings,
  snapshots,
  store,
  edges,
  history,
}: MetricsParts): Promise<Seen> {
  const { redisUrl } = settings();
  const inTime = <T>(lookup: () => Promise<T>) =>
    within(lookup(), LOOKUP_MS).catch(() => undefined);
  const [stored, owed] = await Promise.all([
    inTime(() => storedCount({ redisUrl }, store)),
    edges && inTime(() => edges.owed()),
  ]);
  return {
    snapshot: snapshots.last,
    stored,
    // Asked, and not only whether it is connected: one that hangs is.
    redis: redisUrl === undefined ? undefined : stored === undefined ? 0 : 1,
    owed: owed?.paths.size,
    problem: store.problem(),
    lost: history.lost,
  };
}
