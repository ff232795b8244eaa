/**
 * The site as a value: a pure function of the posts, from each path to what its page shows.
 */
import { hash, slugOf, type Post, type PostImage, type Problem } from '../source/post';
import { SITE } from './site-config';

/** A link inside the site. */
export interface Link {
  path: string;
  title: string;
}

/** A post as lists show it: nothing that they don't, or it would have them made anew for nothing. */
export interface PostEntry extends Link {
  /** The day, such as 2026-11-22. */
  date: string;
  summary?: string;
  category?: Link;
}

/** A post as its own page shows it. */
export interface PostSummary extends PostEntry {
  updated?: string;
  author?: string;
  alsoIn?: Link[];
  tags: Link[];
  image?: PostImage;
}

interface AnyView {
  title: string;
  /** Canonical address. */
  url: string;
}

/** The newest posts, or one page of an archive: of all posts, a category or a tag. */
export interface ListView extends AnyView {
  kind: 'home' | 'archive' | 'category' | 'tag';
  /** The number of an archive page, counted from the oldest; the head of a list has none. */
  number?: number;
  posts: PostEntry[];
  /** The head of this list; absent on the head itself. */
  newest?: string;
  /** The next page back in time. */
  older?: string;
  /** The standalone pages, on the home page only. */
  pages?: Link[];
}

/** A category or a tag, and how many posts it has. */
export interface Topic extends Link {
  count: number;
}

/** All categories and tags. */
export interface TopicsView extends AnyView {
  kind: 'topics';
  categories: Topic[];
  tags: Topic[];
}

/** What visitors of an address see that is no page of the site. */
export interface MissingView extends AnyView {
  kind: 'missing';
  posts: Link[];
}

/** A blog post. */
export interface PostView extends AnyView {
  kind: 'post';
  post: PostSummary;
  body: BodyReference;
  older?: Link;
  newer?: Link;
  related: Link[];
}

/** A standalone page. */
export interface StandaloneView extends AnyView {
  kind: 'page';
  summary?: string;
  image?: PostImage;
  body: BodyReference;
}

/** Stands for a body, which is rendered with the page. */
export interface BodyReference {
  slug: string;
  hash: string;
}

/** What one path shows. */
export type View = ListView | TopicsView | PostView | StandaloneView | MissingView;

/**
 * The content that a page shows, the page's own first: tags, `posts`, `post:<slug>`, `category:<c>`,
 * `tag:<t>` and `page:<slug>`, each with a hash of what the page shows of it.
 */
export type Shown = Record<string, string>;

/** One path of the site. Its members are worked out when they are first asked for. */
export interface Page {
  readonly view: View;
  readonly shows: Shown;
  /** Hash of the view: pages with equal revisions are equal, byte for byte. */
  readonly revision: string;
  /**
   * What is known of it so far, for the page of the site after. Undefined until somebody asks. Not a
   * matter of its class: Next bundles this module several times, and the site before may come from
   * another copy.
   */
  readonly memo?: Memo;
}

/** The site at one instant. */
export interface Site {
  pages: ReadonlyMap<string, Page>;
  /** Blog posts, newest first. */
  newest: Post[];
  /** Blog posts and standalone pages, by their paths. */
  posts: ReadonlyMap<string, Post>;
  /** When the next scheduled post appears, in ms since 1970; Infinity if none is scheduled. */
  until: number;
}

/** Posts on a full page of a list. */
export const PAGE_SIZE = 10;
const RELATED = 3;
/** The newest posts on the page of an address that is none of the site's. */
const CONSOLING = 5;
/** How many older posts of each tag are looked at for related ones: bounds the work of one page. */
const RELATED_CANDIDATES = 10;

/** Where Next looks for what it shows for an unknown address. It is stored as any page, but not listed. */
export const MISSING_PATH = '/404';

/** The path made of these segments, percent-encoded: `pathOf('blog', 'türkçe')`. */
export const pathOf = (...segments: (string | number)[]): string =>
  `/${segments.map((segment) => encodeURIComponent(segment)).join('/')}`;

