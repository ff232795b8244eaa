/**
 * The runtime: all that lives as long as the process, wired together here and nowhere else.
 * `instrumentation.ts` has it made before the first request. Next bundles each page and each API route
 * with a copy of every module, so it is kept under one symbol, where the cache handler finds it, too.
 */
import type { GetStaticPropsResult, PreviewData } from 'next';
import { mdxComponents } from '../components/mdx-components';
import { Bodies } from './body/body';
import { RenderThread } from './body/render-thread';
import { environment, isProductionServer, type Environment } from './config';
import { Freshness } from './console/freshness';
import { History } from './console/history';
import { fileHistory } from './console/history-file';
import { Ledger } from './console/ledger';
import { Metrics } from './console/metrics';
import { Notices } from './console/notices';
import { fileNotices } from './console/notices-file';
import { Renders } from './console/renders';
import { statusOf, type SiteStatus } from './console/status';
import { snapshotWithDraft } from './content/draft';
import { Elsewhere } from './content/elsewhere';
import { SnapshotExpectations } from './content/expectations';
import { pageProps, staticPaths, type PageProps } from './content/page-props';
import type { DraftId } from './source/draft-id';
import { Snapshots, type Snapshot, type SnapshotParts } from './content/snapshots';
import { answerInBrotli } from './edge/brotli';
import { Edges } from './edge/edges';
import { InFlightResponses } from './edge/in-flight-responses';
import type { Patience } from './edge/http-purge';
import { Purges } from './purge/purge';
import { feedsOfChanges } from './readers/feed';
import { FeedTexts } from './readers/feed-texts';
import { OpenGraphImages } from './readers/open-graph-images';
import { Search } from './readers/search';
import { sitemapPaths } from './readers/sitemap';
import { loadSources } from './source/sources';
import type { View, ViewOf } from './site/views';
import { startRenderThread } from './start-render-thread';
import { Answers } from './store/answers';
import { diskPlace } from './store/open';
import type { HistoryPlace, NoticePlace, Outbox, Place } from './store/place';
import { Store } from './store/store';
import { Visitors } from './visitors';

/** What lives as long as the process. */
export interface Runtime {
  settings: () => Environment;
  snapshots: Snapshots;
  expectations: SnapshotExpectations;
  /** Addresses that only WordPress knows. */
  elsewhere: Elsewhere;
  store: Store;
  /** Answer nobody until they are started. */
  answers: Answers;
  /** Undefined where there are none. */
  edges?: Edges;
  purges: Purges;
  /** Purges as callers ask for them, each kept in the history. */
  ledger: Ledger;
  history: History;
  renders: Renders;
  metrics: Metrics;
  /** Tell nobody until they are started. */
  notices: Notices;
  /** Whether a page is fresh, with the proof. */
  freshness: Freshness;
  /** How the site is now, as this instance sees it. */
  status: () => Promise<SiteStatus>;
  bodies: Bodies;
  feedTexts: FeedTexts;
  search: Search;
  images: OpenGraphImages;
  /** The props of a page of a kind, or of one of several: see `lib/content/page-props.ts`. */
  pageProps: <K extends View['kind']>(
    kinds: K | readonly K[],
    path: string,
    previewData?: PreviewData,
  ) => Promise<GetStaticPropsResult<PageProps<ViewOf<K>>>>;
  /** The pages of a route that a build renders. */
  staticPaths: (route: string, most?: number) => Promise<{ paths: string[]; fallback: 'blocking' }>;
  /** The site with a draft published: see `lib/content/draft.ts`. */
  withDraft: (draft: DraftId) => Promise<{ snapshot: Snapshot; path: string }>;
  /** Resolves when the place of the pages was reached first, or when that takes too long. */
  opened: Promise<unknown>;
  /** Lets go of whatever keeps a process alive, or hears of requests. */
  close: () => void;
}

/** What a runtime is made of. Each has its default: the environment, the sources, the disk, the clock. */
export interface RuntimeParts {
  settings: () => Environment;
  loadSources: SnapshotParts['loadSources'];
  /** Opens where the pages are; before edges it is told how to end this process's in-flight responses. */
  openPlace: (endInFlight: InFlightResponses['endBefore']) => Place;
  /** Before edges: what keeps what they have not confirmed, unless the instances share that. */
  outbox?: Outbox;
  /** Where the history of purges is, unless the instances share one. */
  historyPlace: HistoryPlace;
  /** Where it is noted what was told of, unless the instances share that. */
  noticePlace: NoticePlace;
  bodies: Bodies;
  /** How long an edge is waited for. */
  patience?: Patience;
  /** The time, in ms since 1970. */
  now: () => number;
}

