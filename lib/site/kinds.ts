/**
 * The kinds of pages: for each, the function from the posts to its pages, and above it how they show what
 * they are made of. `routes.ts` lists them.
 */
import { SITE } from './site-config';
import type { Post } from '../source/post';
import type { SiteFacts } from './facts';
import { canonicalOf, discussionOf, entryOf, linkToPost, redirectTo, summaryOf } from './entries';
import { paginate, postsAt, type Group } from './lists';
import type { Recipe } from './page';
import { MISSING_PATH, pathOf, pathOfPost, pathOfTerm } from './paths';
import type { Input } from './same';
import type { BodyReference, ListView, Topic } from './views';

/** The posts that visitors may see, in the orders in which pages need them. */
export interface Published {
  /** Blog posts, newest first. */
  posts: Post[];
  /** Standalone pages, by slug. */
  standalone: Post[];
  /** Where the newest posts stand; undefined if they have no page. */
  newestAt?: string;
  /** Blog posts that stand first there. */
  sticky: Post[];
  facts: SiteFacts;
  categories: ReadonlyMap<string, Group>;
  tags: ReadonlyMap<string, Group>;
  authors: ReadonlyMap<string, Group>;
  /** For each of the blog posts its related ones, as their indexes. */
  related: readonly number[][];
}

/** Adds one page to the site, made of these inputs and nothing else. */
export type AddPage = <Inputs extends readonly Input[]>(
  path: string,
  recipe: Recipe<Inputs>,
  ...inputs: Inputs
) => void;

/** Adds all pages of one kind. */
export type AddPages = (published: Published, add: AddPage) => void;

/** The head of a list of lists, with the way to the next page back in time. */
type HeadInputs = [title: string, posts: Post[], older: string | undefined];

const HOME: Recipe<[...HeadInputs, standalone: Post[], sticky: Post[]]> = {
  kind: 'home',
  view: (url, title, posts, older, standalone, sticky) => ({
    kind: 'home',
    title,
    url,
    posts: [
      ...sticky.map((post) => ({ ...entryOf(post), sticky: true as const })),
      ...posts.filter((post) => !sticky.includes(post)).map(entryOf),
    ],
    older,
    pages: standalone.map(linkToPost),
  }),
};

const ARCHIVE = numberedPage('archive');

/** The newest posts and the standalone pages, and the archive of all posts. */
export const addHomePages: AddPages = (published, add) => {
  const { posts, standalone, newestAt, sticky } = published;
  const { identity, postsPage } = published.facts;
  const name = identity?.name ?? SITE.name;
  const numbered = pathOf('blog', 'page');
  const { head, full } = paginate(posts);
  if (newestAt !== undefined) {
    const title = (newestAt !== '/' && postsPage?.title) || name;
    // A menu says which of them are to be found from everywhere.
    const listed = newestAt !== '/' || identity?.navigation ? [] : standalone;
    add(newestAt, HOME, title, head, olderThan(full.length, numbered), listed, sticky);
  }
  addNumberedPages(ARCHIVE, { title: name, newest: newestAt, numbered, full }, add);
};

const CATEGORY = listRecipes('category');

/** The posts of each category, with what it is about where a source tells. */
export const addCategoryPages: AddPages = ({ posts, categories, facts }, add) =>
  addLists(CATEGORY, categories, posts, add, (_, path) => facts.descriptions.get(path));

const TAG = listRecipes('tag');

/** The same of each tag. */
export const addTagPages: AddPages = ({ posts, tags, facts }, add) =>
  addLists(TAG, tags, posts, add, (_, path) => facts.descriptions.get(path));

const AUTHOR = listRecipes('author');

/** The posts of each author, with a line about them where a source has one. */
export const addAuthorPages: AddPages = ({ posts, authors }, add) =>
  addLists(
    AUTHOR,
    authors,
    posts,
    add,
    (list) => list.find(({ authorAbout }) => authorAbout !== undefined)?.authorAbout,
  );

/** A category or a tag, and how many posts it has. */
type TopicInputs = [slug: string, name: string, count: number];

const TOPICS: Recipe<[categories: TopicInputs[], tags: TopicInputs[]]> = {
  kind: 'topics',
  view: (url, categories, tags) => ({
    kind: 'topics',
    title: 'Topics',
    url,
    categories: topicsOf('category', categories),
    tags: topicsOf('tag', tags),
  }),
};

/** All categories and tags. */
export const addTopicsPage: AddPages = ({ categories, tags }, add) => {
  const inputsOf = (groups: ReadonlyMap<string, Group>) =>
    [...groups].map(([slug, { name, members }]): TopicInputs => [slug, name, members.length]);
  add(pathOf('topics'), TOPICS, inputsOf(categories), inputsOf(tags));
};

const POST: Recipe<
  [post: Post, newer: Post | undefined, older: Post | undefined, related: Post[]]
> = {
  kind: 'post',
  view: (url, post, newer, older, related) => ({
    kind: 'post',
    title: post.title,
    url,
    canonical: canonicalOf(post, url),
    seo: post.seo,
    post: summaryOf(post),
    body: bodyOf(post),
    discussion: discussionOf(post),
    newer: newer && linkToPost(newer),
    older: older && linkToPost(older),
    related: related.map(linkToPost),
  }),
};

