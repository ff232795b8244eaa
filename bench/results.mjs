/** What was measured last, in `bench/RESULTS.md`: one table for each measurement, with how it was made. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { median, tableOf } from './numbers.mjs';

/** @typedef {import('./numbers.mjs').Row} Row */

const FILE = fileURLToPath(new URL('RESULTS.md', import.meta.url));
const HEADING = `# Results

What \`npm run bench -- --write\` measured last. Each table says when, on what, and how many rounds its medians are of; how a row is measured stands in the module of its measurement.
`;

/**
 * One row for the rows of all rounds, whose ratios may differ: their median, and all of them.
 * @param {Row[][]} rounds
 * @returns {Row[]}
 */
export function medianOfRounds(rounds) {
  const [first = [], ...others] = rounds;
  if (others.length === 0) return first;
  return first.map((row) => {
    const same = rounds.flatMap((rows) => rows.filter(({ what }) => what === row.what));
    const ratios = same.flatMap(({ ratio }) => (ratio === undefined ? [] : [ratio]));
    if (ratios.length === 0) return row;
    const middle = median(ratios);
    const raw = same.find(({ ratio }) => ratio === middle)?.raw ?? row.raw;
    const all = ratios.map((ratio) => ratio.toFixed(2)).join(', ');
    return { ...row, ratio: middle, raw: `${all}; ${raw}` };
  });
}

/**
 * Puts what was measured in place of what was measured of the same before.
 * @param {ReadonlyMap<string, Row[][]>} measured
 * @param {{ machine: string, quick: boolean, rounds: string }} how
 */
export async function writeResults(measured, { machine, quick, rounds }) {
  const sections = sectionsOf(await readFile(FILE, 'utf8').catch(() => ''));
  const day = new Date().toISOString().slice(0, 10);
  for (const [name, ofRounds] of measured) {
    if (ofRounds.length === 0) continue;
    const how = `${day}, ${machine}; ${ofRounds.length} of ${rounds} rounds${quick ? ', smaller sizes' : ''}.`;
    sections.set(name, `${how}\n\n${tableOf(medianOfRounds(ofRounds))}\n`);
  }
  const texts = [...sections].map(([name, text]) => `\n## ${name}\n\n${text}`);
  const options = await resolveConfig(FILE);
  await writeFile(FILE, await format(HEADING + texts.join(''), { ...options, filepath: FILE }));
}

/**
 * @param {string} text
 * @returns {Map<string, string>}
 */
function sectionsOf(text) {
  const sections = text.split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end), `${section.slice(end).trim()}\n`];
    }),
  );
}
