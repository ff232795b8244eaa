/**
 * `npm run purge`: has pages of a running site regenerated, by a person or by cron. It is a caller of
 * `/api/revalidate` like any other, and knows nothing that the endpoint does not tell.
 */
import { parseArgs } from 'node:util';
import nextEnv from '@next/env';
import { Presets, SingleBar } from 'cli-progress';

/** @typedef {import('./lib/purge').PurgeReport} Report */
/** @typedef {Report['pages'][number]} Page */
/** @typedef {{ paths: string[], tags: string[], changed: boolean }} Targets */
/** @typedef {(body: Partial<Targets> & { dryRun?: boolean }) => Promise<Report>} Ask */

const USAGE = `Regenerates pages of a running site, and says what became of each.

  npm run purge -- [path or pattern]... [options]

A path is a page, such as /blog/my-post; whatever else changed is regenerated with it. A pattern
is a route or a prefix, such as '/blog/[slug]' or '/blog/*'; a pattern or a tag has exactly its
pages regenerated.

  --tag TAG     the pages that show this content: posts, post:my-post, category:news, tag:css,
                page:about; may be repeated
  --changed     the pages whose content changed, and no other
  --all         every page of the site: the pattern '/*'
  --dry-run     only says which pages, and why
  --url URL     the address of the site (SITE_URL, else http://localhost:3000)
  --json        prints the endpoint's report as JSON
  -h, --help    prints this

The secret is the site's own MY_SECRET_TOKEN, from the environment, .env.local or .env.

  npm run purge -- /blog/my-post
  npm run purge -- --tag post:my-post --dry-run
  npm run --silent purge -- --changed --json

Exit status: 0 every page is fresh, or was planned with --dry-run; 1 a page failed, or the site
did; 2 wrong use; 3 the secret is missing, or was refused.`;

const STATUS = { failed: 1, wrongUse: 2, refused: 3 };
const EVERY_PAGE = '/*';
/** Paths in one call: few enough to be answered long before a proxy, or fetch, stops waiting. */
const PORTION = 50;

/** The end of the command: a sentence that says what to do, and the exit status. */
class Stop extends Error {
  /** @param {keyof typeof STATUS} why @param {string} message */
  constructor(why, message) {
    super(why === 'wrongUse' ? `${message}\nSee: npm run purge -- --help` : message);
    this.status = STATUS[why];
  }
}

/** @param {string[]} args */
function readCommand(args) {
  const { values, positionals } = parse(args);
  const paths = [...positionals, ...(values.all ? [EVERY_PAGE] : [])];
  const { tag: tags = [], changed = false } = values;
  const names = [...paths, ...tags];
  if (names.some((name) => name.trim() === '')) {
    // The endpoint would skip it and purge what is left: in a script, not what was meant.
    throw new Stop('wrongUse', 'A path or a tag is empty: is a variable of your script not set?');
  }
  if (names.length === 0 && !changed && !values.help) {
    const hint = 'a path, --tag, --changed or --all; npm hands options on only after a --';
    throw new Stop('wrongUse', `Name what to regenerate: ${hint}.`);
  }
  return { ...values, targets: { paths, tags, changed } };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        tag: { type: 'string', multiple: true },
        changed: { type: 'boolean' },
        all: { type: 'boolean' },
        'dry-run': { type: 'boolean' },
        url: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Stop('wrongUse', messageOf(error));
  }
}

/**
 * The endpoint of a site, as a function.
 * @param {string} site @param {string | undefined} secret @returns {Ask}
 */
