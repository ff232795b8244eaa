/** `npm run import`: copies a blog into the posts folder. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import nextEnv from '@next/env';
import { Presets, SingleBar } from 'cli-progress';
import { environment } from '../lib/config';
import { importBlog, type ImportReport } from '../lib/import/import';
import { messageOf } from '../lib/message-of';

const USAGE = `Copies a blog into the posts folder.

  npm run import -- <folder or file> [--force]

A folder is a blog of Jekyll, Hugo, Eleventy, Astro or any other that is made of Markdown files; a file
is what Ghost (JSON) or WordPress (XML) exports. Each post becomes posts/<slug>.md, or posts/<slug>/ with
its pictures, and its old address an alias.

  --force      replaces posts that are there already
  -h, --help   prints this`;

/** Lines of one kind in the report. */
const MOST_LINES = 20;

async function main(): Promise<number> {
  let args;
  try {
    args = parseArgs({
      allowPositionals: true,
      options: { force: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${USAGE}`);
    return 2;
  }
  const { values, positionals } = args;
  const [from] = positionals;
  if (values.help || from === undefined || positionals.length > 1) {
    (values.help ? console.log : console.error)(USAGE);
    return values.help ? 0 : 2;
  }
  nextEnv.loadEnvConfig(process.cwd(), false, { info: () => undefined, error: console.error });
  const bar = process.stdout.isTTY
    ? new SingleBar(
        { format: '{bar} {value} of {total} files', linewrap: true },
        Presets.shades_classic,
      )
    : undefined;
  try {
    const report = await importBlog(from, {
      to: environment().postsDir ?? path.resolve('posts'),
      force: values.force,
      progress: (done, total = done) => {
        if (done === 1) bar?.start(total, done);
        else bar?.setTotal(total);
        bar?.update(done);
      },
    });
    bar?.stop();
    console.log(textOf(report));
    return report.posts.length > 0 ? 0 : 1;
  } catch (error) {
    bar?.stop();
    console.error(messageOf(error));
    return 1;
  }
}

function textOf({
  make,
  posts,
  drafts,
  leftOut,
  pictures,
  missing,
  aliases,
}: ImportReport): string {
  const lines = [
    `Taken from ${make}: ${count(posts.length, 'post')}, of which ${count(drafts, 'draft')}; ` +
      `${count(pictures, 'picture')}; ${count(aliases, 'old address', 'old addresses')} as aliases.`,
    ...listed(
      `Left out: ${count(leftOut.length, 'file')}`,
      leftOut.map(({ from, reason }) => `${from}: ${reason}`),
    ),
    ...listed(
      `Not found: ${count(missing.length, 'picture')}`,
      missing.map(({ from, address }) => `${from}: ${address}`),
    ),
  ];
  return lines.join('\n');
}

const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

function listed(heading: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - MOST_LINES;
  return [
    '',
    heading,
    ...lines.slice(0, MOST_LINES).map((line) => `  ${line}`),
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
  ];
}

process.exitCode = await main();
