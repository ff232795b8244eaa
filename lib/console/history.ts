/**
 * The history of purges: each is kept before it is answered. What is lost, since a disk is full or Redis away, is
 * counted and makes no purge fail. Readers are given short summaries of all, and any purge as a whole.
 */
import createError from 'http-errors';
import { coalesce } from '../coalesce';
import { messageOf } from '../message-of';
import { timeSlices } from '../slices';
import { withoutPasswords } from '../without-passwords';
import type { HistoryPlace } from '../store/place';
import { asRecorded, parseRecord, type Counts, type PurgeRecord } from './record';

/** The last so many purges are told of. */
export const MOST_PURGES = 10_000;

/** What pictures and lists need of a purge. */
export interface PurgeSummary {
  id: string;
  /** Where it is kept as a whole. */
  ref: string;
  atMs: number;
  status: number;
  result: PurgeRecord['result'];
  ms: number;
  sender: string;
  counts: Counts;
  reasons: Record<string, number>;
}

/** What is said of a history that cannot be read. */
export const unreadable = (error: unknown): string =>
  `The history cannot be read: ${withoutPasswords(messageOf(error))}`;

/** Which purges are asked for. All that is given has to fit. */
export interface HistoryQuery {
  result?: PurgeRecord['result'];
  sender?: string;
  /** A path: it was named, or is one of the pages. */
  path?: string;
  /** In ms since 1970: from this time on, and before that one. */
  sinceMs?: number;
  untilMs?: number;
  /** Only those that came before this one; for the next portion. */
  before?: string;
  /** At most so many. */
  most: number;
}

/** The history of one process, or of all instances. */
export class History {
  private summaries: PurgeSummary[] = [];
  private last?: string;
  private loss = { count: 0, reason: '' };
  private torn = 0;

  constructor(private readonly place: HistoryPlace) {}

  /** Keeps a purge; false if it is lost. Never throws. */
  add(record: PurgeRecord): Promise<boolean> {
    return this.addAll(JSON.stringify(record));
  }

  /** Those of a burst are written together. */
  private readonly addAll = coalesce<string, boolean>(async (texts) => {
    try {
      await this.place.append(texts);
      return true;
    } catch (error) {
      this.loss = { count: this.loss.count + texts.length, reason: messageOf(error) };
      if (this.loss.count === texts.length) {
        console.error(`Purges cannot be kept in the history: ${this.loss.reason}`);
      }
      return false;
    }
  });

  /** How many purges could not be kept since the start, and why not; and how many entries cannot be read. */
  get lost(): { count: number; reason: string; torn: number } {
    return { ...this.loss, torn: this.torn };
  }

  /** All purges, oldest first. Throws if they cannot be read. */
  async all(): Promise<readonly PurgeSummary[]> {
    await this.refresh();
    return this.summaries;
  }

  /**
   * The purges that fit, newest first, and whether there are more. Throws if they cannot be read, and 400 for a
   * `before` that is none of them.
   */
  async find(query: HistoryQuery): Promise<{ purges: PurgeRecord[]; hasMore: boolean }> {
    const all = await this.all();
    const { before, most } = query;
    const end = before === undefined ? all.length : all.findIndex(({ id }) => id === before);
    if (end < 0) throw createError(400, 'before must be the id of a purge that is in the history');
    const path = query.path === undefined ? undefined : asRecorded(query.path);
    const mentions = path === undefined ? undefined : await this.mentionsOf(path);
    const purges: PurgeRecord[] = [];
    const yieldInTime = timeSlices();
    for (let at = end - 1; at >= 0; at -= 1) {
      const summary = all[at];
      if (!summary || !isAskedFor(summary, query)) continue;
      if (mentions && !mentions.has(summary.ref)) continue;
      await yieldInTime();
      const purge = await this.read(summary);
      if (!purge || (path !== undefined && !concerns(purge, path))) continue;
      if (purges.length === most) return { purges, hasMore: true };
      purges.push(purge);
    }
    return { purges, hasMore: false };
  }

  /** A purge as a whole, by its id. */
  async one(id: string): Promise<PurgeRecord | undefined> {
    const summary = (await this.all()).find((one) => one.id === id);
    return summary && this.read(summary);
  }

  /** The entries whose text holds a path: one look at all of it costs less than reading each. */
  private async mentionsOf(path: string): Promise<ReadonlySet<string>> {
    const written = JSON.stringify(path);
    const refs = new Set<string>();
    for await (const portion of this.place.after(undefined)) {
      for (const { ref, text } of portion) if (text.includes(written)) refs.add(ref);
    }
    return refs;
  }

  private async read({ ref }: PurgeSummary): Promise<PurgeRecord | undefined> {
    const text = await this.place.read(ref);
    return text === undefined ? undefined : parseRecord(text);
  }

  /** Reads what has come since the last time. */
  private readonly refresh = coalesce<void, void>(async () => {
    const yieldInTime = timeSlices();
    const news: PurgeSummary[] = [];
    // What comes last may be about to be written as a whole: it is torn once something follows it.
    let torn = 0;
    for await (const portion of this.place.after(this.last)) {
      for (const { ref, text } of portion) {
        await yieldInTime();
        const record = parseRecord(text);
        if (!record) torn += 1;
        else {
          news.push(summaryOf(ref, record));
          this.last = ref;
          this.torn += torn;
          torn = 0;
        }
      }
    }
    if (news.length === 0) return;
    this.summaries = [...this.summaries, ...news].slice(-MOST_PURGES);
  });
}

const summaryOf = (ref: string, record: PurgeRecord): PurgeSummary => ({
  id: record.id,
  ref,
  atMs: Date.parse(record.at),
  status: record.status,
  result: record.result,
  ms: record.ms,
  sender: record.caller.sender,
  counts: record.counts,
  reasons: record.reasons,
});

function isAskedFor(
  { atMs, result, sender }: PurgeSummary,
  { result: wanted, sender: by, sinceMs = -Infinity, untilMs = Infinity }: HistoryQuery,
): boolean {
  const fits = (wanted === undefined || result === wanted) && (by === undefined || sender === by);
  return fits && atMs >= sinceMs && atMs < untilMs;
}

/** Whether a purge named a page, or has it among those that it lists. */
const concerns = ({ named, pages }: PurgeRecord, path: string): boolean =>
  named.paths.includes(path) || pages.some((page) => page.path === path);
