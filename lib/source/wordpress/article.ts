/**
 * An article: a post or page of WordPress as far as it is known without others. Pure.
 */
import { isDeepStrictEqual } from 'node:util';
import { hash } from '../../hash';
import { keptText, type TextOf } from '../kept-text';
import { detached, type Text } from '../../text';
import type { Seo } from '../post';
import { addressesIn, keyOf, slugIn } from './addresses';
import { dateOf, dayIn } from './dates';
import { textOf } from './html-text';
import { seoOf } from './seo';
import { Stub, type Autosave, type RestPost } from './rest';

/** A post or page. */
export interface Article {
  id: number;
  page: boolean;
  slug: string;
  /** The slugs that it had before. */
  oldSlugs: string[];
  /** The page above a page; 0 if there is none. */
  parent: number;
  /** Names it in messages. */
  file: string;
  /** Its own address, where its body may need a link to it; otherwise a new address would be a new body. */
  original?: string;
  /** Its own address, as `keyOf` writes it. */
  key: string;
  date: string;
  /** The day by the clock of WordPress. */
  day: string;
  modified: string;
  modifiedDay: string;
  title: string;
  summary?: string;
  seo?: Seo;
  /** The address under which search engines are to know it, as a plugin has it. */
  canonical?: string;
  text: Text;
  textHash: string;
  /** The addresses in its body that may be content of the site, and their keys. */
  addresses: readonly (readonly [string, string])[];
  stub: Stub;
  /** Whether readers may write comments. */
  discussed: boolean;
  /** True for what visitors must not see, such as a post with a password. */
  hidden: boolean;
  /** Whether it had been still for so long when it was read that its date tells its version. */
  settled: boolean;
}

/** WordPress's dates end with the second: within it, a second edit leaves them as they are. */
const SETTLED_AFTER_MS = 2000;

/** What a body can hold that the site does not show. */
const SHOWN_THERE_ALONE = /<(?:form|select|object|embed|applet|canvas|script)\b/i;

/**
 * Reads a post that WordPress sent at `atMs` by the clock of WordPress at `address`. `keep` makes its text of its
 * body and the hash of that: by default one that lies in the data folder.
 */
export function articleOf(
  rest: RestPost,
  address: string,
  atMs: number,
  keep: TextOf = keptText,
): Article {
  const { type, status, slug, link, title, excerpt, content } = rest;
  const name = slugIn(slug) || `${type}-${rest.id}`;
  const body = content.rendered;
  const textHash = hash(body.trim());
  const modified = dateOf(rest.modified_gmt) ?? '';
  const date = dateOf(rest.date_gmt) ?? (modified || '1970-01-01T00:00:00.000Z');
  const summary = textOf(excerpt.rendered).replace(/\s*\[…\]$/, '…');
  return {
    id: rest.id,
    page: type === 'page',
    slug: name,
    oldSlugs: [...new Set(rest.evergreen_old_slugs.map(slugIn))].filter(
      (old) => old && old !== name,
    ),
    parent: type === 'page' ? rest.parent : 0,
    file: `WordPress ${type} ${rest.id} (${link})`,
    original: SHOWN_THERE_ALONE.test(body) ? link : undefined,
    key: keyOf(new URL(link)),
    date,
    day: dayIn(rest.date) ?? date.slice(0, 10),
    modified,
    modifiedDay: dayIn(rest.modified) ?? modified.slice(0, 10),
    title: textOf(title.rendered) || titleFrom(summary) || name,
    summary: summary || undefined,
    ...seoOf(rest),
    text: keep(body, textHash),
    textHash,
    addresses: detached(addressesIn(body, [address, link])),
    stub: Stub.parse(rest),
    discussed: rest.comment_status === 'open',
    hidden: status !== 'publish' || content.protected,
    settled: Date.parse(modified) < atMs - SETTLED_AFTER_MS,
  };
}

/** A post as its editor left it: with the newest autosave, if the post was not saved after it. */
export function withAutosave(rest: RestPost, autosaves: readonly Autosave[]): RestPost {
  const slug = (rest.status === 'publish' ? '' : rest.generated_slug) || rest.slug;
  const latest = autosaves.reduce<RestPost | Autosave>(
    (newest, one) => (one.modified_gmt > newest.modified_gmt ? one : newest),
    rest,
  );
  const { title, excerpt, content, modified_gmt } = latest;
  return {
    ...rest,
    slug,
    title,
    excerpt,
    content: { ...rest.content, ...content },
    modified_gmt,
  };
}

/** A post without a title is called by how it begins. */
const titleFrom = (summary: string): string => {
  const words = summary.split(' ');
  return words.length > 8 ? `${words.slice(0, 8).join(' ').replace(/…$/, '')}…` : summary;
};

/** True if a post has to be read again to be what the stub tells of. */
export const isOutdated = (article: Article | undefined, stub: Stub): boolean =>
  !article?.settled || !isDeepStrictEqual(article.stub, stub);
