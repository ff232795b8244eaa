/**
 * `npm run doctor`: looks at the settings, the sources, the store, the edges and the machine of this site, and says
 * what is wrong and what to do about it. Changes nothing.
 */
import { parseArgs } from 'node:util';
import nextEnv from '@next/env';
import { runChecks, type CheckResult } from '../lib/console/checks';
import { messageOf } from '../lib/message-of';
import { run } from './command';
import { Stop } from './stop';

const USAGE = `Says what is wrong with this site, and what to do about it. Changes nothing.

  npm run doctor [-- options]

  --json        prints the results as JSON
  -h, --help    prints this

Run it in the folder of the site, as the user who runs the site, and with the same environment: it
reads .env.local and .env as the site does. The site may be running, or not.

Exit status: 0 nothing keeps the site from working; 1 something does; 2 wrong use.`;

const FAILED = 1;
const WRONG_USE = 2;

/** The order of what is printed: what has to be done stands last, above the prompt. */
const ORDER: CheckResult['state'][] = ['skipped', 'ok', 'warning', 'error'];

const STATE_WIDTH = Math.max(...ORDER.map((state) => state.length));
const ARROW = '→ ';

/** The results as a table, and a line that counts them. */
function tableOf(results: readonly CheckResult[]): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  const indent = ' '.repeat(STATE_WIDTH + width + 4);
  const lines = ORDER.flatMap((wanted) =>
    results
      .filter(({ state }) => state === wanted)
      .flatMap(({ state, name, found, remedy }) => [
        `${state.padEnd(STATE_WIDTH)}  ${name.padEnd(width)}  ${found}`,
        ...(remedy === undefined ? [] : [`${indent}${ARROW}${remedy}`]),
      ]),
  );
  return [...lines, '', summaryOf(results)].join('\n');
}

function summaryOf(results: readonly CheckResult[]): string {
  const count = (wanted: CheckResult['state'], one: string) => {
    const found = results.filter(({ state }) => state === wanted).length;
    return `${found} ${one}${found === 1 ? '' : 's'}`;
  };
  return `${count('error', 'error')}, ${count('warning', 'warning')}.`;
}

function optionsOf() {
  try {
    return parseArgs({
      options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    }).values;
  } catch (error) {
    throw new Stop(`${messageOf(error)}\n\n${USAGE}`, WRONG_USE);
  }
}

async function main(): Promise<void> {
  const { json, help } = optionsOf();
  if (help) return console.log(USAGE);
  nextEnv.loadEnvConfig(process.cwd(), false, { info: () => undefined, error: console.error });
  const results = await runChecks();
  console.log(json ? JSON.stringify(results, null, 2) : tableOf(results));
  process.exitCode = results.some(({ state }) => state === 'error') ? FAILED : 0;
}

await run(main);
// What took too long goes on, and nobody waits for it; what was printed has to arrive.
process.stdout.write('', () => process.exit());
