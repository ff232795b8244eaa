/**
 * The newest snapshot of this process: loads shared among requests, and the site that each gives.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { warningsOfHtml, type Bodies } from '../body/body';
import { coalesce } from '../coalesce';
import { sweepData } from '../data-dir';
import { Listeners } from '../listeners';
import type { Environment } from '../config';
import { NO_FACTS, type SiteFacts } from '../site/facts';
import { siteOf, type Site } from '../site/site';
import { pathsOfProblem } from '../site/paths';
import { aliasesOf, byRevision, postOf, type PathsByRevision } from '../site/recall';
import { mergeHints, type Hint } from '../source/changes';
import { isMoved, MOVED } from '../text';
import { describeProblem, TWIN, type Post, type Problem, type Warning } from '../source/post';
import { testOfFiles, testOfWordPress, type Loaded } from '../source/sources';
import type { Version } from '../store/place';
import type { Store } from '../store/store';
import { reportProblems } from './build-problems';
import { checkProgress } from './check-progress';
import { refuseMassRemoval } from './mass-removal';
import { LATEST_MS, withUnpublished } from './unpublished';
import { usablePosts, type Manner, type UsablePosts } from './usable-posts';
import { messageOf } from '../message-of';

/** What was read from the sources at one instant. */
export interface Snapshot extends Version {
  site: Site;
  /** What cannot be used now. */
  problems: Problem[];
  /** What the site does without, and why. */
  warnings: Warning[];
  /** The problems, by the paths that their posts may have. */
  problemAt: ReadonlyMap<string, Problem>;
  /** Posts that the site will have once their bodies were seen to render, by path. */
  unchecked: ReadonlyMap<string, Post>;
  loadedAtMs: number;
  /** Until when visitors' pages may be rendered from it, in ms since 1970. */
  dueAtMs: number;
}

/** What snapshots are made from. */
export interface SnapshotParts {
  settings: () => Environment;
  /** Reads all sources, and gets what it returned last. Throws if one cannot be read. */
  loadSources: (
    settings: Environment,
    previous: Loaded | undefined,
    hint: Hint | undefined,
  ) => Promise<Loaded>;
  store: Pick<Store, 'versions' | 'storedView' | 'storedAtMost' | 'storedAtStart'>;
  bodies: Pick<Bodies, 'checkAll' | 'hasNoVerdict' | 'verdicts'>;
  /** The time, in ms since 1970. */
  now: () => number;
}

/** What one caller wants of a load. */
interface LoadInput {
  hint: Hint | undefined;
  /** Whether they confirmed that most posts are to be removed. */
  confirmsRemovals: boolean;
}

/** The hint of a visit, which only asks for what visitors see. */
export const NOTHING: Hint = [];

/** How long visitors wait for the sources to be read. */
const LONGEST_WAIT_MS = 5000;

/** How often what is to be read is read again that changes while it is rendered. */
const TRIES_OF_TEXTS = 4;

/** The snapshots of one process, of which the newest counts. */
export class Snapshots {
  private loaded?: Loaded;
  private usable?: UsablePosts;
  private adopted?: Snapshot;
  /** The site with all that is unchecked. */
  private whole?: { snapshot: Snapshot; site: Site };
  private first?: ReadonlySet<string>;
  private isReading = false;
  /** The failure that visitors' loads told last. */
  private reported?: string;
  private lastRefused?: Snapshot;
  private lastFailure?: { message: string; atMs: number };
  /** The warnings that stand in the log. */
  private told: ReadonlySet<string> = new Set();
  /** No more posts than this are stored. */
  private mostStored?: number;
  private readonly listeners = new Listeners<Snapshot>();
  /** While posts are being checked that are not listed yet. */
  private checking?: Promise<void>;

  constructor(private readonly parts: SnapshotParts) {}