/** Where a post lives. */
export const pathOfPost = ({ slug, page }: Pick<Post, 'slug' | 'page'>): string =>
  page ? pathOf(slug) : pathOf('blog', slug);

/** Where a post may live that cannot be read. */
export const pathsOfProblem = ({ slug, page }: Problem): string[] => [
  ...(page ? [] : [pathOf('blog', slug)]),
  ...(page === false ? [] : [pathOf(slug)]),
];

/**
 * Computes the site from all posts as they are at `now` (ms since 1970): without drafts and without
 * posts dated later. `origin` is the site's scheme, host and port. Pages whose posts are those of
 * `former`, the site before, are not worked out again; the answer is the same without it.
 */
export function siteOf(all: Post[], now: number, origin: string, former?: Site): Site {
  // Dates are compared as texts: all are ISO 8601 in UTC.
  const nowDate = new Date(now).toISOString();
  const published = all.filter((post) => !post.draft && post.date <= nowDate);
  const scheduled = all.filter((post) => !post.draft && post.date > nowDate);
  const until = scheduled.reduce((next, { date }) => Math.min(next, Date.parse(date)), Infinity);

  const posts = published.filter((post) => !post.page).sort(newestFirst);
  const standalone = published.filter((post) => post.page).sort(bySlug);
  const categories = group(posts, categoriesOf);
  const tags = group(posts, (post) => post.tags);

  const pages = new Map<string, Page>();
  const add = (path: string, inputs: () => unknown[], view: (url: string) => View) => {
    const known = former?.pages.get(path)?.memo;
    const url = origin + path;
    pages.set(
      path,
      new LazyPage(
        () => [url, ...inputs()],
        () => view(url),
        known,
      ),
    );
  };
  const addList = (
    kind: 'category' | 'tag' | 'home',
    title: string,
    newest: string,
    at: (number: number) => string,
    list: Post[],
  ) => {
    const { head, full } = paginate(list);
    const olderThan = (number: number) => (number > 1 ? at(number - 1) : undefined);
    const older = olderThan(full.length);
    const others = kind === 'home' ? standalone : [];
    add(
      newest,
      () => [title, older, ...head, ...others],
      (url) => ({
        kind,
        title,
        url,
        posts: head.map(entryOf),
        older,
        pages: kind === 'home' ? others.map(linkToPost) : undefined,
      }),
    );
    for (const [index, page] of full.entries()) {
      add(
        at(index + 1),
        () => [title, ...page],
        (url) => ({
          kind: kind === 'home' ? 'archive' : kind,
          title,
          url,
          number: index + 1,
          posts: page.map(entryOf),
          newest,
          older: olderThan(index + 1),
        }),
      );
    }
  };

  addList('home', SITE.name, '/', (number) => pathOf('blog', 'page', number), posts);
  for (const [kind, groups] of [['category', categories] as const, ['tag', tags] as const]) {
    for (const [slug, { name, members }] of groups) {
      const at = (number: number) => pathOf(kind, slug, 'page', number);
      addList(
        kind,
        name,
        pathOf(kind, slug),
        at,
        members.flatMap((index) => posts[index] ?? []),
      );
    }
  }
  add(
    pathOf('topics'),
    () => [
      // Where the categories end: a name may move from them to the tags.
      categories.size,
      ...[...categories, ...tags].flatMap(([slug, { name, members }]) => [
        slug,
        name,
        members.length,
      ]),
    ],
    (url) => ({
      kind: 'topics',
      title: 'Topics',
      url,
      categories: topicsOf('category', categories),
      tags: topicsOf('tag', tags),
    }),
  );
  for (const [index, post] of posts.entries()) {
    const newer = posts[index - 1];
    const older = posts[index + 1];
    add(
      pathOfPost(post),
      () => [post, newer, older, ...relatedTo(index, posts, tags)],
      (url) => ({
        kind: 'post',
        title: post.title,
        url,
        post: summarise(post),
        body: { slug: post.slug, hash: post.bodyHash },
        newer: newer && linkToPost(newer),
        older: older && linkToPost(older),
        related: relatedTo(index, posts, tags).map(linkToPost),
      }),
    );
  }
  for (const post of standalone) {
    add(
      pathOfPost(post),
      () => [post],
      (url) => ({
        kind: 'page',
        title: post.title,
        url,
        summary: post.summary,
        image: post.image,
        body: { slug: post.slug, hash: post.bodyHash },
      }),
    );
  }

  const consoling = posts.slice(0, CONSOLING);
  add(
    MISSING_PATH,
    () => consoling,
    (url) => ({ kind: 'missing', title: 'Not found', url, posts: consoling.map(linkToPost) }),
  );

  return {
    pages,
    newest: posts,
    posts: new Map(published.map((post) => [pathOfPost(post), post])),
    until,
  };
}

