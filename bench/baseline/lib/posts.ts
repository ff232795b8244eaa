/** Reads and parses all posts, for each page anew, as the tutorials do it. */
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export interface Post {
  slug: string;
  title: string;
  date: string;
  summary: string;
  category: string;
  tags: string[];
  body: string;
}

const folder = path.join(process.cwd(), 'posts');

/** All posts, newest first. */
export function getAllPosts(): Post[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.mdx'))
    .map((name) => {
      const text = fs.readFileSync(path.join(folder, name), 'utf8');
      const end = text.indexOf('\n---\n');
      return {
        ...parse(text.slice(4, end + 1)),
        slug: name.replace(/\.mdx$/, ''),
        body: text.slice(end + 5),
      };
    })
    .sort((a, b) => (a.date < b.date ? 1 : -1));
}