/** Makes a runtime. There may be several in one process, each with its own place. */
export function createRuntime({
  settings = environment,
  loadSources: load = loadSources,
  openPlace = diskPlace,
  outbox,
  historyPlace = fileHistory(),
  noticePlace = fileNotices(),
  bodies = new Bodies(mdxComponents, undefined, { thread: new RenderThread(startRenderThread) }),
  patience,
  now = Date.now,
}: Partial<RuntimeParts> = {}): Runtime {
  const inFlight = new InFlightResponses({
    nextDueMs: () => snapshots.nextDueMs(),
    instances: () => place.instances,
    now,
  });
  const place: Place = openPlace((addresses) => inFlight.endBefore(addresses));
  const ownOutbox = place.instances?.outbox ?? outbox;
  const edges =
    ownOutbox &&
    new Edges({
      edges: () => settings().edges,
      outbox: ownOutbox,
      instances: place.instances,
      inFlight,
      firstPaths: () => snapshots.firstPaths(),
      storedPages: () => store.storedPages(),
      computedPaths: (site, changed) => [
        '/sitemap.xml',
        ...(site ? sitemapPaths(site, settings().siteUrl) : []),
        ...feedsOfChanges(site, changed),
      ],
      patience,
    });
  const renders = new Renders(now);
  const store: Store = new Store({
    place,
    // They know each other: the store compares with what the snapshots expect, which ask for what it has.
    get expectations() {
      return expectations;
    },
    edges,
    renders,
    now,
  });
  const snapshots: Snapshots = new Snapshots({ settings, loadSources: load, store, bodies, now });
  const elsewhere = new Elsewhere({ settings, now });
  const expectations = new SnapshotExpectations({ snapshots, elsewhere, bodies, settings, now });
  const visitors = new Visitors();
  const purges = new Purges({
    settings,
    snapshots,
    expectations,
    store,
    edges,
    elsewhere,
    visitors,
    renders,
    now,
  });
  const history = new History(place.history ?? historyPlace);
  const ledger = new Ledger({ purges, history, now });
  const watched = { settings, ledger, renders, history, snapshots, store, edges };
  const notices = new Notices({ ...watched, place: place.notices ?? noticePlace, now });
  const props = { settings, snapshots, store, elsewhere, bodies, now };
  const search = new Search(snapshots);
  const unwatch = [visitors.watchAll(), ...(edges ? [inFlight.watchAll(), answerInBrotli()] : [])];
  return {
    settings,
    snapshots,
    expectations,
    elsewhere,
    store,
    answers: new Answers({ store, now }),
    edges,
    purges,
    ledger,
    history,
    renders,
    metrics: new Metrics(watched),
    notices,
    freshness: new Freshness({ settings, snapshots, expectations, store, edges, renders }),
    status: () =>
      statusOf({
        settings,
        snapshots,
        store,
        edges,
        instances: place.instances,
        history,
        own: ledger.instance,
        now,
      }),
    bodies,
    feedTexts: new FeedTexts(async (post) => (await bodies.render(post)).html),
    search,
    images: new OpenGraphImages(),
    pageProps: (kinds, path, previewData) => pageProps(props, kinds, path, previewData),
    staticPaths: (route, most) => staticPaths(props, route, most),
    withDraft: (draft) => snapshotWithDraft(draft, snapshots, settings(), now()),
    opened: place.opened ?? Promise.resolve(),
    close: () => {
      for (const end of unwatch) end();
      notices.close();
      search.close();
      bodies.close();
      place.close?.();
    },
  };
}

const KEY = Symbol.for('evergreen.runtime');
const shared: typeof globalThis & { [KEY]?: Runtime } = globalThis;

/**
 * The runtime of this process. In a build, in development and in a test it is made when it is first
 * asked for. Throws under `next start` if nobody has made it: pages would be served that no purge knows.
 */
export function runtime(): Runtime {
  if (!shared[KEY] && isProductionServer()) {
    throw new Error('There is no runtime: instrumentation.ts makes it before the first request');
  }
  return (shared[KEY] ??= createRuntime());
}

/** Makes this the runtime of the process. */
export function setRuntime(made: Runtime): void {
  shared[KEY] = made;
}
