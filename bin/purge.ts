/**
 * `npm run purge`: has pages of a running site regenerated, by a person or by cron. It is a caller of
 * `/api/revalidate` like any other, and knows nothing that the endpoint does not tell.
 */
import { parseArgs } from 'node:util';
import nextEnv from '@next/env';
import { Presets, SingleBar } from 'cli-progress';
import type { PageReport, PurgeReport } from '../lib/purge/report';
import { historyOf, limitIn } from './purge-history';
import { FAILED, openSite, refusal, WRONG_USE } from './purge-site';
import { Stop } from './stop';

/** What a call of the endpoint names. */
interface Call {
  paths?: string[];
  tags?: string[];
  changed?: boolean;
  dryRun?: boolean;
  confirm?: 'removals';
}

/** Calls the endpoint. */
type Ask = (call: Call) => Promise<PurgeReport>;

const USAGE = `Regenerates pages of a running site, and says what became of each.

  npm run purge -- [path or pattern]... [options]

A path is a page, such as /blog/my-post; whatever else changed is regenerated with it. A pattern is
a route or a prefix, such as '/blog/[slug]' or '/blog/*'; it and a tag mean exactly their pages.

  --tag TAG     the pages that show this content: posts, post:my-post, category:news, tag:css,
                author:jane, page:about; may be repeated
  --changed     the pages whose content changed
  --all         every page of the site: the pattern '/*'
  --dry-run     regenerates nothing: says which pages it would, and why
  --confirm-removals
                lets most posts go, where the site asks whether they are meant to be gone
  --history     regenerates nothing: the last purges, and who called for them
  --why PATH    the last purges that a page was in, with the reason, and who called for them
  --limit N     so many of them, 200 at most (default: 20)
  --url URL     the address of the site (default: SITE_URL, else http://localhost:3000)
  --json        prints the report, or the history, as JSON
  -h, --help    prints this

The secret is the MY_SECRET_TOKEN of the environment, else of .env.local or .env in this folder.

  npm run purge -- /blog/my-post
  npm run purge -- --tag post:my-post --dry-run
  npm run --silent purge -- --changed --json
  npm run purge -- --why /blog/my-post

Exit status: 0 every page is fresh, or planned with --dry-run; 1 a page failed or never was one of
this site, or the site failed; 2 wrong use; 3 the secret is missing, or was refused.`;

const EVERY_PAGE = '/*';
/** Paths in one call: few enough to be answered long before a proxy, or fetch, stops waiting. */
const PORTION = 50;

function readCommand(args: string[]) {
  const set = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  const tag = { ...text, multiple: true } as const;
  const help = { ...set, short: 'h' };
  const flags = { changed: set, all: set, 'dry-run': set, 'confirm-removals': set, json: set };
  const ofHistory = { history: set, why: text, limit: text };
  const options = { tag, url: text, ...flags, ...ofHistory, help };
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const history = historyIn(values, positionals);

  const paths = [...positionals, ...(values.all ? [EVERY_PAGE] : [])];
  const { tag: tags = [] } = values;
  // All pages are all that changed, too; only a call for those tells of a post that has no page
  // because it cannot be read.
  const names = [...paths, ...tags];
  const confirms = values['confirm-removals'];
  const changed = Boolean(values.changed || values.all || (confirms && names.length === 0));
  // The endpoint skips an empty name, and where nothing else is named purges whatever changed.
  if (names.some((name) => name.trim() === '')) {
    throw new Stop('A path or tag is empty: write one, or leave it out.', WRONG_USE);
  }
  if (names.length === 0 && !changed && !values.help && !history) {
    const what = 'a path, --tag, --changed or --all; npm wants a -- before all options';
    throw new Stop(`Name what to regenerate: ${what}.`, WRONG_USE);
  }
  const confirm: Call['confirm'] = confirms ? 'removals' : undefined;
  return { ...values, targets: { paths, tags, changed }, confirm, history };
}

/** What is asked of the history, if anything. Purges do something, so they are not mixed with it. */
function historyIn(
  values: { [option: string]: unknown; why?: string; limit?: string; json?: boolean },
  names: string[],
) {
  const { why, limit, json } = values;
  if (!values.history && why === undefined) {
    if (limit === undefined) return undefined;
    throw new Stop('--limit goes with --history or --why.', WRONG_USE);
  }
  const others = ['tag', 'changed', 'all', 'dry-run', 'confirm-removals'];
  if (names.length > 0 || others.some((option) => values[option] !== undefined)) {
    throw new Stop('--history and --why regenerate nothing: name no pages beside them.', WRONG_USE);
  }
  return { why, limit: limitIn(limit), json };
}

