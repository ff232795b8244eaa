/** `npm run new "Title"`: begins a post, or a standalone page, in the posts folder. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import nextEnv from '@next/env';
import { stringify } from 'yaml';
import { messageOf } from '../lib/message-of';
import { prefixOf, sectionOf } from '../lib/site/languages';
import { pathOfPost, segmentsOf } from '../lib/site/paths';
import { isReserved } from '../lib/site/routes';
import { slugOf } from '../lib/site/slugs';
import { languageIn } from '../lib/source/fields';
import { postsDir, run, today } from './command';
import { Stop } from './stop';

const USAGE = `Begins a post: a file in the posts folder with its title and today's date.

  npm run new -- "Title" [options]

  --draft      visitors do not see it until its line "draft: true" is taken out
  --page       a standalone page, such as /about, in place of a post
  --lang tr    in another language than the site's: below its code, where site.config.mjs has that
  -h, --help   prints this`;

async function main(): Promise<void> {
  const { values, positionals } = argumentsOf();
  if (values.help) return console.log(USAGE);
  const title = positionals.join(' ').trim();
  if (title === '') throw new Stop(`The title is missing.\n\n${USAGE}`, 2);
  const { page, draft, lang } = values;
  const language = languageIn(lang);
  if (lang !== undefined && language === undefined) {
    throw new Stop(`${lang} is no language; write its tag, such as en, de-CH or tr.`, 2);
  }
  const prefix = prefixOf(sectionOf(language));
  const slug = slugOf(title);
  if (slug === '') {
    throw new Stop('The title needs a letter or a digit, of which the address is made.', 2);
  }
  if (page && isReserved(...segmentsOf(`${prefix}/${slug}`))) {
    throw new Stop(`${prefix}/${slug} belongs to the site itself; give the page another title.`, 1);
  }

  nextEnv.loadEnvConfig(process.cwd(), false, { info: () => undefined, error: console.error });
  const folder = path.relative(process.cwd(), postsDir());
  const fileOf = (ending: string) => path.join(folder || '.', slug + ending);
  const taken = ['.md', '.mdx', '.markdown', ''].map(fileOf).find((file) => existsSync(file));
  if (taken !== undefined) {
    throw new Stop(`There is ${taken} already; choose another title, or edit that file.`, 1);
  }
  const file = fileOf('.md');
  const fields = { title, date: today(), lang: language, page, draft };
  const text = `---\n${stringify(fields, { lineWidth: 0 })}---\n\n\n`;
  try {
    await mkdir(folder || '.', { recursive: true });
    // Never over a file that came meanwhile.
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    throw new Stop(`${file} cannot be written: ${messageOf(error)}`, 1);
  }
  const own = pathOfPost({ slug, page: page ?? false });
  const address = `http://localhost:3000${prefix}${own}`;
  console.log(`${file}\n${address} shows it with npm run dev`);
}

function argumentsOf() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        draft: { type: 'boolean' },
        page: { type: 'boolean' },
        lang: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Stop(`${messageOf(error)}\n\n${USAGE}`, 2);
  }
}

await run(main);
