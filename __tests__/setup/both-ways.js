/**
 * Loaded before a `next start` of the tests: when `both-ways.json` is written, a list of posts with their
 * bodies, it renders each in the main thread and in the one for heavy bodies, and writes what came of both
 * beside it. JavaScript, since Node loads it by itself.
 */
const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

const LIST = 'both-ways.json';

/**
 * The two ways, which are private to `Bodies`.
 * @typedef {Record<'renderHere' | 'renderInThread', (post: object) => Promise<object>>} Ways
 */

/** @param {Promise<unknown>} rendering */
const settled = (rendering) =>
  rendering.then(
    (body) => JSON.stringify(body),
    (/** @type {unknown} */ error) => `failed: ${error}`,
  );

/** @param {Ways} bodies */
async function renderBothWays(bodies) {
  const posts = JSON.parse(readFileSync(LIST, 'utf8'));
  const results = [];
  for (const { body, ...rest } of posts) {
    const linesBefore = (/^\s*/.exec(body)?.[0].split('\n').length ?? 1) - 1;
    const post = { ...rest, text: { length: body.length, linesBefore, read: () => body } };
    const here = await settled(bodies.renderHere(post));
    const inThread = await settled(bodies.renderInThread(post));
    results.push({ name: post.name, here, inThread });
  }
  writeFileSync(`${LIST}.new`, JSON.stringify(results));
  renameSync(`${LIST}.new`, `${LIST}.done`);
}

if (isMainThread) {
  const timer = setInterval(() => {
    const runtime = Reflect.get(globalThis, Symbol.for('evergreen.runtime'));
    if (!runtime || !existsSync(LIST)) return;
    clearInterval(timer);
    void renderBothWays(runtime.bodies);
  }, 20);
  timer.unref();
}
