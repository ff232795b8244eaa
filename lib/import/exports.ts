/** Reads the exports of Ghost (JSON) and of WordPress (WXR), whose posts are HTML. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import sax from 'sax';
import { z } from 'zod';
import { decoded } from '../decoded';
import { slugOf } from '../site/slugs';
import type { Found, FoundPost } from './found';
import { fileOf } from './front-matter';
import { htmlAsMarkdown } from './markdown';
import { cleanPath } from './permalinks';

/** Ghost's export is read whole: more, in bytes, would fill the memory. */
const MOST_JSON_BYTES = 256 * 1024 ** 2;
/** One text of a WXR, in characters. */
const MOST_TEXT = 10 * 1024 ** 2;

/** What the posts of both have, before it is a file. */
interface Exported {
  from: string;
  slug: string;
  title: string;
  date?: string;
  updated?: string;
  summary?: string;
  categories?: string[];
  tags?: string[];
  author?: string;
  image?: string;
  draft: boolean;
  page: boolean;
  aliases: string[];
  html: string;
}

function postOf(exported: Exported, folder: string): Found {
  const { from, slug, title, draft, page, aliases, html, date } = exported;
  if (slug === '') return { leftOut: { from, reason: 'has neither a slug nor a title' } };
  const [category, ...others] = exported.categories ?? [];
  const tags = [...new Set([...others, ...(exported.tags ?? [])])];
  const fields = {
    title: title || slug,
    // A draft may have none.
    date: date ?? new Date().toISOString(),
    updated: exported.updated,
    summary: exported.summary || undefined,
    category,
    tags: tags.length > 0 ? tags : undefined,
    author: exported.author,
    image: exported.image,
    draft: draft || undefined,
    page: page || undefined,
  };
  const written = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  );
  const post: FoundPost = {
    from,
    slug,
    ending: '.md',
    text: fileOf(written, htmlAsMarkdown(html)),
    draft,
    aliases,
    folder,
  };
  return { post };
}

const blank = z.string().nullish();
const Ghost = z.object({
  db: z
    .array(
      z.object({
        data: z.object({
          posts: z.array(
            z.object({
              id: z.union([z.string(), z.number()]).transform(String),
              slug: z.string(),
              title: z.string(),
              html: blank,
              plaintext: blank,
              status: blank,
              type: blank,
              visibility: blank,
              page: z.union([z.boolean(), z.number()]).nullish(),
              published_at: blank,
              updated_at: blank,
              created_at: blank,
              custom_excerpt: blank,
              feature_image: blank,
            }),
          ),
          tags: z
            .array(z.object({ id: z.unknown(), name: z.string(), visibility: blank }))
            .default([]),
          posts_tags: z.array(z.object({ post_id: z.unknown(), tag_id: z.unknown() })).default([]),
          users: z.array(z.object({ id: z.unknown(), name: z.string() })).default([]),
          posts_authors: z
            .array(z.object({ post_id: z.unknown(), author_id: z.unknown() }))
            .default([]),
        }),
      }),
    )
    .min(1),
});

