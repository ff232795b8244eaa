/**
 * Where on the site is what WordPress has: by the numbers of articles, and by the addresses in WordPress. Pure.
 */
import { prefixOf, sectionOf, sectionOfPath, SECTIONS } from '../../site/languages';
import { pathOf, pathOfList, pathOfPost, slugOfName } from '../../site/paths';
import { isReserved } from '../../site/routes';
import { hasSegmentForm } from '../../site/slugs';
import { keyOf } from './addresses';
import type { Article } from './article';
import { slugOfUser } from './authors';
import type { Library } from './library';
import type { Term } from './rest';
import type { ListedTerm, ListedTerms } from './terms';

/** Where blog posts stand: at `/blog/<slug>`, or where they stand in WordPress. */
export type PostsAt = 'blog' | 'permalinks';

/** Where articles stand on the site, by their ids; `circles` are the pages that are below themselves. */
export function pathsOfArticles(
  shown: readonly Article[],
  library: Library,
  homes: readonly string[],
  postsAt: PostsAt,
): { paths: ReadonlyMap<number, string>; circles: ReadonlySet<number> } {
  const paths = new Map<number, string>();
  const circles = new Set<number>();
  for (const article of shown) {
    const { id, page, key, stub } = article;
    const section = sectionOf(stub.lang);
    const prefix = prefixOf(section);
    if (page && homes.includes(key)) {
      paths.set(id, '/');
      continue;
    }
    if (page) {
      const { segments, isCircle } = segmentsOfPage(article, library, homes);
      paths.set(id, prefix + pathOf(...segments));
      if (isCircle) circles.add(id);
      continue;
    }
    const segments = postsAt === 'permalinks' ? segmentsOfKey(key, homes) : undefined;
    const isUsable = segments && !isReserved(...segments);
    const own = isUsable ? pathOf(...segments) : pathOfPost(article);
    // WordPress may have the language in its addresses, or in a host of its own.
    paths.set(id, sectionOfPath(own) === section ? own : prefix + own);
  }
  return { paths, circles };
}

/** The slugs of a page and of those above it. */
function segmentsOfPage(
  page: Article,
  { articles }: Library,
  homes: readonly string[],
): { segments: string[]; isCircle: boolean } {
  const segments: string[] = [];
  const passed = new Set<number>();
  let one: Article | undefined = page;
  while (one) {
    if (passed.has(one.id)) return { segments: [page.slug], isCircle: true };
    passed.add(one.id);
    segments.unshift(one.slug);
    const above: Article | undefined = articles.get(one.parent);
    // Of one that is not public only WordPress knows the slug, and writes it into the address.
    if (one.parent !== 0 && !above) {
      return { segments: segmentsOfKey(page.key, homes) ?? segments, isCircle: false };
    }
    one = above;
  }
  return { segments, isCircle: false };
}

/** The segments of an address below a home page, if it is one of segments, and of some. */
export function segmentsOfKey(key: string, homes: readonly string[]): string[] | undefined {
  const base = homes.find((home) => key.startsWith(`${home}/`));
  if (base === undefined || key.includes('?')) return undefined;
  const segments = key.slice(base.length + 1).split('/');
  if (segments[0] === 'index.php') segments.shift();
  return segments.length > 0 && segments.every(hasSegmentForm) ? segments : undefined;
}

/** The lists of the site, by the addresses that WordPress has for them. */
function listsByKey(
  shown: readonly Article[],
  { categories, tags, authors }: Library,
  terms: ListedTerms,
): Map<string, string> {
  const paths = new Map<string, string>();
  const used = new Set<number>();
  const writers = new Map<number, Set<string>>();
  for (const { page, stub } of shown) {
    if (page) continue;
    const prefixes = writers.get(stub.author) ?? new Set();
    writers.set(stub.author, prefixes.add(prefixOf(sectionOf(stub.lang))));
    for (const id of stub.tags) used.add(id);
    let level = stub.categories;
    while (level.length > 0) {
      const fresh = level.filter((id) => !used.has(id));
      for (const id of fresh) used.add(id);
      level = fresh.flatMap((id) => terms.categories.get(id)?.above ?? []);
    }
  }
  const addTerms = (
    kind: string,
    known: ReadonlyMap<number, Term>,
    listed: ReadonlyMap<number, ListedTerm>,
  ) => {
    for (const { id, link, lang } of known.values()) {
      const term = listed.get(id);
      // A term without a post has no page; a link there stays as it is.
      if (!term || !used.has(id)) continue;
      const path = pathOfList(prefixOf(sectionOf(lang)), kind, slugOfName(term.name));
      if (URL.canParse(link)) paths.set(keyOf(new URL(link)), path);
      if (kind === 'category') paths.set(`?cat=${id}`, path);
    }
  };
  addTerms('category', categories, terms.categories);
  addTerms('tag', tags, terms.tags);
  for (const author of authors.values()) {
    // Of the languages in which they write, in the site's own where that is one.
    const [prefix] = [...(writers.get(author.id) ?? [])].sort();
    if (prefix === undefined) continue;
    const path = prefix + pathOf('author', slugOfUser(author));
    if (URL.canParse(author.link)) paths.set(keyOf(new URL(author.link)), path);
    paths.set(`?author=${author.id}`, path);
  }
  return paths;
}

/** Where on our site is what WordPress has at an address; `lists` are those of its paths that are lists. */
export function pathsByKey(
  shown: readonly Article[],
  library: Library,
  homes: readonly string[],
  paths: ReadonlyMap<number, string>,
  terms: ListedTerms,
): { pathOfKey: ReadonlyMap<string, string>; lists: ReadonlySet<string> } {
  const pathOfKey = new Map<string, string>(
    homes.flatMap((home): [string, string][] => [
      [home, '/'],
      [`${home}/feed`, '/feed.xml'],
      ...SECTIONS.map(prefixOf).flatMap((prefix): [string, string][] => [
        [home + prefix, prefix],
        [`${home}${prefix}/feed`, `${prefix}/feed.xml`],
      ]),
    ]),
  );
  const lists = listsByKey(shown, library, terms);
  for (const [key, path] of lists) {
    if (!key.startsWith('?')) pathOfKey.set(key, path);
    else for (const home of homes) pathOfKey.set(home + key, path);
  }
  for (const { id, page, key } of shown) {
    const path = paths.get(id) ?? '/';
    pathOfKey.set(key, path);
    for (const home of homes) pathOfKey.set(`${home}?${page ? 'page_id' : 'p'}=${id}`, path);
  }
  return { pathOfKey, lists: new Set(lists.values()) };
}