function endpointOf(site, secret) {
  if (!/^https?:\/\/[^@]+$/i.test(site) || !URL.canParse(site)) {
    throw new Stop('wrongUse', `${site} is no address of a site: use one like https://example.com`);
  }
  if (!secret) {
    const where = 'in the environment or in .env.local';
    throw new Stop('refused', `No secret is set: put the site's MY_SECRET_TOKEN ${where}.`);
  }
  // Checked here because fetch would repeat the secret in its complaint.
  if (!/^[!-~](?:[ -~]*[!-~])?$/.test(secret)) {
    const rule = 'choose one of letters, digits and punctuation of ASCII';
    throw new Stop('refused', `MY_SECRET_TOKEN cannot be sent in a header: ${rule}.`);
  }
  const headers = { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' };
  return async (targets) => {
    const body = JSON.stringify(targets);
    try {
      // A redirect is not followed: whoever it leads to would be handed the secret.
      const request = { method: 'POST', redirect: /** @type {const} */ ('manual'), headers, body };
      const response = await fetch(new URL('/api/revalidate', site), request);
      return readAnswer(site, response, await response.text());
    } catch (error) {
      if (error instanceof Stop) throw error;
      const cause = error instanceof Error && error.cause ? error.cause : error;
      const code = cause instanceof Error && 'code' in cause ? cause.code : messageOf(cause);
      const advice = 'Is it running, and is this its address (--url)? Then run this again.';
      throw new Stop('failed', `${site} did not answer (${code}). ${advice}`);
    }
  };
}

/** @param {string} site @param {Response} response @param {string} text @returns {Report} */
function readAnswer(site, { status, headers }, text) {
  const answer = parseJson(text);
  const message = answer?.message ?? `status ${status}`;
  const pages = Array.isArray(answer?.pages) ? answer.pages : undefined;
  // With pages, a 500 is a report of which ones failed.
  if (answer && (status === 200 ? pages : pages?.length)) return answer;
  if (status === 400 || status === 413) throw new Stop('wrongUse', message);
  if (status === 401) {
    const advice = 'set MY_SECRET_TOKEN to the one that the site was started with';
    throw new Stop('refused', `${site} refuses the secret: ${advice}.`);
  }
  if (status === 429) {
    const advice = 'correct MY_SECRET_TOKEN, wait a minute, and run this again';
    throw new Stop('refused', `${site} was sent too many wrong secrets: ${advice}.`);
  }
  if (status >= 500) {
    const advice = `Visitors keep the last good pages; mend this, and run this again.`;
    throw new Stop('failed', `${site} could not purge: ${message}. ${advice}`);
  }
  const to = headers.get('location');
  const found = to ? `redirects to ${to}` : `answers with ${message}`;
  throw new Stop('failed', `${site} ${found}: give the address of the site itself with --url.`);
}

/** @param {string} text */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Carries out a plan, and yields what became of its pages as the site answers.
 * @param {Ask} ask @param {Targets} targets @param {Report} plan @returns {AsyncGenerator<Page[]>}
 */
async function* purge(ask, targets, plan) {
  /** @param {string} path */
  const isPage = (path) => !/[[\]*]/.test(path) && !plan.ignored?.includes(path);
  // A call that names a page regenerates whatever changed, too. Where the plan does not hold that
  // anyway, its pages cannot be named a few at a time.
  if (!targets.paths.some((path) => isPage(path) || path === EVERY_PAGE)) {
    yield (await ask(targets)).pages;
    return;
  }
  const left = new Set(plan.pages.map(({ path }) => path));
  while (left.size > 0) {
    const paths = [...left].slice(0, PORTION);
    const { pages } = await ask({ paths });
    yield pages;
    for (const { path } of pages) left.delete(path);
    const error = 'The site answered without a word on it: run this again';
    const unanswered = paths.filter((path) => left.delete(path));
    const result = /** @type {const} */ ('failed');
    yield unanswered.map((path) => ({ path, result, because: ['named'], ms: 0, error }));
  }
  if (targets.changed) yield (await ask({ changed: true })).pages;
}

/** @param {Page} page */
const hasFailed = (page) => 'result' in page && page.result === 'failed';

/** @param {Page} page */
function lineOf(page) {
  const { result, ms, error } = 'result' in page ? page : { result: 'planned' };
  const time = ms === undefined ? [] : [`${ms} ms`];
  const cause = error === undefined ? [] : [error.replace(/\s*\n\s*/g, ' ')];
  return [result.padEnd(11), page.path, ...time, page.because.join(', '), ...cause].join('  ');
}

/** @param {Targets} targets @param {Report} report */
function summaryOf({ paths, changed }, { dryRun, pages, ms }) {
  const count = pages.length === 1 ? '1 page' : `${pages.length} pages`;
  const failed = pages.filter(hasFailed).length;
  if (failed > 0) {
    const advice = 'Visitors keep the last good page: mend the cause, and run this again.';
    return `${failed} of ${count} failed. ${advice}`;
  }
  if (pages.length > 0) return dryRun ? `${count} to regenerate.` : `${count} fresh, in ${ms} ms.`;
  const isExact = paths.length === 0 && changed;
  return `Everything is fresh${isExact ? '.' : ': no page shows what you named.'}`;
}

/** @param {number} total */
function progressBar(total) {
  const format = '{bar} {value} of {total} pages, {duration_formatted}';
  // Left alone, so that a terminal is as before when the command is interrupted.
  const options = { format, stream: process.stdout, linewrap: true };
  const bar = new SingleBar(options, Presets.shades_classic);
  bar.start(total, 0);
  return bar;
}

/** @param {ReturnType<typeof readCommand>} command */
async function run({ targets, json, url, 'dry-run': dryRun, help }) {
  if (help) return say(USAGE);
  const started = performance.now();
  const { SITE_URL, MY_SECRET_TOKEN } = process.env;
  const ask = endpointOf(url ?? (SITE_URL || 'http://localhost:3000'), MY_SECRET_TOKEN);
  const plan = await ask({ ...targets, dryRun: true });
  for (const path of plan.ignored ?? []) warn(`${path} is no page of this site, and was ignored.`);
}
