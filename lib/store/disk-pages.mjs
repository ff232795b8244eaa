/**
 * Stored pages on disk, one file each: for one process.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { buildFileOf, builtPages, list, readBuilt } from './built-pages.mjs';
import { propsOf } from './values.mjs';

/**
 * @typedef {import('./store.mjs').Pages} Pages
 * @typedef {import('./store.mjs').StoredPage} StoredPage
 * @typedef {import('../purge/plan').Stored} Stored
 */

/** Files between two breaths of the event loop, when a server starts: about a millisecond. */
const SLICE = 20;

/** How much is written to see whether pages can be: about one of them. */
const PROBE = ' '.repeat(32 * 1024);
/** How often, in ms: while they cannot be, and otherwise. */
const PROBE_FAILED_EVERY_MS = 1000;
const PROBE_EVERY_MS = 10_000;

/**
 * Opens the pages in `dir`; those of the build, in `buildDir`, are stored as well.
 * @param {{ dir: string, buildDir: string, memory: import('lru-cache').LRUCache<string, StoredPage> | undefined }} places
 * @returns {Pages}
 */
export function openDisk({ dir, buildDir, memory }) {
  /** @type {Map<string, Stored>} */
  const index = new Map();
  /** @type {Promise<void> | undefined} */
  let indexed;

  /** @param {string} pagePath */
  const read = (pagePath) => {
    const known = memory?.get(pagePath);
    if (known) return known;
    const page = readPage(fileOf(pagePath)) ?? readBuilt(buildDir, pagePath);
    if (page) memory?.set(pagePath, page);
    return page;
  };

  /** @param {string} pagePath */
  const fileOf = (pagePath) => `${dir}/${createHash('sha256').update(pagePath).digest('hex')}.json`;

  /** @type {string | undefined} */
  let failure;
  let probedMs = -Infinity;

  /**
   * @template T
   * @param {() => T} work
   */
  function write(work) {
    try {
      mkdirSync(dir, { recursive: true });
      const done = work();
      if (failure !== undefined) console.error(`Pages can be stored in ${dir} again`);
      failure = undefined;
      return done;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (failure === undefined) console.error(`Pages cannot be stored in ${dir}: ${message}`);
      failure = message;
      throw error;
    } finally {
      probedMs = performance.now();
    }
  }

  /** Asks the disk whether pages can be stored, unless that was seen lately. */
  function probe() {
    const everyMs = failure === undefined ? PROBE_EVERY_MS : PROBE_FAILED_EVERY_MS;
    if (performance.now() - probedMs < everyMs) return;
    const file = `${dir}/probe`;
    try {
      write(() => replaceFile(file, PROBE));
      rmSync(file);
    } catch {
      // Noted as the failure.
    }
  }

  /** Reads what an earlier process and the build stored; what was taken meanwhile is newer. */
  async function readIndex() {
    /** @param {StoredPage | null} page */
    const add = (page) => {
      if (page && !index.has(page.path)) index.set(page.path, indexEntryOf(page));
    };
    const names = list(dir).filter((name) => name.endsWith('.json'));
    for (const [number, name] of names.entries()) {
      if (number % SLICE === SLICE - 1) await breathe();
      add(readPage(path.join(dir, name)));
    }
    for await (const page of builtPages(buildDir)) add(page);
  }

  return {
    beginLoad: async (previous, hint) => countLoad(previous, hint),
    isOutdated: async () => false,
    look: async (pagePath) => ({
      revision: read(pagePath)?.revision,
      number: -1,
      isCurrent: true,
      isWhole: true,
    }),
    read: async (pagePath) => read(pagePath),
    index: async () => {
      await (indexed ??= readIndex());
      return index;
    },
    // Compares and stores without a pause, so that nothing comes between: on a local disk a page is
    // written in a fraction of a millisecond.
    take: (page, wanted, edges) => {
      const before = edges && read(page.path);
      if (edges && (before?.revision ?? null) !== page.revision) {
        edges.owe(page.path, before === null);
      }
      const file = fileOf(page.path);
      // Only what would otherwise be served again needs a mark: an unknown path leaves no trace.
      const isServed = existsSync(file) || existsSync(`${buildFileOf(buildDir, page.path)}.html`);
      if (page.value || isServed) {
        write(() => replaceFile(file, JSON.stringify(page)));
      }
      memory?.set(page.path, page);
      index.set(page.path, indexEntryOf(page));
      return wanted.number;
    },
    beginPurge: async () => undefined,
    endPurge: async () => undefined,
    problem: () => {
      probe();
      return failure && `Pages cannot be stored in ${dir}: ${failure}`;
    },
    atMost: async () => list(dir).length + list(buildDir).length,
    confirmRemovals: async (snapshot) => write(() => writeFileSync(`${dir}/confirmed`, snapshot)),
    isConfirmed: async (snapshot) => readText(`${dir}/confirmed`) === snapshot,
  };
}

/**
 * Numbers a load of the content where one process is all there is.
 * @param {import('./store.mjs').Numbered | undefined} previous
 * @param {import('../purge/hint').Hint | undefined} hint
 */
export const countLoad = (previous, hint) => ({
  epoch: '',
  number: Math.floor(previous?.number ?? 0) + 1,
  hint,
});

/** @param {StoredPage} page */
export const indexEntryOf = ({ revision, value }) => ({
  revision,
  shows: propsOf(value)?.shows ?? {},
});

/**
 * @param {string} file
 * @returns {StoredPage | null}
 */
function readPage(file) {
  try {
    return JSON.parse(readText(file) ?? 'null');
  } catch {
    // One that a power cut tore: the page is rendered again.
    return null;
  }
}

/**
 * Writes a file in one step. What did not fit is removed: it would take the room of what does.
 * @param {string} file
 * @param {string} text
 */
function replaceFile(file, text) {
  const beside = `${file}.tmp`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, file);
  } catch (error) {
    if (existsSync(beside)) rmSync(beside);
    throw error;
  }
}

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