/** What is known of a page, and the posts and texts that it was worked out from. */
export interface Memo {
  inputs: unknown[];
  view?: View;
  shows?: Shown;
  revision?: string;
}

/** A class, since a site has one for each of its pages and most are never asked: closures cost more. */
class LazyPage implements Page {
  memo?: Memo;

  constructor(
    private readonly inputs: () => unknown[],
    private readonly make: () => View,
    private former: Memo | undefined,
  ) {}

  get view(): View {
    return (this.known().view ??= this.make());
  }

  get shows(): Shown {
    return (this.known().shows ??= shownBy(this.view));
  }

  get revision(): string {
    const known = this.known();
    // Not by way of `view`: kept views of all pages would fill the memory.
    return (known.revision ??= hash(JSON.stringify(known.view ?? this.make())));
  }

  private known(): Memo {
    if (!this.memo) {
      const inputs = this.inputs();
      const before = this.former?.inputs;
      const same =
        before?.length === inputs.length && inputs.every((input, index) => input === before[index]);
      this.memo = same && this.former ? this.former : { inputs };
      this.former = undefined;
    }
    return this.memo;
  }
}

/**
 * Cuts a list, newest first, into full pages numbered from the oldest post, which never change when
 * a post is added, and a head that shows the rest and one full page.
 */
export function paginate(list: Post[]): { head: Post[]; full: Post[][] } {
  const count = Math.floor(list.length / PAGE_SIZE);
  const rest = list.length % PAGE_SIZE;
  const full = Array.from({ length: count }, (_, index) => {
    const end = list.length - index * PAGE_SIZE;
    return list.slice(end - PAGE_SIZE, end);
  });
  return { head: list.slice(0, count > 0 ? rest + PAGE_SIZE : rest), full };
}

/** The order of the site's lists; of one date, by slug. */
export const newestFirst = (a: Post, b: Post) =>
  a.date === b.date ? bySlug(a, b) : a.date < b.date ? 1 : -1;

// Not localeCompare: the order must not depend on the machine's locale.
const bySlug = (a: Post, b: Post) => (a.slug < b.slug ? -1 : a.slug > b.slug ? 1 : 0);

/** The posts of one category or tag, newest first, each as its place among all posts. */
interface Group {
  name: string;
  members: number[];
}

const categoriesOf = ({ category, alsoIn = [] }: Post): string[] =>
  category === undefined ? alsoIn : [category, ...alsoIn];

/** Groups posts by the slugs of names; the oldest post decides how the name is written. */
function group(posts: Post[], namesOf: (post: Post) => string[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const [index, post] of posts.entries()) {
    for (const name of namesOf(post)) {
      const slug = slugOf(name);
      let entry = groups.get(slug);
      if (!entry) groups.set(slug, (entry = { name, members: [] }));
      entry.name = name;
      if (entry.members.at(-1) !== index) entry.members.push(index);
    }
  }
  return groups;
}

/** In the order of their names: by slug, which does not depend on the machine's locale. */
const topicsOf = (kind: string, groups: Map<string, Group>): Topic[] =>
  [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([slug, { name, members }]) => ({
      path: pathOf(kind, slug),
      title: name,
      count: members.length,
    }));

/**
 * Older posts that share the most tags with the one at `index`: older only, so that a new post changes
 * none.
 */
