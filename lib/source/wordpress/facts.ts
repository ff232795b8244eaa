/**
 * From what WordPress tells of itself, and what it has, to what the site is told. Pure.
 */
import { isDeepStrictEqual } from 'node:util';
import type { NavigationItem, NavigationLink, SiteFacts } from '../../site/facts';
import { pathOfPost, segmentsOf } from '../../site/paths';
import { isReserved } from '../../site/routes';
import type { Post, Warning } from '../post';
import { keyOf } from './addresses';
import type { Library } from './library';
import type { PostsOfLibrary } from './posts';
import type { MenuItem, Told } from './told';

/** What facts are made of. */
export interface FactParts {
  told: Told;
  library: Library;
  published: PostsOfLibrary;
  /** Of the WordPress, without a slash at its end. */
  address: string;
  /** False if what every page shows of the site is what `site.config.mjs` has. */
  withIdentity: boolean;
}

/** The facts, the same object as before when they are equal. */
export function factsOf(
  parts: FactParts,
  previous?: SiteFacts,
): { facts: SiteFacts; warnings: Warning[] } {
  const { told, library, published, withIdentity } = parts;
  const { items = [], warnings = [] } = withIdentity ? navigationOf(parts) : {};
  const { name, tagline, icon, language, dateFormat } = told;
  const { postsPage, posts } = published;
  const facts: SiteFacts = {
    identity:
      withIdentity && name !== undefined
        ? {
            name,
            tagline: tagline ?? '',
            icon,
            language,
            dateFormat,
            navigation: items.length > 0 ? items : undefined,
          }
        : undefined,
    postsPage: postsPage && { path: pathOfPost(postsPage), title: postsPage.title },
    sticky: [...library.articles.values()]
      .flatMap(({ id, stub }) => (stub.sticky ? (posts.get(id) ?? []) : []))
      .map(pathOfPost)
      .sort(),
    aliases: published.aliases,
    descriptions: published.descriptions,
  };
  return { facts: previous && isDeepStrictEqual(facts, previous) ? previous : facts, warnings };
}

/** The menu in two levels: what lies deeper stands in the second. */
function navigationOf(parts: FactParts): { items: NavigationItem[]; warnings: Warning[] } {
  const { menu = [] } = parts.told;
  const warnings: Warning[] = [];
  const numbers = new Set(menu.map(({ id }) => id));
  const below = new Map<number, MenuItem[]>();
  for (const item of menu) {
    const above = numbers.has(item.parent) ? item.parent : 0;
    below.set(above, [...(below.get(above) ?? []), item]);
  }
  const seen = new Set<number>();

  const follow = (item: MenuItem): NavigationItem => {
    seen.add(item.id);
    const target = targetOf(item, parts);
    const { title, href, problem } = target;
    // Nobody chose what a list of all pages has: of a page that is left out its own warning tells.
    const isHeading = problem === undefined && href === undefined && below.has(item.id);
    if (href === undefined && !isHeading && !item.listed) {
      const file = `WordPress menu item ${item.id} (${title})`;
      warnings.push({
        file,
        message: problem ?? 'it leads nowhere, so that the menu does without',
      });
    }
    return { title, href };
  };
  const deeper = (item: MenuItem): NavigationLink[] =>
    (below.get(item.id) ?? []).flatMap((child) => {
      const { title, href } = follow(child);
      return [...(href === undefined ? [] : [{ title, href }]), ...deeper(child)];
    });
  const items = (below.get(0) ?? []).flatMap((item) => {
    const top = follow(item);
    const links = deeper(item);
    if (links.length > 0) return { ...top, below: links };
    return top.href === undefined ? [] : top;
  });
  for (const { id, title } of menu.filter((item) => !seen.has(item.id))) {
    const file = `WordPress menu item ${id} (${title})`;
    warnings.push({ file, message: 'it lies below itself, so that the menu does without' });
  }
  return { items, warnings };
}

/** Where an item leads; neither `href` nor `problem` if it is not meant to lead anywhere. */
interface Target {
  title: string;
  href?: string;
  problem?: string;
}

const UNSEEN =
  'it leads to something that visitors do not see, such as a draft, so that the menu does without';

/** By type and number, so that an item follows what it leads to. */
function targetOf(item: MenuItem, { told, library, published, address }: FactParts): Target {
  const { type, object, objectId, url } = item;
  const linked = (title: string | undefined, href: string | undefined): Target => ({
    title: item.title || title || url || String(item.id),
    ...(href === undefined ? { problem: UNSEEN } : { href }),
  });
  if (type === 'post_type' && (object === 'post' || object === 'page')) {
    const post: Post | undefined =
      published.posts.get(objectId) ?? postsPageOf(published, objectId);
    return linked(post?.title, post && pathOfPost(post));
  }
  if (type === 'taxonomy' && (object === 'category' || object === 'post_tag')) {
    const terms = object === 'category' ? library.categories : library.tags;
    const term = terms.get(objectId);
    const key = term && URL.canParse(term.link) ? keyOf(new URL(term.link)) : undefined;
    return linked(term?.name, key === undefined ? undefined : published.pathOfKey.get(key));
  }
  const hosts = [address, ...(told.home === undefined ? [] : [told.home])];
  const title = item.title || url || String(item.id);
  return { title, ...hrefOf(url, hosts, published.pathOfKey) };
}

const postsPageOf = ({ postsPage, postsPageId }: PostsOfLibrary, id: number): Post | undefined =>
  id === postsPageId ? postsPage : undefined;

/** What an address in a menu becomes here. */
function hrefOf(
  written: string,
  hosts: string[],
  pathOfKey: ReadonlyMap<string, string>,
): Omit<Target, 'title'> {
  if (written === '' || written.startsWith('#')) return {};
  if (/^(?:mailto|tel):/i.test(written)) return { href: written };
  const base = `${hosts[0]}/`;
  const url = URL.canParse(written, base) ? new URL(written, base) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return { problem: `${written} is no web address` };
  if (!hosts.some((host) => new URL(host).host === url.host)) return { href: url.href };
  const path = pathOfKey.get(keyOf(url));
  if (path !== undefined) return { href: path + url.hash };
  // A file of WordPress's library; and what this site has and WordPress does not, such as /topics.
  if (/\.[a-z\d]{2,5}$/i.test(url.pathname)) return { href: url.href };
  if (/^\/(?!\/)/.test(written) && isReserved(...segmentsOf(url.pathname))) {
    return { href: url.pathname + url.search + url.hash };
  }
  return { problem: `the site has nothing at ${written}, so that the menu does without` };
}
