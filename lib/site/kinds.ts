/** The kinds of pages: for each, the function from the posts to its pages. `routes.ts` lists them. */
import { SITE } from './site-config';
import type { Post } from '../source/post';
import { entryOf, linkToPost, redirectTo, summaryOf } from './entries';
import { paginate, type Group } from './lists';
import type { Recipe } from './page';
import { MISSING_PATH, pathOf, pathOfPost } from './paths';
import { relatedTo } from './related';
import type { BodyReference, ListView, Topic } from './views';

/** The posts that visitors may see, in the orders in which pages need them. */
export interface Published {
  /** Blog posts, newest first. */
  posts: Post[];
  /** Standalone pages, by slug. */
  standalone: Post[];
  categories: ReadonlyMap<string, Group>;
  tags: ReadonlyMap<string, Group>;
  authors: ReadonlyMap<string, Group>;
}

/** Adds one page to the site. */
export type AddPage = (path: string, recipe: Recipe) => void;

/** Adds all pages of one kind. */
export type AddPages = (published: Published, add: AddPage) => void;

/** The newest posts and the standalone pages, and the archive of all posts. */
export const addHomePages: AddPages = ({ posts, standalone }, add) => {
  const at = (number: number) => pathOf('blog', 'page', number);
  const { head, full } = paginate(posts);
  const older = olderThan(full.length, at);
  add('/', {
    kind: 'home',
    inputs: () => [SITE.name, older, ...head, ...standalone],
    view: (url) => ({
      kind: 'home',
      title: SITE.name,
      url,
      posts: head.map(entryOf),
      older,
      pages: standalone.map(linkToPost),
    }),
  });
  addNumberedPages('archive', SITE.name, { newest: '/', at, full }, add);
};

/** The posts of each category. */
export const addCategoryPages: AddPages = ({ posts, categories }, add) =>
  addLists('category', categories, posts, add);

/** The posts of each tag. */
export const addTagPages: AddPages = ({ posts, tags }, add) => addLists('tag', tags, posts, add);

/** The posts of each author, with a line about them where a source has one. */
export const addAuthorPages: AddPages = ({ posts, authors }, add) =>
  addLists(
    'author',
    authors,
    posts,
    add,
    (list) => list.find(({ authorAbout }) => authorAbout !== undefined)?.authorAbout,
  );

/** All categories and tags. */
export const addTopicsPage: AddPages = ({ categories, tags }, add) =>
  add(pathOf('topics'), {
    kind: 'topics',
    inputs: () => [
      // Where the categories end: a name may move from them to the tags.
      categories.size,
      ...[...categories, ...tags].flatMap(([slug, { name, members }]) => [
        slug,
        name,
        members.length,
      ]),
    ],
    view: (url) => ({
      kind: 'topics',
      title: 'Topics',
      url,
      categories: topicsOf('category', categories),
      tags: topicsOf('tag', tags),
    }),
  });

/** The blog posts, each with its neighbours and related posts. */
export const addPostPages: AddPages = ({ posts, tags }, add) => {
  for (const [index, post] of posts.entries()) {
    const newer = posts[index - 1];
    const older = posts[index + 1];
    add(pathOfPost(post), {
      kind: 'post',
      inputs: () => [post, newer, older, ...relatedTo(index, posts, tags)],
      view: (url) => ({
        kind: 'post',
        title: post.title,
        url,
        post: summaryOf(post),
        body: bodyOf(post),
        newer: newer && linkToPost(newer),
        older: older && linkToPost(older),
        related: relatedTo(index, posts, tags).map(linkToPost),
      }),
    });
  }
};

/** The standalone pages. */
export const addStandalonePages: AddPages = ({ standalone }, add) => {
  for (const post of standalone) {
    add(pathOfPost(post), {
      kind: 'page',
      inputs: () => [post],
      view: (url) => ({
        kind: 'page',
        title: post.title,
        url,
        summary: post.summary,
        image: post.image,
        body: bodyOf(post),
      }),
    });
  }
};

/** The aliases of posts and standalone pages, each a redirect to its post. */
export const addRedirects: AddPages = ({ posts, standalone }, add) => {
  for (const post of [...posts, ...standalone]) {
    if (!post.aliases) continue;
    const to = pathOfPost(post);
    for (const { path } of post.aliases) {
      add(path, {
        kind: 'redirect',
        inputs: () => [to],
        view: () => redirectTo(to),
      });
    }
  }
};

/** The newest posts on the page of an unknown address. */
const SUGGESTED_ON_404 = 5;

/** What visitors of an unknown address see. */
export const addMissingPage: AddPages = ({ posts }, add) => {
  const suggested = posts.slice(0, SUGGESTED_ON_404);
  add(MISSING_PATH, {
    kind: 'missing',
    inputs: () => suggested,
    view: (url) => ({ kind: 'missing', title: 'Not found', url, posts: suggested.map(linkToPost) }),
  });
};

function addLists(
  kind: 'category' | 'tag' | 'author',
  groups: ReadonlyMap<string, Group>,
  posts: Post[],
  add: AddPage,
  aboutOf: (list: Post[]) => string | undefined = () => undefined,
): void {
  for (const [slug, { name: title, members }] of groups) {
    const newest = pathOf(kind, slug);
    const at = (number: number) => pathOf(kind, slug, 'page', number);
    const list = members.flatMap((index) => posts[index] ?? []);
    const { head, full } = paginate(list);
    const about = aboutOf(list);
    const older = olderThan(full.length, at);
    add(newest, {
      kind,
      inputs: () => [title, about, older, ...head],
      view: (url) => ({ kind, title, url, about, posts: head.map(entryOf), older }),
    });
    addNumberedPages(kind, title, { newest, at, full }, add);
  }
}

/** The next page back in time; the head shows the newest full page itself. */
const olderThan = (number: number, at: (number: number) => string): string | undefined =>
  number > 1 ? at(number - 1) : undefined;

/** The full pages of a list; `newest` is the path of its head, and `at` that of a number. */
function addNumberedPages(
  kind: ListView['kind'],
  title: string,
  list: { newest: string; at: (number: number) => string; full: Post[][] },
  add: AddPage,
): void {
  const { newest, at, full } = list;
  for (const [index, page] of full.entries()) {
    add(at(index + 1), {
      kind,
      inputs: () => [title, ...page],
      view: (url) => ({
        kind,
        title,
        url,
        number: index + 1,
        posts: page.map(entryOf),
        newest,
        older: olderThan(index + 1, at),
      }),
    });
  }
}

/** In the order of their names: by slug, which does not depend on the machine's locale. */
const topicsOf = (kind: string, groups: ReadonlyMap<string, Group>): Topic[] =>
  [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([slug, { name, members }]) => ({
      path: pathOf(kind, slug),
      title: name,
      count: members.length,
    }));

const bodyOf = ({ slug, bodyHash }: Post): BodyReference => ({ slug, hash: bodyHash });
