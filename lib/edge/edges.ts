/**
 * The edges: caches in front of the site, named by `EDGE_URLS`. Before a purge is answered, each is
 * sent a `PURGE` for every address of what changed.
 *
 * What the edges have not confirmed stays in the outbox, and is sent with the next purge or after the next
 * start, whatever that is about. It is written down before the page is stored: afterwards nothing else
 * would tell that an edge may hold the page before.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { coalesce } from '../coalesce';
import type { Snapshot } from '../content/snapshots';
import type { Site } from '../site/site';
import type { Instances, Outbox, Stored } from '../store/place';
import { PATIENCE, purgeEdge, type Patience } from './http-purge';
import type { InFlightResponses } from './in-flight-responses';
import { messageOf } from '../message-of';

/** The site that edges are to show. */
export type Newest = Pick<Snapshot, 'site' | 'generation' | 'version'>;

/** What edges are told with. */
export interface EdgeParts {
  /** Their addresses, without trailing slash. */
  edges: () => readonly string[];
  /** Of this process alone; several share the outbox of `instances`. */
  outbox: Outbox;
  instances?: Instances;
  inFlight: Pick<InFlightResponses, 'endBefore' | 'keepNone'>;
  /** The paths of the site when this process read it first. */
  firstPaths: () => ReadonlySet<string>;
  storedPages: () => Promise<ReadonlyMap<string, Stored>>;
  /** The addresses of what is computed for each request, such as the feeds, and shows what changed at these paths. */
  computedPaths: (site: Site | undefined, changed: readonly string[]) => string[];
  patience?: Patience;
}

/** The edges, as one process tells them. */
export class Edges {
  /** The newest that a purge was for, and the one whose feed the edges were told of last. */
  private newest?: Newest;
  private told?: Newest;
  /** The paths of every site so far. */
  private readonly known = new Set<string>();

  constructor(private readonly parts: EdgeParts) {}

  /** The store is about to keep a page of another revision. */
  readonly beforeStored = (path: string, isFirst: boolean): void => {
    // A page that merely nobody had visited is no news to the edges.
    if (!isFirst || !this.parts.firstPaths().has(path)) void this.parts.outbox.add([path]);
  };

  /** Their addresses. */
  get addresses(): readonly string[] {
    return this.parts.edges();
  }

  /** The paths that an edge has not confirmed to have dropped; `all`: nothing is known of what they hold. */
  async owed(): Promise<{ paths: ReadonlySet<string>; all: boolean }> {
    const { outbox, edges } = this.parts;
    const { changes, all } = await outbox.read(edges().join(','));
    return { paths: new Set(changes.keys()), all };
  }

  /** Whether edges may hold another revision of a page than this one, as far as is noted. */
  async mayDiffer(path: string, revision: string | null): Promise<boolean> {
    const { paths, all } = await this.owed();
    const exposed = (await this.parts.outbox.exposed?.())?.get(path);
    return all || paths.has(path) || (exposed !== undefined && exposed !== revision);
  }

  /** What is being sent of a page is not stored. */
  readonly keepNone = (path: string): void => this.parts.inFlight.keepNone(path);

  /**
   * Has the edges drop what they hold of these paths, of the feed and the sitemap if the site is another
   * one, and of all that is in the outbox. Returns why that failed, if it did. Calls that wait at the
   * same time share one round, which begins after all of them.
   */
  async tell(paths: string[], snapshot: Newest): Promise<string | undefined> {
    try {
      if (paths.length > 0) await this.parts.outbox.add(paths);
    } catch (error) {
      return messageOf(error);
    }
    const { newest } = this;
    const isOlder = newest?.generation === snapshot.generation && newest.version > snapshot.version;
    if (!isOlder) this.newest = snapshot;
    if (newest?.site !== snapshot.site) {
      for (const path of snapshot.site.pages.keys()) this.known.add(path);
    }
    return this.sharedRound();
  }

  private readonly sharedRound = coalesce<void, string | undefined>(() =>
    this.round().then(() => undefined, messageOf),
  );

  /** Throws what keeps an edge, or an in-flight response, from being told. */
  private async round(): Promise<void> {
    const { newest, told } = this;
    const { outbox, instances, patience = PATIENCE } = this.parts;
    const edges = this.parts.edges();
    const site = newest?.site;
    // What is exposed after this is new, and what was exposed before can be read.
    await instances?.endInFlight([]);
    const exposed = (await outbox.exposed?.()) ?? new Map<string, string>();
    const isOutdated = ([path, revision]: [string, string]) =>
      site !== undefined && site.pageAt(path)?.revision !== revision;
    const outdated = [...exposed].filter(isOutdated).map(([path]) => path);
    if (outdated.length > 0) await outbox.add(outdated);
    const { changes, all, generation } = await outbox.read(edges.join(','));
    if (changes.size === 0 && !all && told?.site === site) return;
    const known = all
      ? [...this.known, ...exposed.keys(), ...(await this.parts.storedPages()).keys()]
      : [];
    const paths = [...new Set([...changes.keys(), ...known])];
    const addresses = [
      ...paths.flatMap((path) => this.addressesOf(path)),
      ...this.parts.computedPaths(site, paths),
    ];
    const ended = all ? undefined : addresses;
    if (instances) await instances.endInFlight(ended);
    else await this.parts.inFlight.endBefore(ended);
    // One after the other: an edge behind another one must not hand it the page before again.
    for (const edge of edges) await purgeEdge(edge, addresses, all, patience);
    this.told = newest;
    await outbox.acknowledge(edges.join(','), changes, generation);
  }

  /** The page, and its data as Next serves it, unless no edge keeps that: see `InFlightResponses`. */
  private addressesOf(path: string): string[] {
    const id = this.parts.instances ? undefined : buildId();
    return id === undefined
      ? [path]
      : [path, `/_next/data/${id}${path === '/' ? '/index' : path}.json`];
  }
}

let knownBuildId: string | undefined;

function buildId(): string | undefined {
  try {
    return (knownBuildId ??= readFileSync(path.join('.next', 'BUILD_ID'), 'utf8').trim());
  } catch {
    return undefined;
  }
}
