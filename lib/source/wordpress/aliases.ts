/**
 * The addresses at which WordPress has what is on the site, or had it, or the site had it itself. Pure.
 */
import type { Aliases, AliasTarget } from '../../site/other-addresses';
import { pathOf, pathOfTerm, slugOfName, textOfName } from '../../site/paths';
import { hasSegmentForm, slugOf } from '../../site/slugs';
import type { Article } from './article';
import { segmentsOfKey } from './paths';
import type { ListedTerm, ListedTerms } from './terms';

/** An alias and its target. */
type Entry = readonly [path: string, target: AliasTarget];

/**
 * All aliases. Where two things had one address, the newer one has the alias; an address that something has
 * now comes before one that something had.
 */
export function aliasesOf(
  shown: readonly Article[],
  homes: readonly string[],
  paths: ReadonlyMap<number, string>,
  pathOfKey: ReadonlyMap<string, string>,
  lists: ReadonlySet<string>,
  terms: ListedTerms,
): Aliases {
  const aliases = new Map<string, AliasTarget>();
  const add = (entries: readonly Entry[]) => {
    for (const [path, target] of entries) {
      if (path !== target.to && !aliases.has(path)) aliases.set(path, target);
    }
  };
  for (const [key, to] of pathOfKey) {
    // The posts have theirs below.
    if (lists.has(to)) add(pathsOfKey(key, homes).map((path): Entry => [path, { to }]));
  }
  const homesKey = homes.join(' ');
  const ofArticles = shown.map((article) =>
    entriesOf(article, homes, homesKey, paths.get(article.id) ?? '/'),
  );
  ofArticles.reverse();
  for (const { now } of ofArticles) add(now);
  for (const { moved } of ofArticles) add(moved);
  add(entriesOfTerms('category', terms.categories, lists));
  add(entriesOfTerms('tag', terms.tags, lists));
  return aliases;
}

/** The aliases of an article, which are made once for as long as it and its path are the same. */
interface EntriesOfArticle {
  to: string;
  homesKey: string;
  now: Entry[];
  moved: Entry[];
}

/** Each load asks for those of all articles, and most are as they were. */
const known = new WeakMap<Article, EntriesOfArticle>();

function entriesOf(
  article: Article,
  homes: readonly string[],
  homesKey: string,
  to: string,
): EntriesOfArticle {
  const before = known.get(article);
  if (before?.to === to && before.homesKey === homesKey) return before;
  const { id, key, slug, page, oldSlugs } = article;
  const entries: EntriesOfArticle = { to, homesKey, now: [], moved: [] };
  // Purges, and links of long ago, name it by its slug, wherever it stands.
  const bySlug = page ? pathOf(slug) : pathOf('blog', slug);
  const paths = [...pathsOfKey(key, homes), bySlug, `/?p=${id}`];
  entries.now = paths.map((path): Entry => [path, { to }]);
  const plain = slugOf(slug);
  const at = key.lastIndexOf(slug);
  const old = oldSlugs.flatMap((one) => [
    ...(at < 0 ? [] : pathsOfKey(key.slice(0, at) + one + key.slice(at + slug.length), homes)),
    ...(page ? [] : [pathOf('blog', one)]),
  ]);
  if (plain !== '' && plain !== slug) old.push(page ? pathOf(plain) : pathOf('blog', plain));
  entries.moved = old.map((path): Entry => [path, { to, moved: true }]);
  known.set(article, entries);
  return entries;
}

/** Before terms had the slugs of WordPress, and stood below each other, their names made their addresses. */
const entriesOfTerms = (
  kind: string,
  terms: ReadonlyMap<number, ListedTerm>,
  lists: ReadonlySet<string>,
): Entry[] =>
  [...terms.values()].flatMap(({ name }) => {
    const to = pathOfTerm(kind, slugOfName(name));
    if (!lists.has(to)) return [];
    const last = slugOfName(name).split('/').at(-1) ?? '';
    const slugs = [slugOf(textOfName(name)), last].filter((slug) => slug !== '');
    return slugs.map((slug): Entry => [pathOf(kind, slug), { to, moved: true }]);
  });

/**
 * The paths of an address in WordPress: the site may have taken the place of WordPress, or of the folder that
 * it lies in. A number is one whatever WordPress calls it.
 */
function pathsOfKey(key: string, homes: readonly string[]): string[] {
  const [bare = '', query] = key.split('?');
  if (query !== undefined) return [`/?${query.replace(/^page_id=/, 'p=')}`];
  const segments = bare.split('/').slice(1);
  if (segments.length === 0 || !segments.every(hasSegmentForm)) return [];
  const below = segmentsOfKey(key, homes);
  return [pathOf(...segments), ...(below ? [pathOf(...below)] : [])];
}
