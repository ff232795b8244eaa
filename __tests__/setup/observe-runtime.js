/**
 * Loaded before a `next start` of the tests: sees the runtime as it is made, and wraps what it does. A
 * test can hold the render of a post (see `Site.hold`), and learn what was looked up and rendered for
 * which request (see `Site.notes`). JavaScript, since Node loads it by itself.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const { subscribe } = require('node:diagnostics_channel');
const { appendFileSync, existsSync } = require('node:fs');
const { setTimeout: pause } = require('node:timers/promises');

const { HOLD_DIR = '', NOTES, LOSE_RUNTIME } = process.env;

/** What stands in `x-visit` of the request that something is done for. */
const visits = new AsyncLocalStorage();
subscribe('http.server.request.start', (message) => {
  visits.enterWith(Reflect.get(Object(message), 'request')?.headers['x-visit']);
});

/** @type {(what: string, path: string, visit?: string) => void} */
function note(what, path, visit = '') {
  if (!NOTES) return;
  const line = JSON.stringify({ atMs: Date.now(), what, visit, path });
  appendFileSync(`${HOLD_DIR}.notes`, `${line}\n`);
}

/** @type {(key: string) => string} */
function pathOf(key) {
  const decoded = key.slice(key.indexOf('/$/') + 2);
  return decoded === '/index' ? '/' : decoded.split('/').map(encodeURIComponent).join('/');
}

/** @param {import('../../lib/runtime').Runtime} runtime */
function observe(runtime) {
  const { store, pageProps } = runtime;
  const get = store.get.bind(store);
  const set = store.set.bind(store);
  store.get = (key, context) => {
    const visit = visits.getStore();
    if (visit) note('get', pathOf(key), visit);
    return get(key, context);
  };
  store.set = async (key, value, context) => {
    try {
      await set(key, value, context);
    } finally {
      note('set', pathOf(key));
    }
  };
  runtime.pageProps = async (kinds, path, previewData) => {
    note('render', path);
    const props = await pageProps(kinds, path, previewData);
    if (path.startsWith('/blog/') && [kinds].flat().some((kind) => kind === 'post')) {
      const file = `${HOLD_DIR}/${decodeURIComponent(path.slice('/blog/'.length))}`;
      appendFileSync(`${file}.renders`, '.');
      while (existsSync(file)) await pause(5);
    }
    return props;
  };
  return runtime;
}

/** @type {import('../../lib/runtime').Runtime | undefined} */
let runtime;
Object.defineProperty(globalThis, Symbol.for('evergreen.runtime'), {
  get: () => runtime,
  set: (made) => {
    if (!LOSE_RUNTIME) runtime = observe(made);
  },
});
