/** `npm run init`: makes the project one's own blog: its name, address, language and colour, and a first post. */
import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs, promisify } from 'node:util';
import nextEnv from '@next/env';
import { createJiti } from 'jiti';
import { stringify } from 'yaml';
import { messageOf } from '../lib/message-of';
import { replaceFile } from '../lib/replace-file';
import { checkSiteConfig } from '../lib/site/check-site-config';
import { readableAccent } from '../lib/site/contrast';
import type { SiteConfig } from '../lib/site/site-config';
import { wordsOf } from '../lib/site/words/words';
import { postsDir, run, today } from './command';
import { Stop } from './stop';

const USAGE = `Makes this project your blog. Asks for what is not given.

  npm run init -- [options]

  --name         how the blog is called
  --description  one sentence about it
  --author       who writes it
  --address      where it will stand, such as https://blog.example.com
  --language     of the posts, such as en, tr or de-CH
  --accent       the colour of links, such as #1c6b45
  --keep-manual  leaves posts/manual where it is
  --yes          asks nothing: what is not given stays as it is
  -h, --help     prints this

It may be run again: what it wrote before is what it proposes.`;

const CONFIG = 'site.config.mjs';
const ENV = '.env.local';
/** The posts of the manual, and the pictures that only they show. */
const MANUAL = ['posts/manual', 'public/manual'];

/** The first post, by language. */
const HELLO: Record<string, { title: string; text: string }> = {
  en: {
    title: 'Hello, world',
    text: 'This is my first post. It is the file {file}; I can change it, or delete it.\n\nThe next one begins with:',
  },
  tr: {
    title: 'Merhaba dünya',
    text: 'Bu benim ilk yazım. Dosyası {file}; değiştirebilir ya da silebilirim.\n\nBir sonraki yazı şöyle başlar:',
  },
  de: {
    title: 'Hallo Welt',
    text: 'Das ist mein erster Beitrag. Er ist die Datei {file}; ich kann sie ändern oder löschen.\n\nDer nächste beginnt so:',
  },
  ar: {
    title: 'مرحبًا بالعالم',
    text: 'هذه أول تدوينة لي. إنها الملف {file}، ويمكنني تعديله أو حذفه.\n\nتبدأ التدوينة التالية هكذا:',
  },
  ja: {
    title: 'はじめまして',
    text: '最初の記事です。ファイルは {file} で、書き換えても消してもかまいません。\n\n次の記事はこう始めます。',
  },
};

/** What the owner decides. */
interface Answers {
  name: string;
  description: string;
  author: string;
  address: string;
  language: string;
  accent: string;
  removesManual: boolean;
}

/** Returns what is wrong with an answer, as a sentence; undefined if nothing is. */
type Check = (answer: string) => string | undefined;

const oneLine: Check = (answer) =>
  /^[^\p{Cc}]*\S[^\p{Cc}]*$/u.test(answer) ? undefined : 'Write one line of text.';
const anyLine: Check = (answer) => (answer === '' ? undefined : oneLine(answer));
const isAddress: Check = (answer) =>
  URL.canParse(answer) &&
  /^https?:$/.test(new URL(answer).protocol) &&
  new URL(answer).href === `${new URL(answer).origin}/`
    ? undefined
    : 'Write an address without a path, such as https://blog.example.com.';
const isLanguage: Check = (answer) => {
  try {
    return Intl.getCanonicalLocales(answer).length === 1 ? undefined : 'Write one language.';
  } catch {
    return 'Write a language by its code, such as en, tr or de-CH.';
  }
};
const isColour: Check = (answer) =>
  /^#[\da-f]{6}$/i.test(answer) ? undefined : 'Write a colour such as #1c6b45.';

async function main(): Promise<void> {
  const { values } = argumentsOf();
  if (values.help) return console.log(USAGE);
  nextEnv.loadEnvConfig(process.cwd(), false, { info: () => undefined, error: console.error });
  if (!existsSync(CONFIG))
    throw new Stop(`There is no ${CONFIG} here; run this in the project.`, 1);
  const text = readFileSync(CONFIG, 'utf8');
  const config = await configIn(CONFIG);
  const answers = await answersOf(values, config);
  if (answers.removesManual) await refuseToLose(MANUAL);

  const next = configWith(text, config, answers);
  await checkText(next, answers);
  const env = envWith(existsSync(ENV) ? readFileSync(ENV, 'utf8') : '', answers.address);
  const done: [file: string, what: string][] = [];
  if (next !== text) replaceFile(CONFIG, next);
  done.push([CONFIG, 'your name, language and colours, and more to set']);
  replaceFile(ENV, env);
  done.push([ENV, 'the address and the secret of purges; git ignores it']);
  if (answers.removesManual) {
    for (const folder of MANUAL) rmSync(folder, { recursive: true, force: true });
    done.push(['posts/manual', 'was removed; git has it still']);
  }
  const first = await writeFirstPost(answers);
  if (first) done.push([first, 'your first post']);

  const width = Math.max(...done.map(([file]) => file.length));
  console.log(
    [
      `${answers.name} is yours:`,
      ...done.map(([file, what]) => `  ${file.padEnd(width)}  ${what}`),
      '',
      'Next:',
      '  npm run dev               shows it at http://localhost:3000',
      '  npm run new "Title"       begins a post',
      '  npm run preview           builds and serves it as visitors get it',
      '  git add -A && git commit -m "Begin a blog"',
    ].join('\n'),
  );
}

