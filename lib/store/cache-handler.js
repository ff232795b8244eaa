/**
 * Next's cache handler, which Next loads unbundled: hands everything to the runtime's store, which
 * `lib/runtime.ts` has made before the first request. What it takes for granted of Next is listed in
 * `lib/store/store.ts`.
 */
const RUNTIME = Symbol.for('evergreen.runtime');

/** @returns {import('./store').Store | undefined} */
const store = () => Reflect.get(globalThis, RUNTIME)?.store;

module.exports = class CacheHandler {
  /** @param {import('./store').HandlerContext} context */
  constructor(context) {
    this.context = context;
    store()?.serve(context);
  }

  /** @type {import('./store').Store['get']} */
  async get(key, context) {
    const own = store();
    // Null would have Next render and say that it did: a 200 would rest on its word.
    if (!own && !this.context.dev) throw new Error('There is no runtime: see instrumentation.ts');
    return own?.get(key, context) ?? null;
  }

  /** @type {import('./store').Store['set']} */
  async set(key, value, context) {
    await store()?.set(key, value, context);
  }

  async revalidateTag() {}

  resetRequestCache() {}
};