/** The endpoint of a site; each call confirms `confirm`. */
function endpointOf(site: string, secret: string | undefined, confirm: Call['confirm']): Ask {
  const call = openSite(site, secret);
  return async (asked) => {
    const called = await call('/api/revalidate', { ...asked, confirm });
    const { status, answer } = called;
    // With pages, a 500 is a report of which ones failed.
    if (isReport(answer) && (status === 200 || answer.pages.length > 0)) return answer;
    if (answer?.confirm === 'removals') throw unconfirmed(site, answer.message ?? '');
    throw refusal(site, called);
  };
}

const isReport = (answer: object | undefined): answer is PurgeReport =>
  answer !== undefined && 'pages' in answer && Array.isArray(answer.pages);

function unconfirmed(site: string, message: string): Stop {
  const advice = 'If they are meant to be gone: npm run purge -- --changed --confirm-removals';
  return new Stop(`${site} removed nothing: ${withoutStop(message)}. ${advice}`, FAILED);
}

const withoutStop = (sentence: string) => sentence.replace(/\.$/, '');

/** Yields what became of the pages of a plan, as the site answers. */
async function* purge(
  ask: Ask,
  targets: { paths: string[]; tags: string[]; changed: boolean },
  { pages: planned, ignored = [], alwaysFresh = [] }: PurgeReport,
): AsyncGenerator<PageReport[]> {
  const none = new Set([...ignored, ...alwaysFresh]);
  const isPage = (path: string) => !/[[\]*]/.test(path) && !none.has(path);
  // A call that names pages regenerates whatever changed with them. So a plan without that cannot be
  // carried out page by page, and one of nothing but that need not be.
  const left = new Set(planned.map(({ path }) => path));
  if (left.size === 0 || !targets.paths.some((path) => path === EVERY_PAGE || isPage(path))) {
    yield resultsIn(await ask(targets));
    return;
  }
  while (left.size > 0) {
    const paths = [...left].slice(0, PORTION);
    const pages = resultsIn(await ask({ paths }));
    for (const { path } of pages) left.delete(path);
    yield [...pages, ...paths.filter((path) => left.delete(path)).map(unanswered)];
  }
  // Tells of what changed, or broke, since the plan was made.
  if (targets.changed) yield resultsIn(await ask({ changed: true }));
}

const resultsIn = ({ pages }: Pick<PurgeReport, 'pages'>): PageReport[] =>
  pages.flatMap((page) => ('result' in page ? [page] : []));

function unanswered(path: string): PageReport {
  const error = 'The site left it out of its answer: try again';
  return { path, result: 'failed', because: ['named'], ms: 0, error };
}

function lineOf(page: PurgeReport['pages'][number]): string {
  if (!('result' in page)) return `planned      ${page.path}  ${page.because.join(', ')}`;
  const { path, result, ms, because, error = '' } = page;
  const cells = [result.padEnd(11), path, `${ms} ms`, because.join(', ')];
  return [...cells, error.replace(/\s+/g, ' ')].join('  ').trimEnd();
}

function summaryOf({ dryRun, pages, alwaysFresh, ms }: PurgeReport, changed: boolean): string {
  const count = pages.length === 1 ? '1 page' : `${pages.length} pages`;
  if (pages.length > 0) return dryRun ? `${count} to regenerate.` : `${count} fresh, in ${ms} ms.`;
  const isExpected = changed || alwaysFresh;
  return `Everything is fresh${isExpected ? '.' : ': no page shows what you named.'}`;
}

function progressBar(total: number): SingleBar {
  const format = '{bar} {value} of {total} pages, {duration_formatted}';
  // Lines wrap as ever, so that an interrupted command leaves the terminal as it was.
  const options = { format, stream: process.stdout, linewrap: true };
  const bar = new SingleBar(options, Presets.shades_classic);
  bar.start(total, 0);
  return bar;
}

const siteOf = (url: string | undefined): string =>
  url ?? (process.env.SITE_URL || 'http://localhost:3000');

