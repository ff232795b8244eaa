/**
 * Copies a blog into the posts folder: what it finds becomes a file of ours, with its pictures beside it and its
 * old addresses as aliases. All is written to a folder aside first, and moved into place at the end.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../message-of';
import { checkAlias } from '../site/redirects';
import { postsOfGhost, postsOfWxr } from './exports';
import { blogIn, filesOf, postIn } from './folders';
import type { Found, FoundPost, LeftOut } from './found';
import { fieldsOf, partsOf, withFields } from './front-matter';
import { replacePictures } from './markdown';

/** How an import is done. */
export interface ImportOptions {
  /** The posts folder. */
  to: string;
  /** Whether what is there already is replaced. */
  force?: boolean;
  /** Is told how many of how many files are done; how many there are in an export is not known. */
  progress?: (done: number, total: number | undefined) => void;
}

/** What an import did. */
export interface ImportReport {
  /** What the blog is made with. */
  make: string;
  /** The names of the files in the posts folder. */
  posts: string[];
  drafts: number;
  leftOut: LeftOut[];
  /** How many pictures were copied, and the addresses of those that were not found, by post. */
  pictures: number;
  missing: { from: string; address: string }[];
  aliases: number;
}

interface Sources {
  make: string;
  statics: string[];
  root: string;
  total?: number;
  found: AsyncIterable<Found>;
}

/** Copies a blog: a folder, or a file that Ghost or WordPress exported. Throws a sentence if nothing could be. */
export async function importBlog(from: string, options: ImportOptions): Promise<ImportReport> {
  const { to, force = false, progress } = options;
  const { make, statics, root, total, found } = await sourcesOf(path.resolve(from));
  await mkdir(to, { recursive: true });
  const aside = await mkdtemp(path.join(to, '.import-'));
  const report: ImportReport = {
    make,
    posts: [],
    drafts: 0,
    leftOut: [],
    pictures: 0,
    missing: [],
    aliases: 0,
  };
  const taken = new Map<string, string>();
  const ready: { staged: string; name: string }[] = [];
  try {
    let done = 0;
    for await (const one of found) {
      progress?.((done += 1), total);
      if ('leftOut' in one) {
        report.leftOut.push(one.leftOut);
        continue;
      }
      // Jekyll's addresses have the day in them, so that its blogs have one title for many days.
      const { day } = one.post;
      const slug =
        day !== undefined && taken.has(one.post.slug) ? `${one.post.slug}-${day}` : one.post.slug;
      const post = { ...one.post, slug };
      const { from: file } = post;
      const twin = taken.get(slug);
      const there = namesOf(slug).find((name) => existsSync(path.join(to, name)));
      const reason =
        twin !== undefined
          ? `has the slug ${slug}, as ${twin} has; rename one of them`
          : there !== undefined && !force
            ? `posts/${there} is there already; --force replaces it`
            : undefined;
      if (reason !== undefined) {
        report.leftOut.push({ from: file, reason });
        continue;
      }
      taken.set(slug, file);
      ready.push(await stage(post, aside, { statics, root }, report));
      if (post.draft) report.drafts += 1;
    }
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw new Error(`Nothing was written: ${messageOf(error)}`, { cause: error });
  }
  try {
    for (const { staged, name } of ready) {
      for (const old of force ? namesOf(name.replace(/\.mdx?$/, '')) : []) {
        await rm(path.join(to, old), { recursive: true, force: true });
      }
      await rename(staged, path.join(to, name));
      report.posts.push(name);
    }
  } catch (error) {
    const moved = `${report.posts.length} of ${ready.length} posts are in ${to}`;
    throw new Error(`${moved}, the others in ${aside}: ${messageOf(error)}`, { cause: error });
  }
  await rm(aside, { recursive: true, force: true });
  return report;
}

/** What a post of this slug may be called in the posts folder. */
const namesOf = (slug: string): string[] => ['.mdx', '.md', ''].map((ending) => slug + ending);