  /**
   * Loads a snapshot that is read after this call: what an edit before the call changed is in it, if
   * `hint` names it or there is no hint. Calls that wait at the same time share one load, which begins
   * after all of them and looks at what each of them named. Throws if a source cannot be read, or has
   * lost most of its posts and nobody confirmed that; the newest snapshot then stays what it was.
   */
  load(hint?: Hint, confirmsRemovals = false): Promise<Snapshot> {
    return this.sharedLoad({ hint, confirmsRemovals });
  }

  private readonly sharedLoad = coalesce<LoadInput, Snapshot>(async (inputs) => {
    this.isReading = true;
    try {
      const hint = mergeHints(...inputs.map((input) => input.hint));
      const snapshot = await this.read(
        hint,
        inputs.some(({ confirmsRemovals }) => confirmsRemovals),
      );
      this.lastFailure = undefined;
      return snapshot;
    } catch (error) {
      this.lastFailure = { message: messageOf(error), atMs: this.parts.now() };
      throw error;
    } finally {
      this.isReading = false;
    }
  });

  /**
   * The newest snapshot, looked at again when its sources say so, the folder after a second, or when a
   * purge on another instance was about something newer. With a source that cannot be read it is what
   * was read last, so that visitors go on reading; throws if there is none.
   */
  async current(): Promise<Snapshot> {
    const snapshot = this.newest();
    const { building, developing } = this.parts.settings();
    if (!snapshot) return this.load(NOTHING);
    // A build renders from one snapshot, whatever happens to the source meanwhile.
    if (building) return snapshot;
    const isOld = await this.parts.store.versions.isOutdated(snapshot);
    // In development an edit is seen at once.
    const isDue = developing || this.parts.now() >= snapshot.dueAtMs;
    if (!isOld && !isDue) return snapshot;
    const load = this.load(developing ? undefined : NOTHING).catch(this.reportOnce);
    // A load may have to render hundreds of posts that just changed: nobody waits for those.
    const isUrgent = isOld || developing;
    await (isUrgent ? load : Promise.race([load, this.longestWait()]));
    return this.newest() ?? snapshot;
  }

  /** The newest snapshot; a post whose time has come is in it, without another load. */
  newest(): Snapshot | undefined {
    const { adopted, usable } = this;
    if (adopted && usable && adopted.site.until <= this.parts.now()) {
      this.adopted = {
        ...adopted,
        // On the way to the version of the next load, which only a load gets.
        version: (adopted.version + Math.floor(adopted.version) + 1) / 2,
        site: this.siteOf(usable.posts, adopted.site.facts, adopted.site),
      };
    }
    return this.adopted;
  }

  /** Calls back with each snapshot that is adopted from now on. */
  readonly onAdopt = this.listeners.add;

  /** The newest snapshot as it was adopted, whatever the time is. */
  get last(): Snapshot | undefined {
    return this.adopted;
  }

  /** What the sources hold, and the posts of it that can be shown. */
  get sources(): { loaded?: Loaded; posts: Post[] } {
    return { loaded: this.loaded, posts: this.usable?.posts ?? [] };
  }

  /** Whether a load is under way. */
  get isLoading(): boolean {
    return this.isReading;
  }

  /** Why the last load failed, and when, in ms since 1970; undefined if it did not. */
  get failure(): { message: string; atMs: number } | undefined {
    return this.lastFailure;
  }

  /** What the last load refused to adopt, for those who only want to know what would become of it. */
  get refused(): Snapshot | undefined {
    return this.lastRefused;
  }

  /** The paths of the site when this process read it first. */
  firstPaths(): ReadonlySet<string> {
    return this.first ?? new Set();
  }

  /** When the next scheduled post is due, in ms since 1970; Infinity if there is none. */
  nextDueMs(): number {
    return this.newest()?.site.until ?? Infinity;
  }

  /**
   * Resolves when no post is left that was not seen to render. To be awaited before a load that needs
   * all of them: visitors' loads, which don't, would have to wait for that one.
   */
  async allChecked(): Promise<void> {
    if (!this.adopted) await this.load(NOTHING).catch(() => undefined);
    while (this.checking) await this.checking;
  }