/** Asks for what the command line does not say. */
async function answersOf(
  values: ReturnType<typeof argumentsOf>['values'],
  config: SiteConfig,
): Promise<Answers> {
  const asks = !values.yes;
  if (asks && !process.stdin.isTTY) {
    throw new Stop(`Nobody can be asked here: add --yes, and give at least --name.\n\n${USAGE}`, 2);
  }
  const terminal = asks ? createInterface(process.stdin, process.stdout) : undefined;
  // Not by `question`, which loses lines that are pasted at once, and waits for ever at the end of input.
  const lines = terminal?.[Symbol.asyncIterator]();
  const lineFor = async (question: string): Promise<string> => {
    terminal?.setPrompt(question);
    terminal?.prompt();
    const line = await lines?.next();
    if (line === undefined || line.done) throw new Stop('\nNothing was changed.', 1);
    return line.value.trim();
  };
  const ask = async (
    question: string,
    given: string | undefined,
    present: string,
    check: Check,
  ) => {
    if (given !== undefined || !terminal) {
      const answer = (given ?? present).trim();
      const wrong = check(answer);
      if (wrong !== undefined)
        throw new Stop(`${question}: ${JSON.stringify(answer)}. ${wrong}`, 2);
      return answer;
    }
    for (;;) {
      const hint = present === '' ? '' : ` (${present})`;
      const answer = (await lineFor(`${question}${hint}: `)) || present;
      const wrong = check(answer);
      if (wrong === undefined) return answer;
      console.log(`  ${wrong}`);
    }
  };
  try {
    const isNew = existsSync('posts/manual');
    const name = await ask('Name of the blog', values.name, isNew ? '' : config.name, oneLine);
    const description = await ask(
      'One sentence about it',
      values.description,
      isNew ? name : config.description,
      oneLine,
    );
    const author = await ask('Who writes it', values.author, config.author ?? '', anyLine);
    const address = await ask(
      'Its address',
      values.address,
      process.env.SITE_URL || 'http://localhost:3000',
      isAddress,
    );
    const language = await ask('Language', values.language, config.language, isLanguage);
    const { accent: colour } = config.colours;
    const accent = await ask('Colour of links', values.accent, colour.light, isColour);
    const removesManual =
      isNew &&
      !values['keep-manual'] &&
      (!terminal || /^(?:|y|yes)$/i.test(await lineFor('Remove the manual? (yes): ')));
    return {
      ...{ name, description, author, accent: accent.toLowerCase(), removesManual },
      address: new URL(address).origin,
      language: Intl.getCanonicalLocales(language)[0] ?? language,
    };
  } finally {
    terminal?.close();
  }
}

/** Throws if git knows of changes in these folders that it does not have. Without git, nothing is known. */
async function refuseToLose(folders: string[]): Promise<void> {
  const { stdout } = await promisify(execFile)('git', [
    ...['status', '--porcelain', '--', ...folders],
  ]).catch(() => ({ stdout: '' }));
  if (stdout.trim() === '') return;
  throw new Stop(
    `The manual has changes that are not committed, and would be lost:\n${stdout.trimEnd()}\n` +
      'Move them out of its folders, commit them, or add --keep-manual. Nothing was changed.',
    1,
  );
}

