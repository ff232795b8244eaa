/**
 * Renders as they happen: why each was begun, how long it took, and whether a visitor waited for it. Of each page the
 * last one is remembered.
 */
import { LRUCache } from 'lru-cache';
import { Listeners } from '../listeners';
import type { RenderNotes } from '../store/store';

/**
 * Why a page was rendered: a purge asked for it; its interval had passed, and the visitor was served the page before;
 * or it was not there as it should be, and a visitor waited.
 */
export type RenderReason = 'purge' | 'interval' | 'visit';

/** One render that has ended. */
export interface Render {
  path: string;
  reason: RenderReason;
  /** When it ended, in ms since 1970. */
  atMs: number;
  ms: number;
  /** Whether it is what visitors are served now. */
  isStored: boolean;
}

/** Pages of which the last render is remembered. */
const MOST_PAGES = 10_000;
const HOUR_MS = 3_600_000;
/** Hours of which the visits are remembered that waited. */
const MOST_HOURS = 7 * 24;

/** The renders of one process. */
export class Renders implements RenderNotes {
  private readonly lasts = new LRUCache<string, Render>({ max: MOST_PAGES });
  private readonly begun = new Map<string, { reason: RenderReason; atMs: number }>();
  private readonly purging = new Map<string, number>();
  private readonly hours = new LRUCache<number, { visits: number; longestMs: number }>({
    max: MOST_HOURS,
  });
  private readonly listeners = new Listeners<Render>();

  constructor(private readonly now: () => number) {}

  /** A purge asks for a page; returns what to call when it has done with it. */
  purge(path: string): () => void {
    this.purging.set(path, (this.purging.get(path) ?? 0) + 1);
    return () => {
      const left = (this.purging.get(path) ?? 1) - 1;
      if (left > 0) this.purging.set(path, left);
      else this.purging.delete(path);
    };
  }

  begin(path: string, isRenewed: boolean): void {
    const reason = this.purging.has(path) ? 'purge' : isRenewed ? 'interval' : 'visit';
    this.begun.set(path, { reason, atMs: performance.now() });
  }

  end(path: string, isStored: boolean): void {
    const begun = this.begun.get(path);
    this.begun.delete(path);
    if (!begun) return;
    const { reason } = begun;
    const ms = performance.now() - begun.atMs;
    const render = { path, reason, atMs: this.now(), ms, isStored };
    if (isStored) this.lasts.set(path, render);
    if (reason === 'visit') this.noteWait(ms);
    this.listeners.tell(render);
  }

  fail(path: string): void {
    this.begun.delete(path);
  }

  /** The last render of a page that was stored, if it was since the start. */
  last(path: string): Render | undefined {
    return this.lasts.get(path);
  }

  /** The visits that waited for a render, by the hour, in ms since 1970; since the start. */
  waits(): { hourMs: number; visits: number; longestMs: number }[] {
    return [...this.hours.entries()]
      .map(([hourMs, waits]) => ({ hourMs, ...waits }))
      .sort((a, b) => a.hourMs - b.hourMs);
  }

  /** Calls back with each render from now on. */
  readonly onEnd = this.listeners.add;

  private noteWait(ms: number): void {
    const hourMs = Math.floor(this.now() / HOUR_MS) * HOUR_MS;
    const { visits = 0, longestMs = 0 } = this.hours.get(hourMs) ?? {};
    this.hours.set(hourMs, { visits: visits + 1, longestMs: Math.max(longestMs, ms) });
  }
}