function relatedTo(index: number, posts: Post[], tags: Map<string, Group>): Post[] {
  const candidates: number[] = [];
  for (const slug of new Set(posts[index]?.tags.map(slugOf))) {
    const members = tags.get(slug)?.members ?? [];
    const next = firstAfter(members, index);
    candidates.push(...members.slice(next, next + RELATED_CANDIDATES));
  }
  const shared = new Map<number, number>();
  for (const other of candidates) shared.set(other, (shared.get(other) ?? 0) + 1);
  return [...shared]
    .sort(([a, countA], [b, countB]) => countB - countA || a - b)
    .slice(0, RELATED)
    .flatMap(([other]) => posts[other] ?? []);
}

/** Where in an ascending list the first number is that is greater; the list's length if none is. */
function firstAfter(list: number[], number: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] ?? Infinity) > number) high = middle;
    else low = middle + 1;
  }
  return low;
}

const linkToPost = (post: Post): Link => ({ path: pathOfPost(post), title: post.title });

const linkToList = (kind: string, name: string): Link => ({
  path: pathOf(kind, slugOf(name)),
  title: name,
});

const entryOf = (post: Post): PostEntry => ({
  ...linkToPost(post),
  date: post.date.slice(0, 10),
  summary: post.summary,
  category: post.category === undefined ? undefined : linkToList('category', post.category),
});

function summarise(post: Post): PostSummary {
  const tags = new Map(post.tags.map((name) => [slugOf(name), linkToList('tag', name)]));
  return {
    ...entryOf(post),
    updated: post.updated?.slice(0, 10),
    author: post.author,
    alsoIn: post.alsoIn?.map((name) => linkToList('category', name)),
    tags: [...tags.values()],
    image: post.image,
  };
}

/** The post that a view was made of, but for the text of its body, of which a view has the hash. */
export function postOf(view: PostView | StandaloneView, file: string): Post {
  const { slug, hash: bodyHash } = view.body;
  const known = { slug, file, title: view.title, draft: false };
  const common = { ...known, body: '', bodyHash, recalled: true };
  if (view.kind === 'page') {
    return {
      ...common,
      date: '1970-01-01T00:00:00.000Z',
      summary: view.summary,
      image: view.image,
      tags: [],
      page: true,
    };
  }
  const { date, updated, summary, author, category, alsoIn, tags, image } = view.post;
  return {
    ...common,
    date: `${date}T00:00:00.000Z`,
    updated: updated && `${updated}T00:00:00.000Z`,
    summary,
    author,
    category: category?.title,
    alsoIn: alsoIn?.map(({ title }) => title),
    image,
    tags: tags.map(({ title }) => title),
    page: false,
  };
}

function shownBy(view: View): Shown {
  const shown: Shown = {};
  const show = (tag: string, what: unknown = '') => {
    shown[tag] = hash(JSON.stringify(what)).slice(0, 8);
  };
  const showLinks = (kind: string, links: (Link | undefined)[]) => {
    for (const link of links.filter((link) => link !== undefined)) {
      show(`${kind}:${decodeURIComponent(link.path.slice(link.path.lastIndexOf('/') + 1))}`, link);
    }
  };
  switch (view.kind) {
    case 'page':
      show(`page:${view.body.slug}`, view);
      break;
    case 'post':
      show(`post:${view.body.slug}`, [view.post, view.body]);
      showLinks('post', [view.newer, view.older, ...view.related]);
      showLinks('category', [view.post.category, ...(view.post.alsoIn ?? [])]);
      showLinks('tag', view.post.tags);
      show('posts');
      break;
    case 'topics':
      show('posts');
      showLinks('category', view.categories);
      showLinks('tag', view.tags);
      break;
    case 'missing':
      show('posts');
      showLinks('post', view.posts);
      break;
    default:
      if (view.kind === 'category' || view.kind === 'tag') {
        const [, , slug = ''] = new URL(view.url).pathname.split('/');
        show(`${view.kind}:${decodeURIComponent(slug)}`, view.title);
      }
      show('posts');
      showLinks('post', view.posts);
      showLinks(
        'category',
        view.posts.map(({ category }) => category),
      );
      showLinks('page', view.pages ?? []);
  }
  return shown;
}