/** The text of the configuration with the answers in it, and all else as it was. */
function configWith(text: string, config: SiteConfig, answers: Answers): string {
  const { name, description, author, language } = answers;
  const { topics, search } = wordsOf(language);
  let next = text;
  const put = (member: string, line: RegExp, value: string) => {
    if (!line.test(next)) {
      throw new Stop(`${member} is not found in ${CONFIG}; write it there yourself: ${value}`, 1);
    }
    next = next.replace(line, (_, before: string) => `${before}${value}`);
  };
  if (name !== config.name) put('name', /^( {2}name: ).*?(?=,$)/m, quoted(name));
  if (description !== config.description) {
    put('description', /^( {2}description:\s).*?(?=,$)/m, quoted(description));
    put('tagline', /^( {2}tagline:\s).*?(?=,$)/m, quoted(description));
  }
  if (author !== (config.author ?? '')) {
    const present = /^( {2})(?:\/\/ )?author: .*$/m;
    const value = `author: ${quoted(author)},`;
    if (present.test(next)) put('author', present, author === '' ? `// ${value}` : value);
    else put('author', /^( {2}name: .*,\n {2})/m, `${value}\n  `);
  }
  if (language !== config.language) {
    put('language', /^( {2}language: ).*?(?=,$)/m, quoted(language));
    // What the project brings along; what the owner wrote there stays.
    next = next
      .replace(
        "{ title: 'Topics', href: '/topics' }",
        `{ title: ${quoted(topics)}, href: '/topics' }`,
      )
      .replace(
        "{ title: 'Search', href: '/search' }",
        `{ title: ${quoted(search)}, href: '/search' }`,
      );
  }
  const { light, dark } = config.colours.accent;
  if (answers.accent !== light.toLowerCase() && answers.accent !== dark.toLowerCase()) {
    const shades = readableAccent(answers.accent, config.colours);
    if (!shades) {
      throw new Stop(
        `No shade of ${answers.accent} can be read on the pages; choose another accent.`,
        1,
      );
    }
    const value = `{ light: '${shades.light}', dark: '${shades.dark}' }`;
    put('colours.accent', /^( {4}accent: )\{[^}]*\}(?=,$)/m, value);
  }
  if (answers.removesManual) {
    for (const slug of pagesOfManual()) {
      next = next.replace(new RegExp(`^ *\\{ title: [^\\n]*, href: '/${slug}' \\},\\n`, 'm'), '');
    }
  }
  return next;
}

const quoted = (text: string): string =>
  `'${text.replace(/[\\']/g, '\\$&').replace(/\u2028|\u2029/g, ' ')}'`;

/** The standalone pages of the manual, to which the navigation may lead. */
const pagesOfManual = (): string[] =>
  readdirSync('posts/manual')
    .filter((file) => /^page: true$/m.test(readFileSync(path.join('posts/manual', file), 'utf8')))
    .map((file) => path.parse(file).name);

/** Reads a configuration by its file; throws where it cannot be used. */
async function configIn(file: string): Promise<SiteConfig> {
  try {
    const jiti = createJiti(path.resolve(CONFIG), { moduleCache: false, fsCache: false });
    const { default: config } = await jiti.import<{ default?: unknown }>(path.resolve(file));
    return checkSiteConfig(config);
  } catch (error) {
    throw new Stop(messageOf(error), 1);
  }
}

/** Throws unless the new text is a configuration that says what was answered. */
async function checkText(text: string, { name, language }: Answers): Promise<void> {
  const beside = `${CONFIG}.${process.pid}.mjs`;
  await writeFile(beside, text);
  try {
    const config = await configIn(beside);
    if (config.name !== name || config.language !== language) {
      throw new Stop(`${CONFIG} is written in another way than this can change; edit it.`, 1);
    }
  } finally {
    rmSync(beside, { force: true });
  }
}

/** The variables with the address, and with a secret where there was none. */
function envWith(text: string, address: string): string {
  const line = (name: string) => new RegExp(`^${name}=(.*)$`, 'm');
  const withLine = (all: string, name: string, value: string) =>
    line(name).test(all)
      ? all.replace(line(name), `${name}=${value}`)
      : `${all}${all === '' || all.endsWith('\n') ? '' : '\n'}${name}=${value}\n`;
  const next = withLine(text, 'SITE_URL', address);
  const secret = line('MY_SECRET_TOKEN').exec(next)?.[1]?.trim() ?? '';
  const isSet = secret !== '' || Boolean(process.env.MY_SECRET_TOKEN);
  return isSet ? next : withLine(next, 'MY_SECRET_TOKEN', randomBytes(24).toString('hex'));
}

/** Writes the first post, unless the owner has one already; returns its file. */
async function writeFirstPost({ language }: Answers): Promise<string | undefined> {
  const folder = path.relative(process.cwd(), postsDir()) || '.';
  const present = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
        (name) => /\.(?:mdx|md|markdown)$/i.test(name) && !name.startsWith(`manual${path.sep}`),
      )
    : [];
  if (present.length > 0) return undefined;
  const file = path.join(folder, 'hello-world.md');
  const hello = HELLO[language.split('-')[0] ?? ''] ?? HELLO.en;
  if (!hello) return undefined;
  const head = stringify({ title: hello.title, date: today() }, { lineWidth: 0 });
  const text = hello.text.replace('{file}', `\`${file.split(path.sep).join('/')}\``);
  await mkdir(folder, { recursive: true });
  await writeFile(file, `---\n${head}---\n\n${text}\n\n\`\`\`bash\nnpm run new "…"\n\`\`\`\n`, {
    flag: 'wx',
  });
  return file;
}

function argumentsOf() {
  try {
    return parseArgs({
      options: {
        name: { type: 'string' },
        description: { type: 'string' },
        author: { type: 'string' },
        address: { type: 'string' },
        language: { type: 'string' },
        accent: { type: 'string' },
        'keep-manual': { type: 'boolean' },
        yes: { type: 'boolean', short: 'y' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Stop(`${messageOf(error)}\n\n${USAGE}`, 2);
  }
}

await run(main);