/** The posts of Ghost's export. Throws a sentence if it is none. */
export async function* postsOfGhost(file: string): AsyncGenerator<Found> {
  if ((await stat(file)).size > MOST_JSON_BYTES) {
    throw new Error(`${file} is larger than ${MOST_JSON_BYTES / 1024 ** 2} MB`);
  }
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} is not JSON`, { cause: error });
  }
  const result = Ghost.safeParse(value);
  const data = result.data?.db[0]?.data;
  if (!data) throw new Error(`${file} is not an export of Ghost: it has no db[0].data.posts`);
  const tags = new Map(data.tags.map(({ id, name }) => [String(id), name]));
  const users = new Map(data.users.map(({ id, name }) => [String(id), name]));
  const tagsOf = new Map<string, string[]>();
  for (const { post_id, tag_id } of data.posts_tags) {
    const key = String(post_id);
    tagsOf.set(key, [...(tagsOf.get(key) ?? []), String(tag_id)]);
  }
  const authorsOf = new Map(
    [...data.posts_authors].reverse().map(({ post_id, author_id }) => [String(post_id), author_id]),
  );
  for (const post of data.posts) {
    const from = `${path.basename(file)}: ${post.slug}`;
    if (post.visibility && post.visibility !== 'public') {
      yield { leftOut: { from, reason: `only for ${post.visibility}` } };
      continue;
    }
    if (!post.html && post.plaintext) {
      yield { leftOut: { from, reason: 'has no HTML; export it again from a newer Ghost' } };
      continue;
    }
    const local = (text: string) => text.replace(/__GHOST_URL__/g, '');
    const slug = slugOf(post.slug || post.title);
    yield postOf(
      {
        from,
        slug,
        title: post.title,
        date: isoOf(post.published_at ?? post.created_at),
        updated: isoOf(post.updated_at),
        summary: post.custom_excerpt ?? undefined,
        // Names with a hash are for Ghost itself.
        tags: (tagsOf.get(post.id) ?? []).flatMap((id) => {
          const name = tags.get(id);
          return name === undefined || name.startsWith('#') ? [] : [name];
        }),
        author: users.get(String(authorsOf.get(post.id))),
        image: post.feature_image ? local(post.feature_image) : undefined,
        draft: !['published', 'sent', 'scheduled'].includes(post.status ?? ''),
        page: post.type === 'page' || Boolean(post.page),
        aliases: [`/${slug}`],
        html: local(post.html ?? ''),
      },
      path.dirname(file),
    );
  }
}

/** An item of a WXR: the texts of its elements, and the names of its terms. */
interface WxrItem {
  texts: Map<string, string>;
  categories: string[];
  tags: string[];
}

/**
 * The posts of WordPress's export. Its parser reads in pieces, knows no entities but XML's own five, and opens
 * nothing that the file names.
 */
export async function* postsOfWxr(file: string): AsyncGenerator<Found> {
  const parser = sax.parser(true, { trim: false });
  const items: WxrItem[] = [];
  let item: WxrItem | undefined;
  let text = '';
  let domain = '';
  let isWxr = false;
  let failure: Error | undefined;
  const add = (more: string) => {
    if (text.length + more.length > MOST_TEXT) failure ??= new Error(`${file} has a text too long`);
    else text += more;
  };
  parser.onerror = (error) => {
    failure ??= error;
  };
  parser.onopentag = ({ name, attributes }) => {
    text = '';
    if (name === 'rss') isWxr = Object.keys(attributes).includes('xmlns:wp');
    if (name === 'item') item = { texts: new Map(), categories: [], tags: [] };
    if (name === 'category') domain = String(attributes.domain ?? '');
  };
  parser.ontext = add;
  parser.oncdata = add;
  parser.onclosetag = (name) => {
    if (!item) return;
    if (name === 'item') {
      items.push(item);
      item = undefined;
    } else if (name === 'category') {
      if (domain === 'category') item.categories.push(text.trim());
      if (domain === 'post_tag') item.tags.push(text.trim());
    } else if (!item.texts.has(name)) item.texts.set(name, text);
    text = '';
  };
  for await (const piece of createReadStream(file, 'utf8')) {
    parser.write(String(piece));
    if (failure) throw new Error(`${file} is not well-formed: ${messageOfFirstLine(failure)}`);
    for (const found of items.splice(0)) yield postOfItem(found, file);
  }
  parser.close();
  if (!isWxr) throw new Error(`${file} is not an export of WordPress (WXR)`);
}

const messageOfFirstLine = ({ message }: Error): string =>
  message.split('\n').slice(0, 2).join(', line ');

function postOfItem({ texts, categories, tags }: WxrItem, file: string): Found {
  const of = (name: string) => (texts.get(name) ?? '').trim();
  const type = of('wp:post_type');
  const status = of('wp:status');
  const title = of('title');
  const from = `${path.basename(file)}: ${title || of('link')}`;
  if (type !== 'post' && type !== 'page') {
    return { leftOut: { from, reason: `neither a post nor a page, but ${type || 'of no type'}` } };
  }
  if (['trash', 'auto-draft', 'private', 'inherit'].includes(status)) {
    return { leftOut: { from, reason: `is ${status}` } };
  }
  if (of('wp:post_password') !== '') return { leftOut: { from, reason: 'has a password' } };
  const slug = slugOf(decoded(of('wp:post_name')) || title);
  const link = URL.canParse(of('link')) ? new URL(of('link')) : undefined;
  const isNumbered = !link || link.search !== '';
  return postOf(
    {
      from,
      slug,
      title,
      date: isoOf(of('wp:post_date_gmt')) ?? isoOf(of('wp:post_date')),
      updated: isoOf(of('wp:post_modified_gmt')),
      summary: of('excerpt:encoded').replace(/<[^>]*>/g, ''),
      // What WordPress gives to posts that nobody sorted.
      categories: categories.filter((name) => name !== 'Uncategorized'),
      tags,
      author: of('dc:creator') || undefined,
      draft: status === 'draft' || status === 'pending',
      page: type === 'page',
      aliases: isNumbered ? [] : [cleanPath(decoded(link.pathname))],
      html: texts.get('content:encoded') ?? '',
    },
    path.dirname(file),
  );
}

/** A date of an export, in UTC, as ISO 8601; WordPress writes zeros where there is none. */
function isoOf(written: string | null | undefined): string | undefined {
  if (!written || written.startsWith('0000')) return undefined;
  const text = written.replace(' ', 'T');
  const at = new Date(/Z$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