/** Plans, purges, and shows each page as it is done. `done` gets what became of the pages so far. */
async function run(
  { targets, confirm, url, json, 'dry-run': dryRun }: ReturnType<typeof readCommand>,
  done: Map<string, PageReport>,
): Promise<PurgeReport> {
  const started = performance.now();
  const site = siteOf(url);
  const ask = endpointOf(site, process.env.MY_SECRET_TOKEN, confirm);
  const plan = await ask({ ...targets, dryRun: true });
  const { unchanged, ignored, alwaysFresh } = plan;
  for (const path of ignored ?? []) warn(`${path} is no page of this site, and is left out.`);
  for (const path of json ? [] : (alwaysFresh ?? [])) say(`always fresh  ${path}`);
  if (dryRun && !json) plan.pages.map(lineOf).forEach(say);
  if (dryRun) return plan;

  const because = new Map(plan.pages.map((page) => [page.path, page.because]));
  const hasBar = process.stdout.isTTY && !json && because.size > 0;
  const bar = hasBar ? progressBar(because.size) : undefined;
  try {
    for await (const pages of purge(ask, targets, plan)) {
      for (const page of pages) {
        const known = { ...page, because: because.get(page.path) ?? page.because };
        // A page that failed is tried again by each call that regenerates whatever changed.
        const isNews = done.get(page.path)?.result !== page.result;
        if (isNews && !bar && !json) say(lineOf(known));
        done.set(page.path, known);
      }
      bar?.setTotal(Math.max(because.size, done.size));
      bar?.update(done.size);
    }
  } finally {
    bar?.stop();
  }
  const pages = [...done.values()];
  const failed = pages.filter(({ result }) => result === 'failed');
  if (bar) failed.map(lineOf).forEach(say);
  const message = failed[0] && `${failed[0].path}: ${failed[0].error}`;
  const ms = Math.round(performance.now() - started);
  return { revalidated: failed.length === 0, message, pages, unchanged, ignored, alwaysFresh, ms };
}

/** The pages that the site never had. */
const absentIn = ({ pages }: Pick<PurgeReport, 'pages'>) =>
  resultsIn({ pages }).filter(({ result }) => result === 'absent');

async function main(args: string[]): Promise<void> {
  const command = readCommand(args);
  if (command.help) return say(USAGE);
  if (command.history) {
    const site = siteOf(command.url);
    const call = openSite(site, process.env.MY_SECRET_TOKEN);
    return (await historyOf(site, call, command.history)).forEach(say);
  }
  const done = new Map<string, PageReport>();
  try {
    const report = await run(command, done);
    const absent = absentIn(report);
    if (command.json) say(JSON.stringify(report, null, 2));
    else if (!report.message && absent.length === 0)
      say(summaryOf(report, command.targets.changed));
    for (const { path } of absent) {
      warn(`${path} is not a page of this site and never was: check the spelling.`);
    }
    if (absent.length > 0) process.exitCode = FAILED;
    if (!report.message) return;
  } catch (error) {
    const report = { revalidated: false, message: messageOf(error), pages: [...done.values()] };
    if (command.json) say(JSON.stringify(report, null, 2));
    throw error;
  }
  const advice = 'Visitors keep the last good pages: fix what is named above, and try again.';
  throw new Stop(`Not every page could be regenerated. ${advice}`, FAILED);
}

const messageOf = (error: unknown) => (error instanceof Error && error.message) || String(error);

function withoutSecret(text: string): string {
  const secret = process.env.MY_SECRET_TOKEN;
  if (!secret) return text;
  const forms = [secret, JSON.stringify(secret).slice(1, -1)];
  return forms.reduce((rest, form) => rest.replaceAll(form, '[secret]'), text);
}

const say = (text: string) => console.log(withoutSecret(text));
const warn = (text: string) => console.error(withoutSecret(text));

nextEnv.loadEnvConfig(process.cwd(), false, { info: () => undefined, error: console.error });
try {
  await main(process.argv.slice(2));
} catch (error) {
  const isUnparsed = String(Object(error).code).startsWith('ERR_PARSE_ARGS');
  const status = error instanceof Stop ? error.status : isUnparsed ? WRONG_USE : FAILED;
  warn(messageOf(error) + (status === WRONG_USE ? '\nSee: npm run purge -- --help' : ''));
  process.exitCode = status;
}
