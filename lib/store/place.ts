/**
 * Where pages are kept: what the store asks of a place, which is the disk or, for several instances,
 * Redis. Their tests are the same.
 */
import type { Hint } from '../source/changes';
import type { Value } from './values';
import type { Dependencies } from '../site/dependencies';

/** Names a snapshot: within a generation, one with a higher version was read later. */
export interface Version {
  version: number;
  /** Versions count within it. With Redis it ends when Redis is restarted; without, it is empty. */
  generation: string;
}

/** Whether a snapshot is older than the newest purge, so that no page of it is committed. */
export const isBehindFence = (version: Version | undefined, fence: Version | undefined): boolean =>
  fence !== undefined &&
  (version?.generation !== fence.generation || version.version < fence.version);

/** How long a page may be served, in seconds, as Next hands it to the cache handler. */
export interface CacheControl {
  revalidate: number | false;
  expire?: number;
}

/** One page; without a value and a revision: a removed one. */
export interface StoredPage {
  path: string;
  /** When it was rendered, in ms since 1970. */
  lastModified: number;
  revision: string | null;
  value: Value | null;
  cacheControl?: CacheControl;
}

/** What a purge is told of a stored page: what visitors of its path are served. */
export interface Stored {
  /** Null: removed. */
  revision: string | null;
  dependencies: Dependencies;
}

/** What is known of the stored page of a path, without reading it. */
export interface Lookup {
  /** Undefined if none is stored; null: removed. */
  revision: string | null | undefined;
  /** The version that it was committed for; −1 if that is not known. */
  version: number;
  /** The lowest version of which pages are committed; undefined where one process is all there is. */
  fence?: Version;
  /** Whether all that is stored is. */
  isWhole: boolean;
  /** True if this is all guessed, since the place is away. */
  isAway?: boolean;
  /** The revision that edges may hold of it; see `Instances.expose`. */
  exposed?: string | null;
}

/** A commit that was refused, since a purge, on another instance, was about something newer. */
export class NotCommitted extends Error {
  constructor(reason: string) {
    super(`The page was not taken: ${reason}`);
  }
}

/** The pages themselves. */
export interface Pages {
  lookup: (path: string) => Promise<Lookup>;
  /** The page, if it still has this revision. */
  read: (path: string, revision: string | null) => Promise<StoredPage | null>;
  /** All pages. Throws if they cannot be known. */
  index: () => Promise<ReadonlyMap<string, Stored>>;
  /** How many pages there may be, without reading them. */
  atMost: () => Promise<number>;
  /**
   * Compares and stores in one step; what another instance committed of a newer version stays. Throws if
   * it cannot, and `NotCommitted` if the version is outdated. `beforeStored` is called before a page of
   * another revision is stored; `isFirst` if there was none.
   */
  commit: (
    page: StoredPage,
    version: Version,
    beforeStored?: (path: string, isFirst: boolean) => void,
  ) => void | Promise<void>;
  /** Why pages cannot be stored now, if so. */
  problem: () => string | undefined;
}

/** The order of snapshots and purges, on all instances. */
export interface Versions {
  /**
   * Numbers a load, which reads the source after it. Returns the hint with what purges on other
   * instances told. Throws if it cannot be numbered, unless nothing is known to have changed.
   */
  begin: (
    previous: Version | undefined,
    hint: Hint | undefined,
  ) => Promise<Version & { hint: Hint | undefined }>;
  /** Whether a purge, on any instance, was about something newer. */
  isOutdated: (version: Version) => Promise<boolean>;
  /** From now on no page is committed for an older version. */
  raiseFence: (version: Version) => Promise<void>;
  /**
   * What a purge was about is right as of that version; all that is stored, if it compared that. From
   * now on instances that only have what another build stored look at the source first.
   */
  endPurge: (version: Version, comparedAll: boolean) => Promise<void>;
  /** Notes that somebody confirmed the removals of one snapshot, for all instances, over a restart. */
  confirmRemovals: (snapshot: string) => Promise<void>;
  areRemovalsConfirmed: (snapshot: string) => Promise<boolean>;
}

/** What an edge has not confirmed to have dropped. */
export interface Outbox {
  add: (paths: string[]) => unknown;
  /**
   * The paths, each with the number of its last change. With `all`, nothing is known of what these
   * edges hold, since they or the build are new.
   */
  read: (
    edges: string,
  ) => Promise<{ changes: ReadonlyMap<string, number>; all: boolean; generation: string }>;
  /**
   * These edges confirmed these changes; what changed meanwhile stays. Throws if the numbers are of a
   * `generation` that has ended.
   */
  acknowledge: (edges: string, changes: ReadonlyMap<string, number>, generation: string) => unknown;
  /**
   * Where several instances, and builds, respond: the revisions that edges may hold, by path. What is
   * in the outbox is not among them any more.
   */
  exposed?: () => Promise<ReadonlyMap<string, string>>;
}

/** What several instances before edges agree on. */
export interface Instances {
  outbox: Outbox;
  /** How many there are now. Throws if that cannot be known. */
  count: () => Promise<number>;
  /** Notes that edges may hold what was looked up, before they do. */
  expose: (path: string, lookup: Lookup) => Promise<void>;
  /**
   * Is the same before and after a response if this instance heard of all purges meanwhile; undefined
   * if it may miss one now.
   */
  standing: () => number | undefined;
  /**
   * Has every instance see to it that no edge keeps a response from before this call, at these
   * addresses or at any. Throws if one does not confirm that.
   */
  endInFlight: (addresses: string[] | undefined) => Promise<void>;
}

/** Where the history of purges is kept: texts in the order in which they came, of which the last stay. */
export interface HistoryPlace {
  /** Keeps texts, so that a crash afterwards leaves them. Throws if it cannot. */
  append: (texts: readonly string[]) => Promise<void>;
  /**
   * What was kept after an entry, by any instance, or all there is; oldest first, in portions. An entry
   * that was torn by a crash is left out.
   */
  after: (ref: string | undefined) => AsyncIterable<readonly { ref: string; text: string }[]>;
  /** The text of an entry, if it is still there. */
  read: (ref: string) => Promise<string | undefined>;
}

/**
 * What is wrong and was told of, by keys: each is told once, by one instance, and not again after a restart.
 * Each throws if it cannot be done.
 */
export interface NoticePlace {
  /** Adds keys; returns those that were not there before. */
  open: (keys: readonly string[]) => Promise<string[]>;
  /** Removes keys; returns those that were there. */
  close: (keys: readonly string[]) => Promise<string[]>;
  all: () => Promise<string[]>;
}

/** Where pages are kept. */
export interface Place {
  pages: Pages;
  versions: Versions;
  /** Undefined where one process is all there is. */
  instances?: Instances;
  /** Undefined where each process keeps its own. */
  history?: HistoryPlace;
  notices?: NoticePlace;
  /** Resolves when it was reached first, or when that takes too long. */
  opened?: Promise<unknown>;
  /** Keeps the pages that were read last in memory, as far as they have so many bytes; until then, none. */
  keepInMemory?: (bytes: number) => void;
  close?: () => void;
}