async function sourcesOf(from: string): Promise<Sources> {
  const found = await stat(from).catch(() => undefined);
  if (!found) throw new Error(`There is no ${from}`);
  if (found.isDirectory()) {
    const blog = await blogIn(from);
    const files = await filesOf(blog);
    if (files.length === 0)
      throw new Error(`${from} has no Markdown files in which posts could be`);
    const all = async function* () {
      for (const file of files) yield postIn(file, blog);
    };
    return { ...blog, total: files.length, found: all() };
  }
  const root = path.dirname(from);
  const statics = ['.', 'wp-content', 'public', 'static'].map((name) => path.join(root, name));
  const file = await open(from);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
  await file.close();
  const start = buffer
    .toString('utf8', 0, bytesRead)
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (start.startsWith('<')) return { make: 'WordPress', statics, root, found: postsOfWxr(from) };
  if (start.startsWith('{')) return { make: 'Ghost', statics, root, found: postsOfGhost(from) };
  throw new Error(`${from} is neither a folder, nor an export of Ghost (JSON) or WordPress (XML)`);
}

/** Writes a post aside: a file, or a folder where it has pictures. */
async function stage(
  post: FoundPost,
  aside: string,
  places: Pick<Sources, 'statics' | 'root'>,
  report: ImportReport,
): Promise<{ staged: string; name: string }> {
  const pictures = new Map<string, { file: string; name: string }>();
  const missing = new Set<string>();
  const text = replacePictures(post.text, (address) => {
    if (/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(address)) return address;
    const known = pictures.get(address);
    const file = known?.file ?? fileOfPicture(address, post.folder, places);
    if (file === undefined) {
      missing.add(address);
      return address;
    }
    const name = known?.name ?? freeName(path.basename(file), file, [...pictures.values()]);
    pictures.set(address, { file, name });
    return `./${encodeURI(name)}`;
  });
  const { withAliases, count } = aliased(post, text);
  report.aliases += count;
  report.missing.push(...[...missing].map((address) => ({ from: post.from, address })));

  const files = new Map([...pictures.values()].map(({ name, file }) => [name, file]));
  if (files.size === 0) {
    const name = post.slug + post.ending;
    await writeFile(path.join(aside, name), withAliases);
    return { staged: path.join(aside, name), name };
  }
  const folder = path.join(aside, post.slug);
  await mkdir(folder);
  for (const [name, file] of files) await copyFile(file, path.join(folder, name));
  await writeFile(path.join(folder, `index${post.ending}`), withAliases);
  report.pictures += files.size;
  return { staged: folder, name: post.slug };
}

/** The file of a picture, if it lies in the blog: never one that an address leads to elsewhere. */
function fileOfPicture(
  address: string,
  folder: string,
  { statics, root }: Pick<Sources, 'statics' | 'root'>,
): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(address);
  } catch {
    return undefined;
  }
  const folders = decoded.startsWith('/') ? statics : [folder, ...statics];
  return folders
    .map((one) => path.resolve(one, decoded.replace(/^\/+/, '')))
    .find((file) => file.startsWith(root + path.sep) && existsSync(file));
}

/** A name that no other picture of the post has. */
function freeName(
  name: string,
  file: string,
  others: readonly { file: string; name: string }[],
): string {
  const twin = others.find((other) => other.name === name);
  if (!twin || twin.file === file) return name;
  const { name: bare, ext } = path.parse(name);
  return freeName(`${bare}-2${ext}`, file, others);
}

/** The post's text with its old addresses, as far as they can be aliases and are not its own address. */
function aliased(post: FoundPost, text: string): { withAliases: string; count: number } {
  const parts = partsOf(text);
  if (!parts) return { withAliases: text, count: 0 };
  const fields = fieldsOf(parts);
  const isPage = fields.page === true || fields.layout === 'page';
  const own = isPage ? `/${post.slug}` : `/blog/${post.slug}`;
  const written = [fields.aliases ?? []].flat().map(String);
  const added = post.aliases.filter(
    (alias) =>
      alias !== own &&
      !written.some((one) => one.replace(/\/$/, '') === alias) &&
      checkAlias(alias, { page: isPage }).problem === undefined,
  );
  if (added.length === 0) return { withAliases: text, count: 0 };
  return {
    withAliases: withFields(parts, { aliases: [...written, ...added] }),
    count: added.length,
  };
}
