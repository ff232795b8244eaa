/**
 * The kinds of pages: for each, the function from the posts to its pages, and above it how they show what
 * they are made of. `routes.ts` lists them.
 */
import { SITE } from './site-config';
import type { Post } from '../source/post';
import type { SiteFacts } from './facts';
import {
  canonicalOf,
  dayOf,
  discussionOf,
  entryOf,
  linkToPost,
  redirectTo,
  summaryOf,
} from './entries';
import { paginate, postsAt, type Group } from './lists';
import type { Recipe } from './page';
import { languageOf, partsAround, translationsAround, type Kin } from './kin';
import { sectionOf, type Section } from './languages';
import { MISSING_PATH, pathOf, pathOfList, pathOfPost } from './paths';
import { shownSite } from './shown-site';
import type { Words } from './words/words';
import type { Input } from './same';
import type { BodyReference, ListView, Topic, Translation, YearsView } from './views';

/** The posts that visitors may see, in the orders in which pages need them. */
export interface Published {
  /** The further language that they are in; undefined for the site's own. */
  section?: Section;
  /** What its paths begin with. */
  prefix: string;
  /** Blog posts, newest first. */
  posts: Post[];
  /** Standalone pages, by slug. */
  standalone: Post[];
  /** Where the newest posts stand; undefined if they have no page. */
  newestAt?: string;
  /** Blog posts that stand first there. */
  pinned: Post[];
  facts: SiteFacts;
  categories: ReadonlyMap<string, Group>;
  tags: ReadonlyMap<string, Group>;
  authors: ReadonlyMap<string, Group>;
  /** For each of the blog posts its related ones, as their indexes. */
  related: readonly number[][];
  /** The parts of the series, by the slugs of their names. */
  series: Kin;
  /** The posts of all languages by their translation keys. */
  translations: Kin;
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

const HOME: Recipe<
  [...HeadInputs, standalone: Post[], pinned: Post[], topics: TopicName[], prefix: string]
> = {
  kind: 'home',
  view: (url, title, posts, older, standalone, pinned, topics, prefix) => ({
    kind: 'home',
    title,
    url,
    posts: [
      ...pinned.map((post) => ({ ...entryOf(post), sticky: true as const })),
      ...posts.filter((post) => !pinned.includes(post)).map(entryOf),
    ],
    older,
    pages: standalone.map(linkToPost),
    topics: topics.map(([kind, slug, name]) => ({
      path: pathOfList(prefix, kind, slug),
      title: name,
    })),
  }),
};

const ARCHIVE = numberedPage('archive');

/** The newest posts and the standalone pages, and the archive of all posts. */
export const addHomePages: AddPages = (published, add) => {
  const { posts, standalone, newestAt, pinned, section, prefix } = published;
  const { identity, postsPage } = published.facts;
  const { name } = shownSite(identity, section);
  const numbered = prefix + pathOf('blog', 'page');
  const { head, full } = paginate(posts);
  if (newestAt !== undefined) {
    const isAtHome = newestAt === (prefix || '/');
    const title = (!isAtHome && postsPage?.title) || name;
    // A menu says which of them are to be found from everywhere.
    const listed = !isAtHome || (!prefix && identity?.navigation) ? [] : standalone;
    const older = olderThan(full.length, numbered);
    add(newestAt, HOME, title, head, older, listed, pinned, mostUsed(published), prefix);
  }
  addNumberedPages(ARCHIVE, { title: name, newest: newestAt, numbered, full }, add);
};

/** The kind of a topic's list, its slug and its name. */
type TopicName = [kind: string, slug: string, name: string];

/** On the home page. */
const MOST_TOPICS = 8;

/** The categories with the most posts; the tags, where there is at most one category. */
function mostUsed({ categories, tags }: Published): TopicName[] {
  const [kind, groups] = categories.size > 1 ? ['category', categories] : ['tag', tags];
  return [...groups]
    .sort(([a, of], [b, other]) => other.members.length - of.members.length || (a < b ? -1 : 1))
    .slice(0, MOST_TOPICS)
    .map(([slug, { name }]): TopicName => [kind, slug, name]);
}

const CATEGORY = listRecipes('category');

/** The posts of each category, with what it is about where a source tells. */
export const addCategoryPages: AddPages = (published, add) =>
  addLists(CATEGORY, published, published.categories, add, describedBySource(published));

const TAG = listRecipes('tag');

/** The same of each tag. */
export const addTagPages: AddPages = (published, add) =>
  addLists(TAG, published, published.tags, add, describedBySource(published));

const describedBySource =
  ({ facts }: Published) =>
  (_: Post[], path: string): string | undefined =>
    facts.descriptions.get(path);

const AUTHOR = listRecipes('author');

/** The posts of each author, with a line about them where a source has one. */
export const addAuthorPages: AddPages = (published, add) =>
  addLists(
    AUTHOR,
    published,
    published.authors,
    add,
    (list) => list.find(({ authorAbout }) => authorAbout !== undefined)?.authorAbout,
  );

/** A category or a tag, and how many posts it has. */
type TopicInputs = [slug: string, name: string, count: number];

const TOPICS: Recipe<
  [title: string, prefix: string, categories: TopicInputs[], tags: TopicInputs[]]
> = {
  kind: 'topics',
  view: (url, title, prefix, categories, tags) => ({
    kind: 'topics',
    title,
    url,
    categories: topicsOf(prefix, 'category', categories),
    tags: topicsOf(prefix, 'tag', tags),
  }),
};

/** All categories and tags. */
export const addTopicsPage: AddPages = (published, add) => {
  const { categories, tags, prefix } = published;
  const inputsOf = (groups: ReadonlyMap<string, Group>) =>
    [...groups].map(([slug, { name, members }]): TopicInputs => [slug, name, members.length]);
  const { topics } = wordsIn(published);
  add(prefix + pathOf('topics'), TOPICS, topics, prefix, inputsOf(categories), inputsOf(tags));
};

/** The other posts that the page of one shows beside its neighbours. */
type KinInputs = [translations: readonly Post[], parts: readonly Post[]];

const POST: Recipe<
  [post: Post, newer: Post | undefined, older: Post | undefined, related: Post[], ...kin: KinInputs]
> = {
  kind: 'post',
  view: (url, post, newer, older, related, translations, parts) => ({
    kind: 'post',
    title: post.title,
    url,
    canonical: canonicalOf(post, url),
    seo: post.seo,
    post: summaryOf(post),
    body: bodyOf(post),
    discussion: discussionOf(post),
    ...languageOfText(post),
    translations: translationsFor(post, translations),
    series:
      post.series && parts.length > 0
        ? { ...post.series, posts: parts.map(linkToPost) }
        : undefined,
    newer: newer && linkToPost(newer),
    older: older && linkToPost(older),
    related: related.map(linkToPost),
  }),
};

/** The blog posts, each with its neighbours and related posts. */
export const addPostPages: AddPages = ({ posts, related, series, translations }, add) => {
  for (const [index, post] of posts.entries()) {
    const [newer, older] = [posts[index - 1], posts[index + 1]];
    const others = postsAt(related[index] ?? [], posts);
    const kin: KinInputs = [translationsAround(post, translations), partsAround(post, series)];
    add(pathOfPost(post), POST, post, newer, older, others, ...kin);
  }
};

const STANDALONE: Recipe<[post: Post, translations: readonly Post[]]> = {
  kind: 'page',
  view: (url, post, translations) => ({
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
    ...languageOfText(post),
    translations: translationsFor(post, translations),
  }),
};

/** The standalone pages. */
export const addStandalonePages: AddPages = ({ standalone, translations }, add) => {
  for (const post of standalone) {
    add(pathOfPost(post), STANDALONE, post, translationsAround(post, translations));
  }
};

/** What a page says of the language of its text, as far as that is another than its own. */
function languageOfText({ language, direction, translationKey }: Post) {
  const ofPage = sectionOf(language) === undefined ? SITE.language : language;
  return { language: language === ofPage ? undefined : language, direction, translationKey };
}

/** The post's own page, and those of its translations; undefined if there are none. */
const translationsFor = (post: Post, all: readonly Post[]): Translation[] | undefined =>
  all.length === 0
    ? undefined
    : all.map((one) => ({
        ...linkToPost(one),
        language: languageOf(one),
        isOwn: one === post || undefined,
      }));

const YEARS: Recipe<YearInputs> = { kind: 'years', view: viewOfYears };

/** The years with all their posts or their number, where they stand, and the page of all on that of one. */
type YearInputs = [
  title: string,
  years: [year: string, path: string, count: number, posts: Post[] | undefined][],
  all: string | undefined,
];

function viewOfYears(url: string, ...[title, years, all]: YearInputs): YearsView {
  return {
    kind: 'years',
    title,
    url,
    all,
    years: years.map(([year, path, count, posts]) => ({
      title: year,
      path,
      count,
      posts: posts?.map((post) => ({ ...linkToPost(post), date: dayOf(post) })),
    })),
  };
}

/** Posts that the page of all years shows: of further years it has the numbers. */
const SHOWN_OF_ALL_YEARS = 200;

/** All posts by year, and those of each year. */
export const addYearPages: AddPages = (published, add) => {
  const { posts, prefix } = published;
  const { archive } = wordsIn(published);
  const years = new Map<string, Post[]>();
  for (const post of posts) {
    const year = dayOf(post).slice(0, 4);
    const ofYear = years.get(year);
    if (ofYear) ofYear.push(post);
    else years.set(year, [post]);
  }
  const all = `${prefix}/archive`;
  const shown: YearInputs[1] = [];
  let count = 0;
  for (const [year, ofYear] of years) {
    const path = `${all}/${year}`;
    count += ofYear.length;
    const isShown = count <= SHOWN_OF_ALL_YEARS;
    shown.push([year, path, ofYear.length, isShown ? ofYear : undefined]);
    add(path, YEARS, `${archive} ${year}`, [[year, path, ofYear.length, ofYear]], all);
  }
  add(all, YEARS, archive, shown, undefined);
};

const wordsIn = ({ facts, section }: Published): Words => shownSite(facts.identity, section).words;

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

const MISSING: Recipe<[title: string, suggested: Post[]]> = {
  kind: 'missing',
  view: (url, title, suggested) => ({
    kind: 'missing',
    title,
    url,
    posts: suggested.map(linkToPost),
  }),
};

/** What visitors of an unknown address see. */
export const addMissingPage: AddPages = (published, add) => {
  const suggested = published.posts.slice(0, SUGGESTED_ON_404);
  add(MISSING_PATH, MISSING, wordsIn(published).notFound, suggested);
};

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
  { posts, prefix }: Published,
  groups: ReadonlyMap<string, Group>,
  add: AddPage,
  aboutOf: (list: Post[], path: string) => string | undefined,
): void {
  for (const [slug, { name: title, members }] of groups) {
    const newest = pathOfList(prefix, recipes.kind, slug);
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
const topicsOf = (prefix: string, kind: string, topics: TopicInputs[]): Topic[] =>
  [...topics]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([slug, name, count]) => ({ path: pathOfList(prefix, kind, slug), title: name, count }));

const bodyOf = ({ slug, bodyHash }: Post): BodyReference => ({ slug, hash: bodyHash });
