/**
 * Pages on disk, one file each: for one process.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { LRUCache } from 'lru-cache';
import { memoryOf } from './memory';
import { buildFileOf, builtPages, FILES_OF_A_SLICE, filesBelow, readBuilt } from './built-pages';
import { propsOf } from './values';
import type { Pages, Place, Stored, StoredPage, Version, Versions } from './place';
import { messageOf } from '../message-of';
import { replaceFile } from '../replace-file';

/** How much is written to see whether pages can be: about one of them. */
const PROBE = ' '.repeat(32 * 1024);
/** How often, in ms: while they cannot be, and otherwise. */
const PROBE_FAILED_EVERY_MS = 1000;
const PROBE_EVERY_MS = 10_000;

/** Where one process keeps its pages. */
export interface DiskFolders {
  /** What this and earlier processes stored. */
  dir: string;
  /** What the build rendered, which is stored as well. */
  buildDir: string;
}

/** Opens the pages in a folder. */
export function openDisk(folders: DiskFolders): Place {
  const writer = new Writer(folders.dir);
  const pages = new DiskPages(folders, writer);
  return {
    pages,
    versions: versionsOfOneProcess(folders.dir, writer),
    keepInMemory: (bytes) => pages.keepInMemory(bytes),
  };
}

/** The order of snapshots where one process is all there is: a purge waits for nobody. */
const versionsOfOneProcess = (dir: string, writer: Writer): Versions => ({
  begin: async (previous, hint) => ({ ...nextVersion(previous), hint }),
  isOutdated: async () => false,
  raiseFence: async () => undefined,
  endPurge: async () => undefined,
  confirmRemovals: async (snapshot) =>
    writer.write(() => writeFileSync(`${dir}/confirmed`, snapshot)),
  areRemovalsConfirmed: async (snapshot) => readText(`${dir}/confirmed`) === snapshot,
});

/** Numbers a load where one process is all there is. */
export const nextVersion = (previous: Version | undefined): Version => ({
  generation: '',
  version: Math.floor(previous?.version ?? 0) + 1,
});

class DiskPages implements Pages {
  private readonly stored = new Map<string, Stored>();
  private indexed?: Promise<void>;
  private memory?: LRUCache<string, StoredPage>;

  constructor(
    private readonly folders: DiskFolders,
    private readonly writer: Writer,
  ) {}

  keepInMemory(bytes: number): void {
    this.memory = bytes > 0 ? memoryOf(bytes) : undefined;
  }

  async lookup(pagePath: string) {
    return { revision: this.find(pagePath)?.revision, version: -1, isWhole: true };
  }

  async read(pagePath: string): Promise<StoredPage | null> {
    return this.find(pagePath);
  }

  async index(): Promise<ReadonlyMap<string, Stored>> {
    await (this.indexed ??= this.readIndex());
    return this.stored;
  }

  async atMost(): Promise<number> {
    return filesBelow(this.folders.dir).length + filesBelow(this.folders.buildDir).length;
  }

  /**
   * Without a pause, so that nothing comes between the comparison and the file: on a local disk a page
   * is written in a fraction of a millisecond.
   */
  commit(
    page: StoredPage,
    _version: Version,
    beforeStored?: (path: string, isFirst: boolean) => void,
  ): void {
    const before = beforeStored && this.find(page.path);
    if (beforeStored && (before?.revision ?? null) !== page.revision) {
      beforeStored(page.path, before === null);
    }
    const file = this.fileOf(page.path);
    // Only what would otherwise be served again needs a mark: an unknown path leaves no trace.
    const isServed =
      existsSync(file) || existsSync(`${buildFileOf(this.folders.buildDir, page.path)}.html`);
    if (page.value || isServed) {
      this.writer.write(() => replaceFile(file, JSON.stringify(page)));
    }
    this.memory?.set(page.path, page);
    this.stored.set(page.path, storedOf(page));
  }

  problem(): string | undefined {
    return this.writer.problem();
  }

  private find(pagePath: string): StoredPage | null {
    const known = this.memory?.get(pagePath);
    if (known) return known;
    const page = readPage(this.fileOf(pagePath)) ?? readBuilt(this.folders.buildDir, pagePath);
    if (page) this.memory?.set(pagePath, page);
    return page;
  }

  /** Reads what an earlier process and the build stored; what was committed meanwhile is newer. */
  private async readIndex(): Promise<void> {
    const { dir, buildDir } = this.folders;
    const add = (page: StoredPage | null) => {
      if (page && !this.stored.has(page.path)) this.stored.set(page.path, storedOf(page));
    };
    const names = filesBelow(dir).filter((name) => name.endsWith('.json'));
    for (const [number, name] of names.entries()) {
      if (number % FILES_OF_A_SLICE === FILES_OF_A_SLICE - 1) await yieldToEventLoop();
      add(readPage(path.join(dir, name)));
    }
    for await (const page of builtPages(buildDir)) add(page);
  }

  private fileOf(pagePath: string): string {
    return `${this.folders.dir}/${createHash('sha256').update(pagePath).digest('hex')}.json`;
  }
}

/** Writes into a folder, and knows whether that can be done. */
class Writer {
  private failure?: string;
  private probedMs = -Infinity;

  constructor(private readonly dir: string) {}

  write<T>(work: () => T): T {
    try {
      mkdirSync(this.dir, { recursive: true });
      const done = work();
      if (this.failure !== undefined) console.error(`Pages can be stored in ${this.dir} again`);
      this.failure = undefined;
      return done;
    } catch (error) {
      const message = messageOf(error);
      if (this.failure === undefined) {
        console.error(`Pages cannot be stored in ${this.dir}: ${message}`);
      }
      this.failure = message;
      throw error;
    } finally {
      this.probedMs = performance.now();
    }
  }

  /** Why pages cannot be stored: the disk is asked, unless that was seen lately. */
  problem(): string | undefined {
    const everyMs = this.failure === undefined ? PROBE_EVERY_MS : PROBE_FAILED_EVERY_MS;
    if (performance.now() - this.probedMs >= everyMs) this.probe();
    return this.failure && `Pages cannot be stored in ${this.dir}: ${this.failure}`;
  }

  private probe(): void {
    const file = `${this.dir}/probe`;
    try {
      this.write(() => replaceFile(file, PROBE));
      rmSync(file);
    } catch {
      // Noted as the failure.
    }
  }
}

/** What a purge is told of a page. */
export const storedOf = ({ revision, value }: StoredPage): Stored => ({
  revision,
  dependencies: propsOf(value)?.dependencies ?? {},
});

function readPage(file: string): StoredPage | null {
  try {
    return JSON.parse(readText(file) ?? 'null');
  } catch {
    // One that a power cut tore: the page is rendered again.
    return null;
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
