/**
 * Writes into the files of a posts folder what is certain: other addresses of posts that were renamed, a title
 * that was only in the file's name, quotes around a value that YAML takes for something else.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from '../replace-file';
import type { Post, Warning } from '../source/post';
import { loadPostsFolder } from '../source/posts-folder';
import { renamedFiles, type Renamed } from '../source/renamed-files';
import { placeOf } from '../source/walk';
import { fieldsOf, partsOf, withFields } from './front-matter';

/** What is to be written into one file. */
interface Fix {
  aliases: string[];
  title?: string;
  /** The lines whose values get quotes, counted from 1. */
  quotes: number[];
}

/** A field in one line, and its value without the blank space around it. */
const FIELD = /^([A-Za-z_][\w-]*:[ \t]+)(\S.*?)([ \t]*\r?)$/;

/** Fixes what is certain, and returns a sentence for each file that it wrote. */
export async function fixPosts(folder: string): Promise<string[]> {
  const { posts, warnings } = await loadPostsFolder(folder);
  const nameOf = ({ file }: { file: string }) => file.slice(path.basename(folder).length + 1);
  const fixes = new Map<string, Fix>();
  const fixOf = (name: string) => {
    const fix = fixes.get(name) ?? { aliases: [], quotes: [] };
    fixes.set(name, fix);
    return fix;
  };
  const byName = new Map(posts.map((post) => [nameOf(post), post]));
  for (const [name, slug] of earlierSlugs(await renamedFiles(folder), byName)) {
    fixOf(name).aliases.push(slug);
  }
  for (const warning of warnings) {
    const post = byName.get(nameOf(warning));
    if (post && warning.kind === 'a post without a title') fixOf(nameOf(post)).title = post.title;
    if (post && isOfQuotes(warning)) fixOf(nameOf(post)).quotes.push(warning.line);
  }
  const said: string[] = [];
  for (const [name, fix] of [...fixes].sort()) {
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8');
    const fixed = fixedText(text, fix);
    if (fixed === undefined || fixed === text) continue;
    replaceFile(file, fixed, `${file}.${process.pid}.tmp`);
    said.push(`${path.basename(folder)}/${name}: ${sentenceOf(fix)}`);
  }
  return said;
}

const isOfQuotes = (warning: Warning): warning is Warning & { line: number } =>
  warning.kind === 'a value without quotes' && warning.line !== undefined;

/** The slugs that posts had by their files' names, where no other post has them, nor do they have them already. */
function earlierSlugs(
  renamed: readonly Renamed[],
  byName: ReadonlyMap<string, Post>,
): [name: string, slug: string][] {
  const taken = new Set([...byName.values()].map(({ slug }) => slug));
  const nextOf = new Map<string, string>();
  const found: [string, string][] = [];
  for (const { from, to } of renamed) {
    // The last rename comes first: an older one leads to where that led.
    const name = nextOf.get(to) ?? to;
    if (!nextOf.has(from)) nextOf.set(from, name);
    const post = byName.get(name);
    const { slug } = placeOf(from);
    if (!post || taken.has(slug) || hasAlias(post, slug)) continue;
    taken.add(slug);
    found.push([name, slug]);
  }
  return found;
}

const hasAlias = ({ aliases = [] }: Post, slug: string): boolean =>
  aliases.some(({ path: alias }) => alias.split('/').at(-1) === encodeURIComponent(slug));

/** The text with what is to be fixed; undefined where there is no front matter to write into. */
function fixedText(text: string, { aliases, title, quotes }: Fix): string | undefined {
  const lines = text.split('\n');
  for (const line of quotes) {
    lines[line - 1] = (lines[line - 1] ?? '').replace(
      FIELD,
      (_, key: string, value: string, end: string) => key + JSON.stringify(value) + end,
    );
  }
  const parts = partsOf(lines.join('\n'));
  if (!parts) return undefined;
  const { aliases: before } = fieldsOf(parts);
  const all = [...(Array.isArray(before) ? before : before ? [before] : []), ...aliases];
  return withFields(parts, { title, aliases: aliases.length > 0 ? all : undefined });
}

const sentenceOf = ({ aliases, title, quotes }: Fix): string =>
  [
    ...(aliases.length > 0 ? [`aliases: ${aliases.join(', ')}`] : []),
    ...(title === undefined ? [] : [`title: ${title}`]),
    ...(quotes.length > 0 ? [`quotes in line ${quotes.join(', ')}`] : []),
  ].join('; ');
