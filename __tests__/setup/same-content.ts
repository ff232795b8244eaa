/**
 * Asks a site for the addresses of a WordPress, and says of each whether it leads to the same content there.
 */
import type { Element } from 'hast';
import pMap from 'p-map';
import { visit } from 'unist-util-visit';
import type { Site } from './site';
import {
  numberIn,
  textsOf,
  treeOf,
  type Address,
  type Contents,
  type Thing,
} from './wordpress-addresses';

/** What came of an address. */
export interface Outcome extends Address {
  /** The paths of the site that it leads to, itself first. */
  way: string[];
  /** Why it is not where it should be; absent if it is. */
  wrong?: string;
}

const MAX_REDIRECTS = 2;
const PERMANENT = [301, 308];
/** Numbered pages mean something else with each new post, so nobody may remember where they lead. */
const PAGED = /\/page\/\d+\/?$|[?&]paged=/;

/** What the site answers at the end of all redirects. */
interface End {
  way: string[];
  status: number;
  text: string;
  /** An address elsewhere that it leads to. */
  elsewhere?: string;
  wrong?: string;
}

async function follow(site: Site, at: string): Promise<End> {
  const way = [at];
  for (;;) {
    const { status, text, headers } = await site.visit(way.at(-1) ?? at);
    const location = headers.get('location');
    if (status < 300 || status > 399 || location === null) return { way, status, text };
    const mayBeTemporary = PAGED.test(way.at(-1) ?? '') && status === 307;
    if (!PERMANENT.includes(status) && !mayBeTemporary) {
      return { way, status, text, wrong: `is a ${status}` };
    }
    const to = new URL(location, site.url);
    if (to.origin !== site.url) return { way, status, text, elsewhere: location };
    way.push(to.pathname + to.search);
    if (way.length > 10) return { way, status, text, wrong: 'leads in a circle' };
  }
}

/** The addresses of the posts of a list, or of what a search found. */
function listed(text: string): string[] {
  const found: string[] = [];
  const noteLinksIn = (parent: Element, within: string) =>
    visit(parent, 'element', (element) => {
      if (element.tagName !== within) return;
      for (const child of element.children) {
        const href = child.type === 'element' && child.tagName === 'a' && child.properties.href;
        if (typeof href === 'string') found.push(href);
      }
    });
  visit(treeOf(text), 'element', (element) => {
    const { tagName, properties } = element;
    const isList = tagName === 'ul' && [properties.className].flat().includes('posts');
    if (isList) noteLinksIn(element, 'li');
    else if (tagName === 'article') noteLinksIn(element, 'h2');
  });
  return found;
}

/** WordPress shows a title with other quotation marks and dashes than it was written with. */
const wordsOf = (title: string): string => title.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();

/** Compares a site with what WordPress has. What it shows at its own paths is asked for once. */
export function comparison(site: Site, contents: Contents) {
  const entries = new Map(contents.entries.map((one) => [one.id, one]));
  const numbers = new Map<string, Promise<number | undefined>>();
  const numberAt = (at: string) => {
    const known = numbers.get(at) ?? site.visit(at).then(({ text }) => numberIn(text));
    numbers.set(at, known);
    return known;
  };

  const wrongEntry = (id: number, { text }: End): string | undefined => {
    const shown = numberIn(text);
    if (shown !== id) return shown ? `shows entry ${shown}` : 'shows something else';
    const title = entries.get(id)?.title ?? '';
    const [heading = ''] = textsOf(treeOf(text), 'h1');
    const isSame = wordsOf(title) === '' || wordsOf(heading) === wordsOf(title);
    return isSame ? undefined : `is called ${heading}, not ${title}`;
  };

  const wrongList = async (title: string | undefined, members: number[], { text }: End) => {
    if (numberIn(text) && listed(text).length === 0) return 'shows an entry, not a list';
    const shown = await Promise.all(listed(text).map(numberAt));
    if (shown.length === 0) return 'lists nothing';
    const [heading = ''] = textsOf(treeOf(text), 'h1');
    if (title !== undefined && !heading.includes(title))
      return `is called ${heading}, not ${title}`;
    const alien = shown.find((number) => number === undefined || !members.includes(number));
    return alien === undefined ? undefined : `lists ${alien}, which is not in ${title}`;
  };

  const wrongAt = async (thing: Thing, end: End): Promise<string | undefined> => {
    const last = end.way.at(-1) ?? '';
    if (thing.kind === 'attachment') {
      const attachment = contents.attachments.find(({ id }) => id === thing.id);
      if (end.elsewhere !== undefined && end.elsewhere === attachment?.file) return undefined;
      return attachment?.parent ? wrongEntry(attachment.parent, end) : 'is not its file';
    }
    if (end.elsewhere !== undefined) return `leads to ${end.elsewhere}`;
    if (thing.kind === 'post' || thing.kind === 'page') return wrongEntry(thing.id, end);
    if (thing.kind === 'feed') {
      return /<(rss|feed)\b/.test(end.text) ? undefined : 'is no feed';
    }
    if (thing.kind === 'sitemap') {
      return end.text.includes('/schemas/sitemap/') ? undefined : 'is no sitemap';
    }
    if (thing.kind === 'search') {
      return last.startsWith('/search') ? undefined : 'is no search';
    }
    if (thing.kind === 'home') {
      const isHome = last === '/' || /^\/blog(\/page\/\d+)?$/.test(last);
      return isHome ? wrongList(undefined, contents.newest, end) : 'is not the list of all posts';
    }
    const list =
      'id' in thing &&
      contents.lists.find(({ id, kind }) => id === thing.id && kind === thing.kind);
    return list ? wrongList(list.title, list.members, end) : 'is unknown';
  };

  const compare = async (address: Address): Promise<Outcome> => {
    const { at, thing } = address;
    if (thing.kind === 'excepted') return { ...address, way: [at] };
    const end = await follow(site, at);
    const { way } = end;
    const wrong =
      end.wrong ??
      (end.status >= 400 ? `is a ${end.status}` : undefined) ??
      (await wrongAt(thing, end)) ??
      (way.length > MAX_REDIRECTS + 1 ? `takes ${way.length - 1} redirects` : undefined);
    return { ...address, way, wrong };
  };

  return (addresses: Address[]): Promise<Outcome[]> => pMap(addresses, compare, { concurrency: 6 });
}

const EXAMPLES = 4;

/** What is wrong, by the kinds of things and of addresses, with how many there are and some of them. */
export function kindsOfWrong(outcomes: Outcome[]): string[] {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    if (outcome.wrong === undefined) continue;
    const group = `${outcome.thing.kind} by ${outcome.form}`;
    groups.set(group, [...(groups.get(group) ?? []), outcome]);
  }
  return [...groups].sort().map(([group, those]) => {
    const examples = those
      .slice(0, EXAMPLES)
      .map(({ way, wrong }) => `${way.join(' → ')} ${wrong}`);
    return [`${group}: ${those.length}`, ...examples].join('\n    ');
  });
}