/** The blog posts, each with its neighbours and related posts. */
export const addPostPages: AddPages = ({ posts, related }, add) => {
  for (const [index, post] of posts.entries()) {
    const others = postsAt(related[index] ?? [], posts);
    add(pathOfPost(post), POST, post, posts[index - 1], posts[index + 1], others);
  }
};

const STANDALONE: Recipe<[post: Post]> = {
  kind: 'page',
  view: (url, post) => ({
    kind: 'page',
    title: post.title,
    url,
    canonical: canonicalOf(post, url),
    seo: post.seo,
    unpublished: post.unpublished,
    summary: post.summary ?? post.excerpt,
    image: post.image,
    body: bodyOf(post),
    discussion: discussionOf(post),
  }),
};

/** The standalone pages. */
export const addStandalonePages: AddPages = ({ standalone }, add) => {
  for (const post of standalone) add(pathOfPost(post), STANDALONE, post);
};

const REDIRECT: Recipe<[to: string]> = { kind: 'redirect', view: (_, to) => redirectTo(to) };

/** The aliases of posts and standalone pages, each a redirect to its post. */
export const addRedirects: AddPages = (
  { posts, standalone, newestAt, facts: { postsPage } },
  add,
) => {
  for (const list of [posts, standalone]) {
    for (const post of list) {
      for (const { path } of post.aliases ?? []) add(path, REDIRECT, pathOfPost(post));
    }
  }
  if (postsPage && newestAt === '/') add(postsPage.path, REDIRECT, newestAt);
};

/** The newest posts on the page of an unknown address. */
const SUGGESTED_ON_404 = 5;

const MISSING: Recipe<[suggested: Post[]]> = {
  kind: 'missing',
  view: (url, suggested) => ({
    kind: 'missing',
    title: 'Not found',
    url,
    posts: suggested.map(linkToPost),
  }),
};

/** What visitors of an unknown address see. */
export const addMissingPage: AddPages = ({ posts }, add) =>
  add(MISSING_PATH, MISSING, posts.slice(0, SUGGESTED_ON_404));

/** How a list shows its head, and its numbered pages. */
interface ListRecipes {
  kind: ListView['kind'];
  head: Recipe<[...HeadInputs, about: string | undefined]>;
  numbered: Recipe<NumberedInputs>;
}

/** To be called at the top of this module: see `Recipe`. */
function listRecipes(kind: ListView['kind']): ListRecipes {
  return {
    kind,
    head: {
      kind,
      view: (url, title, posts, older, about) => ({
        kind,
        title,
        url,
        about,
        posts: posts.map(entryOf),
        older,
      }),
    },
    numbered: numberedPage(kind),
  };
}

/** A numbered page: with the path of the head, and that of numbered pages without the number. */
type NumberedInputs = [
  title: string,
  posts: Post[],
  newest: string | undefined,
  numbered: string,
  number: number,
];

function numberedPage(kind: ListView['kind']): Recipe<NumberedInputs> {
  return {
    kind,
    view: (url, title, posts, newest, numbered, number) => ({
      kind,
      title,
      url,
      number,
      posts: posts.map(entryOf),
      newest,
      older: olderThan(number, numbered),
    }),
  };
}

function addLists(
  recipes: ListRecipes,
  groups: ReadonlyMap<string, Group>,
  posts: Post[],
  add: AddPage,
  aboutOf: (list: Post[], path: string) => string | undefined,
): void {
  for (const [slug, { name: title, members }] of groups) {
    const newest = pathOfTerm(recipes.kind, slug);
    const numbered = `${newest}/page`;
    const list = postsAt(members, posts);
    const { head, full } = paginate(list);
    add(newest, recipes.head, title, head, olderThan(full.length, numbered), aboutOf(list, newest));
    addNumberedPages(recipes.numbered, { title, newest, numbered, full }, add);
  }
}

/** The next page back in time; the head shows the newest full page itself. */
const olderThan = (number: number, numbered: string): string | undefined =>
  number > 1 ? `${numbered}/${number - 1}` : undefined;

/** The full pages of a list; `newest` is the path of its head, and `numbered` those of the pages, without a number. */
function addNumberedPages(
  recipe: Recipe<NumberedInputs>,
  list: { title: string; newest: string | undefined; numbered: string; full: Post[][] },
  add: AddPage,
): void {
  const { title, newest, numbered, full } = list;
  for (const [index, posts] of full.entries()) {
    add(`${numbered}/${index + 1}`, recipe, title, posts, newest, numbered, index + 1);
  }
}

/** In the order of their names: by slug, which does not depend on the machine's locale. */
const topicsOf = (kind: string, topics: TopicInputs[]): Topic[] =>
  [...topics]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([slug, name, count]) => ({ path: pathOfTerm(kind, slug), title: name, count }));

const bodyOf = ({ slug, bodyHash }: Post): BodyReference => ({ slug, hash: bodyHash });
