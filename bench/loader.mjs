/**
 * Visitors in a hurry, in a process of their own, so that the bench's other work slows none of them:
 * on each of their connections they ask again as soon as they have been answered. Gets a `Load` as a
 * message; answers with a `Loaded`.
 */
import autocannon from 'autocannon';

/**
 * @typedef {object} Load
 * @property {string} url
 * @property {number} connections
 * @property {number} status What each answer has to bear.
 * @property {'gzip' | 'identity'} [encoding] What is accepted; in gzip, as by all browsers, if nothing is given.
 * @property {number} [seconds] How long to ask for that one page; or else:
 * @property {{ forms: string[], count: number }} [unknown] Ask for so many paths, each made of one of
 *   the forms, with a number in place of its `*` that this process never used before.
 *
 * @typedef {object} Loaded
 * @property {number} perSecond
 * @property {number} p99Ms
 */

let used = 0;

/**
 * @param {Load} load
 * @returns {Promise<Loaded>}
 */
async function run({ url, connections, status, encoding = 'gzip', seconds, unknown }) {
  const result = await autocannon({
    url,
    connections,
    headers: { 'accept-encoding': encoding },
    ...(seconds && { duration: seconds }),
    ...(unknown && {
      amount: unknown.count,
      requests: [{ setupRequest: (request) => ({ ...request, path: unusedPath(unknown.forms) }) }],
    }),
  });
  const statuses = Object.keys(result.statusCodeStats ?? {}).join();
  if (result.errors > 0 || statuses !== String(status)) {
    throw new Error(
      `${url} under load: ${result.errors} errors, and answers of status ${statuses}`,
    );
  }
  return { perSecond: result.requests.total / result.duration, p99Ms: result.latency.p99 };
}

/** @param {string[]} forms */
function unusedPath(forms) {
  used += 1;
  return forms[used % forms.length]?.replace('*', String(used));
}

process.on('message', async (load) => process.send?.(await run(/** @type {Load} */ (load))));
