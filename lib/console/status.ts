/**
 * How the site is now, as the console shows it: posts and pages, what is wrong and what was left out, sources, store,
 * instances, edges, what comes next. Bounded in time and in what it lists: what cannot be known now says why.
 */
import nextPackage from 'next/package.json';
import ownPackage from '../../package.json';
import type { Environment } from '../config';
import type { Snapshots } from '../content/snapshots';
import type { Edges } from '../edge/edges';
import { messageOf } from '../message-of';
import { redact } from '../purge/response';
import { pathOfPost } from '../site/paths';
import type { Warning } from '../source/post';
import type { Instances } from '../store/place';
import type { Store } from '../store/store';
import { within } from '../within';
import { withoutPasswords } from '../without-passwords';
import type { History, PurgeSummary } from './history';
import { storedCount } from './stored-count';

/** Something that is known, or why it is not. */
export type Known<T> = { value: T } | { error: string };

/** The first of a list, and how many more there are. */
export interface Listed<T> {
  first: T[];
  more: number;
}

/** Something that is wrong, or was left out: where, what, and what to do. */
export interface Finding {
  /** The file, with its line where that is known, or what it is called in WordPress. */
  where: string;
  field?: string;
  message: string;
}

/** A post that is published later. */
export interface ScheduledPost {
  title: string;
  path: string;
  atMs: number;
}

/** The site, as one instance sees it. */
export interface SiteStatus {
  nowMs: number;
  /** Absent until the sources were read first. */
  site?: { posts: number; pages: number; unchecked: number };
  stored: Known<number>;
  problems: Listed<Finding>;
  warnings: Listed<Finding>;
  sources: { kind: 'Posts folder' | 'WordPress'; where: string; posts?: number }[];
  /** When the newest snapshot was read. */
  readAtMs?: number;
  /** Why the last attempt to read the sources failed. */
  failure?: { message: string; atMs: number };
  /** The last snapshot was refused, since most posts are missing from it, until somebody confirms that. */
  isRefused: boolean;
  store: { where: string; problem?: string };
  history: { lost: number; reason: string; torn: number; last: Known<PurgeSummary | undefined> };
  instances: { own: string; count?: Known<number> };
  edges?: { addresses: readonly string[]; owed: Known<Listed<string> & { all: boolean }> };
  scheduled: Listed<ScheduledPost>;
  versions: { evergreen: string; next: string; node: string };
  startedAtMs: number;
  memoryBytes: number;
}

/** What the status is made of. */
export interface StatusParts {
  settings: () => Environment;
  snapshots: Snapshots;
  store: Pick<Store, 'problem' | 'storedAtStart' | 'storedAtMost'>;
  edges?: Pick<Edges, 'addresses' | 'owed'>;
  instances?: Pick<Instances, 'count'>;
  history: Pick<History, 'lost' | 'all'>;
  /** The name of this instance. */
  own: string;
  /** The time, in ms since 1970. */
  now: () => number;
}

/** How long each thing is waited for. */
const LIMIT_MS = 1500;
const MOST_FINDINGS = 100;
const MOST_OWED = 20;
const MOST_SCHEDULED = 5;

/** Looks at everything at once. Never throws, and takes no longer than the slowest may. */
export async function statusOf(parts: StatusParts): Promise<SiteStatus> {
  const { settings, snapshots, store, edges, instances, history, own, now } = parts;
  const [stored, last, count, owed] = await Promise.all([
    known(storedCount(settings(), store)),
    known(history.all().then((all) => all.at(-1))),
    instances && known(instances.count()),
    edges && known(owedOf(edges)),
    // As a visit does: an edit is seen, and a failure noted.
    within(snapshots.current(), LIMIT_MS).catch(() => undefined),
  ]);
  const { postsDir, wordpressUrl, redisUrl } = settings();
  const snapshot = snapshots.newest();
  const { loaded } = snapshots.sources;
  const nowMs = now();
  return redact({
    nowMs,
    site: snapshot && {
      posts: snapshot.site.posts.size,
      pages: snapshot.site.pages.size,
      unchecked: snapshot.unchecked.size,
    },
    stored,
    problems: listed((snapshot?.problems ?? []).map(findingOf), MOST_FINDINGS),
    warnings: listed((snapshot?.warnings ?? []).map(findingOf), MOST_FINDINGS),
    sources: [
      ...(postsDir === undefined
        ? []
        : [
            { kind: 'Posts folder' as const, where: postsDir, posts: loaded?.folder?.posts.length },
          ]),
      ...(wordpressUrl === undefined
        ? []
        : [
            {
              kind: 'WordPress' as const,
              where: wordpressUrl,
              posts: loaded?.wordpress?.posts.length,
            },
          ]),
    ],
    readAtMs: snapshot?.loadedAtMs,
    failure: snapshots.failure,
    isRefused: snapshots.refused !== undefined,
    store: {
      where: redisUrl === undefined ? 'disk' : `Redis at ${withoutPasswords(redisUrl)}`,
      problem: store.problem(),
    },
    history: {
      lost: history.lost.count,
      reason: history.lost.reason,
      torn: history.lost.torn,
      last,
    },
    instances: { own, count },
    edges: edges && owed && { addresses: edges.addresses.map(withoutPasswords), owed },
    scheduled: scheduledIn(snapshots, nowMs),
    versions: { evergreen: ownPackage.version, next: nextPackage.version, node: process.version },
    startedAtMs: nowMs - Math.round(process.uptime() * 1000),
    memoryBytes: process.memoryUsage.rss(),
  });
}

const known = <T>(answer: Promise<T>): Promise<Known<T>> =>
  within(answer, LIMIT_MS).then(
    (value) => ({ value }),
    (error: unknown) => ({ error: messageOf(error) }),
  );

async function owedOf(edges: Pick<Edges, 'owed'>): Promise<Listed<string> & { all: boolean }> {
  const { paths, all } = await edges.owed();
  return { ...listed([...paths], MOST_OWED), all };
}

function scheduledIn(snapshots: Snapshots, nowMs: number): Listed<ScheduledPost> {
  const scheduled = snapshots.sources.posts
    .filter(({ draft }) => !draft)
    .map((post) => ({ post, atMs: Date.parse(post.date) }))
    .filter(({ atMs }) => atMs > nowMs)
    .sort((a, b) => a.atMs - b.atMs);
  const { first, more } = listed(scheduled, MOST_SCHEDULED);
  return {
    first: first.map(({ post, atMs }) => ({ title: post.title, path: pathOfPost(post), atMs })),
    more,
  };
}

const findingOf = ({ file, line, field, message }: Warning): Finding => ({
  where: line === undefined ? file : `${file}:${line}`,
  field,
  message,
});

const listed = <T>(all: readonly T[], most: number): Listed<T> => ({
  first: all.slice(0, most),
  more: Math.max(0, all.length - most),
});
