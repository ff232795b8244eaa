/**
 * The start of a server: checks the environment, and does beforehand what the first visitor or the
 * first purge would wait for.
 */
import { endAnswersBefore } from './edge/in-flight-responses';
import { warmUp } from './body/body';
import { allChecked, loadContent } from './content/content';
import { openEdges, tellEdges } from './edge/edge';
import { environment, SECRET_CHARACTERS, type Environment } from './config';
import { claimBuild } from './store/folder-claim';
import { refuseOddRequests } from './odd-requests';
import { describeProblem } from './source/post';
import { warmSearch } from './readers/search';
import { openStore } from './store/store.mjs';

const DAY_SECONDS = 86_400;

/** Posts that are compiled, and how often: the compiler settles after some ten. */
const WARM_UP = { posts: 8, rounds: 2 };

/**
 * Starts reading and warming up, which nothing waits for, once the store is open; reports what is wrong
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
  const { secrets, redisUrl, redisKeepDays, edges, building, developing } = settings;
  if (building) return;
  // In development the images that code imports lie elsewhere.
  if (!developing) refuseOddRequests();
  if (secrets.length === 0) {
    console.warn('MY_SECRET_TOKEN is not set: nobody can purge. Set it in .env.local.');
  } else if (secrets.some((secret) => secret.length < SECRET_CHARACTERS)) {
    console.warn(
      `MY_SECRET_TOKEN is shorter than ${SECRET_CHARACTERS} characters: easy to guess, so previews ` +
        'are closed. Make a longer one: openssl rand -hex 32',
    );
  }
  // In development Next keeps no pages.
  if (redisUrl === undefined && !developing) await claimBuild();
  if (redisUrl !== undefined && !developing) {
    const keptForSeconds = redisKeepDays * DAY_SECONDS;
    const endAnswersHere = edges.length > 0 ? endAnswersBefore : undefined;
    await openStore({ redisUrl, keptForSeconds, endAnswersHere });
  }
  openEdges();
  loadContent([])
    .then(async (content) => {
      const { site, problems } = content;
      for (const problem of problems) console.error(describeProblem(problem));
      void tellEdges([], content).then((failure) => failure && console.error(failure));
      const posts = [...site.posts.values()].slice(0, WARM_UP.posts);
      for (let round = 0; round < WARM_UP.rounds; round += 1) await warmUp(posts);
      await allChecked();
      await warmSearch();
    })
    .catch(console.error);
}