  /** The site as it will be when all posts were seen to render. */
  wholeSite(snapshot: Snapshot): Site {
    const { site, unchecked } = snapshot;
    if (unchecked.size === 0) return site;
    if (this.whole?.snapshot !== snapshot) {
      const others = [...site.posts].filter(([path]) => !unchecked.has(path));
      const posts = [...others.map(([, post]) => post), ...unchecked.values()];
      this.whole = { snapshot, site: this.siteOf(posts, site.facts, site) };
    }
    return this.whole.site;
  }

  /**
   * Does what needs the texts of the newest snapshot. Where one has become another meanwhile, the sources are
   * loaded again, and all of it is done again; throws what the last try threw.
   */
  async withTexts<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        if (!isMoved(error) || tries >= TRIES_OF_TEXTS) throw error;
        await this.load(NOTHING);
      }
    }
  }

  /** What visitors cannot help is not told for each of them. */
  readonly reportOnce = (error: unknown): void => {
    const message = messageOf(error);
    if (message === this.reported) return;
    this.reported = message;
    console.error(error);
  };

  /** Resolves when visitors have waited long enough. */
  longestWait(sinceMs = this.parts.now()): Promise<void> {
    const leftMs = sinceMs + LONGEST_WAIT_MS - this.parts.now();
    return pause(Math.max(0, leftMs), undefined, { ref: false });
  }

  private async read(hint: Hint | undefined, confirmsRemovals: boolean): Promise<Snapshot> {
    const { settings, loadSources, store, bodies, now } = this.parts;
    const loadedAtMs = now();
    const environment = settings();
    const { version, generation, hint: told } = await store.versions.begin(this.newest(), hint);
    let loaded: Loaded;
    let usable: UsablePosts;
    let tries = 0;
    do {
      loaded = await loadSources(environment, this.loaded, tries === 0 ? told : NOTHING);
      // What was read need not be read again, whatever becomes of it.
      this.loaded = loaded;
      usable = await usablePosts(loaded, this.usable, bodies, this.mannerOf(hint));
      tries += 1;
    } while (tries < TRIES_OF_TEXTS && usable.problems.some(({ kind }) => kind === MOVED));
    const { dueAtMs } = loaded;
    const warnings = [...loaded.warnings, ...warningsOfHtml(usable.posts, bodies.verdicts)];
    const before = this.newest();
    const { facts = NO_FACTS } = loaded;
    const same = usable.posts === this.usable?.posts && facts === before?.site.facts;
    const site = same && before ? before.site : this.siteOf(usable.posts, facts, before?.site);
    const { problems, unchecked } = usable;
    const problemAt = byPath(problems);
    const snapshot = {
      version,
      generation,
      site,
      problems,
      warnings,
      problemAt,
      unchecked,
      loadedAtMs,
      dueAtMs,
    };
    if (environment.building) reportToBuild({ ...loaded, warnings }, usable);
    else if (!environment.developing) await this.refuse(snapshot, loaded, confirmsRemovals);
    return this.adopt(snapshot, usable);
  }

  /** Throws if most of what is stored would be removed, and nobody confirmed that. */
  private async refuse(snapshot: Snapshot, loaded: Loaded, confirms: boolean): Promise<void> {
    try {
      const { store } = this.parts;
      this.mostStored = await refuseMassRemoval(loaded, confirms, this.mostStored, store);
    } catch (error) {
      this.lastRefused = snapshot;
      throw error;
    }
  }

  private adopt(snapshot: Snapshot, usable: UsablePosts): Snapshot {
    this.usable = usable;
    this.first ??= new Set(this.wholeSite(snapshot).pages.keys());
    this.reported = undefined;
    this.lastRefused = undefined;
    this.tellWarnings(snapshot.warnings);
    if (snapshot.unchecked.size > 0) this.checkLater(snapshot.unchecked);
    this.adopted = snapshot;
    this.listeners.tell(snapshot);
    return snapshot;
  }

  /** In the log, each once for as long as it holds, and many of a kind as one. A build has them in its table. */
  private tellWarnings(warnings: readonly Warning[]): void {
    const lines = new Map(warnings.map((warning) => [describeProblem(warning), warning.kind]));
    const news = [...lines].filter(([line]) => !this.told.has(line));
    this.told = new Set(lines.keys());
    if (this.parts.settings().building) return;
    for (const line of linesByKind(news)) console.warn(line);
  }

  /** A purge waits until all bodies were checked, a visit only for a few that just changed. */
  private mannerOf(hint: Hint | undefined): Manner {
    const { building, developing } = this.parts.settings();
    const isVisit = hint?.length === 0;
    // Read once, and only if a post has to be recalled.
    let stored: Promise<PathsByRevision> | undefined;
    return {
      check: developing ? 'never' : building || !isVisit ? 'now' : 'later',
      told: building ? checkProgress() : undefined,
      recall: building
        ? async () => undefined
        : (paths, file) =>
            this.recall(
              paths,
              file,
              () => (stored ??= this.parts.store.storedAtStart().then(byRevision)),
            ),
    };
  }

  /** Checks what is not listed yet, while visitors are served, and has it listed then. */
  private checkLater(unchecked: ReadonlyMap<string, Post>): void {
    this.checking ??= this.parts.bodies
      .checkAll([...unchecked.values()])
      .finally(() => (this.checking = undefined))
      // Which checks what has come meanwhile.
      .then(() => this.load(NOTHING))
      .then(() => undefined, this.reportOnce);
  }

  /** The last good version of a post that this process never read: what its stored pages were made of. */
  private async recall(
    paths: string[],
    file: string,
    stored: () => Promise<PathsByRevision>,
  ): Promise<Post | undefined> {
    for (const path of paths) {
      const view = await this.parts.store.storedView(path);
      if (!view || !('body' in view)) continue;
      return { ...postOf(view, file), aliases: aliasesOf(path, await stored()) };
    }
  }

  private siteOf(posts: Post[], facts: SiteFacts, before?: Site): Site {
    const { siteUrl, developing } = this.parts.settings();
    const now = this.parts.now();
    return developing
      ? siteOf(withUnpublished(posts, now), LATEST_MS, siteUrl, before, facts)
      : siteOf(posts, now, siteUrl, before, facts);
  }
}

