/**
 * The hint in a purge request: what its body, or the paths that it names, tell of what changed. Pure.
 */
import { z } from 'zod';
import { highestOf, type Change, type Hint } from '../source/changes';
import { isAtList, isComputed } from '../site/routes';
import { isPattern, withoutTrash } from './paths';

const id = z.coerce.number().int().positive();

/** Of news: two for each request to WordPress that changed something. */
const MOST_NUMBERS = 10_000;

/** What our own plugin for WordPress sends. */
const Told = z.object({
  source: z.literal('wordpress'),
  changes: z.array(
    z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('post'),
        type: z.enum(['post', 'page']),
        id,
        slug: z.string().optional(),
        modified: z.iso
          .datetime({ local: true })
          .transform((gmt) => new Date(gmt.replace(/Z?$/, 'Z')).toISOString())
          .optional(),
        status: z.enum(['publish', 'gone']).optional(),
        shown: z.unknown().optional(),
      }),
      z.object({ kind: z.literal('term'), taxonomy: z.enum(['category', 'post_tag']), id }),
      z.object({ kind: z.literal('author'), id }),
      z.object({ kind: z.literal('site') }),
      z.object({ kind: z.literal('addresses') }),
    ]),
  ),
  // Of another form it counts as absent: what changed is then read.
  news: z
    .object({
      site: z.string().min(1).max(100),
      numbers: z.array(z.number().int().positive()).min(1).max(MOST_NUMBERS),
    })
    .optional()
    .catch(undefined),
});

const TAXONOMIES = { category: 'category', post_tag: 'post_tag', tag: 'post_tag' } as const;
const Taxonomy = z.enum(['category', 'post_tag', 'tag']).transform((name) => TAXONOMIES[name]);

/** What other senders write, each as a change. */
const Others = z.union([
  z.object({ postId: id }).transform((body): Change => ({ kind: 'post', id: body.postId })),
  z.object({ post_id: id }).transform((body): Change => ({ kind: 'post', id: body.post_id })),
  z.object({ contentType: z.enum(['post', 'page']), contentId: id }).transform((body): Change => ({
    kind: 'post',
    id: body.contentId,
    page: body.contentType === 'page',
  })),
  z.object({ contentType: Taxonomy, contentId: id }).transform((body): Change => ({
    kind: 'term',
    taxonomy: body.contentType,
    id: body.contentId,
  })),
  z
    .object({ contentType: z.literal('author'), contentId: id })
    .transform((body): Change => ({ kind: 'author', id: body.contentId })),
  // The term is what it was; the post is in it now.
  z
    .object({ object_id: id, term_id: id })
    .transform((body): Change => ({ kind: 'post', id: body.object_id })),
  z
    .object({ term_id: id, taxonomy: Taxonomy })
    .transform((body): Change => ({ kind: 'term', taxonomy: body.taxonomy, id: body.term_id })),
  z.object({ user_id: id }).transform((body): Change => ({ kind: 'author', id: body.user_id })),
]);

/** Reads the hint in a JSON body; undefined if it has none that is understood to the last change. */
export function hintOf(json: unknown): Hint | undefined {
  const told = Told.safeParse(json);
  // The plugin lists nothing where so much has changed that all is to be compared.
  if (told.success && told.data.changes.length > 0) {
    const { changes, news } = told.data;
    const upTo = news && highestOf(news.numbers);
    const hint = changes.map((change): Change => {
      if (change.kind !== 'post') return change;
      const { id, type, slug, modified, status, shown } = change;
      const named = { id, page: type === 'page', slug, modified, gone: status === 'gone' };
      return { kind: 'post', ...named, ...(news && { shown, upTo }) };
    });
    return news ? [...hint, { kind: 'news', ...news }] : hint;
  }
  if (typeof json === 'object' && json !== null && 'changes' in json) return undefined;
  const other = Others.safeParse(json);
  return other.success ? [other.data] : undefined;
}

/** The hint in the paths that a request names: the posts that they may be; undefined for others. */
export function hintOfPaths(paths: string[]): Hint | undefined {
  const changes: Change[] = [];
  for (const path of paths) {
    const clean = withoutTrash(path.replace(/[?#].*$/s, '').replace(/\/$/, ''));
    if (isComputed(clean)) continue;
    if (clean === '' || isAtList(clean) || isPattern(clean)) return undefined;
    const last = clean.split('/').at(-1) ?? '';
    // A number may stand for any post, and so may the query of a file.
    if (/^\d+$|\.php$/.test(last)) return undefined;
    try {
      changes.push({ kind: 'slug', slug: decodeURIComponent(last.replace(/\.html?$/, '')) });
    } catch {
      return undefined;
    }
  }
  return changes.length > 0 ? changes : undefined;
}
