/**
 * The site as a value: a pure function of the posts, from each path to what its page shows.
 */
import { hash, slugOf, type Post } from './post';
import { SITE_NAME } from './site-name';

/** A link inside the site. */
export interface Link {
  path: string;
  title: string;
}

/** A post as lists show it: nothing that they don't, or it would have them made anew for nothing. */
export interface PostEntry extends Link {
  date: string;
  summary?: string;
  category?: Link;
}

/** A post as its own page shows it. */
export interface PostSummary extends PostEntry {
  updated?: string;
  author?: string;
  tags: Link[];
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
  body: BodyReference;
}

/** Stands for a body, which is rendered with the page. */
export interface BodyReference {
  slug: string;
  hash: string;
}

/** What one path shows. */
export type View = ListView | PostView | StandaloneView;

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
}

/** The site at one instant. */
export interface Site {
  pages: ReadonlyMap<string, Page>;
  /** Paths of blog posts, newest first: those that a build renders first. */
  postPaths: string[];
  posts: ReadonlyMap<string, Post>;
  /** When the next scheduled post appears, in ms since 1970; Infinity if none is scheduled. */
  until: number;
}

/** Posts on a full page of a list. */
export const PAGE_SIZE = 10;
const RELATED = 3;
/** How many older posts of each tag are looked at for related ones: bounds the work of one page. */
const RELATED_CANDIDATES = 20;

/** The path made of these segments, percent-encoded: `pathOf('blog', 'türkçe')`. */
export const pathOf = (...segments: (string | number)[]): string =>
  `/${segments.map((segment) => encodeURIComponent(segment)).join('/')}`;

/** Where a post lives. */
export const pathOfPost = (post: Post): string =>
  post.page ? pathOf(post.slug) : pathOf('blog', post.slug);

/**
 * Computes the site from all posts as they are at `now` (ms since 1970): without drafts and without
 * posts dated later. `origin` is the site's scheme, host and port.
 */
export function siteOf(all: Post[], now: number, origin: string): Site {
  // Dates are compared as texts: all are ISO 8601 in UTC.
  const nowDate = new Date(now).toISOString();
  const published = all.filter((post) => !post.draft && post.date <= nowDate);
  const scheduled = all.filter((post) => !post.draft && post.date > nowDate);
  const until = scheduled.reduce((next, { date }) => Math.min(next, Date.parse(date)), Infinity);

  const posts = published.filter((post) => !post.page).sort(newestFirst);
  const standalone = published.filter((post) => post.page).sort(bySlug);
  const categories = group(posts, (post) => (post.category === undefined ? [] : [post.category]));
  const tags = group(posts, (post) => post.tags);

  const pages = new Map<string, Page>();
  const add = (path: string, view: (url: string) => View) => {
    pages.set(path, new LazyPage(() => view(origin + path)));
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
    add(newest, (url) => ({
      kind,
      title,
      url,
      posts: head.map(entryOf),
      older: olderThan(full.length),
      pages: kind === 'home' ? standalone.map(linkToPost) : undefined,
    }));
    for (const [index, page] of full.entries()) {
      add(at(index + 1), (url) => ({
        kind: kind === 'home' ? 'archive' : kind,
        title,
        url,
        number: index + 1,
        posts: page.map(entryOf),
        newest,
        older: olderThan(index + 1),
      }));
    }
  };

  addList('home', SITE_NAME, '/', (number) => pathOf('blog', 'page', number), posts);
  for (const [kind, groups] of [['category', categories] as const, ['tag', tags] as const]) {
    for (const [slug, { name, members }] of groups) {
      const at = (number: number) => pathOf(kind, slug, 'page', number);
      addList(kind, name, pathOf(kind, slug), at, members);
    }
  }
  const postPaths = posts.map(pathOfPost);
  for (const [index, post] of posts.entries()) {
    add(postPaths[index] ?? '', (url) => ({
      kind: 'post',
      title: post.title,
      url,
      post: summarise(post),
      body: { slug: post.slug, hash: post.bodyHash },
      newer: posts.slice(index - 1, index).map(linkToPost)[0],
      older: posts.slice(index + 1, index + 2).map(linkToPost)[0],
      related: relatedTo(post, tags).map(linkToPost),
    }));
  }
  for (const post of standalone) {
    add(pathOfPost(post), (url) => ({
      kind: 'page',
      title: post.title,
      url,
      summary: post.summary,
      body: { slug: post.slug, hash: post.bodyHash },
    }));
  }

  return {
    pages,
    postPaths,
    posts: new Map(published.map((post) => [post.slug, post])),
    until,
  };
}

/** A class, since a site has one for each of its pages and most are never asked: closures cost more. */
class LazyPage implements Page {
  private known?: View;
  private knownRevision?: string;
  private knownShows?: Shown;

  constructor(private readonly make: () => View) {}

  get view(): View {
    return (this.known ??= this.make());
  }

  get shows(): Shown {
    return (this.knownShows ??= shownBy(this.view));
  }

  get revision(): string {
    return (this.knownRevision ??= hash(JSON.stringify(this.view)));
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

const newestFirst = (a: Post, b: Post) =>
  a.date === b.date ? bySlug(a, b) : a.date < b.date ? 1 : -1;

// Not localeCompare: the order must not depend on the machine's locale.
const bySlug = (a: Post, b: Post) => (a.slug < b.slug ? -1 : a.slug > b.slug ? 1 : 0);

/** The posts of one category or tag, newest first. */
interface Group {
  name: string;
  members: Post[];
  positions: Map<Post, number>;
}

/** Groups posts by the slugs of names; the oldest post decides how the name is written. */
function group(posts: Post[], namesOf: (post: Post) => string[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const post of posts) {
    for (const name of namesOf(post)) {
      const slug = slugOf(name);
      let entry = groups.get(slug);
      if (!entry) groups.set(slug, (entry = { name, members: [], positions: new Map() }));
      entry.name = name;
      if (entry.positions.has(post)) continue;
      entry.positions.set(post, entry.members.length);
      entry.members.push(post);
    }
  }
  return groups;
}

/** Older posts that share the most tags with this one: older only, so that a new post changes none. */
function relatedTo(post: Post, tags: Map<string, Group>): Post[] {
  const shared = new Map<Post, number>();
  for (const slug of new Set(post.tags.map(slugOf))) {
    const { members = [], positions } = tags.get(slug) ?? {};
    const next = (positions?.get(post) ?? 0) + 1;
    for (const other of members.slice(next, next + RELATED_CANDIDATES)) {
      shared.set(other, (shared.get(other) ?? 0) + 1);
    }
  }
  return [...shared]
    .sort(([a, countA], [b, countB]) => countB - countA || newestFirst(a, b))
    .slice(0, RELATED)
    .map(([other]) => other);
}

const linkToPost = (post: Post): Link => ({ path: pathOfPost(post), title: post.title });

const linkToList = (kind: string, name: string): Link => ({
  path: pathOf(kind, slugOf(name)),
  title: name,
});

const entryOf = (post: Post): PostEntry => ({
  ...linkToPost(post),
  date: post.date,
  summary: post.summary,
  category: post.category === undefined ? undefined : linkToList('category', post.category),
});

function summarise(post: Post): PostSummary {
  const tags = new Map(post.tags.map((name) => [slugOf(name), linkToList('tag', name)]));
  return {
    ...entryOf(post),
    updated: post.updated,
    author: post.author,
    tags: [...tags.values()],
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
      showLinks('category', [view.post.category]);
      showLinks('tag', view.post.tags);
      show('posts');
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
