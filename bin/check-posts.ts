/**
 * `npm run check:posts`: reads a folder of posts as a build does, renders each, and says all that is wrong in
 * one table, with how many posts are published. Builds and starts nothing, and changes nothing without `--fix`.
 */
import path from 'node:path';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import nextEnv from '@next/env';
import { Presets, SingleBar } from 'cli-progress';
import { createJiti } from 'jiti';
import { environment } from '../lib/config';
import { fixPosts } from '../lib/import/fix-posts';
import { countOf } from '../lib/count-of';
import { countsByKind, filesIn, problemTable } from '../lib/content/problem-table';
import { loadPostsFolder } from '../lib/source/posts-folder';
import { messageOf } from '../lib/message-of';
import type { Problem, Warning } from '../lib/source/post';

const USAGE = `Says all that is wrong with a folder of posts, in one table.

  npm run check:posts -- [folder]... [options]

  folder        default: POSTS_DIR, else posts; of several each gets a row of one table
  --fix         writes what is certain: titles that stand in the text, and aliases for posts that
                were renamed, by git's word or by their text
  --all         every row; without it ten of each kind
  --no-warnings only what keeps a post off the site
  --json        prints it as JSON
  -h, --help    prints this

Exit status: 0 every post is published or a draft; 1 some cannot be used; 2 wrong use.`;

/** Rows of one kind, where there are hundreds. */
const ROWS = 10;

const FAILED = 1;
const WRONG_USE = 2;

/** What came of a check. */
interface Checked {
  posts: number;
  published: number;
  drafts: number;
  problems: Problem[];
  warnings: Warning[];
}

async function check(folder: string): Promise<Checked> {
  const { posts, problems, warnings } = await loadPostsFolder(folder);
  // Components are written in JSX; what they throw has to be known to the bodies, so both are loaded by one.
  const jiti = createJiti(import.meta.url, { jsx: { runtime: 'automatic' } });
  const { Bodies } = await jiti.import<typeof import('../lib/body/body')>('../lib/body/body.ts');
  const { mdxComponents } = await jiti.import<typeof import('../components/mdx-components')>(
    '../components/mdx-components.tsx',
  );
  // The table has them.
  const bodies = new Bodies(mdxComponents, undefined, { say: () => undefined });
  const progress = new SingleBar(
    {
      format: ' {bar} {value} of {total} posts',
      stream: process.stderr,
      noTTYOutput: false,
    },
    Presets.shades_classic,
  );
  if (process.stderr.isTTY) progress.start(posts.length, 0);
  const ofBodies: Problem[] = [];
  const warningsOfBodies: Warning[] = [];
  for (const post of posts) {
    await yieldToEventLoop();
    const problem = await bodies.check(post);
    // A draft is shown nowhere, and may be unfinished.
    if (problem && !post.draft) ofBodies.push(problem);
    const { file, slug, page } = post;
    const ofBody = problem ? [] : bodies.warningsOf(post);
    warningsOfBodies.push(...ofBody.map((warning) => ({ file, slug, page, ...warning })));
    progress.increment();
  }
  progress.stop();
  const failed = filesIn(ofBodies);
  const drafts = posts.filter(({ draft }) => draft).length;
  return {
    posts: posts.length + filesIn(problems).size,
    published: posts.filter(({ draft, file }) => !draft && !failed.has(file)).length,
    drafts,
    problems: [...problems, ...ofBodies],
    warnings: [...warnings, ...warningsOfBodies],
  };
}

/** A row for each of several folders: what became of its posts, and what keeps the others off the site. */
function printRows(rows: readonly (Checked & { folder: string })[]): void {
  console.log('| folder | posts | published | drafts | % | what keeps the others off |');
  console.log('|---|---|---|---|---|---|');
  for (const { folder, posts, published, drafts, problems } of rows) {
    const share = posts > 0 ? (((published + drafts) / posts) * 100).toFixed(1) : '–';
    const kinds = countsByKind(problems).map(([kind, count]) => `${kind}: ${count}`);
    const name = path.basename(path.resolve(folder));
    console.log(
      `| ${name} | ${posts} | ${published} | ${drafts} | ${share} | ${kinds.join('; ')} |`,
    );
  }
}

/** What a folder's table says, and above it how many posts are published. */
function print({ posts, published, drafts, problems, warnings }: Checked, most: number): void {
  const left = filesIn(problems).size;
  console.log(
    `${countOf(posts, 'post')}: ${published.toLocaleString('en')} published` +
      `${drafts > 0 ? `, ${countOf(drafts, 'draft')}` : ''}` +
      `${left > 0 ? `, ${left.toLocaleString('en')} that cannot be used` : ''}.`,
  );
  if (left > 0)
    console.log(
      ['', 'What keeps posts off the site:', '', ...problemTable(problems, { most })].join('\n'),
    );
  if (warnings.length > 0) {
    console.log(
      [
        '',
        'What posts are shown without, or otherwise:',
        '',
        ...problemTable(warnings, { most }),
      ].join('\n'),
    );
  }
  if (most < Infinity && [problems, warnings].some((found) => found.length > most)) {
    console.log('All rows: npm run check:posts -- --all');
  }
}

async function main(args: string[]): Promise<number> {
  const flag = { type: 'boolean' } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      fix: flag,
      all: flag,
      'no-warnings': flag,
      json: flag,
      help: { ...flag, short: 'h' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  nextEnv.loadEnvConfig(process.cwd(), false, {
    info: () => undefined,
    error: console.error,
  });
  const { postsDir } = environment();
  const folders = positionals.length === 0 && postsDir !== undefined ? [postsDir] : positionals;
  if (folders.length === 0) {
    console.error('Name a folder of posts: npm run check:posts -- posts');
    return WRONG_USE;
  }
  const rows: (Checked & { folder: string })[] = [];
  for (const folder of folders) {
    if (values.fix) for (const line of await fixPosts(folder)) console.log(line);
    const checked = await check(folder);
    rows.push({
      folder,
      ...checked,
      warnings: values['no-warnings'] ? [] : checked.warnings,
    });
  }
  const [first] = rows;
  if (values.json) console.log(JSON.stringify(rows, undefined, 2));
  else if (first && rows.length === 1) print(first, values.all ? Infinity : ROWS);
  else printRows(rows);
  return rows.some(({ problems }) => problems.length > 0) ? FAILED : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = WRONG_USE;
}
