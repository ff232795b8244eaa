/** Finds the posts of a blog that is a folder of Markdown files, of Jekyll, Hugo, Eleventy, Astro or others. */
import { existsSync } from 'node:fs';
import { opendir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { messageOf } from '../message-of';
import { slugOf } from '../site/slugs';
import { MOST_BYTES } from '../source/text-file';
import type { Found } from './found';
import { fieldsOf, isRecord, partsOf, withFields } from './front-matter';
import { withoutLiquid } from './markdown';
import { cleanPath, jekyllForm, permalinkOf } from './permalinks';

/** The makes of blogs that are told apart. */
export type Make = 'Jekyll' | 'Hugo' | 'Eleventy' | 'Astro' | 'Markdown';

/** A blog in a folder. */
export interface Blog {
  make: Make;
  root: string;
  /** Where its posts are. */
  folders: string[];
  /** Where addresses that begin with a slash have their files. */
  statics: string[];
  /** The form of its addresses, by the section of the post; that of the others by an empty name. */
  forms: ReadonlyMap<string, string>;
}

const NO_CONTENT = new Set(['node_modules', '_site', 'public', 'dist', 'vendor', 'themes']);
const NO_POST = /^(?:readme|changelog|contributing|license|code_of_conduct|_index|404)\.mdx?$/i;
const ENDING = /\.(md|mdx|markdown)$/i;
const DATED = /^\d{4}-\d{1,2}-\d{1,2}[-_ ]+(?=.)/;

/** Where others have their posts, in the order in which they are looked for. */
const USUAL = [
  ...['_posts', 'content/posts', 'content/post', 'content/blog', 'src/content/blog', 'src/content'],
  ...['src/posts', 'src/blog', 'data/blog', 'posts', 'blog', 'source/_posts', 'content'],
];

/** Tells what a folder is. */
export async function blogIn(root: string): Promise<Blog> {
  const has = (...names: string[]) => names.find((name) => existsSync(path.join(root, name)));
  const statics = ['static', 'public', 'source', 'src', 'src/assets', 'assets', '']
    .map((name) => path.join(root, name))
    .filter((folder) => existsSync(folder));
  const usual = has(...USUAL) ?? '';
  const blog = {
    root,
    statics,
    forms: new Map<string, string>(),
    folders: [path.join(root, usual)],
  };

  const jekyll = has('_config.yml', '_config.yaml');
  if ((jekyll !== undefined || has('_posts')) && !has('source/_posts')) {
    const config = jekyll === undefined ? {} : await configOf(path.join(root, jekyll));
    const forms = new Map([['', jekyllForm(config.permalink)]]);
    return { ...blog, make: 'Jekyll', folders: [root], forms };
  }
  const hugo = has(
    ...['hugo', 'config', 'config/_default/hugo', 'config/_default/config'].flatMap((name) =>
      ['toml', 'yaml', 'yml', 'json'].map((ending) => `${name}.${ending}`),
    ),
  );
  if (hugo !== undefined && has('content')) {
    const { permalinks } = await configOf(path.join(root, hugo));
    const forms = new Map([['', '/:sections/:slug']]);
    const ofPages =
      isRecord(permalinks) && isRecord(permalinks.page) ? permalinks.page : permalinks;
    for (const [section, form] of Object.entries(isRecord(ofPages) ? ofPages : {})) {
      if (typeof form === 'string') forms.set(section, form);
    }
    return { ...blog, make: 'Hugo', folders: [path.join(root, 'content')], forms };
  }
  if (has('astro.config.mjs', 'astro.config.ts', 'astro.config.js')) {
    return { ...blog, make: 'Astro' };
  }
  if (has('.eleventy.js', 'eleventy.config.js', 'eleventy.config.mjs', 'eleventy.config.cjs')) {
    return {
      ...blog,
      make: 'Eleventy',
      forms: new Map([['', `/${path.basename(usual)}/:sections/:slug`]]),
    };
  }
  return { ...blog, make: 'Markdown' };
}

/** The settings of a blog. Throws a sentence if they cannot be read. */
async function configOf(file: string): Promise<Record<string, unknown>> {
  try {
    const text = await readFile(file, 'utf8');
    const value: unknown = file.endsWith('.toml') ? parseToml(text) : parseYaml(text);
    return isRecord(value) ? value : {};
  } catch (error) {
    throw new Error(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** The files of a blog that may be posts, in the order of their names. */
export async function filesOf({ folders, make }: Blog): Promise<string[]> {
  const files: string[] = [];
  for (const folder of folders) {
    for await (const file of walk(folder)) {
      const below = path.relative(folder, file).split(path.sep);
      // Of Jekyll's other files those at the top may be pages.
      const isPlace =
        make !== 'Jekyll' ||
        below.length === 1 ||
        below.some((part) => part === '_posts' || part === '_drafts');
      if (isPlace && ENDING.test(file)) files.push(file);
    }
  }
  return files.sort();
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of await opendir(folder)) {
    if (entry.name.startsWith('.')) continue;
    const whole = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!NO_CONTENT.has(entry.name)) yield* walk(whole);
    } else if (entry.isFile()) yield whole;
  }
}

/** What one file of a blog is. */
export async function postIn(file: string, blog: Blog): Promise<Found> {
  const from = path.relative(blog.root, file);
  const no = (reason: string): Found => ({ leftOut: { from, reason } });
  if (NO_POST.test(path.basename(file))) return no('no post by its name');
  if ((await stat(file)).size > MOST_BYTES) return no('longer than a post can be');
  let source: string;
  try {
    source = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch {
    return no('not in UTF-8; save it in that encoding');
  }
  const parts = partsOf(source);
  if (!parts) return no('without front matter: a line ---, the fields, and again a line ---');
  let fields: Record<string, unknown>;
  try {
    fields = fieldsOf(parts);
  } catch (error) {
    return no(`its front matter cannot be read: ${messageOf(error)}`);
  }
  return postOf(file, from, parts, fields, blog);
}

function postOf(
  file: string,
  from: string,
  parts: NonNullable<ReturnType<typeof partsOf>>,
  fields: Record<string, unknown>,
  { make, forms, folders, root }: Blog,
): Found {
  const bare = path.basename(file).replace(ENDING, '');
  const isIndex = bare.toLowerCase() === 'index';
  const folder = path.dirname(file);
  const name = isIndex ? path.basename(folder) : bare;
  const ofName = DATED.test(name) ? dayIn(name) : undefined;
  const slug = slugOf(textIn(fields.slug)?.split('/').pop() ?? name.replace(DATED, ''));
  if (slug === '') return { leftOut: { from, reason: 'its name has neither letter nor digit' } };

  const base = folders.find((one) => file.startsWith(one + path.sep)) ?? root;
  const sections = path
    .relative(base, isIndex ? path.dirname(folder) : folder)
    .split(path.sep)
    .filter((part) => part !== '' && !part.startsWith('_') && part !== '..');
  const isPage = make === 'Jekyll' && path.relative(root, file) === path.basename(file);
  const isDraft = from.split(path.sep).includes('_drafts') || undefined;
  const day = dayIn(fields.date) ?? ofName;
  const categories = [fields.categories ?? fields.category].flat().flatMap((one) => {
    const words = textIn(one);
    return words === undefined ? [] : fields.categories === one ? words.split(/\s+/) : [words];
  });
  const form = isPage ? '/:slug' : (forms.get(sections[0] ?? '') ?? forms.get(''));
  const ofForm = form && permalinkOf(form, { slug, day, categories, sections });
  // A permalink of its own is an alias as it is written.
  const url = textIn(fields.url);
  const alias = url === undefined ? ofForm : cleanPath(url);
  const hasOwn = textIn(fields.permalink) !== undefined || alias === undefined;

  const isLiquid = make === 'Jekyll' || make === 'Eleventy';
  const body = isLiquid ? withoutLiquid(parts.body, slugOfFile) : parts.body;
  const added = {
    date: fields.date === undefined ? ofName : undefined,
    draft: fields.draft === undefined ? isDraft : undefined,
    page: isPage && fields.page === undefined ? true : undefined,
  };
  return {
    post: {
      from,
      slug,
      ...(ofName !== undefined && { day: ofName }),
      ending: file.toLowerCase().endsWith('.mdx') ? '.mdx' : '.md',
      text: withFields({ ...parts, body }, added),
      draft: isDraft === true || fields.draft === true || fields.published === false,
      aliases: hasOwn ? [] : [alias],
      folder,
    },
  };
}

/** The slug of the post that `{% post_url %}` names. */
const slugOfFile = (name: string): string =>
  slugOf(path.basename(name).replace(ENDING, '').replace(DATED, ''));

const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/** The day with which a name, or a date of front matter, begins. */
function dayIn(value: unknown): string | undefined {
  const text = value instanceof Date ? value.toISOString() : textIn(value);
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text ?? '') ?? [];
  return year === '' ? undefined : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}
