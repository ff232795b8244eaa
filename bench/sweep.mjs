/** What a load of the posts cannot do without: to list the folder and to ask for the status of each file. */
import { readdirSync, statSync } from 'node:fs';

/**
 * Does it once; answers the milliseconds.
 * @param {string} folder
 */
export function sweep(folder) {
  const begun = performance.now();
  for (const name of readdirSync(folder)) statSync(`${folder}/${name}`);
  return performance.now() - begun;
}
