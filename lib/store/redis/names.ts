/**
 * The names in Redis. Instances of two releases share them while one replaces the other, so they stay
 * what they were, whatever they are called in the code: `epoch` holds the generation, `number` the
 * version of the newest load, `floor` the fence, `owed` is the outbox, `given` what is exposed.
 */

/** A hash: `run`, `epoch`, `number`, `floor`, `answered`, `forgotten`, `begun`, `changes`. */
export const STATE = 'evergreen:state';
/** What purges told, by the versions of their loads. */
export const HINTS = 'evergreen:hints';
/** Paths that edges have not confirmed, by the number of their last change. */
export const OUTBOX = 'evergreen:owed';
/** The revisions that edges may hold, by path; and what stands there if it is more than one. */
export const EXPOSED = 'evergreen:given';
export const SEVERAL = '*';
/** The snapshot whose removals somebody confirmed. */
export const CONFIRMED = 'evergreen:confirmed';
/** The edges that each build knows the state of. */
export const EDGES = 'evergreen:edges';
/** Connections by the time when Redis heard of them last, in ms. */
export const LEASES = 'evergreen:leases';
/** A stream: the history of purges, of all instances and builds. */
export const HISTORY = 'evergreen:history';
/** A set: what is wrong and was told of. */
export const NOTICES = 'evergreen:notices';
/** Stands among the revisions, so that it is lost with them: no path looks so. */
export const WHOLE = '*';

/** Where instances hear of a purge; channels are not of a database, so the name is. */
export const channelOf = (url: string): string =>
  `evergreen:purging:${Number(new URL(url).pathname.slice(1))}`;

/** What one build stores. */
export const namesOfBuild = (buildId: string) => ({
  /** Version and revision, by path. */
  revisions: `evergreen:${buildId}:revisions`,
  /** What pages depend on, by path. */
  dependencies: `evergreen:${buildId}:shown`,
  /** A page. */
  page: (path: string) => `evergreen:${buildId}:page:${path}`,
});
