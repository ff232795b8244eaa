/**
 * The start of a server: checks the environment, makes the runtime, and does beforehand what the first
 * visitor or the first purge would wait for.
 */
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { environment, SECRET_CHARACTERS, type Environment } from './config';
import { NOTHING } from './content/snapshots';
import { openOutbox, OUTBOX_FILE } from './edge/outbox';
import { boundGarbage } from './heap';
import { refuseOddRequests } from './odd-requests';
import { preloadPages } from './preload-pages';
import { createRuntime, setRuntime, type Runtime } from './runtime';
import { describeProblem } from './source/post';
import { areAnsweredAlike } from './store/alike';
import { claimBuild } from './store/folder-claim';
import { diskPlace, redisPlace } from './store/open';

const DAY_SECONDS = 86_400;

/** Posts that are compiled, and how often: the compiler settles after some ten; and pages that are compared at most. */
const WARM_UP = { posts: 8, rounds: 2, pages: 5000 };

/** How long the first request waits for that, in ms: pages that are stored can be served without. */
const LONGEST_WARM_UP_MS = 3000;

/**
 * Opens the store, reads and warms up, which the first request does not wait long for; reports what is wrong
 * on standard error. Settings that cannot be used end the process: Next would go on, and answer each
 * request with an error.
 */
export async function start(): Promise<void> {
  let settings: Environment;
  try {
    settings = environment();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
  const { secrets, redisUrl, building, developing } = settings;
  if (building) return;
  // In development the images that code imports lie elsewhere.
  if (!developing) refuseOddRequests();
  boundGarbage();
  if (secrets.length === 0) {
    console.warn('MY_SECRET_TOKEN is not set: nobody can purge. Set it in .env.local.');
  } else if (secrets.some((secret) => secret.length < SECRET_CHARACTERS)) {
    console.warn(
      `MY_SECRET_TOKEN is shorter than ${SECRET_CHARACTERS} characters: easy to guess, so previews ` +
        'and the console are closed. Make a longer one: openssl rand -hex 32',
    );
  }
  // In development Next keeps no pages.
  if (redisUrl === undefined && !developing) await claimBuild();
  const runtime = await openRuntime(settings);
  setRuntime(runtime);
  if (!developing) {
    // In development posts break with every other keystroke.
    runtime.notices.start();
    if (areAnsweredAlike()) runtime.answers.takeRequests();
  }
  const warmedUp = warmUp(runtime);
  warmedUp.then(() => finishReading(runtime)).catch(console.error);
  // In development one waits for one page, not for all of them.
  if (developing) return;
  await Promise.race([
    warmedUp.catch(() => undefined),
    pause(LONGEST_WARM_UP_MS, undefined, { ref: false }),
  ]);
}

/** Makes the runtime that these settings ask for. */
async function openRuntime(settings: Environment): Promise<Runtime> {
  const { redisUrl: url, redisKeepDays, edges, developing } = settings;
  // In development nothing is kept.
  if (developing) return createRuntime();
  const hasEdges = edges.length > 0;
  // Nothing is noted from now on.
  if (!hasEdges) rmSync(OUTBOX_FILE, { force: true });
  if (url === undefined) {
    const outbox = hasEdges ? openOutbox(OUTBOX_FILE) : undefined;
    return createRuntime({ openPlace: diskPlace, outbox });
  }
  const keptForSeconds = redisKeepDays * DAY_SECONDS;
  const runtime = createRuntime({
    openPlace: (endInFlight) =>
      redisPlace({ url, keptForSeconds, endInFlight: hasEdges ? endInFlight : undefined }),
  });
  await runtime.opened;
  return runtime;
}

/** Reads the sources, and does once what a visit and a purge do, so that the first ones find all loaded. */
async function warmUp({ snapshots, store, edges, bodies, purges }: Runtime): Promise<void> {
  const snapshot = await snapshots.load(NOTHING);
  const { site, problems } = snapshot;
  for (const problem of problems) console.error(describeProblem(problem));
  void edges?.tell([], snapshot).then((failure) => failure && console.error(failure));
  const posts = [...site.posts.values()].slice(0, WARM_UP.posts);
  for (let round = 0; round < WARM_UP.rounds; round += 1) await bodies.warmUp(posts);
  await preloadPages();
  // On a larger site the first request would wait for these, and the first purge longer than for its own plan.
  if (site.pages.size > WARM_UP.pages) return;
  const nothing = { paths: ['/'], tags: [], changed: false, dryRun: true };
  await store
    .storedAtStart()
    .then(() => purges.run(nothing, [], async () => undefined))
    // The first purge tells what is wrong.
    .catch(() => undefined);
}

/** What nobody waits for. */
async function finishReading({ snapshots, search }: Runtime): Promise<void> {
  await snapshots.allChecked();
  await search.warmUp();
}
