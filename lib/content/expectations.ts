/**
 * What the store should hold of each path, by the newest snapshot: what it compares pages with.
 */
import type { Bodies } from '../body/body';
import { NOT_FOUND_SECONDS, type Environment } from '../config';
import type { Problem } from '../source/post';
import { MOVED } from '../text';
import type { Version } from '../store/place';
import type { Expectations, Expected } from '../store/store';
import { leadAt, type Elsewhere } from './elsewhere';
import { NOTHING, type Snapshots } from './snapshots';

/** When the sources are read again after a failure, while visitors wait. */
const TRIED_AGAIN_AFTER_MS = 1000;

/** The expectations of the newest snapshot. */
export class SnapshotExpectations implements Expectations {
  /** When a visitor of an unknown path last had the source looked at, in ms since 1970. */
  private lookedAtMs = 0;
  /** While there is no snapshot that is new enough: since when visitors wait, and when that failed last. */
  private waitingSinceMs?: number;
  private failedAtMs = -Infinity;
  private failedFor?: Version;

  constructor(
    private readonly parts: {
      snapshots: Snapshots;
      elsewhere: Pick<Elsewhere, 'leadOf'>;
      bodies: Pick<Bodies, 'check'>;
      settings: () => Environment;
      now: () => number;
    },
  ) {}

  newest() {
    return this.parts.snapshots.last;
  }

  expected(path: string): Expected | undefined {
    const snapshot = this.parts.snapshots.newest();
    if (!snapshot) return undefined;
    const { site, problemAt, unchecked, version, generation } = snapshot;
    const page = site.pageAt(path);
    // A post that cannot be used, or is not known to be usable yet, and has no last good version here.
    if (!page && (problemAt.has(path) || unchecked.has(path))) return undefined;
    return { version, generation, revision: page?.revision ?? null };
  }

  /**
   * The same for a visitor: waits for the first snapshot after a start, and lets the stored page stay
   * where the expected one would fail to render.
   */
  async expectedOnVisit(
    path: string,
    stored: { revision: string | null } | null,
  ): Promise<Expected | undefined> {
    const { snapshots, now } = this.parts;
    if (!snapshots.last) await this.refresh(undefined);
    let expected = this.expected(path);
    if (expected?.revision === null && this.isOldFor404()) {
      this.lookedAtMs = now();
      await snapshots.load(NOTHING).catch(snapshots.reportOnce);
      expected = this.expected(path);
    }
    if (!expected?.revision || !stored || stored.revision === expected.revision) return expected;
    return (await this.failureAt(path)) ? undefined : expected;
  }

  async leadsOn(path: string): Promise<boolean> {
    const { snapshots, elsewhere } = this.parts;
    const snapshot = snapshots.newest();
    return snapshot !== undefined && (await leadAt(path, snapshot, elsewhere)) !== undefined;
  }

  /**
   * Waits for a snapshot, the first one or one that is as new as the fence, but not for long: a source that
   * is slow or down must not hold up visitors of pages that are stored.
   */
  async refresh(fence: Version | undefined): Promise<void> {
    const { snapshots } = this.parts;
    const now = this.parts.now();
    // After a purge that has come since, what there is may not do any more.
    const isSameFence =
      this.failedFor?.generation === fence?.generation &&
      this.failedFor?.version === fence?.version;
    const hasJustFailed = isSameFence && now - this.failedAtMs < TRIED_AGAIN_AFTER_MS;
    if (!snapshots.isLoading && hasJustFailed) return;
    const since = (this.waitingSinceMs ??= now);
    const load = snapshots.load(NOTHING).then(
      () => {
        this.waitingSinceMs = undefined;
      },
      (error: unknown) => {
        this.failedAtMs = this.parts.now();
        this.failedFor = fence;
        snapshots.reportOnce(error);
      },
    );
    await Promise.race([load, snapshots.longestWait(since)]);
  }

  /** Why the page of a path cannot be rendered from the newest snapshot, if so. */
  async failureAt(path: string): Promise<Problem | undefined> {
    const found = await this.findFailureAt(path);
    if (found?.kind !== MOVED) return found;
    const { snapshots } = this.parts;
    await snapshots.load(NOTHING).catch(snapshots.reportOnce);
    return this.findFailureAt(path);
  }

  private async findFailureAt(path: string): Promise<Problem | undefined> {
    const snapshot = this.parts.snapshots.newest();
    const post = snapshot?.site.posts.get(path);
    return snapshot?.problemAt.get(path) ?? (post && (await this.parts.bodies.check(post)));
  }

  private isOldFor404(): boolean {
    const { snapshots, settings, now } = this.parts;
    const lookedAtMs = Math.max(snapshots.last?.loadedAtMs ?? 0, this.lookedAtMs);
    const keptForMs = 1000 * Math.min(NOT_FOUND_SECONDS, settings().revalidateSeconds);
    return now() - lookedAtMs > keptForMs;
  }
}