/** How many warnings of a kind are told one by one. */
const TOLD_ONE_BY_ONE = 3;

/** Lines of the log for warnings, each with its kind. */
function linesByKind(warnings: readonly (readonly [line: string, kind?: string])[]): string[] {
  const ofKind = new Map<string, string[]>();
  const told: string[] = [];
  for (const [line, kind] of warnings) {
    const same = kind === undefined ? undefined : ofKind.get(kind);
    if (kind === undefined) told.push(line);
    else if (same) same.push(line);
    else ofKind.set(kind, [line]);
  }
  for (const [kind, lines] of ofKind) {
    if (lines.length <= TOLD_ONE_BY_ONE) told.push(...lines);
    else told.push(`${lines.length} × ${kind}, as ${lines[0]}; npm run check:posts lists them all`);
  }
  return told;
}

const byPath = (problems: Problem[]): ReadonlyMap<string, Problem> =>
  new Map(
    problems
      .filter(({ kind }) => kind !== TWIN)
      .flatMap((problem) => pathsOfProblem(problem).map((path) => [path, problem] as const)),
  );

/** Tells a build of all problems at once; throws if one of a file stops it. */
function reportToBuild(loaded: Loaded, { problems }: UsablePosts): void {
  sweepData();
  const isOfWordPress = testOfWordPress(loaded);
  const isOfFiles = testOfFiles(loaded);
  const warnings = loaded.warnings.filter(isOfFiles);
  reportProblems(
    problems.filter((problem) => !isOfWordPress(problem)),
    [
      ...problems.filter(isOfWordPress),
      ...loaded.warnings.filter((warning) => !isOfFiles(warning)),
    ],
    linesByKind(warnings.map((warning) => [describeProblem(warning), warning.kind])),
  );
}
